import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

import { readFacts } from "../facts.ts";
import { NoPicture } from "../no-picture.ts";
import { strip } from "../strip/strip.ts";
import { decodeRequestFor } from "../../transfer/decode-plan.ts";
import { decodeJxl } from "./jxl.ts";

const scene = new Uint8Array(await readFile(new URL("../../../../tests/vectors/scene.jxl", import.meta.url)));
const QUARTERS = [[160, 120, [0xe0, 0, 0]], [480, 120, [0, 0xc0, 0]], [160, 360, [0, 0, 0xd0]], [480, 360, [0x80, 0x80, 0x80]]] as const;

async function load(): Promise<ArrayBuffer> {
  const bytes = await readFile(createRequire(import.meta.url).resolve("@jsquash/jxl/codec/dec/jxl_dec.wasm"));
  return Uint8Array.from(bytes).buffer;
}

test("JPEG XL is shown in its colours, the same after it is cleaned", async () => {
  const picture = await decodeJxl(scene, load);
  assert.deepEqual([picture.width, picture.height], [640, 480]);
  for (const [x, y, colour] of QUARTERS) {
    const at = (y * 640 + x) * 4;
    const found = [...picture.data.subarray(at, at + 4)];
    assert.ok(colour.every((value, k) => Math.abs(value - (found[k] ?? 0)) <= 12) && found[3] === 255, found.join());
  }
  assert.deepEqual((await decodeJxl(strip(scene).bytes, load)).data, picture.data);
});

test("its size is known before it is decoded, and bounded", () => {
  const { width, height } = readFacts(scene, null);
  assert.deepEqual([width, height], [640, 480]);
  // The longest sides a header can name: 30 bits each, and a square.
  const huge = Uint8Array.from(scene);
  huge.set([0xfe, 0xff, 0xff, 0xff, 0xff], 2);
  assert.throws(() => decodeRequestFor(new Blob([huge]), huge, "jxl", readFacts(huge, null)), { code: "too_many_pixels" });
});

test("a broken one is refused, and the next is shown by a fresh decoder", async () => {
  let starts = 0;
  const counted = (): Promise<ArrayBuffer> => {
    starts += 1;
    return load();
  };
  for (const broken of [scene.subarray(0, 200), scene.map((byte, at) => (at > 20 ? byte ^ 0x5a : byte)), new Uint8Array(0)]) {
    await assert.rejects(decodeJxl(broken, counted), (error) => error instanceof NoPicture && error.code === "broken_picture");
  }
  starts = 0;
  for (let k = 0; k < 2; k += 1) assert.equal((await decodeJxl(scene, counted)).width, 640);
  assert.equal(starts, 1);
});
