/**
 * GIF: keeps frames, their timing, the loop count and a colour profile; comments, captions,
 * XMP and whatever follows a frame's own data go.
 *
 * Source: GIF89a specification, appendix F for the code widths.
 */

import { byteAt, concat, fromLatin1, spells } from "./bytes.ts";
import type { Findings } from "./findings.ts";
import { cleanProfile } from "./icc.ts";
import { Hints } from "./noted.ts";
import { CannotStrip } from "./refusal.ts";

const BLOCK_LIMIT = 200_000;
const PROFILE_LIMIT = 1 << 20;
/** A photo of a hundred megapixels from an encoder that never compresses needs fewer. */
const CLEAR_LIMIT = 2_000_000;

/** A colour table's size in bytes, from the flags that announce it. */
const tableSize = (flags: number): number => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);

/** The bytes of a sub-block chain joined, without its length bytes. */
function joined(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = start; at < end; ) {
    const size = byteAt(bytes, at);
    if (size === 0) break;
    parts.push(bytes.subarray(at + 1, Math.min(end, at + 1 + size)));
    at += 1 + size;
  }
  return concat(parts);
}

/** Cut bytes into sub-blocks of at most 255 and end the chain. */
function chained(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const piece = data.subarray(at, at + 255);
    parts.push(Uint8Array.of(piece.length), piece);
  }
  parts.push(Uint8Array.of(0));
  return concat(parts);
}

/**
 * How many bytes a frame's codes take, up to and including its end code; all of them where there is none.
 *
 * Each code gives at least one of the frame's pixels, and a table is cleared for a code to come: more of either is no picture.
 */
function codeLength(data: Uint8Array, smallest: number, pixels: number): number {
  let codesLeft = pixels;
  let clearsLeft = Math.min(pixels + 1, CLEAR_LIMIT);
  const clear = 1 << smallest;
  let width = smallest + 1;
  let known = clear + 2;
  let isFirst = true;
  let hold = 0;
  let held = 0;
  for (let at = 0; at < data.length; at += 1) {
    hold |= byteAt(data, at) << held;
    held += 8;
    while (held >= width) {
      const code = hold & ((1 << width) - 1);
      hold >>>= width;
      held -= width;
      if (code === clear + 1) return at + 1;
      if (code === clear) {
        clearsLeft -= 1;
        if (clearsLeft < 0) throw new CannotStrip("too_complex", "codes");
        width = smallest + 1;
        known = clear + 2;
        isFirst = true;
        continue;
      }
      codesLeft -= 1;
      if (codesLeft < 0) throw new CannotStrip("too_complex", "codes");
      if (!isFirst && known < 4096) known += 1;
      isFirst = false;
      if (known === 1 << width && width < 12) width += 1;
    }
  }
  return data.length;
}

class GifWalk {
  readonly #bytes: Uint8Array;
  readonly #findings: Findings;
  readonly #hints = new Hints();
  readonly #output: Uint8Array[] = [];
  #frames = 0;
  #hasProfile = false;

  constructor(bytes: Uint8Array, findings: Findings) {
    this.#bytes = bytes;
    this.#findings = findings;
  }

  run(): Uint8Array {
    const bytes = this.#bytes;
    let at = 13 + tableSize(byteAt(bytes, 10));
    if (at > bytes.length) throw new CannotStrip("cut_short", "colour table");
    const side = (place: number): number => byteAt(bytes, place) | (byteAt(bytes, place + 1) << 8);
    this.#findings.setSize(side(6), side(8));
    this.#output.push(bytes.subarray(0, at));
    let blocks = 0;
    while (at >= 0 && at < bytes.length) {
      blocks += 1;
      if (blocks > BLOCK_LIMIT) throw new CannotStrip("too_complex", "blocks");
      at = this.#step(at);
    }
    if (this.#frames === 0) throw new CannotStrip("no_picture", "no frame");
    return concat([...this.#output, Uint8Array.of(0x3b)]);
  }

  #step(at: number): number {
    const bytes = this.#bytes;
    const mark = byteAt(bytes, at);
    if (mark === 0x21 && at + 2 < bytes.length) return this.#extension(at);
    if (mark === 0x2c && at + 11 <= bytes.length) return this.#frame(at);
    if (at + 1 < bytes.length) this.#findings.remove("hidden-tail");
    return -1;
  }

  #chainEnd(start: number): number {
    let at = start;
    while (at < this.#bytes.length && byteAt(this.#bytes, at) !== 0) at += 1 + byteAt(this.#bytes, at);
    return Math.min(at + 1, this.#bytes.length);
  }

  #frame(at: number): number {
    const bytes = this.#bytes;
    const codesAt = at + 10 + tableSize(byteAt(bytes, at + 9));
    if (codesAt >= bytes.length) throw new CannotStrip("cut_short", "frame");
    const smallest = byteAt(bytes, codesAt);
    if (smallest < 1 || smallest > 11) throw new CannotStrip("broken_structure", "code size");
    const end = this.#chainEnd(codesAt + 1);
    const data = joined(bytes, codesAt + 1, end);
    const side = (place: number): number => byteAt(bytes, place) | (byteAt(bytes, place + 1) << 8);
    const length = codeLength(data, smallest, side(at + 5) * side(at + 7));
    if (length < data.length) this.#findings.remove("hidden-tail");
    this.#output.push(bytes.subarray(at, codesAt + 1), chained(data.subarray(0, length)));
    this.#frames += 1;
    return end;
  }

  #extension(at: number): number {
    const bytes = this.#bytes;
    const label = byteAt(bytes, at + 1);
    const end = this.#chainEnd(at + 2);
    if (label === 0xf9) {
      if (bytes[at + 2] === 4 && at + 7 < bytes.length) {
        this.#output.push(bytes.subarray(at, at + 7), Uint8Array.of(0));
      }
    } else if (label === 0xff) this.#application(at, end);
    else this.#findings.remove(label === 0xfe || label === 0x01 ? "caption" : "unknown-block");
    return end;
  }

  #application(at: number, end: number): void {
    const bytes = this.#bytes;
    const name = at + 3;
    const body = at + 14;
    if (bytes[at + 2] !== 11) this.#findings.remove("unknown-block", "application");
    else if (spells(bytes, name, "NETSCAPE2.0") || spells(bytes, name, "ANIMEXTS1.0")) {
      if (!spells(bytes, body, "\x03\x01") || body + 4 > bytes.length) return;
      this.#output.push(bytes.subarray(at, body + 4), Uint8Array.of(0));
    } else if (spells(bytes, name, "ICCRGBG1012")) {
      const raw = this.#hasProfile || end - body > PROFILE_LIMIT ? null : joined(bytes, body, end);
      const profile = raw === null ? null : cleanProfile(raw, this.#findings);
      if (profile === null) return;
      this.#hasProfile = true;
      this.#output.push(fromLatin1("\x21\xff\x0bICCRGBG1012"), chained(profile));
    } else if (spells(bytes, name, "XMP DataXMP")) {
      this.#hints.noteXmp(bytes.subarray(body, end), this.#findings);
    } else this.#findings.remove("unknown-block", "application");
  }
}

/** The same picture or animation without anything a decoder does not need. */
export function stripGif(bytes: Uint8Array, findings: Findings): Uint8Array {
  return new GifWalk(bytes, findings).run();
}
