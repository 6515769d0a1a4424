/**
 * The `moov` box of image sequences: picture tracks stay, times are cleared, other tracks
 * and everything that is not needed to play become free space.
 */

import { fromLatin1, type Span, typeAt, uint32, uintBig } from "./bytes.ts";
import { blankBox, type Box, boxesIn } from "./boxes.ts";
import type { Findings } from "./findings.ts";
import { CannotStrip } from "./refusal.ts";
import type { MediaSpans } from "./spans.ts";

const SAMPLE_LIMIT = 200_000;
const CONTAINERS = new Set(["edts", "mdia", "minf", "stbl"]);
const KEPT = new Set([
  "mvhd", "trak", "tkhd", "tref", "edts", "elst", "mdia", "mdhd", "hdlr", "minf", "vmhd", "nmhd", "stbl", "stsd",
  "stts", "ctts", "cslg", "stsc", "stsz", "stco", "co64", "stss", "sdtp", "sbgp", "sgpd", "dinf",
]);
const TIMED = new Set(["mvhd", "tkhd", "mdhd"]);
const PICTURE_HANDLERS = new Set(["pict", "vide", "auxv"]);
const SAMPLE_ENTRY_SIZE = 78;
const KEPT_IN_ENTRY = new Set(["hvcC", "av1C", "avcC", "vvcC", "colr", "pasp", "clap", "pixi", "auxi", "ccst", "clli", "mdcv"]);

/** What one track needs for finding its samples. */
interface Track {
  handler: string;
  readonly tables: Map<string, Box>;
}

class TrackWalk {
  readonly #bytes: Uint8Array;
  readonly #copy: Uint8Array;
  readonly #spans: MediaSpans;
  readonly #findings: Findings;

  constructor(bytes: Uint8Array, copy: Uint8Array, spans: MediaSpans, findings: Findings) {
    this.#bytes = bytes;
    this.#copy = copy;
    this.#spans = spans;
    this.#findings = findings;
  }

  /** Depth is bounded because only boxes that contain others by their type are entered, never `trak` in `trak`. */
  walk(start: number, end: number, track: Track, depth: number): void {
    if (depth > 8) throw new CannotStrip("too_complex", "nested boxes");
    for (const box of boxesIn(this.#bytes, start, end)) {
      if (!KEPT.has(box.type) || (box.type === "dinf" && box.end - box.start !== 36)) {
        if (box.type !== "free") this.#findings.remove("unknown-block", box.type);
        blankBox(this.#copy, box);
      } else if (TIMED.has(box.type)) this.#copy.fill(0, box.body + 4, Math.min(box.end, box.body + (this.#bytes[box.body] === 0 ? 12 : 20)));
      else if (box.type === "hdlr") this.#handler(box, track);
      else if (box.type === "trak") this.#track(box, depth);
      else if (box.type === "stsd") this.#descriptions(box);
      else if (CONTAINERS.has(box.type)) this.walk(box.body, box.end, track, depth + 1);
      else track.tables.set(box.type, box);
    }
  }

  #handler(box: Box, track: Track): void {
    track.handler = typeAt(this.#bytes, box.body + 8);
    this.#copy.fill(0, Math.min(box.end, box.body + 12), box.end);
  }

  #track(box: Box, depth: number): void {
    const track: Track = { handler: "", tables: new Map() };
    this.walk(box.body, box.end, track, depth + 1);
    const spans = samplesOf(this.#bytes, track);
    const isPicture = PICTURE_HANDLERS.has(track.handler);
    const { kept, dropped } = this.#spans;
    for (const span of spans) (isPicture ? kept : dropped).push(span);
    if (kept.length + dropped.length > SAMPLE_LIMIT) throw new CannotStrip("too_complex", "samples");
    if (isPicture) return;
    this.#findings.remove("unknown-block", "track");
    blankBox(this.#copy, box);
  }

  /** Sample entries: the coder's name is free text, and so is any box we do not know. */
  #descriptions(box: Box): void {
    for (const entry of boxesIn(this.#bytes, box.body + 8, box.end)) {
      const inner = entry.body + SAMPLE_ENTRY_SIZE;
      if (inner > entry.end) continue;
      this.#copy.fill(0, entry.body + 42, entry.body + 74);
      for (const child of boxesIn(this.#bytes, inner, entry.end)) {
        if (KEPT_IN_ENTRY.has(child.type)) continue;
        this.#copy.set(fromLatin1("free"), child.start + 4);
        this.#copy.fill(0, child.body, child.end);
      }
    }
  }
}

/** A table's count, refused where its rows cannot fit in the box. */
function countOf(bytes: Uint8Array, box: Box, at: number, rowSize: number): number {
  const count = uint32(bytes, box.body + at);
  if (at + 4 + count * rowSize > box.end - box.body || count > SAMPLE_LIMIT) {
    throw new CannotStrip("broken_structure", `${box.type} count`);
  }
  return count;
}

/** The byte ranges of all samples of a track, chunk by chunk. */
function samplesOf(bytes: Uint8Array, track: Track): Span[] {
  const offsets = track.tables.get("stco") ?? track.tables.get("co64");
  const sizes = track.tables.get("stsz");
  const runs = track.tables.get("stsc");
  if (offsets === undefined || sizes === undefined || runs === undefined) throw new CannotStrip("broken_structure", "sample tables");
  const width = offsets.type === "stco" ? 4 : 8;
  const chunkCount = countOf(bytes, offsets, 4, width);
  const fixed = uint32(bytes, sizes.body + 4);
  const sampleCount = fixed === 0 ? countOf(bytes, sizes, 8, 4) : uint32(bytes, sizes.body + 8);
  const runCount = countOf(bytes, runs, 4, 12);
  const spans: Span[] = [];
  let run = 0;
  let sample = 0;
  for (let chunk = 1; chunk <= chunkCount; chunk += 1) {
    while (run + 1 < runCount && uint32(bytes, runs.body + 8 + 12 * (run + 1)) <= chunk) run += 1;
    const perChunk = runCount === 0 ? 0 : uint32(bytes, runs.body + 12 + 12 * run);
    const taken = Math.min(perChunk, sampleCount - sample);
    let size = fixed * taken;
    if (fixed === 0) for (let k = sample; k < sample + taken; k += 1) size += uint32(bytes, sizes.body + 12 + 4 * k);
    sample += taken;
    const start = uintBig(bytes, offsets.body + 8 + width * (chunk - 1), width);
    spans.push({ start, end: start + size });
  }
  return spans;
}

/** Clean a `moov` box inside `copy` and say which media data stays. */
export function stripTracks(bytes: Uint8Array, copy: Uint8Array, box: Box, spans: MediaSpans, findings: Findings): void {
  new TrackWalk(bytes, copy, spans, findings).walk(box.body, box.end, { handler: "", tables: new Map() }, 0);
}
