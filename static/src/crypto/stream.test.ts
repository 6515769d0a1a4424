import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { bytesOf, contentOf, loadVectors } from "../../../tests/vectors/load.ts";
import { concat, toHex, type Bytes } from "./bytes.ts";
import type { Context } from "./context.ts";
import { decryptBytes, decryptRange, decryptStream, openRanges } from "./decrypt.ts";
import { holdKey } from "./derive.ts";
import { sha256Of } from "./digest.ts";
import { ciphertextLength, encryptBytes, encryptSegments, encryptStream, resumeEncryption } from "./encrypt.ts";
import { CryptoError, type CryptoErrorCode } from "./errors.ts";
import { keyFromBytes, newContentKey } from "./keys.ts";
import { lengthPrefix } from "./padding.ts";
import {
  newStreamHeader,
  readHeader,
  SEGMENT_BYTES,
  segmentAt,
  segmentCount,
  segmentHolding,
  streamCiphertextLength,
  streamPlaintextLength,
} from "./segments.ts";
import { chunkedSource, sourceFrom } from "./source.ts";

const vectors = loadVectors<{
  key: string;
  context: Context<"content">;
  streams: { length: number; header: string; ciphertextLength: number; sha256: string; ciphertext?: string }[];
}>("stream");
const context = vectors.context;
const LARGE = 1_500_000;

const failsWith = (code: CryptoErrorCode) => (error: unknown) =>
  error instanceof CryptoError && error.code === code;

async function gather(pieces: AsyncIterable<Bytes>): Promise<Bytes> {
  const gathered: Bytes[] = [];
  for await (const piece of pieces) gathered.push(piece);
  return concat(...gathered);
}

/** Cuts bytes into pieces that fit no segment. */
async function* trickle(bytes: Bytes, size: number): AsyncGenerator<Bytes> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const fetcher = (ciphertext: Bytes, asked: number[] = []) => (start: number, end: number) => {
  asked.push(end - start);
  return Promise.resolve(ciphertext.slice(start, end));
};

describe("an encrypted stream", () => {
  const key = keyFromBytes("content-key", bytesOf(vectors.key));

  for (const vector of vectors.streams) {
    test(`of ${vector.length} bytes is what the vectors say, from bytes, a blob or chunks`, async () => {
      const content = contentOf(vector.length);
      const header = readHeader(bytesOf(vector.header));
      const sources = [content, new Blob([content]), chunkedSource(trickle(content, 65_521), content.length)];
      for (const source of sources) {
        const ciphertext = await gather(encryptStream(source, key, context, header));
        assert.equal(ciphertext.length, vector.ciphertextLength);
        assert.equal(toHex(await sha256Of(ciphertext)), vector.sha256);
      }
      assert.equal(ciphertextLength(vector.length), vector.ciphertextLength);
    });

    test(`of ${vector.length} bytes opens whole, as it arrives, and under a held key`, async () => {
      const content = contentOf(vector.length);
      const ciphertext = await encryptBytes(content, key, context);
      assert.deepEqual(await decryptBytes(ciphertext, key, context), content);
      assert.deepEqual(await gather(decryptStream(trickle(ciphertext, 99_991), key, context)), content);
      const held = await holdKey(key);
      assert.deepEqual(await gather(decryptStream(new Blob([ciphertext]).stream(), held, context)), content);
    });
  }

  test("comes in whole segments, with few read ahead of a slow taker", async () => {
    let taken = 0;
    const content = contentOf(20 * SEGMENT_BYTES);
    const source = {
      length: content.length,
      read: (start: number, end: number) => {
        taken++;
        return Promise.resolve(content.subarray(start, end));
      },
    };
    const pieces = encryptStream(source, key, context);
    const first = await pieces.next();
    assert.equal(first.done, false);
    assert.equal(first.value?.length, SEGMENT_BYTES);
    assert.ok(taken <= 4, `${taken} segments were read`);
    await pieces.return(undefined);
  });

  test("resumes at any segment as if never interrupted", async () => {
    const content = contentOf(LARGE);
    const header = newStreamHeader();
    const whole = await gather(encryptStream(content, key, context, header));
    for (const segment of [0, 1, 3, 5]) {
      const rest = await gather(resumeEncryption(new Blob([content]), key, context, header, segment));
      assert.deepEqual(rest, whole.slice(segment * SEGMENT_BYTES));
    }
    for (const segment of [-1, 6, 0.5]) {
      await assert.rejects(gather(resumeEncryption(content, key, context, header, segment)), failsWith("malformed"));
    }
  });

  test("is not made from a source shorter or longer than announced", async () => {
    for (const announced of [99, 101]) {
      const source = chunkedSource(trickle(contentOf(100), 7), announced);
      await assert.rejects(gather(encryptStream(source, key, context)), failsWith("malformed"));
    }
  });

  test("stops with the source's own error", async () => {
    async function* broken(): AsyncGenerator<Bytes> {
      yield contentOf(SEGMENT_BYTES);
      throw new RangeError("the disk is gone");
    }
    await assert.rejects(gather(encryptStream(chunkedSource(broken(), LARGE), key, context)), RangeError);
  });
});

