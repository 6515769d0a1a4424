import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 as crcOfNode } from "node:zlib";

import { utf8, type Bytes } from "../../crypto/bytes.ts";
import { crc32 } from "./crc32.ts";
import { Room } from "./room.ts";
import { ZipReader, type ArchiveBytes } from "./zip-reader.ts";
import { ZipWriter, type Summed } from "./zip-writer.ts";

const WHEN = new Date(2026, 5, 15, 11, 42, 7);
const GIGABYTE = 1024 ** 3;
const summed = (bytes: Bytes): Summed => ({ bytes: bytes.length, crc: crcOfNode(bytes), pieces: [bytes] });

/** Keeps what was written but for what lies between `from` and `to`, which is all sevens. */
class Sparse implements ArchiveBytes {
  readonly #kept: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  size = 0;

  constructor(readonly from = Infinity, readonly to = Infinity) {}

  readonly stream = new WritableStream<Uint8Array>({
    write: (bytes) => {
      if (this.size < this.from || this.size + bytes.length > this.to) this.#kept.push({ at: this.size, bytes: bytes.slice() });
      this.size += bytes.length;
    },
  });

  readInto(bytes: Bytes, at: number): Promise<number> {
    bytes.fill(7);
    for (const each of this.#kept) {
      const [start, end] = [Math.max(at, each.at), Math.min(at + bytes.length, each.at + each.bytes.length)];
      if (start < end) bytes.set(each.bytes.subarray(start - each.at, end - each.at), start - at);
    }
    return Promise.resolve(Math.min(bytes.length, this.size - at));
  }

  close(): void {
    this.size = 0;
  }
}

async function contentOf(reader: ZipReader, path: string): Promise<Bytes | null> {
  return (await (await reader.file(path))?.whole(new Room(1))) ?? null;
}

test("the sum is that of others, wherever the bytes lie and however they are cut", () => {
  assert.equal(crc32(utf8("123456789")), 0xcbf43926);
  const bytes = crypto.getRandomValues(new Uint8Array(5000));
  for (const length of [0, 1, 3, 4, 15, 16, 17, 31, 32, 33, 4990]) {
    for (const from of [0, 1, 2, 3, 4, 7]) assert.equal(crc32(bytes.subarray(from, from + length)), crcOfNode(bytes.subarray(from, from + length)));
  }
  for (const cut of [0, 1, 5, 16, 100, 4999]) assert.equal(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut))), crcOfNode(bytes));
});

test("what is added at once stands one after the other, and an empty file is one", async () => {
  const sparse = new Sparse();
  const writer = new ZipWriter(sparse.stream);
  const files = new Map(Array.from({ length: 70_000 }, (_, number) => [`data/${number}`, utf8(`content ${number}`)]));
  files.set("data/ä☀.txt", new Uint8Array());
  await Promise.all([...files].map(([name, bytes]) => writer.add(name, summed(bytes), WHEN)));
  await writer.close();

  const reader = await ZipReader.open(sparse);
  for (const name of ["data/0", "data/65535", "data/65536", "data/69999", "data/ä☀.txt"]) assert.deepEqual(await contentOf(reader, name), files.get(name));
});

test("a file of more than four gigabytes, and what stands behind it, are read back", async () => {
  const [bytes, piece] = [4.2 * GIGABYTE, new Uint8Array(1024 * 1024).fill(7)];
  const length = Math.floor(bytes / piece.length) * piece.length;
  const sparse = new Sparse(1024 * 1024, length);
  const writer = new ZipWriter(sparse.stream);
  const pieces = function* (): Generator<Bytes> {
    for (let at = 0; at < length; at += piece.length) yield piece;
  };
  await writer.add("film.raw", { bytes: length, crc: 1, pieces: pieces() }, WHEN);
  await writer.add("small.txt", summed(utf8("small")), WHEN);
  await writer.close();

  const reader = await ZipReader.open(sparse);
  assert.equal((await reader.file("film.raw"))?.size, length);
  assert.deepEqual(await contentOf(reader, "small.txt"), utf8("small"));
});

test("after the first that could not be written nothing is, and each is told why", async () => {
  let left = 1;
  const stream = new WritableStream<Uint8Array>({ write: () => { left -= 1; if (left < 0) throw new Error("No room."); } });
  const writer = new ZipWriter(stream);
  const large = new Uint8Array(1024 * 1024);
  const added = await Promise.allSettled(["a", "b", "c"].map((name) => writer.add(name, summed(large), WHEN)));
  assert.deepEqual(added.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
  await assert.rejects(writer.add("d", summed(utf8("d")), WHEN), /No room/);
  await assert.rejects(writer.close(), /No room/);
});

test("content that is not as long as was said ends the archive", async () => {
  const writer = new ZipWriter(new Sparse().stream);
  await assert.rejects(writer.add("a", { bytes: 5, crc: 0, pieces: [utf8("four")] }, WHEN), RangeError);
  await assert.rejects(writer.add("b", summed(utf8("b")), WHEN), RangeError);
});

test("memory is used again for what fits into it, and no more is kept than was said", () => {
  const room = new Room(2);
  const first = room.take(3_000_000);
  room.give(first);
  assert.equal(room.take(2_500_000).buffer, first.buffer);
  const [one, two, three] = [room.take(1), room.take(5_000_000), room.take(2_000_000)];
  for (const each of [one, two, three]) room.give(each);
  assert.equal(room.take(4_000_000).buffer, two.buffer);
  assert.equal(room.take(1).buffer, three.buffer);
  assert.notEqual(room.take(1).buffer, one.buffer);
});
