/** Files as a person hands them over: chosen, dropped with their folders, or pasted. */

import type { Told } from "./told.ts";

export interface SelectedFile {
  readonly file: File;
  /** Where it lay in the folder that was given, or its name. */
  readonly path: string;
  /** Of a photo of somebody else's. */
  readonly told?: Told;
}

/** From `<input type="file">`, with or without `webkitdirectory`. */
export function* filesFromInput(files: Iterable<File>): Generator<SelectedFile> {
  for (const file of files) yield { file, path: file.webkitRelativePath || file.name };
}

/** Pictures on the clipboard; the browser calls them all the same, so they are named by the time. */
export function filesFromClipboard(data: DataTransfer, now = new Date()): SelectedFile[] {
  const files = [...data.files];
  const time = now.toISOString().slice(0, 19).replaceAll(":", "-").replace("T", " ");
  return files.map((file, at) => {
    const isUnnamed = /^image\.\w+$/.test(file.name);
    const name = isUnnamed ? `Pasted ${time}${at === 0 ? "" : ` ${at + 1}`}.${file.name.split(".").at(-1) ?? "png"}` : file.name;
    const named = isUnnamed ? new File([file], name, { type: file.type, lastModified: file.lastModified }) : file;
    return { file: named, path: name };
  });
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((resolve, reject) => { entry.file(resolve, reject); });

/** `readEntries` answers a hundred at a time, and nothing once it is through. */
async function* entriesIn(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = folder.createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (batch.length === 0) return;
    yield* batch;
  }
}

/** One at a time, depth first: thirty thousand files never lie in memory together. A file that cannot be read is left out. */
async function* walk(entry: FileSystemEntry): AsyncGenerator<SelectedFile> {
  if (entry.isFile) {
    const file = await fileOf(entry as FileSystemFileEntry).catch(() => null);
    if (file !== null) yield { file, path: entry.fullPath.replace(/^\/+/, "") || file.name };
    return;
  }
  for await (const inner of entriesIn(entry as FileSystemDirectoryEntry)) yield* walk(inner);
}

/**
 * From a drop, folders included.
 *
 * Call it within the event: the browser takes the list back as soon as the handler returns.
 */
export function filesFromDrop(data: DataTransfer): AsyncGenerator<SelectedFile> | Generator<SelectedFile> {
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return filesFromInput([...data.files]);
  return (async function* (): AsyncGenerator<SelectedFile> {
    for (const entry of entries) yield* walk(entry);
  })();
}

/** What systems leave lying in folders: never photos, and nothing a person would miss. */
export function isClutter(path: string): boolean {
  const name = path.split("/").at(-1) ?? "";
  return name.startsWith("._") || name === ".DS_Store" || /^(thumbs\.db|desktop\.ini)$/i.test(name) || path.startsWith("__MACOSX/");
}

export const isSidecar = (path: string): boolean => /\.json$/i.test(path);
