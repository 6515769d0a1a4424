/**
 * The icons of the installed app, drawn from `static/img/mark.svg` as PNG.
 *
 * No image library: the mark is two circles, and the same sources have to give the same bytes on
 * every machine, which no two versions of a compressor promise. Antialiasing is the exact distance
 * of a pixel's centre to an edge; compression is runs of one byte under Deflate's fixed codes (RFC 1951).
 */

const SHADES = 128;
const SMALLEST_CORNER = 0.22;
const MARK = /stroke="#(?<colour>[0-9a-f]{6})" stroke-width="(?<line>[\d.]+)"><circle cx="12" cy="12" r="(?<ring>[\d.]+)"\/><circle cx="12" cy="12" r="(?<dot>[\d.]+)"/;
const PAPER = [255, 255, 255];

/**
 * `share` is how much of the half width the mark's outer edge takes; `isCut` says that the system
 * cuts its own shape out (maskable), so the ground fills the square.
 */
export function drawIcon(markSvg, { size, share, isCut }) {
  const mark = MARK.exec(markSvg)?.groups;
  if (mark === undefined) throw new Error("static/img/mark.svg is no longer a ring with a dot.");
  const ground = [0, 2, 4].map((at) => Number.parseInt(mark.colour.slice(at, at + 2), 16));
  const scale = (share * size) / 2 / (Number(mark.ring) + Number(mark.line) / 2);
  const shape = { ring: mark.ring * scale, halfLine: (mark.line * scale) / 2, dot: mark.dot * scale };
  const corner = isCut ? 0 : SMALLEST_CORNER * size;
  const rows = [];
  for (let y = 0; y < size; y += 1) {
    const row = Buffer.alloc(size + 1);
    for (let x = 0; x < size; x += 1) row[x + 1] = shadeAt(x + 0.5 - size / 2, y + 0.5 - size / 2, size / 2, corner, shape);
    rows.push(row);
  }
  return png(size, rows, palette(ground));
}

/** 0 to 127: from ground to paper. 128 to 255: the ground, from clear to solid. */
function shadeAt(x, y, half, corner, { ring, halfLine, dot }) {
  const outside = Math.hypot(Math.max(Math.abs(x) - half + corner, 0), Math.max(Math.abs(y) - half + corner, 0)) - corner;
  const solid = corner === 0 ? 1 : covered(outside);
  if (solid < 1) return SHADES + Math.round(solid * (SHADES - 1));
  const far = Math.hypot(x, y);
  return Math.round(Math.max(covered(Math.abs(far - ring) - halfLine), covered(far - dot)) * (SHADES - 1));
}

const covered = (distance) => Math.min(1, Math.max(0, 0.5 - distance));

function palette(ground) {
  const colours = [];
  const alphas = [];
  for (let shade = 0; shade < SHADES; shade += 1) {
    const share = shade / (SHADES - 1);
    colours.push(...ground.map((part, index) => Math.round(part + (PAPER[index] - part) * share)));
    alphas.push(255);
  }
  for (let shade = 0; shade < SHADES; shade += 1) {
    colours.push(...ground);
    alphas.push(Math.round((shade / (SHADES - 1)) * 255));
  }
  return { colours: Buffer.from(colours), alphas: Buffer.from(alphas) };
}

/** An indexed PNG. Each row is written as its difference to the one above, which is nearly always nothing. */
function png(size, rows, { colours, alphas }) {
  const filtered = rows.map((row, y) => {
    const above = rows[y - 1];
    const written = Buffer.from(row);
    written[0] = 2;
    for (let x = 1; above !== undefined && x < row.length; x += 1) written[x] = (row[x] - above[x]) & 0xff;
    return written;
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(size, 0);
  head.writeUInt32BE(size, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const parts = [["IHDR", head], ["PLTE", colours], ["tRNS", alphas], ["IDAT", zlib(Buffer.concat(filtered))], ["IEND", Buffer.alloc(0)]];
  return Buffer.concat([signature, ...parts.map(([name, body]) => chunk(name, body))]);
}

function chunk(name, body) {
  const named = Buffer.concat([Buffer.from(name, "latin1"), body]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(body.length, 0);
  whole.set(named, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
}

function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

function adler32(bytes) {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return ((high << 16) | low) >>> 0;
}

const SHORTEST_RUN = 3;
const LONGEST_RUN = 258;

/** One block of fixed codes: each byte once, and how often it comes again. */
function zlib(bytes) {
  const bits = new Bits();
  bits.add(0b011, 3);
  for (let at = 0; at < bytes.length; ) {
    let run = 1;
    while (bytes[at + run] === bytes[at] && at + run < bytes.length) run += 1;
    bits.addByte(bytes[at]);
    let again = run - 1;
    for (let length; again >= SHORTEST_RUN; again -= length) {
      length = Math.min(again, LONGEST_RUN);
      bits.addRun(length);
    }
    for (; again > 0; again -= 1) bits.addByte(bytes[at]);
    at += run;
  }
  bits.addCode(0, 7);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(adler32(bytes));
  return Buffer.concat([Buffer.from([0x78, 0x01]), bits.bytes(), sum]);
}

class Bits {
  #bytes = [];
  #held = 0;
  #count = 0;

  /** Lowest bit first, as all of Deflate but its codes. */
  add(value, length) {
    this.#held |= value << this.#count;
    this.#count += length;
    for (; this.#count >= 8; this.#count -= 8, this.#held >>>= 8) this.#bytes.push(this.#held & 0xff);
  }

  /** Highest bit first, as Deflate's codes. */
  addCode(code, length) {
    for (let bit = length - 1; bit >= 0; bit -= 1) this.add((code >>> bit) & 1, 1);
  }

  addByte(byte) {
    if (byte < 144) this.addCode(0x30 + byte, 8);
    else this.addCode(0x190 + byte - 144, 9);
  }

  /** The last byte so many times more: a length code with its extra bits, then distance 1. */
  addRun(length) {
    const past = length - SHORTEST_RUN;
    const extra = Math.max(0, 29 - Math.clz32(past));
    const above = extra === 0 ? past : past - (1 << (extra + 2));
    if (length === LONGEST_RUN) this.#addLengthCode(285);
    else if (extra === 0) this.#addLengthCode(257 + above);
    else {
      this.#addLengthCode(261 + 4 * extra + (above >> extra));
      this.add(above & ((1 << extra) - 1), extra);
    }
    this.addCode(0, 5);
  }

  #addLengthCode(code) {
    if (code < 280) this.addCode(code - 256, 7);
    else this.addCode(0xc0 + code - 280, 8);
  }

  bytes() {
    return Buffer.from(this.#count > 0 ? [...this.#bytes, this.#held & 0xff] : this.#bytes);
  }
}
