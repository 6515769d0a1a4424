import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

import { NoPicture } from "../no-picture.ts";
import { plantedBigTiff } from "../fixtures-more.ts";
import { readFacts } from "../facts.ts";
import { strip } from "../strip/strip.ts";
import { decodeRequestFor } from "../../transfer/decode-plan.ts";
import * as fixtures from "./fixtures.ts";
import { inflate, unpackBits, unpackLzw } from "./tiff-codecs.ts";
import { writeTiff } from "./tiff-writer.ts";
import { decodeTiff, type TiffPicture } from "./tiff.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const QUARTERS = [[0xe0, 0, 0], [0, 0xc0, 0], [0, 0, 0xd0], [0x80, 0x80, 0x80]] as const;

const bytesOf = (text: string): Bytes => Uint8Array.from(Buffer.from(text, "base64"));
const decodeBytes = (bytes: Uint8Array): Promise<TiffPicture> => decodeTiff(Uint8Array.from(bytes).buffer);

/** Whether the middle of each quarter has its colour, give or take what JPEG and CMYK cost. */
function assertScene({ width, height, pixels }: TiffPicture): void {
  assert.equal(pixels.length, width * height * 4);
  QUARTERS.forEach((colour, number) => {
    const [x, y] = [Math.floor(width * (number % 2 === 0 ? 0.25 : 0.75)), Math.floor(height * (number < 2 ? 0.25 : 0.75))];
    const found = [...pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
    assert.ok(colour.every((value, k) => Math.abs(value - (found[k] ?? 0)) <= 4) && found[3] === 255, `quarter ${number} is ${found.join()}`);
  });
}

/** The scene in samples: `per` numbers for each pixel of a picture of 32 x 16. */
function samples(per: (colour: readonly [number, number, number]) => readonly number[], x0 = 0, y0 = 0, width = 32, height = 16): number[] {
  return Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [x0 + (at % width), y0 + Math.floor(at / width)];
    return per(QUARTERS[(x < 16 ? 0 : 1) + (y < 8 ? 0 : 2)] ?? QUARTERS[0]);
  }).flat();
}

const RGB_8 = { 256: [32], 257: [16], 258: [8, 8, 8], 259: [1], 262: [2], 277: [3], 278: [16] };
const straight = (): Uint8Array => Uint8Array.from(samples((colour) => colour));

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(() => null, (reason: unknown) => reason);
  return error instanceof NoPicture ? error.code : String(error);
}

for (const name of ["TIFF_LZW", "TIFF_DEFLATE", "TIFF_PACKBITS", "TIFF_JPEG", "TIFF_CMYK", "TIFF_PALETTE", "TIFF_PROFILED", "TIFF_BIG"] as const) {
  test(`${name} is shown in its colours, before and after it is cleaned`, async () => {
    const bytes = bytesOf(fixtures[name]);
    const picture = await decodeBytes(bytes);
    assertScene(picture);
    assert.deepEqual(await decodeBytes(strip(bytes).bytes).then(({ pixels }) => pixels), picture.pixels);
  });
}

test("LZW that fills its table many times comes back pixel for pixel", async () => {
  const { width, height, pixels } = await decodeBytes(bytesOf(fixtures.TIFF_LZW_LONG));
  const expected = Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return (x * x + y * 31 + x * y) % 251;
  });
  assert.deepEqual(Array.from({ length: width * height }, (_, at) => pixels[at * 4]), expected);
});

test("16 bits are read whichever byte comes first, with and without differences", async () => {
  const numbers = samples((colour) => colour.map((value) => value * 257));
  const differences = numbers.map((value, at) => (at % 96 < 3 ? value : (value - (numbers[at - 3] ?? 0)) & 0xffff));
  for (const isLittle of [true, false]) {
    for (const predictor of [1, 2]) {
      const view = new DataView(new ArrayBuffer(numbers.length * 2));
      (predictor === 2 ? differences : numbers).forEach((value, at) => { view.setUint16(at * 2, value, isLittle); });
      const block = deflateSync(new Uint8Array(view.buffer));
      assertScene(await decodeBytes(writeTiff({ ...RGB_8, 258: [16, 16, 16], 259: [8], 317: [predictor] }, [block], { isLittle })));
    }
  }
});

