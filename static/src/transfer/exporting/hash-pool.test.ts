import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { MessageChannel, type MessagePort as NodePort } from "node:worker_threads";
import { crc32 as crcOfNode } from "node:zlib";

import { bridge, Moved } from "../../vault/library/bridge.ts";
import { hashElsewhere, type Hashing } from "./hash-pool.ts";
import { hashHere } from "./hashing.ts";

/** Node's ports are those of browsers but for their types. */
const asPort = (port: NodePort): MessagePort => port as unknown as MessagePort;

test("digests come from whoever has least to do, with the very bytes, which were moved", async () => {
  const asked = [0, 0];
  const channels = asked.map((_, index) => {
    const { port1, port2 } = new MessageChannel();
    bridge(asPort(port1), {
      hash: async (...[bytes, wantsCrc]: Parameters<Hashing["hash"]>) => {
        asked[index] = (asked[index] ?? 0) + 1;
        return new Moved(await hashHere(bytes, wantsCrc), [bytes.buffer]);
      },
    });
    return { port1, port2 };
  });
  const hash = hashElsewhere(channels.map(({ port2 }) => asPort(port2)));
  const files = Array.from({ length: 6 }, (_, number) => new Uint8Array(200_000 + number).fill(number));
  const isSummed = (number: number): boolean => number % 2 === 0;
  const expected = files.map((bytes, number) => ({ sha256: createHash("sha256").update(bytes).digest("hex"), crc: isSummed(number) ? crcOfNode(bytes) : null, bytes: bytes.slice() }));
  const found = await Promise.all(files.map((bytes, number) => hash(bytes, isSummed(number))));
  assert.deepEqual(found, expected);
  assert.deepEqual(files.map(({ length }) => length), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(asked, [3, 3]);

  const small = new Uint8Array(100);
  const here = await hash(small, true);
  assert.equal(here.bytes, small, "what is small is done here");
  assert.equal(here.crc, crcOfNode(small));
  for (const { port1 } of channels) port1.close();
});
