import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { MessageChannel, type MessagePort as NodePort } from "node:worker_threads";

import { bridge, Moved } from "../../vault/library/bridge.ts";
import { hashElsewhere, type Hashing } from "./hash-pool.ts";
import { sha256Hex } from "./hashing.ts";

/** Node's ports are those of browsers but for their types. */
const asPort = (port: NodePort): MessagePort => port as unknown as MessagePort;

test("digests come from whoever has least to do, with the very bytes, which were moved", async () => {
  const asked = [0, 0];
  const channels = asked.map((_, index) => {
    const { port1, port2 } = new MessageChannel();
    bridge(asPort(port1), {
      hash: async (bytes: Parameters<Hashing["hash"]>[0]) => {
        asked[index] = (asked[index] ?? 0) + 1;
        return new Moved({ sha256: await sha256Hex(bytes), bytes }, [bytes.buffer]);
      },
    });
    return { port1, port2 };
  });
  const hash = hashElsewhere(channels.map(({ port2 }) => asPort(port2)));
  const files = Array.from({ length: 6 }, (_, number) => new Uint8Array(200_000 + number).fill(number));
  const expected = files.map((bytes) => ({ sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.slice() }));
  const found = await Promise.all(files.map((bytes) => hash(bytes)));
  assert.deepEqual(found, expected);
  assert.deepEqual(files.map(({ length }) => length), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(asked, [3, 3]);

  const small = new Uint8Array(100);
  assert.equal((await hash(small)).bytes, small, "what is small is done here");
  for (const { port1 } of channels) port1.close();
});
