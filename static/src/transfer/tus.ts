/**
 * Our side of tus 1.0: sends one staged ciphertext, and goes on where it was cut off.
 *
 * Written here because the worker that encrypts also owns the pieces. Uses creation,
 * creation-with-upload, checksum (sha256), expiration and termination. Whatever happens to a
 * piece, the server is asked what it has before the next one goes.
 */
import { otherAnswer, Problem } from "../api/problem.ts";
import type { Ask } from "../api/client.ts";
import { sha256Of } from "../crypto/digest.ts";
import type { Bytes } from "../crypto/bytes.ts";

/** Sends one request; refusals are thrown as {@link Problem}. */
export type Transport = (ask: Ask) => Promise<Response>;

export interface TusLimits {
  /** Bytes per PATCH. */
  readonly chunkBytes: number;
  /** Up to this, creation and bytes go in one request. */
  readonly smallBytes: number;
  /** Up to this, a new photo goes in one request altogether; with 0, never. */
  readonly wholeBytes: number;
}

export interface TusPorts {
  readonly send: Transport;
  /** Where uploads are created: of accounts, or of guests. */
  readonly at?: string;
  readonly limits: TusLimits;
  /** Waits, less long when the network comes back. @throws when `signal` is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** 0 up to 1; spreads out what many clients would do at once. */
  readonly random: () => number;
}

export interface TusJob {
  readonly content: Blob;
  /** SHA-256 of the content. */
  readonly sha256: Bytes;
  /** Ids only, never a name. */
  readonly metadata: Readonly<Record<"image" | "part" | "version", string>>;
  /** What an earlier try got from the server. */
  readonly uploadId: string | null;
  readonly signal: AbortSignal;
  /** A new upload id, to be noted before anything else happens. */
  readonly onCreated: (uploadId: string) => Promise<void>;
  readonly onProgress: (sentBytes: number) => void;
  readonly onNetwork: (isLost: boolean) => void;
}

const VERSION = { "Tus-Resumable": "1.0.0" } as const;
const CONTENT = { "Content-Type": "application/offset+octet-stream" } as const;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Tries without any progress before a refusal is believed. A lost network has no such end. */
const MOST_TRIES = 8;
const MOST_RESTARTS = 3;

const LOCKED = 423;
const CONFLICT = 409;
const CHECKSUM_MISMATCH = 460;

const encodeText = (value: string): string => btoa(value);
const encodeBytes = (bytes: Bytes): string => btoa(String.fromCharCode(...bytes));

const isLostNetwork = (problem: Problem): boolean => problem.status === 0 || problem.code === "offline";
const isGone = (problem: Problem): boolean => problem.status === 404 || problem.status === 410;

/** Refusals that time, or asking for the offset, may heal. */
function isPassing({ status }: Problem): boolean {
  return [LOCKED, CONFLICT, CHECKSUM_MISMATCH, 408, 425, 429].includes(status) || (status >= 500 && status !== 507 && status !== 501);
}

const USUAL_PLACE = "/uploads";

/** How long to wait before try number `tries`, in milliseconds: doubling, with jitter, as asked when asked. */
export function pauseBefore(tries: number, retryAfter: unknown, random: number): number {
  if (typeof retryAfter === "number" && retryAfter > 0) return Math.min(retryAfter * 1000, LONGEST_PAUSE_MS * 4);
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 10));
  return longest / 2 + (longest / 2) * random;
}

function uploadIdFrom(response: Response): string {
  const id = (response.headers.get("Location") ?? "").replace(/\/+$/, "").split("/").at(-1);
  if (id === undefined || !/^[A-Za-z0-9-]{8,64}$/.test(id)) {
    throw new Problem("unreadable_answer", "The server did not say where to send the photo. Please try again.");
  }
  return id;
}

function offsetFrom(response: Response, size: number): number {
  const offset = Number(response.headers.get("Upload-Offset") ?? "x");
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > size) {
    throw otherAnswer();
  }
  return offset;
}

class Transfer {
  readonly #job: TusJob;
  readonly #ports: TusPorts;
  #uploadId: string | null;
  #offset = 0;
  #tries = 0;
  #restarts = 0;
  #isOffsetKnown = false;
  #isNetworkLost = false;

  constructor(job: TusJob, ports: TusPorts) {
    this.#job = job;
    this.#ports = ports;
    this.#uploadId = job.uploadId;
  }

