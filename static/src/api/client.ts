/**
 * The only `fetch` there is, for pages and workers alike.
 *
 * Same-origin, cookie session. What changes something carries the CSRF token: a page reads it
 * from its cookie (`csrf.ts`), a worker is told. Requests that only read are tried again.
 */
import { takeAhead } from "./ahead.ts";
import { offlineProblem, Problem, problemOf } from "./problem.ts";
import { API, READING } from "./reading.ts";

export { API };

const READ_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 5000;
const PASSING = new Set([502, 503, 504]);
const READS = new Set(["GET", "HEAD"]);

type Json = Readonly<Record<string, unknown>> | readonly unknown[];

/** A request as it goes out. `path` stands below `/api/v1`. */
export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit | null;
  readonly signal?: AbortSignal;
  /** Let the request outlive the page that sends it; its body may then have 64 KiB at most. */
  readonly keepalive?: boolean;
  /** Send no cookie: whoever opens a link is nobody, also in a browser where somebody is signed in. */
  readonly isAnonymous?: boolean;
}

/** What {@link call} takes beside method and path. */
export interface CallOptions {
  readonly body?: Json;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly keepalive?: boolean;
  readonly isAnonymous?: boolean;
}

let readCsrfToken: () => string | undefined = () => undefined;
let onSignedOut: () => void = () => undefined;
let onPasswordOwed: () => void = () => undefined;

/** Say where the CSRF token comes from: pages call this through `csrf.ts`, workers with what they were sent. */
export function setCsrfSource(read: () => string | undefined): void {
  readCsrfToken = read;
}

/** The token as it is now, for handing to a worker. */
export function csrfToken(): string | undefined {
  return readCsrfToken();
}

/** Called when the server no longer knows this session, so that the page can close the vault. */
export function setSignedOutHandler(handler: () => void): void {
  onSignedOut = handler;
}

/** Called when this session has to set a new password before anything else, so that the page asks for it. */
export function setPasswordOwedHandler(handler: () => void): void {
  onPasswordOwed = handler;
}

/** A worker learnt that the session is over; the page closes the vault. */
export function tellSignedOut(): void {
  onSignedOut();
}

/**
 * Send one request and answer the response if it was granted.
 *
 * For bytes and uploads; JSON goes through {@link call}. @throws Problem; `AbortError` when cancelled.
 */
export async function send(ask: Ask): Promise<Response> {
  if (!READS.has(ask.method)) return await attempt(ask);
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt(ask);
    } catch (error) {
      const pause = pauseBefore(tried, error);
      if (pause === undefined) throw error;
      await sleep(pause, ask.signal);
    }
  }
}

/** Send and receive JSON. Answers undefined for an empty body. @throws Problem. */
export async function call<Answer = void>(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  const response = await send({
    method,
    path: path + queryText(options.query),
    headers,
    body: options.body === undefined ? null : JSON.stringify(options.body),
    ...(options.signal && { signal: options.signal }),
    ...(options.keepalive && { keepalive: true }),
    ...(options.isAnonymous && { isAnonymous: true }),
  });
  const text = await response.text();
  if (text === "") return undefined as Answer;
  try {
    return JSON.parse(text) as Answer;
  } catch {
    throw new Problem("unreadable_answer", "The answer was not readable. Reload the page and try again.", response.status);
  }
}

async function attempt(ask: Ask): Promise<Response> {
  const headers = new Headers(ask.headers);
  if (!READS.has(ask.method) && ask.isAnonymous !== true) headers.set("X-CSRFToken", await tokenForChange());
  const ahead = ask.method === "GET" && ask.isAnonymous !== true ? takeAhead(ask.path) : undefined;
  const response = await (ahead ?? fetch(API + ask.path, {
    ...READING,
    method: ask.method,
    headers,
    body: ask.body ?? null,
    ...(ask.isAnonymous === true && { credentials: "omit" }),
    ...(ask.path.includes("/versions/") && { cache: "default" }),
    ...(ask.signal && { signal: ask.signal }),
    ...(ask.keepalive && { keepalive: true }),
  })).catch((error: unknown) => {
    if (ask.signal?.aborted) throw error;
    throw offlineProblem();
  });
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (problem.status === 401 && problem.code === "not_authenticated") onSignedOut();
  if (problem.code === "new_password_required") onPasswordOwed();
  throw problem;
}

/** The cookie is set by the first request to `/server`; only a fresh browser lacks it. */
async function tokenForChange(): Promise<string> {
  const token = readCsrfToken();
  if (token !== undefined) return token;
  // Read to its end: a body nobody reads keeps its connection.
  await (await attempt({ method: "GET", path: "/server" })).arrayBuffer();
  return readCsrfToken() ?? "";
}

/** Milliseconds to wait before another try, or undefined when there is no sense in one. */
function pauseBefore(tried: number, error: unknown): number | undefined {
  if (!(error instanceof Problem) || tried >= READ_ATTEMPTS) return undefined;
  if (error.code !== "offline" && !PASSING.has(error.status)) return undefined;
  const asked = error.details["retry_after"];
  const pause = typeof asked === "number" ? asked * 1000 : FIRST_PAUSE_MS * 2 ** (tried - 1);
  return Math.min(pause, LONGEST_PAUSE_MS);
}

function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}

function queryText(query: CallOptions["query"]): string {
  const entries = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return entries.length === 0 ? "" : `?${new URLSearchParams(entries).toString()}`;
}
