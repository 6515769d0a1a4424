/**
 * WebP, still and animated: keeps the pictures, alpha, animation and colour profile.
 *
 * Source: RFC 9649.
 */

import { byteAt, concat, fromLatin1, spells, toUint32Little, typeAt, uint32Little } from "./bytes.ts";
import type { Findings } from "./findings.ts";
import { cleanProfile } from "./icc.ts";
import { Hints } from "./noted.ts";
import { CannotStrip } from "./refusal.ts";

const CHUNK_LIMIT = 100_000;
const FRAME_HEADER = 16;
const FLAG_PROFILE = 0x20;
const FLAG_EXIF = 0x08;
const FLAG_XMP = 0x04;
const PICTURES = new Set(["VP8 ", "VP8L", "ALPH"]);
const KEPT = new Set(["VP8X", "ANIM", "ANMF", ...PICTURES]);

interface Chunk {
  readonly type: string;
  readonly payload: Uint8Array;
}

function chunkBytes(chunk: Chunk): Uint8Array {
  const padding = new Uint8Array(chunk.payload.length & 1);
  return concat([fromLatin1(chunk.type), toUint32Little(chunk.payload.length), chunk.payload, padding]);
}

class WebpWalk {
  readonly #bytes: Uint8Array;
  readonly #findings: Findings;
  readonly #hints = new Hints();
  #profile: Uint8Array | null = null;
  #chunks = 0;

  constructor(bytes: Uint8Array, findings: Findings) {
    this.#bytes = bytes;
    this.#findings = findings;
  }

  run(): Uint8Array {
    const size = uint32Little(this.#bytes, 4);
    const end = Math.min(this.#bytes.length, 8 + size + (size & 1));
    if (end < this.#bytes.length) this.#findings.remove("hidden-tail");
    const chunks = this.#walk(12, end, false);
    if (!chunks.some((chunk) => chunk.type === "ANMF" || chunk.type === "VP8 " || chunk.type === "VP8L")) {
      throw new CannotStrip("no_picture", "no VP8 chunk");
    }
    return this.#written(chunks);
  }

  #walk(start: number, end: number, isFrame: boolean): Chunk[] {
    const found: Chunk[] = [];
    const once = new Set<string>();
    let at = start;
    while (at + 8 <= end) {
      this.#chunks += 1;
      if (this.#chunks > CHUNK_LIMIT) throw new CannotStrip("too_complex", "chunks");
      const type = typeAt(this.#bytes, at);
      const size = uint32Little(this.#bytes, at + 4);
      const stop = Math.min(end, at + 8 + size);
      const isCut = at + 8 + size > end;
      if (isCut && !PICTURES.has(type)) break;
      const chunk = this.#chunk(type, this.#bytes.subarray(at + 8, stop), at + 8, isFrame);
      if (chunk !== null && (type === "ANMF" || !once.has(type))) found.push(chunk);
      once.add(type);
      at = stop + (size & 1);
    }
    return found;
  }

  #chunk(type: string, payload: Uint8Array, at: number, isFrame: boolean): Chunk | null {
    if (PICTURES.has(type)) return { type, payload };
    if (isFrame || !KEPT.has(type)) {
      this.#dropped(type, payload, isFrame);
      return null;
    }
    if (type === "ANIM") return payload.length < 6 ? null : { type, payload: payload.subarray(0, 6) };
    if (type === "VP8X") return this.#extended(payload);
    if (payload.length < FRAME_HEADER) throw new CannotStrip("broken_structure", "frame");
    const inner = this.#walk(at + FRAME_HEADER, at + payload.length, true);
    return { type, payload: concat([payload.subarray(0, FRAME_HEADER), ...inner.map(chunkBytes)]) };
  }

  #extended(payload: Uint8Array): Chunk {
    if (payload.length < 10) throw new CannotStrip("broken_structure", "VP8X");
    const size = (at: number): number => 1 + byteAt(payload, at) + byteAt(payload, at + 1) * 256 + byteAt(payload, at + 2) * 65536;
    this.#findings.setSize(size(4), size(7));
    return { type: "VP8X", payload: payload.slice(0, 10) };
  }

  #dropped(type: string, payload: Uint8Array, isFrame: boolean): void {
    if (isFrame) this.#findings.remove("unknown-block", type);
    else if (type === "EXIF") this.#hints.noteExif(spells(payload, 0, "Exif\0\0") ? payload.subarray(6) : payload, this.#findings);
    else if (type === "XMP ") this.#hints.noteXmp(payload, this.#findings);
    else if (type === "ICCP") this.#profile ??= cleanProfile(payload, this.#findings);
    else if (type === "C2PA") this.#findings.remove("content-credentials");
    else this.#findings.remove("unknown-block", type);
  }

  #written(chunks: readonly Chunk[]): Uint8Array {
    const [first] = chunks;
    const body: Uint8Array[] = [];
    if (first?.type === "VP8X") {
      const exif = this.#hints.exifToWrite(this.#profile !== null);
      const flags = byteAt(first.payload, 0) & ~(FLAG_PROFILE | FLAG_EXIF | FLAG_XMP);
      first.payload[0] = flags | (this.#profile === null ? 0 : FLAG_PROFILE) | (exif === null ? 0 : FLAG_EXIF);
      first.payload.fill(0, 1, 4);
      body.push(chunkBytes(first));
      if (this.#profile !== null) body.push(chunkBytes({ type: "ICCP", payload: this.#profile }));
      for (const chunk of chunks.slice(1)) body.push(chunkBytes(chunk));
      if (exif !== null) body.push(chunkBytes({ type: "EXIF", payload: exif }));
    } else {
      this.#simpleSize(chunks);
      const picture = chunks.find((chunk) => chunk.type === "VP8 " || chunk.type === "VP8L");
      if (picture === undefined) throw new CannotStrip("broken_structure", "animation without VP8X");
      body.push(chunkBytes(picture));
    }
    const whole = concat(body);
    return concat([fromLatin1("RIFF"), toUint32Little(whole.length + 4), fromLatin1("WEBP"), whole]);
  }

  #simpleSize(chunks: readonly Chunk[]): void {
    const payload = chunks[0]?.payload ?? new Uint8Array(0);
    if (chunks[0]?.type === "VP8L" && payload.length >= 5) {
      const bits = uint32Little(payload, 1);
      this.#findings.setSize((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    } else if (chunks[0]?.type === "VP8 " && payload.length >= 10) {
      const side = (at: number): number => (byteAt(payload, at) | (byteAt(payload, at + 1) << 8)) & 0x3fff;
      this.#findings.setSize(side(6), side(8));
    }
  }
}

/** The same picture or animation without anything a decoder does not need. */
export function stripWebp(bytes: Uint8Array, findings: Findings): Uint8Array {
  return new WebpWalk(bytes, findings).run();
}
