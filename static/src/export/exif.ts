/**
 * An EXIF block that says what the person says of a photo: how it stands, when and where it was taken, whose it is.
 *
 * Big-endian TIFF, written from nothing: what a camera wrote is not carried along by accident.
 * Source: CIPA DC-008 (Exif 2.32); Metadata Working Group 2.0 for text in UTF-8.
 */
import { rightsStatement, turnedOrientation, type ExportedPhoto } from "./photo.ts";

const SHORT = 3;
const LONG = 4;
const ASCII = 2;
const RATIONAL = 5;
const UNDEFINED = 7;
const BYTE = 1;
const HEADER = Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8);
const EXIF_POINTER = 0x8769;
const GPS_POINTER = 0x8825;

interface Field {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly data: Uint8Array;
}

const short = (tag: number, value: number): Field => ({ tag, type: SHORT, count: 1, data: Uint8Array.of(value >> 8, value & 255) });
const bytes = (tag: number, ...data: number[]): Field => ({ tag, type: BYTE, count: data.length, data: Uint8Array.from(data) });

function long(tag: number, value: number): Field {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, value);
  return { tag, type: LONG, count: 1, data };
}

function text(tag: number, value: string): Field[] {
  if (value === "") return [];
  const data = new TextEncoder().encode(`${value}\0`);
  return [{ tag, type: ASCII, count: data.length, data }];
}

function rationals(tag: number, ...pairs: readonly (readonly [number, number])[]): Field {
  const data = new Uint8Array(pairs.length * 8);
  const view = new DataView(data.buffer);
  pairs.flat().forEach((value, index) => { view.setUint32(index * 4, value); });
  return { tag, type: RATIONAL, count: pairs.length, data };
}

/** One directory with its data behind it. `at` is where it will stand in the block. */
function directory(fields: readonly Field[], at: number): Uint8Array {
  const ordered = [...fields].sort((left, right) => left.tag - right.tag);
  const head = 2 + ordered.length * 12 + 4;
  const padded = ordered.map(({ data }) => (data.length <= 4 ? 0 : data.length + (data.length % 2)));
  const block = new Uint8Array(head + padded.reduce((sum, size) => sum + size, 0));
  const view = new DataView(block.buffer);
  view.setUint16(0, ordered.length);
  let next = head;
  ordered.forEach(({ tag, type, count, data }, index) => {
    const entry = 2 + index * 12;
    view.setUint16(entry, tag);
    view.setUint16(entry + 2, type);
    view.setUint32(entry + 4, count);
    if (data.length <= 4) {
      block.set(data, entry + 8);
      return;
    }
    view.setUint32(entry + 8, at + next);
    block.set(data, next);
    next += padded[index] ?? 0;
  });
  return block;
}

/** Degrees, minutes and seconds, these to a ten-thousandth: about three millimetres. */
function sexagesimal(tag: number, value: number): Field {
  const tiny = Math.round(Math.abs(value) * 3600 * 1e4);
  return rationals(tag, [Math.floor(tiny / 36e6), 1], [Math.floor((tiny % 36e6) / 6e5), 1], [tiny % 6e5, 1e4]);
}

function gpsFields({ place }: ExportedPhoto): Field[] {
  if (place === null) return [];
  return [
    bytes(0, 2, 3, 0, 0), ...text(1, place.lat < 0 ? "S" : "N"), sexagesimal(2, place.lat),
    ...text(3, place.lon < 0 ? "W" : "E"), sexagesimal(4, place.lon), ...text(18, "WGS-84"),
  ];
}

function takenFields({ capturedLocal, zone }: ExportedPhoto): Field[] {
  if (capturedLocal === null) return [];
  const offset = zone === "Z" ? "+00:00" : (zone ?? "");
  const time = capturedLocal.slice(0, 19).replace("T", " ").replaceAll("-", ":");
  return [...text(0x9003, time), ...text(0x9004, time), ...(/^[+-]\d\d:\d\d$/.test(offset) ? [...text(0x9011, offset), ...text(0x9012, offset)] : [])];
}

/** Zeros stand for nothing in what these texts may hold. */
const plain = (value: string): string => value.replaceAll("\0", "").trim();

/** The block, as it stands behind "Exif\0\0" in a JPEG or in a PNG's eXIf. `adobeRgb` is the colour space that the picture had to name, 0 for none. */
export function exifBlock(photo: ExportedPhoto, adobeRgb = 0): Uint8Array {
  const version: Field = { tag: 0x9000, type: UNDEFINED, count: 4, data: Uint8Array.of(0x30, 0x32, 0x33, 0x32) };
  const exif = [version, ...takenFields(photo), ...(adobeRgb === 0 ? [] : [short(0xa001, adobeRgb)])];
  const gps = gpsFields(photo);
  const main = (exifAt: number, gpsAt: number): Field[] => [
    short(0x0112, turnedOrientation(photo.orientation, photo.rotation)),
    ...(photo.rating > 0 ? [short(0x4746, photo.rating)] : []),
    ...text(0x010e, plain(photo.description)),
    ...text(0x013b, plain(photo.creator)),
    ...text(0x8298, plain(rightsStatement(photo))),
    long(EXIF_POINTER, exifAt),
    ...(gps.length === 0 ? [] : [long(GPS_POINTER, gpsAt)]),
  ];
  const exifAt = HEADER.length + directory(main(0, 0), HEADER.length).length;
  const exifBytes = directory(exif, exifAt);
  const gpsAt = exifAt + exifBytes.length;
  const parts = [HEADER, directory(main(exifAt, gpsAt), HEADER.length), exifBytes, ...(gps.length === 0 ? [] : [directory(gps, gpsAt)])];
  const block = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    block.set(part, at);
    at += part.length;
  }
  return block;
}