describe("a damaged stream", () => {
  const key = newContentKey();

  async function damages(): Promise<Record<string, Bytes>> {
    const sound = await encryptBytes(contentOf(LARGE), key, context);
    const cut = (from: number, to?: number) => sound.slice(from * SEGMENT_BYTES, to && to * SEGMENT_BYTES);
    const flipped = sound.slice();
    flipped[700_000] = (flipped[700_000] ?? 0) ^ 1;
    return {
      "last segment dropped": cut(0, 5),
      "middle segment dropped": concat(cut(0, 2), cut(3)),
      "segments swapped": concat(cut(0, 1), cut(2, 3), cut(1, 2), cut(3)),
      "one byte short": sound.slice(0, -1),
      "one byte long": concat(sound, [0]),
      "one bit changed": flipped,
      "header only": sound.slice(0, 40),
      "nothing": new Uint8Array(0),
      "another first byte": concat([41], sound.subarray(1)),
    };
  }

  test("opens in no way", async () => {
    for (const [name, ciphertext] of Object.entries(await damages())) {
      const fetchRange = fetcher(ciphertext);
      await assert.rejects(decryptBytes(ciphertext, key, context), CryptoError, name);
      await assert.rejects(gather(decryptStream(trickle(ciphertext, 65_536), key, context)), CryptoError, name);
      await assert.rejects(decryptRange(fetchRange, ciphertext.length, key, context, 0, LARGE), CryptoError, name);
    }
  });

  test("never hands over a byte of a segment that is not authentic", async () => {
    const { "one bit changed": ciphertext = new Uint8Array(0) } = await damages();
    let received = 0;
    const receive = async () => {
      for await (const piece of decryptStream(trickle(ciphertext, 65_536), key, context)) {
        assert.deepEqual(piece, contentOf(LARGE).slice(received, received + piece.length));
        received += piece.length;
      }
    };
    await assert.rejects(receive(), failsWith("cannot-open"));
    assert.ok(received > 0 && received < 700_000);
  });

  test("whose frame does not fit its length opens in no way", async () => {
    const framed = concat(lengthPrefix(1000), contentOf(100));
    const ciphertext = await gather(encryptSegments(sourceFrom(framed), key, context, newStreamHeader(), 0));
    const refused = failsWith("cannot-open");
    await assert.rejects(decryptBytes(ciphertext, key, context), refused);
    await assert.rejects(gather(decryptStream(trickle(ciphertext, 50), key, context)), refused);
    await assert.rejects(openRanges(fetcher(ciphertext), ciphertext.length, key, context), refused);
  });

  test("does not open for another part, version, image, owner or key", async () => {
    const sound = await encryptBytes(contentOf(1000), key, context);
    const others = [{ part: "thumbnail" }, { version: 2 }, { record: "another" }, { owner: "mallory" }];
    for (const other of others) {
      await assert.rejects(decryptBytes(sound, key, { ...context, ...other }), failsWith("cannot-open"));
    }
    await assert.rejects(decryptBytes(sound, newContentKey(), context), failsWith("cannot-open"));
  });
});

describe("a range", () => {
  const key = newContentKey();

  test("reads as the whole does, and fetches little", async () => {
    const content = contentOf(LARGE);
    const ciphertext = await encryptBytes(content, key, context);
    const asked: number[] = [];
    const reader = await openRanges(fetcher(ciphertext, asked), ciphertext.length, key, context);
    assert.equal(reader.length, LARGE);
    const edges = [0, 1, 262_079, 262_080, 262_081, 524_208, 700_000, LARGE - 1, LARGE];
    for (const from of edges) {
      for (const to of edges.filter((edge) => edge >= from)) {
        assert.deepEqual(await reader.read(from, to), content.slice(from, to), `${from}-${to}`);
      }
    }
    asked.length = 0;
    await reader.read(700_000, 700_010);
    assert.deepEqual(asked, [SEGMENT_BYTES]);
  });

  test("outside the content is refused", async () => {
    const ciphertext = await encryptBytes(contentOf(10), key, context);
    const reader = await openRanges(fetcher(ciphertext), ciphertext.length, key, context);
    for (const [from, to] of [[-1, 3], [0, 11], [5, 4], [Number.NaN, 3]] as const) {
      await assert.rejects(reader.read(from, to), failsWith("malformed"));
    }
  });

  test("answered with too few bytes is refused", async () => {
    const ciphertext = await encryptBytes(contentOf(LARGE), key, context);
    const short = (start: number, end: number) => Promise.resolve(ciphertext.slice(start, end - 1));
    await assert.rejects(openRanges(short, ciphertext.length, key, context), failsWith("cannot-open"));
  });
});

describe("the layout of segments", () => {
  test("inverts, and has no gaps", () => {
    for (const length of [0, 1, 262_087, 262_088, 262_089, 524_216, 524_217, 10_000_000]) {
      const whole = streamCiphertextLength(length);
      assert.equal(streamPlaintextLength(whole), length);
      let plain = 0;
      for (let index = 0; index < segmentCount(length); index++) {
        const segment = segmentAt(index, length);
        assert.equal(segment.plainStart, plain);
        if (segment.plainEnd > plain) assert.equal(segmentHolding(plain), index);
        plain = segment.plainEnd;
        assert.equal(segment.cipherEnd, segment.isLast ? whole : (index + 1) * SEGMENT_BYTES);
      }
      assert.equal(plain, length);
    }
  });

  test("knows lengths no stream has", () => {
    for (const length of [0, 55, SEGMENT_BYTES + 1, SEGMENT_BYTES + 16, -1, 0.5, Number.NaN]) {
      assert.throws(() => streamPlaintextLength(length), failsWith("malformed"), String(length));
    }
  });
});
