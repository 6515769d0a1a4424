/**
 * The code that this browser knows: releases that the public log stated, with the digest of each of their files.
 *
 * The first release and the log's key are believed, as there is nothing to hold them against. From then on a page
 * and its scripts are those of a release that the same log states, or they are refused. What that is worth, and
 * what it is not, is in docs/decisions/0013-code-that-is-known.md.
 */
import { openDB, type DBSchema } from "idb";

import { toHex, utf8, type Bytes } from "../crypto/bytes.ts";
import { CryptoError } from "../crypto/errors.ts";
import { readVerifierKey } from "../crypto/log-note.ts";
import { checkRelease } from "../crypto/release.ts";

/** Something that was handed out is not what was published. `what` names it, for whoever looks into it. */
export class OtherCodeError extends Error {
  override readonly name = "OtherCodeError";

  constructor(readonly what: string) {
    super("This is not the code that was published.");
  }
}

interface Release {
  /** Of the manifest. */
  readonly sha256: string;
  /** What the log said of it: to be shown to others, should it ever say something else. */
  readonly proof: string;
  /** Path below `/static/` -> SHA-256. */
  readonly files: Readonly<Record<string, string>>;
  /** The source of `script-src` that allows the page's import map. */
  readonly policySource: string;
}

interface Known {
  readonly logKey: string;
  /** How long the log has been seen to be. */
  readonly size: number;
  /** Newest first: pages of a release stay open while the next is brought in. */
  readonly releases: readonly Release[];
}

interface CodeSchema extends DBSchema {
  code: { key: "known"; value: Known };
}

const MANIFEST = "/static/manifest.json";
/** A page says which release it is of: where processes of two are running, that of the page is asked for by its number. */
const RELEASE_HEADER = "Code-Release";
const NUMBER = /^[0-9a-f]{64}$/;
const STATIC = "/static/";
/** One file with all that it runs inside, and a policy that allows just that. */
const OPENER = "/open-archive.html";
const LIFELESS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";
const MOST_RELEASES = 4;
/** While web processes are restarted one by one, a file may be of one release and the manifest of the other. */
const TRIES = 3;
const PAUSE_MS = 700;
const OURS = new Set(["'self'", "'wasm-unsafe-eval'"]);

let held: Known | undefined;
const learning = new Map<string, Promise<Known | undefined>>();

/** Whether a request brings code: it is held to its digest, whatever its address. */
export function bringsCode({ destination, url }: Request): boolean {
  return ["script", "style", "worker", "sharedworker"].includes(destination) || new URL(url).pathname.endsWith(".wasm");
}

/**
 * A page that may run nothing but files of a known release. @throws OtherCodeError.
 *
 * A refusal may be of a server in front that has no page of ours, while the service is restarted or somebody
 * asks too much: it is shown as it came, and runs nothing.
 */
export async function knownPage(page: Response): Promise<Response> {
  if (page.type === "opaqueredirect") return page;
  if (new URL(page.url).pathname === OPENER) return await knownFile(page, page.url);
  const policy = page.headers.get("Content-Security-Policy") ?? "";
  try {
    await insist((known) => allowsNothingElse(policy, known), `what may run at ${page.url}`, page.headers.get(RELEASE_HEADER) ?? "");
    return page;
  } catch (error) {
    if (page.ok || !(error instanceof OtherCodeError)) throw error;
    return lifeless(page);
  }
}

/** The same page, which can neither run, nor load, nor send anything. */
function lifeless({ body, status, statusText, headers }: Response): Response {
  const held = new Headers(headers);
  held.set("Content-Security-Policy", LIFELESS);
  return new Response(body, { status, statusText, headers: held });
}

/** An answer whose bytes are those of a known release. @throws OtherCodeError. */
export async function knownFile(answer: Response, address: string): Promise<Response> {
  if (!answer.ok || (await read()) === undefined) return answer;
  const sha256 = await digestOf(new Uint8Array(await answer.clone().arrayBuffer()));
  const { pathname } = new URL(address);
  const path = pathname.startsWith(STATIC) ? pathname.slice(STATIC.length) : "";
  const isIn = ({ files }: Release): boolean => (pathname === OPENER ? Object.values(files).includes(sha256) : files[path] === sha256);
  await insist(({ releases }) => releases.some(isIn), `${pathname} (SHA-256 ${sha256})`);
  return answer;
}

/**
 * Keep a release in mind, if the log states it: the one with this number, or else what is served now. Undefined where
 * there is no log to ask. @throws OtherCodeError.
 */
export async function learnRelease(number = ""): Promise<Known | undefined> {
  const begun = learning.get(number) ?? learn(number).finally(() => learning.delete(number));
  learning.set(number, begun);
  return await begun;
}

async function insist(isFine: (known: Known) => boolean, what: string, number = ""): Promise<void> {
  let known = (await read()) ?? (await learnRelease(number));
  for (let tried = 1; known !== undefined && !isFine(known); tried += 1) {
    if (tried > TRIES) throw new OtherCodeError(what);
    if (tried > 1) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    known = await learnRelease(tried % 2 === 1 ? number : "");
  }
}

