/** A media worker: fetches ciphertext and decrypts it. */
import { send, setCsrfSource } from "../api/client.ts";
import { decryptStream } from "../crypto/decrypt.ts";
import { bridge, LibraryError, Moved } from "../vault/library/bridge.ts";
import type { MediaRequest, MediaWorker, WorkerSetup } from "../vault/library/contract.ts";
import { sharedPieces } from "../vault/sharing/shared-content.ts";
import { contentContext, heldContentKey, openKeyring, type Keyring } from "../vault/library/keyring.ts";

type Pieces = AsyncGenerator<Uint8Array<ArrayBuffer>>;

let keyring: Keyring | null = null;
const requests = new Map<number, AbortController>();
const readers = new Map<number, Pieces>();

async function start({ accountId, accountKey, csrfToken }: WorkerSetup): Promise<void> {
  setCsrfSource(() => csrfToken);
  keyring = await openKeyring(accountId, accountKey);
}

async function* pieces(request: MediaRequest, signal: AbortSignal): Pieces {
  if (keyring === null) throw new LibraryError("locked", "The vault is locked.");
  if (request.shared !== undefined) {
    yield* sharedPieces(request, request.shared, (path) => send({ method: "GET", path, signal }));
    return;
  }
  const key = await heldContentKey(request, keyring);
  const path = `/images/${request.id}/versions/${request.version}/${request.part}`;
  const { body } = await send({ method: "GET", path, signal });
  if (body === null) throw new LibraryError("unreadable_answer", "The server answered without the photo. Please try again.");
  yield* decryptStream(body, key, contentContext(request, request.part, keyring));
}

async function open(request: MediaRequest, ticket: number): Promise<Blob> {
  const abort = new AbortController();
  requests.set(ticket, abort);
  try {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for await (const piece of pieces(request, abort.signal)) parts.push(piece);
    return new Blob(parts, { type: request.mediaType });
  } finally {
    requests.delete(ticket);
  }
}

function cancel(ticket: number): void {
  requests.get(ticket)?.abort();
  requests.delete(ticket);
  // Its end is of no interest to anybody any more.
  readers.get(ticket)?.return(undefined).catch(() => undefined);
  readers.delete(ticket);
}

function read(request: MediaRequest, ticket: number): Promise<void> {
  const abort = new AbortController();
  requests.set(ticket, abort);
  readers.set(ticket, pieces(request, abort.signal));
  return Promise.resolve();
}

/** A piece may be a window into a larger buffer, which must not move with it. */
async function next(ticket: number): Promise<Moved<Uint8Array<ArrayBuffer>> | null> {
  const step = await readers.get(ticket)?.next();
  if (step === undefined || step.done === true) return null;
  const whole = step.value.byteLength === step.value.buffer.byteLength ? step.value : step.value.slice();
  return new Moved(whole, [whole.buffer]);
}

const worker: Omit<MediaWorker, "next"> & { readonly next: typeof next } = { start, open, cancel, read, next };
bridge<object>(self as unknown as Parameters<typeof bridge>[0], worker);
