import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";

import { profiledPng } from "./profiled-png.ts";

/** The chunks of a PNG, by type. */
function chunksOf(png: Buffer): Map<string, Buffer[]> {
  const chunks = new Map<string, Buffer[]>();
  for (let at = 8; at < png.length;) {
    const [length, type] = [png.readUInt32BE(at), png.toString("latin1", at + 4, at + 8)];
    chunks.set(type, [...(chunks.get(type) ?? []), png.subarray(at + 8, at + 8 + length)]);
    at += 12 + length;
  }
  return chunks;
}

test("pixels and profile come out of the PNG as they went in", async () => {
  const [width, height] = [300, 200];
  const pixels = Uint8ClampedArray.from({ length: width * height * 4 }, (_, at) => (at * 7) % 253);
  const profile = Uint8Array.from({ length: 600 }, (_, at) => at % 256);
  const chunks = chunksOf(Buffer.from(await (await profiledPng(pixels, width, profile)).arrayBuffer()));
  const rows = inflateSync(Buffer.concat(chunks.get("IDAT") ?? []));
  const unfiltered = Array.from({ length: height }, (_, row) => rows.subarray(row * (width * 4 + 1) + 1, (row + 1) * (width * 4 + 1)));
  assert.equal(chunks.get("IHDR")?.[0]?.toString("hex"), "0000012c000000c80806000000");
  assert.deepEqual(new Uint8ClampedArray(Buffer.concat(unfiltered)), pixels);
  assert.deepEqual(new Uint8Array(inflateSync(chunks.get("iCCP")?.[0]?.subarray(5) ?? Buffer.alloc(0))), profile);
});
