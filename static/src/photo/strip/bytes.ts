/**
 * Bounded reads from untrusted bytes.
 *
 * Every read checks its range and refuses with `CannotStrip`, so that a walker can be
 * written plainly and still never reads past the end of a hostile file.
 */

import { CannotStrip } from "./refusal.ts";

/** A half-open byte range [start, end) of a file. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export function byteAt(bytes: Uint8Array, at: number): number {
  const value = bytes[at];
  if (value === undefined) throw new CannotStrip("cut_short", `byte ${at}`);
  return value;
}

/** Big-endian unsigned integer of 0 to 8 bytes; refuses what JavaScript cannot count exactly. */
export function uintBig(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let k = 0; k < width; k += 1) value = value * 256 + byteAt(bytes, at + k);
  if (value > Number.MAX_SAFE_INTEGER) throw new CannotStrip("broken_structure", "number too large");
  return value;
}

/** Little-endian unsigned integer of 0 to 8 bytes; refuses what JavaScript cannot count exactly. */
export function uintLittle(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let k = width - 1; k >= 0; k -= 1) value = value * 256 + byteAt(bytes, at + k);
  if (value > Number.MAX_SAFE_INTEGER) throw new CannotStrip("broken_structure", "number too large");
  return value;
}

export const uint16 = (bytes: Uint8Array, at: number): number =>
  (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1);

export const uint32 = (bytes: Uint8Array, at: number): number =>
  ((byteAt(bytes, at) << 24) |
    (byteAt(bytes, at + 1) << 16) |
    (byteAt(bytes, at + 2) << 8) |
    byteAt(bytes, at + 3)) >>>
  0;

export const uint32Little = (bytes: Uint8Array, at: number): number =>
  (byteAt(bytes, at) |
    (byteAt(bytes, at + 1) << 8) |
    (byteAt(bytes, at + 2) << 16) |
    (byteAt(bytes, at + 3) << 24)) >>>
  0;

export const toUint16 = (value: number): Uint8Array => Uint8Array.of(value >>> 8, value);

export const toUint32 = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

export const toUint32Little = (value: number): Uint8Array =>
  Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);

/** Each character becomes the byte of the same number (0 to 255). */
export function fromLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** At most 4096 bytes, each as the character of the same number. */
export function toLatin1(bytes: Uint8Array, start: number, length: number): string {
  const end = Math.min(bytes.length, start + Math.min(length, 4096));
  return String.fromCharCode(...bytes.subarray(start, Math.max(start, end)));
}

/** The four characters of a chunk or box type. */
export const typeAt = (bytes: Uint8Array, at: number): string =>
  String.fromCharCode(byteAt(bytes, at), byteAt(bytes, at + 1), byteAt(bytes, at + 2), byteAt(bytes, at + 3));

/** True where the bytes at `at` spell `text`; false, never an error, past the end. */
export function spells(bytes: Uint8Array, at: number, text: string): boolean {
  for (let k = 0; k < text.length; k += 1) {
    if (bytes[at + k] !== text.charCodeAt(k)) return false;
  }
  return true;
}

/** One new array holding the parts one after another. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Overwrite with zeros every byte of [start, end) that no kept span covers. */
export function zeroOutside(bytes: Uint8Array, kept: readonly Span[], start: number, end: number): void {
  const sorted = [...kept].sort((left, right) => left.start - right.start);
  let at = start;
  for (const span of sorted) {
    if (at >= end) return;
    if (span.start > at) bytes.fill(0, at, Math.min(span.start, end));
    at = Math.max(at, span.end);
  }
  if (at < end) bytes.fill(0, at, end);
}

/** True when both hold the same bytes. */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let k = 0; k < left.length; k += 1) if (left[k] !== right[k]) return false;
  return true;
}
