/** Makes digests and sums for a worker that has other things to do. */
import { hashHere } from "../transfer/exporting/hashing.ts";
import type { HashWorker, Hashing } from "../transfer/exporting/hash-pool.ts";
import { bridge, Moved } from "../vault/library/bridge.ts";

/** The bytes go back as they came: moved. */
const hashing = {
  hash: async (...[bytes, wantsCrc]: Parameters<Hashing["hash"]>) => new Moved(await hashHere(bytes, wantsCrc), [bytes.buffer]),
};

const worker: HashWorker = { serve: (port) => void bridge(port, hashing) };

bridge(self as unknown as Parameters<typeof bridge>[0], worker);
