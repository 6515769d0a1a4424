/**
 * Google Takeout puts what a person corrected beside each photo, in a JSON file whose name
 * only resembles the photo's.
 *
 * Names met in real exports: `a.jpg.json`, `a.jpg.supplemental-metadata.json`, either of
 * them cut to 46 characters before `.json`, numbers moved (`a(1).jpg` has
 * `a.jpg(1).json`), and edited copies (`a-edited.jpg`) that share the original's file.
 */

import type { CaptureTime, Place } from "./facts.ts";

/** What the sidecar says that the photo may not. Times are UTC, as Takeout writes them. */
export interface Correction {
  /** The name the photo had when it was uploaded to Google. */
  readonly title: string | null;
  readonly capturedAt: CaptureTime | null;
  readonly place: Place | null;
  readonly description: string | null;
  readonly isFavourite: boolean;
  readonly isArchived: boolean;
}

const SIDECAR_LIMIT = 1 << 20;
const TEXT_LIMIT = 10_000;
const SUFFIX = ".supplemental-metadata";
const CUT_LENGTHS = [46, 47, 45, 51, 50, 49, 48, 44];
const IMAGE = /\.(jpe?g|png|webp|gif|hei[cf]|avif|jxl|tiff?|dng|cr2|cr3|nef|arw|raf|rw2|orf)$/i;
const EDITED = /-(edited|effects|collage|animation|bearbeitet|modifi[eé]|editado|editada|modificato|bewerkt|redigeret|redigerad|redigert|edytowane|muokattu|編集済み)(?=\.[^.]*$)/i;

interface Split {
  readonly folder: string;
  /** The name without its number and, for sidecars, without ".json". */
  readonly name: string;
  /** "(1)" or nothing. */
  readonly number: string;
}

function folderOf(path: string): [folder: string, name: string] {
  const at = path.lastIndexOf("/") + 1;
  return [path.slice(0, at), path.slice(at)];
}

/** "a/b(2).jpg" has the name "b.jpg" and the number "(2)". */
function splitImage(path: string): Split {
  const [folder, whole] = folderOf(path);
  const parts = /^(.*)(\(\d{1,5}\))(\.[^.]*)$/.exec(whole);
  if (parts === null) return { folder, name: whole, number: "" };
  return { folder, name: `${parts[1]}${parts[3]}`, number: parts[2] ?? "" };
}

/** "a/b.jpg.supplemental-me(2).json" has the name "b.jpg.supplemental-me" and the number "(2)". */
function splitSidecar(path: string): Split {
  const [folder, whole] = folderOf(path);
  const stem = whole.slice(0, -".json".length);
  const parts = /^(.*)(\(\d{1,5}\))$/.exec(stem);
  return parts === null ? { folder, name: stem, number: "" } : { folder, name: parts[1] ?? "", number: parts[2] ?? "" };
}

const keyOf = (folder: string, name: string, number: string): string => `${folder}\0${name.toLowerCase()}\0${number}`;

/** Every name a sidecar may stand for: as it is, and without however much is left of the suffix. */
function namesOf(sidecar: Split): string[] {
  const names = [sidecar.name];
  for (let length = SUFFIX.length; length >= 1; length -= 1) {
    if (sidecar.name.endsWith(SUFFIX.slice(0, length))) {
      names.push(sidecar.name.slice(0, -length));
      break;
    }
  }
  return names;
}

function lookUp(index: ReadonlyMap<string, string>, image: Split): string | undefined {
  const numbered = image.number === "" ? image.name : image.name.replace(/(\.[^.]*)$/, `${image.number}$1`);
  const spellings: readonly (readonly [string, string])[] = [[image.name, image.number], [numbered, ""]];
  for (const [name, number] of spellings) {
    const found = index.get(keyOf(image.folder, name, number));
    if (found !== undefined) return found;
  }
  for (const [name, number] of spellings) {
    for (const length of CUT_LENGTHS) {
      if (name.length <= length) continue;
      const found = index.get(keyOf(image.folder, name.slice(0, length), number));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * Which sidecar belongs to which image. Give it all paths of a folder upload; sidecars
 * match only inside their own folder. Linear in the number of paths.
 */
export function matchSidecars(paths: readonly string[]): Map<string, string> {
  const index = new Map<string, string>();
  for (const path of paths) {
    if (!/\.json$/i.test(path)) continue;
    const sidecar = splitSidecar(path);
    for (const name of namesOf(sidecar)) {
      const key = keyOf(sidecar.folder, name, sidecar.number);
      if (!index.has(key)) index.set(key, path);
    }
  }
  const matches = new Map<string, string>();
  for (const path of paths) {
    if (!IMAGE.test(path)) continue;
    const image = splitImage(path);
    const original = { ...image, name: image.name.replace(EDITED, "") };
    const found = lookUp(index, image) ?? lookUp(index, original);
    if (found !== undefined) matches.set(path, found);
  }
  return matches;
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

function childOf(value: JsonObject, key: string): JsonObject {
  const child = value[key];
  return isObject(child) ? child : {};
}

function textIn(value: JsonObject, key: string): string | null {
  const text = value[key];
  return typeof text === "string" && text.trim() !== "" ? text.trim().slice(0, TEXT_LIMIT) : null;
}

function timeIn(value: JsonObject): CaptureTime | null {
  const stamp = value["timestamp"];
  const seconds = typeof stamp === "string" || typeof stamp === "number" ? Number(stamp) : Number.NaN;
  if (!Number.isFinite(seconds) || seconds === 0 || Math.abs(seconds) > 7e9) return null;
  const at = new Date(seconds * 1000).toISOString().slice(0, 19);
  return { at: `${at}Z`, zone: "Z", source: "takeout" };
}

/** Takeout writes 0, 0 for "no place". */
function placeIn(value: JsonObject): Place | null {
  const { latitude: lat, longitude: lon } = value;
  if (typeof lat !== "number" || typeof lon !== "number" || (lat === 0 && lon === 0)) return null;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Read one sidecar; null when the text is none. Names of people are ignored: they are not the owner's to move. */
export function parseSidecar(text: string): Correction | null {
  const value = text.length > SIDECAR_LIMIT ? null : parsed(text);
  if (!isObject(value) || !isObject(value["photoTakenTime"])) return null;
  return {
    title: textIn(value, "title"),
    capturedAt: timeIn(childOf(value, "photoTakenTime")),
    place: placeIn(childOf(value, "geoData")) ?? placeIn(childOf(value, "geoDataExif")),
    description: textIn(value, "description"),
    isFavourite: value["favorited"] === true,
    isArchived: value["archived"] === true,
  };
}
