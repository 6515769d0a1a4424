/**
 * The small pictures that travel beside an original: a preview, a thumbnail and a ThumbHash, all
 * from one decode.
 */
import { rgbaToThumbHash } from "thumbhash";

import { owned, type Bytes } from "../crypto/bytes.ts";
import { NoPicture } from "./no-picture.ts";

/** Longest sides in pixels. */
export const PREVIEW_SIDE = 1600;
export const THUMBNAIL_SIDE = 320;
/** The most a ThumbHash takes. */
const HASH_SIDE = 100;
const PREVIEW_QUALITY = 0.82;
const THUMBNAIL_QUALITY = 0.78;
/** For a copy that stands for the original elsewhere. */
const COPY_QUALITY = 0.95;

export interface Derived {
  /** WebP; null where the original is no larger than a thumbnail. */
  readonly preview: Blob | null;
  readonly thumbnail: Blob;
  readonly thumbhash: Bytes;
  /** Pixels of the original, upright. */
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size that fits into a square of `side`, never larger than the picture. */
export function fitInto({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** How a canvas of `size` (before turning) is set up so that a picture of EXIF `orientation` stands upright. */
export function uprightTransform(orientation: number, { width, height }: Size): readonly [number, number, number, number, number, number] {
  switch (orientation) {
    case 2: return [-1, 0, 0, 1, width, 0];
    case 3: return [-1, 0, 0, -1, width, height];
    case 4: return [1, 0, 0, -1, 0, height];
    case 5: return [0, 1, 1, 0, 0, 0];
    case 6: return [0, 1, -1, 0, height, 0];
    case 7: return [0, -1, -1, 0, height, width];
    case 8: return [0, -1, 1, 0, 0, width];
    default: return [1, 0, 0, 1, 0, 0];
  }
}

const turned = (orientation: number, { width, height }: Size): Size =>
  orientation >= 5 ? { width: height, height: width } : { width, height };

function draw(source: CanvasImageSource, size: Size, orientation = 1): OffscreenCanvas {
  const upright = turned(orientation, size);
  const canvas = new OffscreenCanvas(upright.width, upright.height);
  const context = canvas.getContext("2d");
  if (context === null) throw new NoPicture("broken_picture");
  context.imageSmoothingQuality = "high";
  context.setTransform(...uprightTransform(orientation, size));
  context.drawImage(source, 0, 0, size.width, size.height);
  return canvas;
}

/** A browser that cannot encode WebP silently answers PNG, many times larger: then JPEG it is. */
async function encode(canvas: OffscreenCanvas, quality: number): Promise<Blob> {
  const blob = await canvas.convertToBlob({ type: "image/webp", quality });
  return blob.type === "image/webp" ? blob : await canvas.convertToBlob({ type: "image/jpeg", quality });
}

function hash(canvas: OffscreenCanvas): Bytes {
  const size = fitInto(canvas, HASH_SIDE);
  const small = draw(canvas, size);
  const pixels = small.getContext("2d")?.getImageData(0, 0, size.width, size.height);
  if (pixels === undefined) throw new NoPicture("broken_picture");
  return owned(rgbaToThumbHash(size.width, size.height, pixels.data));
}

/** The picture in its full size, upright. It is closed. */
export async function wholePicture(picture: ImageBitmap, orientation: number, type: "image/jpeg" | "image/png"): Promise<Blob> {
  try {
    return await draw(picture, picture, orientation).convertToBlob({ type, quality: COPY_QUALITY });
  } finally {
    picture.close();
  }
}

/** Make them from a decoded picture, which is closed. `orientation` is what the decoder did not know. */
export async function makeThumbnails(picture: ImageBitmap, orientation: number): Promise<Derived> {
  const whole = { width: picture.width, height: picture.height };
  try {
    const large = draw(picture, fitInto(whole, PREVIEW_SIDE), orientation);
    const small = draw(large, fitInto(large, THUMBNAIL_SIDE));
    const isLarger = Math.max(large.width, large.height) > THUMBNAIL_SIDE;
    return {
      preview: isLarger ? await encode(large, PREVIEW_QUALITY) : null,
      thumbnail: await encode(small, THUMBNAIL_QUALITY),
      thumbhash: hash(small),
      ...turned(orientation, whole),
    };
  } finally {
    picture.close();
  }
}
