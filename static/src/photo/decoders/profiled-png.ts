/** Pixels and their colour profile as a PNG: the one container whose profile every browser heeds and that costs no quality. */
import { toUint32 } from "../strip/bytes.ts";
import { packStored } from "../strip/deflate.ts";
import { pngChunk } from "../strip/png.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const RGBA_8_BIT = Uint8Array.of(8, 6, 0, 0, 0);
const PROFILE_NAME = Uint8Array.of(0x69, 0x63, 0x63, 0, 0);
const ROWS_AT_ONCE = 64;

/** Rows as PNG wants them, each behind a byte that says "not filtered"; a few at a time, so no second copy is made. */
function rowsOf(pixels: Uint8ClampedArray, width: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const stride = width * 4;
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      const rows = Math.min(ROWS_AT_ONCE, (pixels.length - at) / stride);
      const part = new Uint8Array(rows * (stride + 1));
      for (let row = 0; row < rows; row += 1, at += stride) part.set(pixels.subarray(at, at + stride), row * (stride + 1) + 1);
      controller.enqueue(part);
      if (at >= pixels.length) controller.close();
    },
  });
}

/** A PNG of RGBA pixels, `width` to a row, in the colours of an ICC profile for RGB. */
export async function profiledPng(pixels: Uint8ClampedArray, width: number, profile: Uint8Array): Promise<Blob> {
  const height = pixels.length / 4 / width;
  const header = new Uint8Array([...toUint32(width), ...toUint32(height), ...RGBA_8_BIT]);
  const packed = packStored(profile);
  const named = new Uint8Array(PROFILE_NAME.length + packed.length);
  named.set(PROFILE_NAME);
  named.set(packed, PROFILE_NAME.length);
  const parts: Uint8Array[] = [SIGNATURE, pngChunk("IHDR", header), pngChunk("iCCP", named)];
  const reader = rowsOf(pixels, width).pipeThrough(new CompressionStream("deflate")).getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) parts.push(pngChunk("IDAT", step.value));
  parts.push(pngChunk("IEND", new Uint8Array(0)));
  return new Blob(parts as Uint8Array<ArrayBuffer>[], { type: "image/png" });
}
