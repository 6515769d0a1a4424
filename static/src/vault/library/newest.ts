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
import { isOlder, owedOf, toldSometime, withTold, type Occasion, type Sightings } from "./sightings.ts";

export interface Newest<T> {
  readonly entry: T;
  /** What was kept instead of what was offered, and why; null when nothing was. */
  readonly kept: "older" | "closed" | null;
  /** What was offered is older, and was taken over: a restore that the public log bears out forgot the newer. */
  readonly isBack: boolean;
}

/** The numbers of a photo that only rise. */
const numbersOf = ({ version, revision, marksNumber }: Entry): readonly number[] => [version, revision, marksNumber];
const albumNumbers = ({ number, generation }: AlbumEntry): readonly number[] => [number, generation];

/** What was told of a photo or album that this device has. */
export const toldOf = (known: Entry): Sightings => known.told ?? toldSometime(numbersOf(known));
export const toldOfAlbum = (known: AlbumEntry): Sightings => known.told ?? toldSometime(albumNumbers(known));

/** What is owed once a restore that explains the older numbers is taken into account; null when none does, or they are not older. */
function explained(numbers: readonly number[], told: Sightings, { restoration }: Occasion): Sightings | null {
  if (!isOlder(numbers, told)) return null;
  const owed = owedOf(told, restoration);
  return isOlder(numbers, owed) ? null : owed;
}

/** The newest of each numbered thing of a photo that opens; the rest as it is offered. */
export function newestEntry(opened: OpenedImage, known: Entry | undefined, occasion: Occasion): Newest<Entry> {
  const { entry: offered, closed } = opened;
  const numbers = numbersOf(offered);
  if (known === undefined) return { entry: { ...offered, told: withTold([], numbers, occasion.now) }, kept: null, isBack: false };
  const told = toldOf(known);
  const owed = closed.content || closed.marks || closed.corrections ? null : explained(numbers, told, occasion);
  if (owed !== null) return { entry: { ...offered, told: withTold(owed, numbers, occasion.now) }, kept: null, isBack: true };
  const newest = newestOfEach(opened, known);
  const isTold = newest.kept === null || numbersOf(newest.entry).some((number, at) => number !== numbersOf(known)[at]);
  return { ...newest, entry: { ...newest.entry, told: isTold ? withTold(told, numbersOf(newest.entry), occasion.now) : told }, isBack: false };
}

function newestOfEach({ entry: offered, closed }: OpenedImage, known: Entry): Omit<Newest<Entry>, "isBack"> {
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
export function newestAlbum(offered: AlbumEntry, known: AlbumEntry | undefined, occasion: Occasion): Newest<AlbumEntry> {
  const numbers = albumNumbers(offered);
  if (known === undefined) return { entry: { ...offered, told: withTold([], numbers, occasion.now) }, kept: null, isBack: false };
  const told = toldOfAlbum(known);
  if (offered.settings === null && known.settings !== null) return { entry: known, kept: "closed", isBack: false };
  const owed = explained(numbers, told, occasion);
  if (owed === null && isOlder(numbers, told)) return { entry: known, kept: "older", isBack: false };
  return { entry: { ...offered, told: withTold(owed ?? told, numbers, occasion.now) }, kept: null, isBack: owed !== null };
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
