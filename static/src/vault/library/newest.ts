/**
 * Versions, revisions, marks and settings are numbered, and numbers only rise.
 *
 * A server that answers with a lower one than this device has seen forgot something, or hides it.
 * What is known stays: taking the older one over would lose a change, and the next write would use its
 * number a second time.
 */
import type { AlbumEntry } from "./album-entry.ts";
import { LibraryError } from "./bridge.ts";
import type { Entry } from "./entry.ts";

export interface Newest<T> {
  readonly entry: T;
  readonly isRolledBack: boolean;
}

/** The newest of each numbered thing of a photo; the rest as it is offered. */
export function newestEntry(offered: Entry, known: Entry | undefined): Newest<Entry> {
  if (known === undefined) return { entry: offered, isRolledBack: false };
  const [isContentOld, areMarksOld, areCorrectionsOld] = [offered.version < known.version, offered.marksNumber < known.marksNumber, offered.revision < known.revision];
  const { version, parts, isDamaged, wrappedContentKey, metadata, marksNumber, marks, revision, corrections } = known;
  const entry = {
    ...offered,
    ...(isContentOld && { version, parts, isDamaged, wrappedContentKey, metadata }),
    ...(areMarksOld && { marksNumber, marks }),
    ...(areCorrectionsOld && { revision, corrections }),
  };
  return { entry, isRolledBack: isContentOld || areMarksOld || areCorrectionsOld };
}

/** The same for an album: its settings, and the generation of its key. */
export function newestAlbum(offered: AlbumEntry, known: AlbumEntry | undefined): Newest<AlbumEntry> {
  const isOld = known !== undefined && (offered.number < known.number || offered.generation < known.generation);
  return { entry: isOld ? known : offered, isRolledBack: isOld };
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
