/** The bytes of a photo in somebody's album: opened with the album's key, and compared with what its adder named. */
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { decryptStream } from "../../crypto/decrypt.ts";
import { runningSha256, type RunningDigest } from "../../crypto/digest.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import { contentKeyContext, contentVersion } from "../../crypto/rewrap.ts";
import { unwrapHeldKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { LibraryError } from "../library/bridge.ts";
import type { MediaRequest, SharedContent } from "../library/contract.ts";

type Chunk = Uint8Array<ArrayBuffer>;

/**
 * A part, decrypted as it comes. Only the end of it proves that it is whole, and the one that was meant.
 *
 * @throws CryptoError, HistoryError "wrong-commitment", what `get` throws.
 */
export async function* sharedPieces(request: MediaRequest, shared: SharedContent, get: (path: string) => Promise<Response>): AsyncGenerator<Chunk> {
  const { id, part } = request;
  const { albumId, albumOwner, photoOwner, digest } = shared;
  const wrapped = wrappedKeyFromBytes("content-key", fromBase64Url(request.wrappedContentKey));
  const key = await unwrapHeldKey(wrapped, shared.wrappingKey, contentKeyContext({ album: albumId, owner: albumOwner }, id, request.version, shared.source));
  const { body } = await get(`/shared/albums/${albumId}/items/${id}/${part}`);
  if (body === null) throw new LibraryError("unreadable_answer", "The server answered without the photo. Please try again.");
  const running = await runningSha256();
  const context = { purpose: "content", owner: photoOwner, record: id, part, version: contentVersion(request.version, shared.source) } as const;
  yield* decryptStream(measured(body, running), key, context);
  if (digest !== "" && toBase64Url(running.finish()) !== digest) throw new HistoryError("wrong-commitment", undefined, photoOwner);
}

async function* measured(body: ReadableStream<Chunk>, digest: RunningDigest): AsyncGenerator<Chunk> {
  const reader = body.getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      digest.update(step.value);
      yield step.value;
    }
  } finally {
    // Whoever looked away lets the rest of it go.
    await reader.cancel().catch(() => undefined);
  }
}
