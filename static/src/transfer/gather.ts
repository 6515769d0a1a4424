/** Sorting out what was handed over: photos, the Takeout files beside them, and clutter. */
import { matchSidecars } from "../photo/takeout.ts";
import { isClutter, isSidecar, type SelectedFile } from "./selected-files.ts";

export interface GatheredPhoto extends SelectedFile {
  readonly sidecar: File | null;
}

export interface Gathered {
  readonly photos: readonly GatheredPhoto[];
  readonly ignored: number;
}

/** Takes only names and handles; no file is read here. */
export async function gather(files: Iterable<SelectedFile> | AsyncIterable<SelectedFile>): Promise<Gathered> {
  const photos: SelectedFile[] = [];
  const sidecars = new Map<string, File>();
  let ignored = 0;
  for await (const selected of files) {
    if (isClutter(selected.path)) ignored += 1;
    else if (isSidecar(selected.path)) sidecars.set(selected.path, selected.file);
    else photos.push(selected);
  }
  const matches = matchSidecars([...photos.map(({ path }) => path), ...sidecars.keys()]);
  const sidecarOf = (path: string): File | null => sidecars.get(matches.get(path) ?? "") ?? null;
  return { photos: photos.map((photo) => ({ ...photo, sidecar: sidecarOf(photo.path) })), ignored: ignored + sidecars.size };
}
