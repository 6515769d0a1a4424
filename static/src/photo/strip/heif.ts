/**
 * HEIC and AVIF: everything stays where it is, so that no offset has to change; what is
 * not picture becomes free space or zeros.
 *
 * The picture turns itself by its `irot` and `imir` properties, which stay; EXIF
 * orientation is ignored by every decoder of these formats.
 * Source: ISO/IEC 23008-12, ISO/IEC 14496-12, AV1 Image File Format 1.1.
 */

import { type Span, zeroOutside } from "./bytes.ts";
import { blankBox, boxesIn } from "./boxes.ts";
import type { Findings } from "./findings.ts";
import { stripItems } from "./heif-items.ts";
import { stripTracks } from "./heif-tracks.ts";
import { CannotStrip } from "./refusal.ts";
import { type MediaSpans, overlaps, within } from "./spans.ts";

const IGNORED = new Set(["free", "skip", "wide"]);

/** What lies before, between and after these areas, which follow one another. */
function outside(areas: readonly Span[], length: number): Span[] {
  const starts = [0, ...areas.map((area) => area.end)];
  return starts.map((start, k) => ({ start, end: areas[k]?.start ?? length }));
}

/** The same picture or sequence without anything a decoder does not need. */
export function stripHeif(bytes: Uint8Array, findings: Findings): Uint8Array {
  const copy = bytes.slice();
  const spans: MediaSpans = { kept: [], dropped: [] };
  const media: Span[] = [];
  let length = 0;
  let hasPicture = false;
  for (const box of boxesIn(bytes, 0, bytes.length)) {
    if (box.type === "meta") stripItems(bytes, copy, box, spans, findings);
    else if (box.type === "moov") stripTracks(bytes, copy, box, spans, findings);
    else if (box.type === "mdat") media.push({ start: box.body, end: box.end });
    else if (box.type === "moof" || box.type === "mfra") throw new CannotStrip("unsupported_variant", "fragments");
    else if (box.type !== "ftyp") {
      if (!IGNORED.has(box.type)) findings.remove("unknown-block", box.type);
      blankBox(copy, box);
      continue;
    }
    hasPicture ||= box.type === "meta" || box.type === "moov";
    length = box.end;
  }
  if (!hasPicture) throw new CannotStrip("no_picture", "no meta box");
  const kept = spans.kept.filter((span) => span.end > span.start);
  if (!within(kept, media)) throw new CannotStrip("broken_structure", "picture outside media data");
  if (overlaps(kept, spans.dropped)) throw new CannotStrip("broken_structure", "metadata inside the picture");
  zeroOutside(copy, [...kept, ...outside(media, copy.length)], 0, copy.length);
  return copy.subarray(0, length);
}
