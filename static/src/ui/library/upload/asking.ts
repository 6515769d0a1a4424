/** From "upload" to files in the queue: choosing, the one question before the first time, and what does not fit. */
import type { SelectedFile } from "../../../transfer/selected-files.ts";
import { filesFromInput } from "../../../transfer/selected-files.ts";
import { metadataChoice } from "../../../vault/preferences.ts";
import { bytesText, roomText } from "../../format.ts";
import { announce, toast } from "../../shell/notices.ts";
import { t, tn } from "../../text.ts";
import { sentenceOf } from "../outcome.ts";
import { currentSession } from "../session.ts";
import { ChoiceDialog, wasAsked } from "./choice-dialog.ts";

export type Files = Iterable<SelectedFile> | AsyncIterable<SelectedFile>;

let albumInView: string | undefined;

/** Photos uploaded while an album is open go into it. */
export function uploadInto(albumId: string | undefined): void {
  albumInView = albumId;
}

/** That album is no longer open. */
export function leaveAlbum(albumId: string | undefined): void {
  if (albumInView === albumId) albumInView = undefined;
}

/** Let the person choose files or a folder. Must be called from a click. */
export function askForUpload(what: "files" | "folder", then: (files: Files) => Promise<void> = startUpload): void {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  if (what === "folder") input.webkitdirectory = true;
  input.id = "upload-input";
  input.hidden = true;
  const done = (): void => {
    input.remove();
    if (input.files !== null && input.files.length > 0) void then(filesFromInput([...input.files]));
  };
  input.addEventListener("change", done);
  input.addEventListener("cancel", () => { input.remove(); });
  document.getElementById("upload-input")?.remove();
  document.body.append(input);
  input.click();
}

/** Put files into the queue. Before the first time, ask what happens to what they say about themselves. */
export async function startUpload(files: Files): Promise<void> {
  const session = currentSession();
  if (session === null) return;
  const albumId = albumInView;
  if (!wasAsked() && !(await new ChoiceDialog().ask())) return;
  try {
    const queue = await session.uploads();
    const report = await queue.add(files, { choice: metadataChoice(), ...(albumId !== undefined && { albumId }) });
    if (report.added === 0) {
      toast(t("There was no photo among those files."));
      return;
    }
    announce(tn("{n} photo is being uploaded.", "{n} photos are being uploaded.", report.added));
    if (!report.fits) {
      toast(t("These photos need {need}, and {left} are left.", { need: bytesText(report.bytes), left: roomText(Math.max(0, report.availableBytes)) }), { seconds: 15 });
    }
  } catch (error) {
    toast(sentenceOf(error), { seconds: 12 });
  }
}