test("planes, tiles and strips are put together", async () => {
  const planes = [0, 1, 2].map((plane) => Uint8Array.from(samples((colour) => [colour[plane] ?? 0])));
  assertScene(await decodeBytes(writeTiff({ ...RGB_8, 284: [2] }, planes)));
  const tiles = [0, 1].map((tile) => Uint8Array.from(samples((colour) => colour, tile * 16, 0, 16, 16)));
  assertScene(await decodeBytes(writeTiff({ ...RGB_8, 322: [16], 323: [16] }, tiles, { isTiled: true })));
  const strips = [0, 7, 14].map((top) => Uint8Array.from(samples((colour) => colour, 0, top, 32, Math.min(7, 16 - top))));
  assertScene(await decodeBytes(writeTiff({ ...RGB_8, 278: [7] }, strips)));
});

test("a long list of strips is read whichever byte comes first", async () => {
  for (const isLittle of [true, false]) {
    // 1,600 strips: their places do not fit into what is read at once.
    const strips = Array.from({ length: 1600 }, (_, row) => Uint8Array.from(samples((colour) => colour, 0, Math.floor(row / 100), 32, 1)));
    assertScene(await decodeBytes(writeTiff({ ...RGB_8, 257: [1600], 278: [1] }, strips, { isLittle })));
  }
});

test("grey may count from white or from black", async () => {
  const grey = { 256: [2], 257: [1], 258: [8], 259: [1], 277: [1], 278: [1] };
  for (const [photometric, expected] of [[0, [255, 55]], [1, [0, 200]]] as const) {
    const { pixels } = await decodeBytes(writeTiff({ ...grey, 262: [photometric] }, [Uint8Array.of(0, 200)]));
    assert.deepEqual([pixels[0], pixels[4]], expected);
  }
});

test("black and white takes a bit, said or not", async () => {
  const black = { 256: [9], 257: [2], 259: [1], 262: [1], 277: [1], 278: [2] };
  for (const tags of [black, { ...black, 258: [1] }]) {
    const { pixels } = await decodeBytes(writeTiff(tags, [Uint8Array.of(0x80, 0x80, 0, 0)]));
    assert.deepEqual([0, 1, 8, 9].map((at) => pixels[at * 4]), [255, 0, 255, 0]);
  }
});

test("colours that are dimmed by their alpha are brought back", async () => {
  const rgba = { 256: [1], 257: [1], 258: [8, 8, 8, 8], 259: [1], 262: [2], 277: [4], 278: [1] };
  const of = async (extra: number): Promise<number[]> => [...(await decodeBytes(writeTiff({ ...rgba, 338: [extra] }, [Uint8Array.of(100, 50, 0, 128)]))).pixels];
  assert.deepEqual(await of(2), [100, 50, 0, 128]);
  assert.deepEqual(await of(1), [199, 100, 0, 128]);
  assert.deepEqual(await of(0), [100, 50, 0, 255]);
});

test("a profile for RGB goes with the pixels, and survives cleaning", async () => {
  const bytes = bytesOf(fixtures.TIFF_PROFILED);
  const [{ profile }, cleaned] = [await decodeBytes(bytes), await decodeBytes(strip(bytes).bytes)];
  assert.ok(profile !== null && cleaned.profile !== null);
  assert.equal((await decodeBytes(bytesOf(fixtures.TIFF_LZW))).profile, null);
});

test("what is not read is refused by name", async () => {
  assert.equal(await refusal(decodeBytes(bytesOf(fixtures.TIFF_FAX))), "no_decoder");
  assert.equal(await refusal(decodeBytes(writeTiff({ ...RGB_8, 262: [8] }, [straight()]))), "no_decoder");
  assert.equal(await refusal(decodeBytes(writeTiff({ ...RGB_8, 259: [34712] }, [straight()]))), "no_decoder");
});

test("a file that claims too much is refused before anything is unpacked", async () => {
  const small = deflateSync(new Uint8Array(100));
  const claims = [{ 256: [40_000] }, { 256: [20_000], 257: [20_000] }, { 322: [2_000_000_000], 323: [16] }, { 322: [1], 323: [1], 256: [20_000], 257: [4000] }];
  for (const claim of claims) {
    const file = writeTiff({ ...RGB_8, 259: [8], ...claim }, [small], { isTiled: 322 in claim });
    assert.equal(await refusal(decodeBytes(file)), "too_many_pixels");
  }
});

