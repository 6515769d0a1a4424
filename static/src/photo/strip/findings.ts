/**
 * What a walker came across: what it took out, in words, and the blocks that hold facts
 * the private timeline may want to remember.
 */

export type RemovedKind =
  | "place"
  | "capture-time"
  | "camera"
  | "lens"
  | "camera-settings"
  | "serial-number"
  | "image-id"
  | "author"
  | "copyright"
  | "caption"
  | "keywords"
  | "rating"
  | "face-regions"
  | "software"
  | "edit-history"
  | "maker-note"
  | "content-credentials"
  | "preview"
  | "second-picture"
  | "hdr-gain-map"
  | "depth-map"
  | "motion-video"
  | "colour-profile-text"
  | "hidden-tail"
  | "unknown-block";

/** One thing that is in the original and not in what we store. `value` is short and only for the owner's eyes. */
export interface Removed {
  readonly kind: RemovedKind;
  readonly value?: string;
}

const WORDS: Readonly<Record<RemovedKind, string>> = {
  place: "the place where it was taken",
  "capture-time": "the time when it was taken",
  camera: "the camera's make and model",
  lens: "the lens",
  "camera-settings": "the camera settings",
  "serial-number": "your camera's serial number",
  "image-id": "a number that identifies this one picture",
  author: "the author's name",
  copyright: "the copyright notice",
  caption: "the caption",
  keywords: "the keywords",
  rating: "the rating",
  "face-regions": "where faces are and whose they are",
  software: "the software that was used",
  "edit-history": "the history of edits",
  "maker-note": "the camera maker's private notes",
  "content-credentials": "the content credentials",
  preview: "a small preview picture",
  "second-picture": "a second picture hidden in the file",
  "hdr-gain-map": "the layer that makes it brighter on HDR screens",
  "depth-map": "the depth map",
  "motion-video": "the short video attached to it",
  "colour-profile-text": "text inside the colour profile",
  "hidden-tail": "data hidden after the picture",
  "unknown-block": "data that we did not recognise",
};

/** "Removed: the place where it was taken, your camera's serial number." or "Nothing had to be removed." */
export function describeRemoved(removed: readonly Removed[]): string {
  if (removed.length === 0) return "Nothing had to be removed.";
  return `Removed: ${removed.map((item) => WORDS[item.kind]).join(", ")}.`;
}

const VALUE_LIMIT = 80;
const BLOCK_LIMIT = 64;

/** Whole characters from the start of a text, so that none is cut in half. */
const firstCharacters = (text: string, count: number): string[] => [...text.slice(0, 2 * count)].slice(0, count);

/** Keeps what a person can read: no control characters, single spaces, at most 80 characters. */
export function readableValue(text: string): string {
  let clean = "";
  for (const character of firstCharacters(text, VALUE_LIMIT * 2)) {
    const code = character.codePointAt(0) ?? 0;
    clean += code < 32 || (code >= 127 && code < 160) ? " " : character;
  }
  return firstCharacters(clean.split(" ").filter(Boolean).join(" "), VALUE_LIMIT).join("");
}

/** Collected while one file is walked; the numbers of things kept are bounded. */
export class Findings {
  /** The first EXIF block, starting at its byte-order mark. */
  exif: Uint8Array | null = null;
  readonly xmp: Uint8Array[] = [];
  /** Photoshop image resources or bare IPTC-IIM records. */
  readonly iptc: Uint8Array[] = [];
  /** Size in pixels, before EXIF orientation but after what the format itself turns. */
  width: number | null = null;
  height: number | null = null;
  /** EXIF orientation where the format tells it outside of EXIF; else 0. */
  orientation = 0;
  readonly #removed = new Map<RemovedKind, string>();

  /** Note that something was taken out. The first readable value of each kind stays. */
  remove(kind: RemovedKind, value = ""): void {
    const readable = readableValue(value);
    if (readable !== "" || !this.#removed.has(kind)) {
      if ((this.#removed.get(kind) ?? "") === "") this.#removed.set(kind, readable);
    }
  }

  addXmp(block: Uint8Array): void {
    if (this.xmp.length < BLOCK_LIMIT) this.xmp.push(block);
  }

  addIptc(block: Uint8Array): void {
    if (this.iptc.length < BLOCK_LIMIT) this.iptc.push(block);
  }

  /** Remember the stored size of the picture; the first one given wins. */
  setSize(width: number, height: number): void {
    if (this.width !== null || width <= 0 || height <= 0) return;
    this.width = width;
    this.height = height;
  }

  /** What was removed, most personal first. */
  removed(): Removed[] {
    const order = Object.keys(WORDS) as RemovedKind[];
    return order.flatMap((kind): Removed[] => {
      const value = this.#removed.get(kind);
      if (value === undefined) return [];
      return [value === "" ? { kind } : { kind, value }];
    });
  }
}
