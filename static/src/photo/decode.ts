/**
 * From a file to pixels, in a worker that may be ended at any time.
 *
 * What is decoded was measured by its header first ({@link isDecodable}): a few kilobytes can claim
 * gigabytes of pixels, and no limit of ours would stop a browser that has begun.
 */
import { decodeHeif } from "./decoders/heif.ts";
import { decodeJxl } from "./decoders/jxl.ts";
import { decodeTiff } from "./decoders/tiff.ts";
import { profiledPng } from "./decoders/profiled-png.ts";
import { NoPicture } from "./no-picture.ts";
import type { PhotoKind } from "./strip/kind.ts";

/** What the decoder is asked to do. */
export interface DecodeRequest {
  /** A whole picture in one of the kinds a decoder knows. */
  readonly source: Blob;
  readonly kind: PhotoKind;
  /** EXIF orientation that the decoder cannot know, 1 to 8: that of a TIFF, or of a RAW file around its preview. */
  readonly orientation: number;
}

/** Fetches the WebAssembly of each decoder that has one. */
export interface DecoderLoads {
  readonly heif: () => Promise<ArrayBuffer>;
  readonly jxl: () => Promise<ArrayBuffer>;
}

/** The browser turns the colours of a profile into its own when it decodes; pixels it is handed have none to tell. */
async function pictureOfTiff(bytes: ArrayBuffer): Promise<ImageBitmap> {
  const { width, height, pixels, profile } = await decodeTiff(bytes);
  if (profile === null) return await createImageBitmap(new ImageData(pixels, width, height));
  return await createImageBitmap(await profiledPng(pixels, width, profile));
}

/** Decode once, turned upright as far as the file says. Our own decoders are loaded when the first such file comes. @throws NoPicture. */
export async function decode({ source, kind }: DecodeRequest, loads: DecoderLoads): Promise<ImageBitmap> {
  // One browser knows TIFF and JPEG XL itself, but whether it turns a TIFF is its own affair.
  if (kind === "tiff") return await pictureOfTiff(await source.arrayBuffer());
  try {
    return await createImageBitmap(source, { imageOrientation: "from-image" });
  } catch {
    if (kind !== "heic" && kind !== "avif" && kind !== "jxl") throw new NoPicture("broken_picture");
  }
  const bytes = new Uint8Array(await source.arrayBuffer());
  return await createImageBitmap(kind === "jxl" ? await decodeJxl(bytes, loads.jxl) : await decodeHeif(bytes, kind, loads.heif));
}
