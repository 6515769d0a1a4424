/**
 * Writes the JPEG XL that decoders and journeys are tried with: the scene of `pictures.py`, 640 x 480.
 *
 *     node tests/vectors/jxl.mjs
 *
 * Pillow writes no JPEG XL, so the encoder beside the decoder that we ship does.
 */
import { readFile, writeFile } from "node:fs/promises";

import make from "@jsquash/jxl/codec/enc/jxl_enc.js";
import { defaultOptions } from "@jsquash/jxl/meta.js";

const [WIDTH, HEIGHT] = [640, 480];
const COLOURS = [[0xe0, 0, 0], [0, 0xc0, 0], [0, 0, 0xd0], [0x80, 0x80, 0x80]];

const pixels = new Uint8Array(WIDTH * HEIGHT * 4);
for (let at = 0; at < WIDTH * HEIGHT; at += 1) {
  const quarter = (at % WIDTH < WIDTH / 2 ? 0 : 1) + (at < (WIDTH * HEIGHT) / 2 ? 0 : 2);
  pixels.set([...COLOURS[quarter], 255], at * 4);
}
const packages = new URL("../../node_modules/@jsquash/jxl/codec/enc/jxl_enc.wasm", import.meta.url);
const { encode } = await make({ wasmBinary: await readFile(packages), noInitialRun: true });
const target = new URL("scene.jxl", import.meta.url);
await writeFile(target, encode(pixels, WIDTH, HEIGHT, { ...defaultOptions, quality: 90 }));
