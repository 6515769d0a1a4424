/**
 * A new photo in one request: its commit, and behind it the ciphertext of its parts.
 *
 *     photo = length of the document (4 bytes, big-endian) | document | ciphertext of each part
 *
 * For what is small enough that a cut connection loses no more of it than a chunk of an upload.
 */
import type { Part } from "../vault/library/wire.ts";

export const WHOLE_PHOTO = { "Content-Type": "application/vnd.pocketvault.photo" } as const;
const LENGTH_BYTES = 4;
const ORDER: readonly Part[] = ["original", "preview", "thumbnail"];

/** `document` is the commit, whose parts name no uploads; `contents` are their ciphertexts. */
export function wholePhoto(document: object, contents: ReadonlyMap<Part, Blob>): Blob {
  const text = new TextEncoder().encode(JSON.stringify(document));
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, text.length);
  return new Blob([length, text, ...ORDER.flatMap((part) => contents.get(part) ?? [])]);
}