async function learn(number: string): Promise<Known | undefined> {
  const known = await read();
  const text = (await manifestOf(number)) ?? (await told(MANIFEST));
  if (text === undefined) return known;
  const sha256 = await digestOf(utf8(text));
  if (known?.releases.some((each) => each.sha256 === sha256)) return known;
  const logKey = known?.logKey ?? (await told("/log/key"))?.trim();
  const proof = await told(`/log/release/${sha256}`);
  if (logKey === undefined || (known === undefined && proof === undefined)) return undefined;
  const size = await sizeUnder(logKey, proof, sha256);
  if (size < (known?.size ?? 0)) throw new OtherCodeError("a public log that is shorter than it was");
  // Another release may have been learnt meanwhile, from a log that was seen to be longer.
  const now = held ?? known;
  const others = now?.releases.filter((each) => each.sha256 !== sha256) ?? [];
  held = { logKey, size: Math.max(size, now?.size ?? 0), releases: [releaseIn(text, sha256, proof ?? ""), ...others].slice(0, MOST_RELEASES) };
  await write(held);
  return held;
}

/** Of a release that a page names: its word alone makes nothing known, as the log is asked for either. */
async function manifestOf(number: string): Promise<string | undefined> {
  if (!NUMBER.test(number)) return undefined;
  const text = await told(`/static/manifest-${number}.json`);
  return text !== undefined && (await digestOf(utf8(text))) === number ? text : undefined;
}

/**
 * The same, and where another log stands in the place of the known one, that it does: there is somebody to be asked about it. Of
 * both only the key is told, as a service chooses the words before it.
 */
async function sizeUnder(logKey: string, proof: string | undefined, sha256: string): Promise<number> {
  try {
    return sizeOf(proof, sha256, logKey);
  } catch (error) {
    const [now, before] = [keyIn(await told("/log/key")), keyIn(logKey)];
    if (!(error instanceof OtherCodeError) || now === "" || now === before) throw error;
    throw new OtherCodeError(`a public log with another key: ${now} where this browser knows ${before}`);
  }
}

/** Of a verifier key its id and the key itself; "" for what is none. */
function keyIn(text = ""): string {
  try {
    readVerifierKey(text);
  } catch (error) {
    if (error instanceof CryptoError) return "";
    throw error;
  }
  return text.trim().slice(text.indexOf("+") + 1);
}

/** How long the log is that states this release. @throws OtherCodeError. */
function sizeOf(proof: string | undefined, sha256: string, logKey: string): number {
  const what = `a release that the public log does not state (manifest with SHA-256 ${sha256})`;
  if (proof === undefined) throw new OtherCodeError(what);
  try {
    return checkRelease(proof, sha256, logKey).checkpoint.size;
  } catch (error) {
    throw error instanceof CryptoError ? new OtherCodeError(what) : error;
  }
}

function releaseIn(text: string, sha256: string, proof: string): Release {
  const { files, importMap } = JSON.parse(text) as {
    readonly files: Readonly<Record<string, { readonly path: string; readonly sha256: string }>>;
    readonly importMap: { readonly source: string };
  };
  const digests = Object.values(files).map((file) => [file.path, file.sha256] as const);
  return { sha256, proof, files: Object.fromEntries(digests), policySource: importMap.source };
}

/** Of several policies each has to allow what is run, so one that is ours is enough. */
function allowsNothingElse(policies: string, { releases }: Known): boolean {
  const allowed = new Set([...OURS, ...releases.map(({ policySource }) => policySource)]);
  return policies.split(",").some((policy) => {
    const directives = new Map(policy.split(";").map((each) => {
      const [name = "", ...sources] = each.trim().split(/\s+/);
      return [name.toLowerCase(), sources] as const;
    }));
    const isNone = (name: string): boolean => directives.get(name)?.join(" ") === "'none'";
    const scripts = directives.get("script-src") ?? [];
    const isOurs = scripts.every((source) => allowed.has(source) || source === "'none'");
    const hasOther = ["script-src-elem", "script-src-attr", "object-src", "frame-src", "child-src"].some((name) => directives.has(name));
    const workers = directives.get("worker-src") ?? ["'self'"];
    return isNone("default-src") && (isNone("base-uri") || scripts.length === 0) && isOurs && !hasOther && workers.join(" ") === "'self'";
  });
}

async function told(address: string): Promise<string | undefined> {
  const answer = await fetch(address, { credentials: "omit", cache: "no-store", redirect: "error" }).catch(() => undefined);
  return answer?.ok === true ? await answer.text() : undefined;
}

async function digestOf(bytes: Bytes): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

async function database() {
  return await openDB<CodeSchema>("pocketvault-code", 1, {
    upgrade(opened) {
      opened.createObjectStore("code");
    },
  });
}

async function read(): Promise<Known | undefined> {
  if (held !== undefined) return held;
  const opened = await database();
  held = await opened.get("code", "known");
  opened.close();
  return held;
}

async function write(known: Known): Promise<void> {
  const opened = await database();
  await opened.put("code", known, "known");
  opened.close();
}
