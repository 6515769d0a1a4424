/** All ways in for files: the button, a drop anywhere, and paste. */
import { html, render } from "lit";

import { filesFromClipboard, filesFromDrop } from "../../../transfer/selected-files.ts";
import { icon } from "../../icons.ts";
import { t } from "../../text.ts";
import { isTyping } from "../../typing.ts";
import { currentSession, onSession } from "../session.ts";
import { askForUpload, startUpload } from "./asking.ts";

/** Open every entrance while the vault is open. */
export function watchEntrances(): void {
  const actions = document.getElementById("page-actions");
  onSession((session) => {
    if (actions !== null) render(session === null ? html`` : buttons(), actions);
  });
  watchDrop();
  document.addEventListener("paste", (event) => {
    if (isTyping(event.target) || event.clipboardData === null || event.clipboardData.files.length === 0 || currentSession() === null) return;
    event.preventDefault();
    void startUpload(filesFromClipboard(event.clipboardData));
  });
}

function buttons(): ReturnType<typeof html> {
  return html`<div class="upload-ways">
    <button class="btn ghost icon-only wide-only" type="button" aria-label=${t("Upload a folder")} title=${t("Upload a folder")} @click=${() => { askForUpload("folder"); }}>${icon("folder")}</button>
    <button class="btn main wide-only" type="button" @click=${() => { askForUpload("files"); }}>${icon("upload")}${t("Upload")}</button>
    <button class="btn icon-only phone-only" type="button" aria-label=${t("Upload")} @click=${() => { askForUpload("files"); }}>${icon("add")}</button>
  </div>`;
}

function watchDrop(): void {
  const zone = document.createElement("div");
  zone.className = "drop-zone";
  zone.hidden = true;
  zone.textContent = t("Drop photos to encrypt and keep them");
  document.body.append(zone);
  let timer = 0;
  const hasFiles = (event: DragEvent): boolean => currentSession() !== null && (event.dataTransfer?.types.includes("Files") ?? false);
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    zone.hidden = false;
    clearTimeout(timer);
    // No event tells for certain that a drag left the window; silence does.
    timer = window.setTimeout(() => { zone.hidden = true; }, 350);
  });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event) || event.dataTransfer === null) return;
    event.preventDefault();
    clearTimeout(timer);
    zone.hidden = true;
    void startUpload(filesFromDrop(event.dataTransfer));
  });
}
