import assert from "node:assert/strict";
import { test } from "node:test";

import { loadVectors } from "../../../tests/vectors/load.ts";
import { pdqDistance, pdqOf, type Pixels } from "./pdq.ts";

interface Vector {
  readonly width: number;
  readonly height: number;
  readonly kind: string;
  readonly hash: string;
  readonly quality: number;
}

function colours(kind: string, x: number, y: number, width: number, height: number): readonly [number, number, number] {
  const whole = Math.floor;
  if (kind === "rings") {
    const d = (whole((x * 256) / width) - 100) ** 2 + (whole((y * 256) / height) - 140) ** 2;
    return [whole(d / 37) % 256, (whole(d / 91) + x) % 256, whole((x * y) / 7) % 256];
  }
  if (kind === "slopes") return [whole((x * 255) / (width - 1)), whole((y * 255) / (height - 1)), ((x + y) * 5) % 256];
  const across = whole((x * 13) / width);
  const down = whole((y * 11) / height);
  const red = (across * 73 + down * 151 + across * down * 29) % 256;
  return [red, (red * 3) % 256, 255 - red];
}

function drawn({ width, height, kind }: Vector): Pixels {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) data.set([...colours(kind, x, y, width, height), 255], (y * width + x) * 4);
  }
  return { width, height, data };
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

for (const vector of loadVectors<{ readonly pictures: readonly Vector[] }>("pdq").pictures) {
  test(`PDQ is the original's: ${vector.kind}, ${String(vector.width)} x ${String(vector.height)}`, () => {
    const { hash, quality } = pdqOf(drawn(vector));

    assert.equal(hex(hash), vector.hash);
    assert.equal(quality, vector.quality);
  });
}

test("bits that differ are counted", () => {
  assert.equal(pdqDistance(new Uint8Array([0xff, 0]), new Uint8Array([0, 1])), 9);
});
