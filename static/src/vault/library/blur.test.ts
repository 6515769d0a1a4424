import assert from "node:assert/strict";
import { test } from "node:test";

import { rgbaToThumbHash, thumbHashToRGBA } from "thumbhash";

import { blurredBmp, isTransparent } from "./blur.ts";

/** A picture of its own for each number: slopes and spots of any colour. */
function drawn(width: number, height: number, seed: number, alpha = 255): Uint8Array {
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const wave = (phase: number): number => 127 + 127 * Math.sin(seed * phase + (x * (1 + (seed % 5))) / width + (y * (1 + (seed % 7))) / height + phase);
      rgba.set([wave(1), wave(2.3), wave(4.1), alpha], (y * width + x) * 4);
    }
  }
  return rgba;
}

/** The pixels of a BMP of 24 bits, by the fields of its own header, the upper row first. */
function pixelsOf(file: Uint8Array): { width: number; height: number; rgb: number[] } {
  const view = new DataView(file.buffer);
  const [width, height, start] = [view.getInt32(18, true), view.getInt32(22, true), view.getUint32(10, true)];
  assert.equal(view.getUint16(0), 0x424d);
  assert.equal(view.getUint16(28, true), 24);
  assert.equal(view.getUint32(2, true), file.length);
  const stride = Math.ceil((width * 24) / 32) * 4;
  const rgb: number[] = [];
  for (let y = height - 1; y >= 0; y -= 1) {
    for (let x = 0; x < width; x += 1) for (const part of [2, 1, 0]) rgb.push(file[start + y * stride + x * 3 + part] ?? NaN);
  }
  return { width, height, rgb };
}

test("a blurred picture is the one that the package draws, of whatever shape", () => {
  for (const [width, height] of [[100, 75], [75, 100], [100, 100], [100, 20], [30, 97]] as const) {
    for (let seed = 1; seed <= 12; seed += 1) {
      const hash = rgbaToThumbHash(width, height, drawn(width, height, seed));
      const [theirs, ours] = [thumbHashToRGBA(hash), pixelsOf(blurredBmp(hash))];
      assert.deepEqual([ours.width, ours.height], [theirs.w, theirs.h]);
      for (let pixel = 0; pixel < theirs.w * theirs.h; pixel += 1) {
        for (let part = 0; part < 3; part += 1) {
          const [ask, got] = [theirs.rgba[pixel * 4 + part] ?? NaN, ours.rgb[pixel * 3 + part] ?? NaN];
          assert.ok(Math.abs(ask - got) <= 1, `${width}×${height}, seed ${seed}, pixel ${pixel}: ${got} instead of ${ask}`);
        }
      }
    }
  }
});

test("a hash that was cut short, or says nonsense, is a picture all the same", () => {
  for (const bytes of [[0, 0, 0, 0, 0], [255, 255, 127, 255, 255], [1, 2, 3, 0, 128], Array.from({ length: 64 }, () => 119)]) {
    const { width, height, rgb } = pixelsOf(blurredBmp(Uint8Array.from(bytes)));
    assert.ok(width >= 1 && width <= 32 && height >= 1 && height <= 32);
    assert.ok(rgb.every((value) => value >= 0 && value <= 255));
  }
});

test("what can be seen through is known", () => {
  assert.equal(isTransparent(rgbaToThumbHash(40, 40, drawn(40, 40, 3, 90))), true);
  assert.equal(isTransparent(rgbaToThumbHash(40, 40, drawn(40, 40, 3))), false);
});
