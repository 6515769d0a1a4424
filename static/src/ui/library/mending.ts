/** Mending a photo: its original put back in place, its small pictures made again. */
import type { Item } from "../../vault/library/view.ts";
import { announce, toast } from "../shell/notices.ts";
import { t } from "../text.ts";
import { isAbort, sentenceOf } from "./outcome.ts";
import type { LibrarySession } from "./session.ts";
import { askForUpload, type Files } from "./upload/asking.ts";

const LONG_ENOUGH_TO_READ = { seconds: 12 } as const;

async function mended(job: () => Promise<void>, done: string): Promise<void> {
  try {
    await job();
    toast(done);
  } catch (error) {
    if (!isAbort(error)) toast(sentenceOf(error), LONG_ENOUGH_TO_READ);
  }
}

async function firstOf(files: Files): Promise<File | null> {
  for await (const { file } of files) return file;
  return null;
}

/** Let the person choose the original of a damaged photo. Must be called from a click. */
export function putBack({ uploads }: LibrarySession, { id }: Item): void {
  askForUpload("files", async (files) => {
    const file = await firstOf(files);
    if (file === null) return;
    announce(t("The photo is being put back."));
    await mended(async () => { await (await uploads()).replace({ id, file }); }, t("The photo is back in place."));
  });
}

/** Make the small pictures of a photo from its original. */
export async function remakePictures({ access, uploads }: LibrarySession, id: string): Promise<void> {
  announce(t("Its preview is being made again."));
  await mended(async () => {
    const request = access.library.mediaRequest(id, "original");
    if (request === null) return;
    const original = await access.mediaPool.open(request, "visible", new AbortController().signal);
    await (await uploads()).remakeThumbnails({ ...request, original });
  }, t("Its preview was made again."));
}
