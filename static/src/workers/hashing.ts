/** Makes digests for a worker that has other things to do. */
import { sha256Hex } from "../transfer/exporting/hashing.ts";
import type { HashWorker, Hashing } from "../transfer/exporting/hash-pool.ts";
import { bridge, Moved } from "../vault/library/bridge.ts";

/** The bytes go back as they came: moved. */
const hashing = {
  hash: async (bytes: Parameters<Hashing["hash"]>[0]) => new Moved({ sha256: await sha256Hex(bytes), bytes }, [bytes.buffer]),
};

const worker: HashWorker = { serve: (port) => void bridge(port, hashing) };

bridge(self as unknown as Parameters<typeof bridge>[0], worker);
