/** Where a copy is written to, as far as the browser lets a page write there. */
import type { ExportPlace } from "../../transfer/exporting/contract.ts";

export type PlaceKind = "folder" | "zip";

interface Pickers {
  showDirectoryPicker?(options: { readonly id: string; readonly mode: "readwrite"; readonly startIn: string }): Promise<FileSystemDirectoryHandle>;
  showSaveFilePicker?(options: { readonly suggestedName: string; readonly types: readonly object[] }): Promise<FileSystemFileHandle>;
}

interface Permitting {
  queryPermission?(options: { readonly mode: "readwrite" }): Promise<PermissionState>;
  requestPermission?(options: { readonly mode: "readwrite" }): Promise<PermissionState>;
}

const pickers = (): Pickers => window as unknown as Pickers;

/** Only some browsers know folders. */
export const canPickFolder = (): boolean => pickers().showDirectoryPicker !== undefined;

/**
 * Ask where to; call it from a click. Without a dialog of the browser's own the archive is made first and
 * handed over afterwards. @throws AbortError when the person thought better of it.
 */
export async function pickPlace(kind: PlaceKind): Promise<ExportPlace> {
  const { showDirectoryPicker, showSaveFilePicker } = pickers();
  if (kind === "folder" && showDirectoryPicker !== undefined) {
    return { kind: "folder", folder: await showDirectoryPicker.call(window, { id: "pocketvault-copy", mode: "readwrite", startIn: "pictures" }) };
  }
  if (showSaveFilePicker === undefined) return { kind: "download" };
  const suggestedName = `PocketVault ${new Date().toISOString().slice(0, 10)}.zip`;
  return { kind: "file", file: await showSaveFilePicker.call(window, { suggestedName, types: [{ accept: { "application/zip": [".zip"] } }] }) };
}

/** Whether a folder of an earlier visit may be written to; asks if need be. Call it from a click. */
export async function mayWriteTo(folder: FileSystemDirectoryHandle): Promise<boolean> {
  const asked = folder as FileSystemDirectoryHandle & Permitting;
  if (asked.queryPermission === undefined || (await asked.queryPermission({ mode: "readwrite" })) === "granted") return true;
  return (await asked.requestPermission?.({ mode: "readwrite" })) === "granted";
}

/** Hand an archive over as any other download. */
export function handOver(archive: File): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(archive);
  link.download = archive.name;
  link.click();
  // The browser has taken hold of the file well before.
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 60_000);
}
