/** Something that is in memory, encrypted and sent to the end. */
import { toBase64Url, type Bytes } from "../crypto/bytes.ts";
import type { ContentContext } from "../crypto/context.ts";
import { sha256Of } from "../crypto/digest.ts";
import { encryptBytes } from "../crypto/encrypt.ts";
import type { ContentKey, Holding } from "../crypto/keys.ts";
import { sendUpload, type TusJob, type TusPorts } from "./tus.ts";

/** A ciphertext that waits at the server to be taken into something. */
export interface SentContent {
  readonly upload: string;
  /** base64url. */
  readonly sha256: string;
  readonly bytes: number;
}

/** @throws Problem. */
export async function sendContent(plain: Bytes, key: Holding<ContentKey>, context: ContentContext, metadata: TusJob["metadata"], tus: TusPorts): Promise<SentContent> {
  // A fresh stream header each time: the content key may seal many streams, one header only one.
  const ciphertext = await encryptBytes(plain, key, context);
  const sha256 = await sha256Of(ciphertext);
  const upload = await sendUpload({
    content: new Blob([ciphertext]), sha256, uploadId: null, signal: new AbortController().signal, metadata,
    onCreated: () => Promise.resolve(), onProgress: () => undefined, onNetwork: () => undefined,
  }, tus);
  return { upload, sha256: toBase64Url(sha256), bytes: ciphertext.length };
}
