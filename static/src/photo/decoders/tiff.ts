/**
 * The first page of a TIFF or BigTIFF as pixels. geotiff reads the directory and puts strips and tiles
 * together; the codecs are ours, because they have to be bounded.
 */
import type { GeoTIFFImage } from "geotiff";

import { isDecodable, MOST_PIXELS, NoPicture } from "../no-picture.ts";
import { toLatin1 } from "../strip/bytes.ts";
import { paint, samplesOf, type Colours } from "./tiff-colour.ts";
import type { Block } from "./tiff-codecs.ts";

export interface TiffPicture {
  readonly width: number;
  readonly height: number;
  /** RGBA, not turned. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** An ICC profile for RGB that is not just sRGB, or null. */
  readonly profile: Uint8Array | null;
}

const PROFILE_LIMIT = 8 * 1024 * 1024;
const MOST_BLOCKS = 200_000;
/** Pixels that are unpacked at a time, so that a picture is not held twice. */
const BAND_PIXELS = 2_000_000;
const BITS: ReadonlySet<number> = new Set([1, 2, 4, 8, 16]);
const [JPEG, YCBCR, RGB, PALETTE, SIGNED] = [7, 6, 2, 3, 2];

/** Whether every sample that is read has the same number of bits, and is a whole number. */
function checkSamples(image: GeoTIFFImage, count: number): void {
  const bits: ArrayLike<number> = image.fileDirectory.getValue("BitsPerSample") ?? [];
  const formats: ArrayLike<number> = image.fileDirectory.getValue("SampleFormat") ?? [];
  const isPlain = Array.from({ length: count }, (_, k) => bits[k] === bits[0] && (formats[k] ?? 1) <= SIGNED).every(Boolean);
  if (!isPlain || !BITS.has(bits[0] ?? 0)) throw new NoPicture("no_decoder");
  if (bits[0] !== 8 && bits[0] !== 16 && image.getSamplesPerPixel() > 1) throw new NoPicture("no_decoder");
}

async function coloursOf(image: GeoTIFFImage): Promise<Colours> {
  const directory = image.fileDirectory;
  const photometric = Number(directory.getValue("PhotometricInterpretation") ?? 1);
  const count = samplesOf(photometric);
  if (photometric === YCBCR && directory.getValue("Compression") !== JPEG) throw new NoPicture("no_decoder");
  const extra: ArrayLike<number> = directory.getValue("ExtraSamples") ?? [];
  const hasAlpha = image.getSamplesPerPixel() > count && (extra[0] === 1 || extra[0] === 2);
  checkSamples(image, count + (hasAlpha ? 1 : 0));
  return {
    photometric,
    count,
    bits: image.getBitsPerSample(0),
    alpha: !hasAlpha ? "none" : extra[0] === 1 ? "premultiplied" : "straight",
    palette: photometric === PALETTE ? Uint16Array.from((await directory.loadValue("ColorMap")) ?? []) : null,
  };
}

/** @throws NoPicture where a strip or a tile would take more memory than the largest picture. */
function blockOf(image: GeoTIFFImage, bits: number): Block {
  const [width, height] = [image.getTileWidth(), image.getTileHeight()];
  if (!(width > 0 && height > 0)) throw new NoPicture("broken_picture");
  const planes = image.fileDirectory.getValue("PlanarConfiguration") === 2 ? image.getSamplesPerPixel() : 1;
  const samples = image.getSamplesPerPixel() / planes;
  const blocks = Math.ceil(image.getWidth() / width) * Math.ceil(image.getHeight() / height) * planes;
  const bytes = Math.ceil((width * samples * bits) / 8) * height;
  if (bytes > MOST_PIXELS * 8 || blocks > MOST_BLOCKS) throw new NoPicture("too_many_pixels");
  return { width, height, bytes, isSwapped: bits === 16 && !image.littleEndian };
}

/**
 * Read the long lists of a directory, such as where its strips are. geotiff would do so when they are
 * asked for, but 3.0.5 takes the bytes of each number in the wrong order where the higher comes first
 * (its issue 535).
 */
