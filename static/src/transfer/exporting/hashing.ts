/** SHA-256 of what is written and of what is read back. */
import { runningSha256, sha256Of } from "../../crypto/digest.ts";
import { concat, toHex, type Bytes } from "../../crypto/bytes.ts";

/** Up to here a file is held whole, which is quicker; above, it goes through piece by piece. */
export const WHOLE_BYTES = 32 * 1024 * 1024;

export async function sha256Hex(bytes: Bytes): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

export async function sha256OfBlob(blob: Blob): Promise<string> {
  return blob.size <= WHOLE_BYTES ? await sha256Hex(new Uint8Array(await blob.arrayBuffer())) : toHex(await sha256Of(blob));
}

/** Content that is known to be whole, or that comes in pieces because it is large. */
export type Gathered = { readonly whole: Bytes } | { readonly first: Bytes; readonly rest: AsyncIterator<Bytes> };

/** Gather pieces until all are there or it gets too much. */
export async function gather(pieces: AsyncIterable<Bytes>, most = WHOLE_BYTES): Promise<Gathered> {
  const iterator = pieces[Symbol.asyncIterator]();
  const held: Bytes[] = [];
  for (let size = 0; size <= most;) {
    const step = await iterator.next();
    if (step.done === true) return { whole: concat(...held) };
    held.push(step.value);
    size += step.value.length;
  }
  return { first: concat(...held), rest: iterator };
}

/** A stream that is hashed as it passes. The hash is there once all of it went through. */
export class HashedPieces {
  readonly #first: Bytes;
  readonly #rest: AsyncIterator<Bytes>;
  bytes = 0;
  sha256 = "";

  constructor(first: Bytes, rest: AsyncIterator<Bytes>) {
    this.#first = first;
    this.#rest = rest;
  }

  async *through(): AsyncGenerator<Bytes> {
    const digest = await runningSha256();
    try {
      for (let piece: Bytes | undefined = this.#first; piece !== undefined; piece = await this.#next()) {
        digest.update(piece);
        this.bytes += piece.length;
        yield piece;
      }
    } finally {
      await this.#rest.return?.();
    }
    this.sha256 = toHex(digest.finish());
  }

  async #next(): Promise<Bytes | undefined> {
    const step = await this.#rest.next();
    return step.done === true ? undefined : step.value;
  }
}