  get #at(): string {
    return this.#ports.at ?? USUAL_PLACE;
  }

  /** Step by step until the server has it all. Every failure is met by asking it again. */
  async run(): Promise<string> {
    for (;;) {
      this.#job.signal.throwIfAborted();
      try {
        if (this.#uploadId === null) await this.#create();
        else if (!this.#isOffsetKnown) await this.#ask(this.#uploadId);
        else if (this.#offset < this.#job.content.size) await this.#append(this.#uploadId);
        else return this.#uploadId;
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  async #create(): Promise<void> {
    const { content, sha256, metadata } = this.#job;
    const isSmall = content.size <= this.#ports.limits.smallBytes;
    const headers = {
      ...VERSION,
      "Upload-Length": String(content.size),
      "Upload-Metadata": Object.entries(metadata).map(([name, value]) => `${name} ${encodeText(value)}`).join(","),
      ...(isSmall ? { ...CONTENT, "Upload-Checksum": `sha256 ${encodeBytes(sha256)}` } : {}),
    };
    const response = await this.#send("POST", this.#at, headers, isSmall ? content : null);
    this.#uploadId = uploadIdFrom(response);
    await this.#job.onCreated(this.#uploadId);
    // A server that took only the creation says so by its offset, or by none.
    const taken = response.headers.has("Upload-Offset") ? offsetFrom(response, content.size) : 0;
    this.#moveTo(taken);
  }

  async #ask(uploadId: string): Promise<void> {
    const response = await this.#send("HEAD", `${this.#at}/${uploadId}`, VERSION, null);
    const length = response.headers.get("Upload-Length");
    if (length !== null && Number(length) !== this.#job.content.size) return this.#restart();
    this.#moveTo(offsetFrom(response, this.#job.content.size));
  }

  async #append(uploadId: string): Promise<void> {
    const { content, sha256 } = this.#job;
    const end = Math.min(content.size, this.#offset + this.#ports.limits.chunkBytes);
    const isWhole = this.#offset === 0 && end === content.size;
    const piece = new Uint8Array(await content.slice(this.#offset, end).arrayBuffer());
    const digest = isWhole ? sha256 : await sha256Of(piece);
    const headers = {
      ...VERSION, ...CONTENT, "Upload-Offset": String(this.#offset), "Upload-Checksum": `sha256 ${encodeBytes(digest)}`,
    };
    this.#moveTo(offsetFrom(await this.#send("PATCH", `${this.#at}/${uploadId}`, headers, piece), content.size));
  }

  async #send(method: string, path: string, headers: Readonly<Record<string, string>>, body: Blob | Bytes | null): Promise<Response> {
    const response = await this.#ports.send({ method, path, headers, body, signal: this.#job.signal });
    if (this.#isNetworkLost) this.#job.onNetwork(false);
    this.#isNetworkLost = false;
    return response;
  }

  #moveTo(offset: number): void {
    if (offset > this.#offset) this.#tries = 0;
    this.#offset = offset;
    this.#isOffsetKnown = true;
    this.#job.onProgress(offset);
  }

  #restart(): void {
    this.#restarts += 1;
    if (this.#restarts > MOST_RESTARTS) throw new Problem("upload_lost", "The server keeps losing this upload. Please try again later.");
    this.#uploadId = null;
    this.#offset = 0;
    this.#isOffsetKnown = false;
    this.#job.onProgress(0);
  }

  async #recover(error: unknown): Promise<void> {
    if (!(error instanceof Problem)) throw error;
    this.#isOffsetKnown = false;
    if (isLostNetwork(error)) {
      if (!this.#isNetworkLost) this.#job.onNetwork(true);
      this.#isNetworkLost = true;
    } else if (isGone(error) && this.#uploadId !== null) {
      this.#restart();
      return;
    } else if (!isPassing(error) || this.#tries >= MOST_TRIES) {
      throw error;
    }
    this.#tries += 1;
    const wait = pauseBefore(this.#tries, error.details["retry_after"], this.#ports.random());
    await this.#ports.pause(wait, this.#job.signal);
  }
}

/**
 * Send a content to the end, however often the connection breaks. Answers its upload id.
 *
 * @throws Problem when the server refuses for good; AbortError when `signal` ends it.
 */
export async function sendUpload(job: TusJob, ports: TusPorts): Promise<string> {
  return await new Transfer(job, ports).run();
}

/** Give up an upload. It would expire anyway, so a failure here is of no account. */
export async function terminateUpload(uploadId: string, send: Transport, at = USUAL_PLACE): Promise<void> {
  await send({ method: "DELETE", path: `${at}/${uploadId}`, headers: VERSION }).catch(() => undefined);
}