test("no packed block writes more than its strip holds", async () => {
  const bomb = Uint8Array.from(deflateSync(new Uint8Array(50_000_000)));
  assert.equal((await inflate(bomb, 1000)).length, 1000);
  // Each code says the text before, and one letter more.
  const codes = [256, 65, ...Array.from({ length: 200 }, (_, k) => 258 + k)];
  const bits = codes.map((code) => code.toString(2).padStart(9, "0")).join("").match(/.{8}/g) ?? [];
  assert.deepEqual(unpackLzw(Uint8Array.from(bits, (each) => parseInt(each, 2)), 5000), new Uint8Array(5000).fill(65));
  assert.deepEqual(unpackBits(Uint8Array.of(129, 7, 129, 7, 5, 1, 2, 3, 4, 5, 6), 130), new Uint8Array(130).fill(7));
});

test("a JPEG that is larger than its strip is not opened", async () => {
  const jpeg = bytesOf(fixtures.TIFF_JPEG);
  let frames = 0;
  for (let at = 0; at + 8 < jpeg.length; at += 1) {
    if (jpeg[at] !== 0xff || jpeg[at + 1] !== 0xc0) continue;
    jpeg.set([0xff, 0xdc, 0xff, 0xdc], at + 5);
    frames += 1;
  }
  assert.ok(frames > 0);
  assert.equal(await refusal(decodeBytes(jpeg)), "broken_picture");
});

test("a file cut short or damaged gives a picture or a refusal, nothing else", async () => {
  for (const name of ["TIFF_LZW", "TIFF_DEFLATE", "TIFF_PACKBITS", "TIFF_JPEG"] as const) {
    const whole = bytesOf(fixtures[name]);
    for (let length = 0; length < whole.length; length += 37) {
      const damaged = whole.map((byte, at) => (at === length ? byte ^ 0x55 : byte));
      for (const file of [whole.subarray(0, length), damaged]) {
        const outcome = await decodeBytes(file).then(({ pixels }) => pixels.length > 0, (error: unknown) => error instanceof NoPicture);
        assert.ok(outcome, `${name} at ${length}`);
      }
    }
  }
});

test("strips that all point at the same bytes are not copied out", async () => {
  const strips = Array.from({ length: 16 }, (_, row) => Uint8Array.from(samples((colour) => colour, 0, row, 32, 1)));
  const file = writeTiff({ ...RGB_8, 278: [1] }, strips);
  assertScene(await decodeBytes(file));
  const view = new DataView(file.buffer);
  const directory = view.getUint32(4, true);
  const entry = Array.from({ length: view.getUint16(directory, true) }, (_, k) => directory + 2 + 12 * k).find((at) => view.getUint16(at, true) === 279);
  assert.ok(entry !== undefined);
  for (let k = 0; k < 16; k += 1) view.setUint16(view.getUint32(entry + 8, true) + 2 * k, 1500, true);
  assert.equal(await refusal(decodeBytes(file)), "broken_picture");
});

test("a turned TIFF is turned by its orientation", () => {
  const bytes = writeTiff({ ...RGB_8, 274: [6] }, [straight()]);
  const { kind, orientation } = decodeRequestFor(new Blob([bytes]), bytes, "tiff", readFacts(bytes, null));
  assert.deepEqual([kind, orientation], ["tiff", 6]);
});

test("a turned BigTIFF is turned too, before and after it is cleaned", () => {
  const bytes = plantedBigTiff();
  // Its caption becomes an orientation.
  bytes.set([0x12, 1, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8, 0], 24 + 2 * 20);
  assert.equal(readFacts(bytes, null).orientation, 8);
  assert.equal(readFacts(strip(bytes).bytes, null).orientation, 8);
  bytes[24 + 2 * 20 + 12] = 9;
  assert.equal(readFacts(bytes, null).orientation, 1);
});

test("a DNG without a JPEG shows the plain picture on its first page", async () => {
  const grid = { ...RGB_8, 256: [128], 257: [96], 278: [96], 50706: [1, 4, 0, 0] };
  const pixels = Uint8Array.from({ length: 128 * 96 * 3 }, () => 77);
  const bytes = writeTiff(grid, [pixels]);
  const request = decodeRequestFor(new Blob([bytes]), bytes, "dng", readFacts(bytes, null));
  assert.equal(request.kind, "tiff");
  assert.equal((await decodeTiff(await request.source.arrayBuffer())).pixels[0], 77);
  const raw = writeTiff({ ...grid, 262: [32803] }, [pixels]);
  assert.throws(() => decodeRequestFor(new Blob([raw]), raw, "dng", readFacts(raw, null)), { code: "no_decoder" });
});
