/** Digests of things too big for memory: SHA-256 of ciphertexts, and marks that find duplicates. */
import { createHMAC, createSHA256, sha256 } from "hash-wasm";

import type { Bytes } from "./bytes.ts";
import { ChunkReader, type ByteChunks } from "./flow.ts";
import { checkedKey, type DuplicateKey } from "./keys.ts";
import { requireWebAssembly } from "./webassembly.ts";

/** A digest fed piece by piece. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  /** The 32 bytes. Call once; the digest is spent afterwards. */
  finish(): Bytes;
}

const PIECE_BYTES = 1024 * 1024;

/** SHA-256, piece by piece. @throws CryptoError "unavailable" where WebAssembly is forbidden. */
export async function runningSha256(): Promise<RunningDigest> {
  requireWebAssembly();
  return running(await createSHA256());
}

/**
 * The mark of an original, piece by piece: HMAC-SHA256 under the account's duplicate key.
 *
 * Equal originals of one account have equal marks; without the key a mark says nothing.
 */
export async function runningDuplicateMark(key: DuplicateKey): Promise<RunningDigest> {
  requireWebAssembly();
  return running(await createHMAC(createSHA256(), checkedKey(key)));
}

/** The mark of a whole original. */
export async function duplicateMark(original: Bytes | Blob | ByteChunks, key: DuplicateKey): Promise<Bytes> {
  return await feed(await runningDuplicateMark(key), original);
}

/** SHA-256 of anything, in bounded memory. */
export async function sha256Of(data: Bytes | Blob | ByteChunks): Promise<Bytes> {
  return await feed(await runningSha256(), data);
}

/**
 * SHA-256 of a few kilobytes, as 64 hexadecimal digits. Made in this very thread, in memory that is used again: a digest
 * of WebCrypto leaves objects behind that the browser clears away late, and of a hundred thousand small files they pile up.
 * @throws CryptoError "unavailable" where WebAssembly is forbidden.
 */
export async function sha256OfSmall(bytes: Bytes): Promise<string> {
  requireWebAssembly();
  return await sha256(bytes);
}

async function feed(digest: RunningDigest, data: Bytes | Blob | ByteChunks): Promise<Bytes> {
  if (data instanceof Uint8Array) {
    digest.update(data);
    return digest.finish();
  }
  const reader = new ChunkReader(data instanceof Blob ? data.stream() : data);
  try {
    while (!(await reader.isAtEnd())) digest.update(await reader.read(PIECE_BYTES));
  } finally {
    await reader.close();
  }
  return digest.finish();
}

function running(hasher: Awaited<ReturnType<typeof createSHA256>>): RunningDigest {
  hasher.init();
  return {
    update: (bytes) => void hasher.update(bytes),
    finish: () => new Uint8Array(hasher.digest("binary")),
  };
}
