/**
 * A photo in a shared album: what whoever added it says about it, signed through its commitment.
 *
 * The document beside the photo is the opening of its commitment: `{"item": text, "salt": base64url}`. So
 * every word of it is as good as signed, and nothing can be guessed from the commitment that stays
 * once photo and document are gone (docs/sharing.md, "Items").
 */
import { equalBytes, fromBase64Url, toBase64Url, type Bytes } from "./bytes.ts";
import { canonicalText, countIn, digestIn, exactly, idIn, readCanonical, textIn, wordIn, type Members } from "./canonical.ts";
import { commitmentOf, digestOf, newOpening, openingDocument, openingIn, type Opening } from "./commitment.ts";
import type { Context } from "./context.ts";
import { HistoryError } from "./history-error.ts";
import type { HistoryState } from "./history-state.ts";
import { openRecordUnder, sealRecordUnder, type DocumentKey, type JsonValue } from "./record.ts";

/** Which key of a version an item leads to. */
export const SOURCES = ["content", "clean"] as const;
export type ItemSource = (typeof SOURCES)[number];

/** Parts of a photo, by the SHA-256 of their ciphertext in base64url. */
export interface PartDigests {
  readonly original?: string;
  readonly preview?: string;
  readonly thumbnail?: string;
}

/** Whole millionths of a degree, WGS 84: fractions are spelled differently by different languages. */
export interface ItemPlace {
  readonly lat: number;
  readonly lon: number;
}

/** What recipients learn about a photo. The last three only where its owner chose so. */
export interface ItemFields {
  readonly image: string;
  /** The account whose photo it is. */
  readonly owner: string;
  readonly version: number;
  readonly source: ItemSource;
  /** Media type of the original. */
  readonly type: string;
  /** Length of the original before it was encrypted. */
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  /** base64url; empty when there is none. */
  readonly thumbhash: string;
  readonly digests: PartDigests;
  readonly title?: string;
  readonly taken_at?: string;
  readonly place?: ItemPlace;
}

/** An album, for what is sealed under its key. */
export interface AlbumPlace {
  readonly album: string;
  /** The account that made the album. */
  readonly owner: string;
}

const FULL_CIRCLE = 360_000_000;
const PARTS = ["original", "preview", "thumbnail"];

/** A new item: its opening, to seal beside the photo, whose commitment goes into the history. */
export function newItem(fields: ItemFields): Opening {
  return newOpening(canonicalText(fields as unknown as JsonValue));
}

/** Seal what is said about an item, under an album key of a generation. */
export async function sealItem(
  opening: Opening,
  key: DocumentKey,
  place: AlbumPlace,
  image: string,
  generation: number,
): Promise<Bytes> {
  return await sealRecordUnder(openingDocument("item", opening), key, itemContext(place, image, generation));
}

/** What a sealed item opens to: whether anybody vouches for it is still to be asked. @throws CryptoError. */
export async function openItem(
  sealed: Bytes,
  key: DocumentKey,
  place: AlbumPlace,
  image: string,
  generation: number,
): Promise<Opening> {
  return openingIn("item", await openRecordUnder(sealed, key, itemContext(place, image, generation)));
}

/**
 * The fields of an item the history vouches for.
 *
 * A photo is added by the account whose it is; one that others slip in, or that was taken out, is
 * refused. @throws HistoryError, CryptoError "malformed".
 */
export function vouchedFields(opening: Opening, image: string, state: HistoryState): ItemFields {
  const fields = readFields(opening.text);
  const addedBy = state.items[toBase64Url(commitmentOf(opening))];
  if (fields.image !== image || addedBy === undefined) throw new HistoryError("wrong-commitment", undefined, addedBy);
  if (addedBy !== fields.owner) throw new HistoryError("not-allowed", undefined, addedBy);
  return fields;
}

/** How many photos should be here and are not: `present` holds the commitments that have one behind them. */
export function missingItems(state: HistoryState, present: Iterable<Bytes>): number {
  const missing = new Set(Object.keys(state.items));
  for (const commitment of present) missing.delete(toBase64Url(commitment));
  return missing.size;
}

/** Insist that a whole ciphertext is the one its adder meant; true when they named it. @throws HistoryError. */
export function checkPart(fields: Pick<ItemFields, "digests" | "owner">, part: keyof PartDigests, sha256: Bytes): boolean {
  const expected = fields.digests[part];
  if (expected === undefined) return false;
  if (!equalBytes(fromBase64Url(expected), sha256)) throw new HistoryError("wrong-commitment", undefined, fields.owner);
  return true;
}

/** Insist that settings are those the history names. @throws HistoryError. */
export function checkSettings(state: HistoryState, number: number, sealed: Bytes): void {
  if (number < state.settings.number) throw new HistoryError("rolled-back");
  const named = number === state.settings.number && toBase64Url(digestOf(sealed)) === state.settings.digest;
  if (!named) throw new HistoryError("wrong-commitment");
}

function itemContext({ album, owner }: AlbumPlace, image: string, generation: number): Context<"album-shared-fields"> {
  return { purpose: "album-shared-fields", owner, record: album, part: image, version: generation };
}

/** The fields in the text of an item, their shape checked; what a later version added is passed over. */
function readFields(text: string): ItemFields {
  const members = readCanonical(text);
  for (const name of ["image", "owner"]) idIn(members[name]);
  wordIn(members["source"], SOURCES);
  countIn(members["version"]);
  for (const name of ["bytes", "width", "height"]) countIn(members[name], 0);
  for (const name of ["type", "thumbhash"]) textIn(members[name]);
  for (const name of ["title", "taken_at"]) if (Object.hasOwn(members, name)) textIn(members[name]);
  if (Object.hasOwn(members, "place")) checkPlace(members["place"]);
  checkDigests(members["digests"]);
  return members as Members & ItemFields;
}

function checkPlace(value: unknown): void {
  const { lat, lon } = exactly(value, ["lat", "lon"]);
  for (const coordinate of [lat, lon]) countIn(coordinate, -FULL_CIRCLE);
}

function checkDigests(value: unknown): void {
  const named = PARTS.filter((part) => typeof value === "object" && value !== null && Object.hasOwn(value, part));
  const digests = exactly(value, named);
  for (const part of named) digestIn(digests[part]);
}