function loadLists(image: GeoTIFFImage, file: ArrayBuffer): void {
  const { actualizedFields, deferredArrays } = image.fileDirectory;
  const view = new DataView(file);
  const readers: Readonly<Record<number, readonly [number, (at: number) => number]>> = {
    3: [2, (at) => view.getUint16(at, image.littleEndian)],
    4: [4, (at) => view.getUint32(at, image.littleEndian)],
    16: [8, (at) => Number(view.getBigUint64(at, image.littleEndian))],
  };
  for (const [tag, { arrayOffset, fieldType, length }] of deferredArrays) {
    const [width, read] = readers[fieldType] ?? [0, null];
    if (read === null) continue;
    if (length > MOST_BLOCKS || arrayOffset + length * width > file.byteLength) throw new NoPicture("broken_picture");
    actualizedFields.set(tag, Array.from({ length }, (_, k) => read(arrayOffset + k * width)));
    deferredArrays.delete(tag);
  }
}

/** Blocks may not all point at the same many bytes: each is copied out of the file. */
async function checkPackedSizes(image: GeoTIFFImage, fileBytes: number): Promise<void> {
  const sizes = (await image.fileDirectory.loadValue(image.isTiled ? "TileByteCounts" : "StripByteCounts")) ?? [];
  let sum = 0;
  for (const size of sizes) sum += Number(size);
  if (sum > fileBytes * 2) throw new NoPicture("broken_picture");
}

/** sRGB is what pixels without a profile are taken for; a profile for other than RGB says nothing about the RGB made here. */
async function profileOf(image: GeoTIFFImage, { photometric }: Colours): Promise<Uint8Array | null> {
  if (photometric !== RGB && photometric !== YCBCR && photometric !== PALETTE) return null;
  const profile: unknown = await image.fileDirectory.loadValue(34675);
  if (!(profile instanceof Uint8Array) || profile.length < 128 || profile.length > PROFILE_LIMIT) return null;
  const text = toLatin1(profile, 0, profile.length).replaceAll("\0", "");
  return text.includes("RGB ") && !text.includes("sRGB IEC61966") ? profile : null;
}

async function pixelsOf(image: GeoTIFFImage, colours: Colours, block: Block): Promise<Uint8ClampedArray<ArrayBuffer>> {
  const [width, height] = [image.getWidth(), image.getHeight()];
  const pixels = new Uint8ClampedArray(width * height * 4);
  const samples = Array.from({ length: colours.count + (colours.alpha === "none" ? 0 : 1) }, (_, k) => k);
  const rows = Math.max(1, Math.floor(BAND_PIXELS / width / block.height)) * block.height;
  for (let top = 0; top < height; top += rows) {
    const bottom = Math.min(height, top + rows);
    const band = await image.readRasters({ window: [0, top, width, bottom], samples: [...samples], interleave: true });
    paint(band as ArrayLike<number>, colours, pixels.subarray(top * width * 4, bottom * width * 4));
  }
  return pixels;
}

/** @throws NoPicture, whatever is wrong with the file. */
export async function decodeTiff(bytes: ArrayBuffer): Promise<TiffPicture> {
  const [{ BaseDecoder, fromArrayBuffer }, { boundCodecs, COMPRESSIONS }] = await Promise.all([import("geotiff"), import("./tiff-codecs.ts")]);
  try {
    const image = await (await fromArrayBuffer(bytes)).getImage(0);
    const [width, height] = [image.getWidth(), image.getHeight()];
    isDecodable("tiff", width, height);
    if (!COMPRESSIONS.has(Number(image.fileDirectory.getValue("Compression") ?? 1))) throw new NoPicture("no_decoder");
    loadLists(image, bytes);
    // One bit is what a file means that does not say.
    if (!image.fileDirectory.hasTag("BitsPerSample")) image.fileDirectory.actualizedFields.set(258, [1]);
    const colours = await coloursOf(image);
    const block = blockOf(image, colours.bits);
    await checkPackedSizes(image, bytes.byteLength);
    await boundCodecs(block, BaseDecoder);
    return { width, height, pixels: await pixelsOf(image, colours, block), profile: await profileOf(image, colours) };
  } catch (error) {
    throw error instanceof NoPicture ? error : new NoPicture("broken_picture");
  }
}
