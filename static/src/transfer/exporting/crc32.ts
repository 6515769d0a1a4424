/**
 * CRC-32 as ZIP files have it, sixteen bytes at a step: four times as fast as one byte at a step.
 *
 * Source: RFC 1952, section 8; M. E. Kounavis and F. L. Berry, "Novel Table Lookup-Based Algorithms for
 * High-Performance CRC Generation", 2008 ("slicing").
 */
const POLYNOMIAL = 0xedb88320;
const SLICES = 16;
/** Row k says what a byte does to the sum when k bytes follow it; all rows in one array, 256 numbers each. */
const TABLE = tables();
const BY_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

function tables(): Int32Array {
  const table = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum & 1) === 1 ? (sum >>> 1) ^ POLYNOMIAL : sum >>> 1;
    table[byte] = sum;
  }
  for (let at = 256; at < table.length; at += 1) {
    const before = table[at - 256] ?? 0;
    table[at] = (before >>> 8) ^ (table[before & 255] ?? 0);
  }
  return table;
}

/** The sum of what came before and these bytes; 0 before anything came. */
export function crc32(bytes: Uint8Array, before = 0): number {
  // Words need an address that is a multiple of four, on a machine whose low byte comes first.
  const start = BY_WORD ? Math.min(bytes.length, -bytes.byteOffset & 3) : bytes.length;
  let sum = byByte(bytes, 0, start, ~before);
  const steps = (bytes.length - start) >> 4;
  if (steps > 0) sum = bySixteen(new Int32Array(bytes.buffer, bytes.byteOffset + start, steps * 4), sum);
  return ~byByte(bytes, start + steps * 16, bytes.length, sum) >>> 0;
}

function byByte(bytes: Uint8Array, from: number, to: number, before: number): number {
  let sum = before;
  for (let at = from; at < to; at += 1) sum = (sum >>> 8) ^ (TABLE[(sum ^ (bytes[at] ?? 0)) & 255] ?? 0);
  return sum;
}

function bySixteen(words: Int32Array, before: number): number {
  let sum = before;
  for (let at = 0; at < words.length; at += 4) {
    sum = ofWord((words[at] ?? 0) ^ sum, 3840) ^ ofWord(words[at + 1] ?? 0, 2816) ^ ofWord(words[at + 2] ?? 0, 1792) ^ ofWord(words[at + 3] ?? 0, 768);
  }
  return sum;
}

/** What a word of four bytes does to the sum; `row` is where the row of its first byte begins. */
function ofWord(word: number, row: number): number {
  return (TABLE[row + (word & 255)] ?? 0) ^ (TABLE[row - 256 + ((word >>> 8) & 255)] ?? 0)
    ^ (TABLE[row - 512 + ((word >>> 16) & 255)] ?? 0) ^ (TABLE[row - 768 + (word >>> 24)] ?? 0);
}
