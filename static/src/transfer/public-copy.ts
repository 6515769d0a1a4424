/**
 * A copy of a photo that everyone may see: opened here, cleaned here, and sent under a key made for it alone.
 *
 * What the vault holds stays as it is, and no key of the vault opens the copy.
 */
import { toBase64Url } from "../crypto/bytes.ts";
import { sha256Of } from "../crypto/digest.ts";
import { newContentKey } from "../crypto/keys.ts";
import { copyContext, copyDigest } from "../crypto/publication.ts";
import type { Rotation } from "../vault/library/documents.ts";
import type { WrappedContent } from "../vault/library/keyring.ts";
import type { PublicCopy } from "../vault/publishing/contract.ts";
import { originalOf, type CleanPorts } from "./clean-copy.ts";
import { cleanFile } from "./clean-picture.ts";
import { sendContent } from "./send-content.ts";
import { turnedFile } from "./turned-file.ts";

export interface PublicCopyJob {
  readonly photo: WrappedContent;
  /** The id its publication gets. */
  readonly publication: string;
  /** As its owner turned it in the vault. */
  readonly rotation: Rotation;
}

/** @throws CannotStrip, NoPicture, Problem, CryptoError. */
export async function publicCopyOf({ photo, publication, rotation }: PublicCopyJob, ports: CleanPorts): Promise<PublicCopy> {
  const { keyring, tus, derive } = ports;
  const { bytes: clean, removed } = await cleanFile(await originalOf(photo, ports), derive);
  const bytes = await turnedFile(clean, rotation, derive);
  const key = newContentKey();
  try {
    const context = copyContext({ owner: keyring.accountId, publication });
    const { upload, sha256, bytes: uploadBytes } = await sendContent(bytes, key, context, { image: photo.id, part: "original", version: String(photo.version) }, tus);
    return { upload, uploadSha256: sha256, uploadBytes, copyKey: toBase64Url(key), copy: copyDigest(await sha256Of(bytes)), removed };
  } finally {
    key.fill(0);
  }
}
