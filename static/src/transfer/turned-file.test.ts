import assert from "node:assert/strict";
import { test } from "node:test";

import { owned } from "../crypto/bytes.ts";
import { turnedOrientation } from "../export/photo.ts";
import { readFacts } from "../photo/facts.ts";
import { holdsMarker, plantedJpeg, plantedPng } from "../photo/fixtures.ts";
import { strip } from "../photo/strip/strip.ts";
import type { Derived } from "../photo/thumbnails.ts";
import { turnedFile } from "./turned-file.ts";

const noPicture = (): Promise<Derived> => Promise.reject(new Error("No picture is needed for this."));

test("four quarter turns leave a picture as it was, whichever way it stood or is mirrored", () => {
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    const quarter = turnedOrientation(orientation, 90);
    assert.equal(turnedOrientation(quarter, 270), orientation);
    assert.equal(turnedOrientation(quarter, 90), turnedOrientation(orientation, 180));
    assert.equal(turnedOrientation(orientation, 0), orientation);
  }
  assert.deepEqual([turnedOrientation(1, 90), turnedOrientation(1, 180), turnedOrientation(1, 270), turnedOrientation(6, 270)], [6, 3, 8, 1]);
});

test("a JPEG is turned by what it says, and says nothing else", async () => {
  for (const orientation of [1, 6, 8]) {
    const clean = owned(strip(plantedJpeg({ orientation })).bytes);
    for (const rotation of [90, 180, 270] as const) {
      const turned = await turnedFile(clean, rotation, noPicture);
      assert.equal(readFacts(turned, null).orientation, turnedOrientation(orientation, rotation));
      assert.equal(holdsMarker(turned), false);
      assert.deepEqual(strip(turned).bytes, turned);
    }
  }
});

test("what was not turned is the cleaned file itself", async () => {
  const clean = owned(strip(plantedJpeg({ orientation: 6 })).bytes);
  assert.equal(await turnedFile(clean, 0, noPicture), clean);
});

test("another kind of file is drawn anew, turned", async () => {
  const asked: number[] = [];
  const preview = new Blob([Uint8Array.of(1, 2, 3)]);
  const derive = ({ orientation }: { orientation: number }): Promise<Derived> => {
    asked.push(orientation);
    return Promise.resolve({ preview, thumbnail: preview, thumbhash: new Uint8Array(), width: 1, height: 1 });
  };
  assert.deepEqual(await turnedFile(owned(strip(plantedPng(1)).bytes), 90, derive), Uint8Array.of(1, 2, 3));
  assert.deepEqual(asked, [6]);
});
