/** What the service says of sending, in the words of an upload worker. */
import type { ServerFacts } from "../api/types.ts";
import type { UploadSetup } from "./contract.ts";

/** How the service wants to be sent to. */
export function uploadLimits({ limits }: ServerFacts): UploadSetup["limits"] {
  return { uploadBytes: limits.upload_bytes, chunkBytes: limits.chunk_bytes, smallBytes: limits.small_upload_bytes, wholeBytes: limits.whole_photo_bytes };
}
