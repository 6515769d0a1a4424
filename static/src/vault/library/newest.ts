/**
 * Versions, revisions, marks and settings are numbered, and numbers only rise.
 *
 * A server that answers with a lower one than this device has seen forgot something, or hides it.
 * What is known stays: taking the older one over would lose a change, and the next write would use its
 * number a second time. So it stays where what is offered does not open: its number is nobody's word.
 */
import type { AlbumEntry } from "./album-entry.ts";
import { LibraryError } from "./bridge.ts";
import type { Entry } from "./entry.ts";
import type { OpenedImage } from "./keyring.ts";

export interface Newest<T> {
  readonly entry: T;
  /** What was kept instead of what was offered, and why; null when nothing was. */
  readonly kept: "older" | "closed" | null;
}

/** The newest of each numbered thing of a photo that opens; the rest as it is offered. */
export function newestEntry({ entry: offered, closed }: OpenedImage, known: Entry | undefined): Newest<Entry> {
  if (known === undefined) return { entry: offered, kept: null };
  const [isContentOld, areMarksOld, areCorrectionsOld] = [offered.version < known.version, offered.marksNumber < known.marksNumber, offered.revision < known.revision];
  const isContentClosed = closed.content && known.metadata !== null;
  const { version, parts, digests, isDamaged, wrappedContentKey, wrappedRecordKey, metadata, marksNumber, marks, revision, corrections } = known;
  const entry = {
    ...offered,
    ...((isContentOld || isContentClosed) && { version, parts, digests, isDamaged, wrappedContentKey, wrappedRecordKey, metadata }),
    ...((areMarksOld || closed.marks) && { marksNumber, marks }),
    ...((areCorrectionsOld || closed.corrections) && { revision, corrections }),
  };
  if (isContentClosed || closed.marks || closed.corrections) return { entry, kept: "closed" };
  return { entry, kept: isContentOld || areMarksOld || areCorrectionsOld ? "older" : null };
}

/** The same for an album: its settings, and the generation of its key. */
export function newestAlbum(offered: AlbumEntry, known: AlbumEntry | undefined): Newest<AlbumEntry> {
  if (known === undefined) return { entry: offered, kept: null };
  if (offered.settings === null && known.settings !== null) return { entry: known, kept: "closed" };
  const isOld = offered.number < known.number || offered.generation < known.generation;
  return { entry: isOld ? known : offered, kept: isOld ? "older" : null };
}

/** What the server answered that does not open, where this device has what does. */
export function unreadable(count: number): LibraryError {
  const what = count === 1 ? "one photo or album" : `${count} photos and albums`;
  return new LibraryError("unreadable", `The server answered with a record of ${what} that cannot be opened. What this device knows was kept.`);
}

export function rolledBack(count: number): LibraryError {
  const what = count === 1 ? "one photo or album" : `${count} photos and albums`;
  return new LibraryError("rolled_back", `The server answered with an older state of ${what} than this device has seen. What this device knows was kept.`);
}

/** What went from a feed that began anew without a word of its deletion: deleted elsewhere long ago, or left out. */
export function unlisted(count: number): LibraryError {
  const what = count === 1 ? "one photo or album that this device had" : `${count} photos and albums that this device had`;
  return new LibraryError("unlisted", `The server began its list anew and left out ${what}, without saying that they were deleted. If it was not you, on another device, ask whoever runs it.`);
}
