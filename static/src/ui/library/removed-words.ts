/** What was taken out of a file, in short words. */
import type { RemovedKind } from "../../photo/strip/findings.ts";
import { LOCALE, t } from "../text.ts";

/** @translated */
const WORDS: Readonly<Record<RemovedKind, string>> = {
  place: "the place",
  "capture-time": "the time",
  camera: "the camera",
  lens: "the lens",
  "camera-settings": "the camera settings",
  "serial-number": "the camera's serial number",
  "image-id": "the picture's own number",
  author: "the author",
  copyright: "the copyright notice",
  caption: "the caption",
  keywords: "the keywords",
  rating: "the rating",
  "face-regions": "faces and their names",
  software: "the software",
  "edit-history": "the history of edits",
  "maker-note": "the maker's private notes",
  "content-credentials": "the content credentials",
  preview: "a small preview",
  "second-picture": "a second picture",
  "hdr-gain-map": "the HDR layer",
  "depth-map": "the depth map",
  "motion-video": "the moving picture",
  "colour-profile-text": "words in the colour profile",
  "hidden-tail": "bytes hidden behind the picture",
  "unknown-block": "blocks nobody knows",
};

function isKnown(kind: string): kind is RemovedKind {
  return Object.hasOwn(WORDS, kind);
}

/** "the place, the time and the camera"; "" for nothing. */
export function removedList(kinds: readonly string[]): string {
  const words = [...new Set(kinds)].filter(isKnown).map((kind) => t(WORDS[kind]));
  return new Intl.ListFormat(LOCALE, { type: "conjunction" }).format(words);
}

/** The same with what matters most first, and no longer than a line or two. */
export function removedSummary(kinds: readonly string[], most = 4): string {
  const byWeight = Object.keys(WORDS).filter((kind) => kinds.includes(kind));
  if (byWeight.length <= most + 1) return removedList(byWeight);
  const words = byWeight.slice(0, most).filter(isKnown).map((kind) => t(WORDS[kind]));
  const rest = t("{count} more kinds of data", { count: byWeight.length - most });
  return new Intl.ListFormat(LOCALE, { type: "conjunction" }).format([...words, rest]);
}

/** "The place" for a list of counts. */
export function removedWord(kind: string): string {
  return isKnown(kind) ? t(WORDS[kind]) : t("other data");
}
