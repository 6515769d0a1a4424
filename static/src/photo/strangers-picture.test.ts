import assert from "node:assert/strict";
import { test } from "node:test";

import { owned, utf8 } from "../crypto/bytes.ts";
import { plantedJpeg, plantedPng, plantedWebp } from "./fixtures.ts";
import { plantedGif, plantedHeif, plantedTiff } from "./fixtures-more.ts";
import { NoPicture } from "./no-picture.ts";
import { strangersPicture, type BOUNDS } from "./strangers-picture.ts";

const said = (bytes: Uint8Array, type = "text/html"): Blob => new Blob([owned(bytes)], { type });

const refusal = async (file: Blob, part: keyof typeof BOUNDS = "thumbnail"): Promise<string> =>
  await strangersPicture(file, part).then(() => "shown", (error: unknown) => (error instanceof NoPicture ? error.code : String(error)));

/** A PNG of a few bytes that claims so many pixels. */
function claiming(width: number, height: number): Uint8Array {
  const bytes = Uint8Array.from(plantedPng());
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return bytes;
}

test("a picture is typed as what it is, whatever its sender called it", async () => {
  for (const [bytes, type] of [[plantedJpeg(), "image/jpeg"], [plantedPng(), "image/png"], [plantedWebp(), "image/webp"], [plantedGif(), "image/gif"]] as const) {
    const picture = await strangersPicture(said(bytes), "thumbnail");
    assert.equal(picture.type, type);
    assert.deepEqual(new Uint8Array(await picture.arrayBuffer()), Uint8Array.from(bytes));
  }
});

test("what is no picture that browsers show by themselves is not handed to them", async () => {
  const drawing = utf8('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  assert.equal(await refusal(said(drawing, "image/svg+xml")), "no_decoder");
  assert.equal(await refusal(said(utf8("<!doctype html><script>alert(1)</script>"), "image/webp")), "no_decoder");
  assert.equal(await refusal(said(plantedHeif())), "no_decoder");
  assert.equal(await refusal(said(plantedTiff())), "no_decoder");
  assert.equal(await refusal(said(new Uint8Array())), "no_decoder");
});

test("a few bytes that claim many pixels are not decoded", async () => {
  assert.equal(await refusal(said(claiming(30_000, 30_000)), "original"), "too_many_pixels");
  assert.equal(await refusal(said(claiming(40_000, 1)), "original"), "too_many_pixels");
  assert.equal(await refusal(said(claiming(0, 0))), "unknown_size");
});

test("a small picture may have fewer pixels than a large one", async () => {
  const photo = claiming(3000, 2000);
  assert.deepEqual(await Promise.all([refusal(said(photo), "thumbnail"), refusal(said(photo), "preview"), refusal(said(photo), "original")]), ["too_many_pixels", "shown", "shown"]);
  assert.equal(await refusal(said(claiming(9000, 9000)), "preview"), "too_many_pixels");
});
