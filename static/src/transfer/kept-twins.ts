/**
 * A photo counts as "already there" only if this device is not about to delete it.
 *
 * Deletions wait ten seconds for a change of mind, and choosing the same file again is one.
 */
import { LibraryError, type Refusal, type Remote } from "../vault/library/bridge.ts";
import type { CheckItem, CheckResult, UploadResult, UploadWorker } from "./contract.ts";

/** Takes photos out of deletions that were not sent yet. Answers those that go all the same. */
export type TakeBack = (imageIds: readonly string[]) => Promise<ReadonlySet<string>>;

const BEING_DELETED: Refusal = { code: "being_deleted", sentence: "This photo is just being deleted. Try again in a moment." };

/** The upload worker, whose twins stay: a deletion of one is taken back, or the upload is refused for now. */
export function keepingTwins(worker: Remote<UploadWorker>, takeBack: TakeBack): Remote<UploadWorker> {
  const check = async (items: readonly CheckItem[]): Promise<readonly CheckResult[]> => {
    const results = await worker.check(items);
    const going = await takeBack(results.flatMap(({ imageId }) => imageId ?? []));
    return results.map((result) => (result.imageId !== null && going.has(result.imageId) ? { ...result, imageId: null, refusal: BEING_DELETED } : result));
  };
  const settled = async (result: UploadResult): Promise<UploadResult> => {
    const going = result.outcome === "done" ? new Set() : await takeBack([result.imageId]);
    if (going.has(result.imageId)) throw new LibraryError(BEING_DELETED.code, BEING_DELETED.sentence);
    return result;
  };
  const ours: Partial<Remote<UploadWorker>> = {
    check,
    upload: async (job) => await settled(await worker.upload(job)),
    resume: async (entryId, imageId) => await settled(await worker.resume(entryId, imageId)),
  };
  return new Proxy(worker, { get: (theirs, name): unknown => Reflect.get(name in ours ? ours : theirs, name) });
}
