/** That an entry is in the public log: the tree of RFC 6962, and C2SP tlog-proof. */
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equalBytes, owned, type Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import { countFrom, fromBase64, openCheckpoint, type Checkpoint, type VerifierKey } from "./log-note.ts";

const FORMAT = "c2sp.org/tlog-proof@v1";
const MOST_HASHES = 64;
const HASH_BYTES = 32;

/** Where an entry is, how to get from it to the root, and the signed note that says which root. */
export interface LogProof {
  readonly index: number;
  readonly path: readonly Bytes[];
  readonly note: string;
}

/** @throws CryptoError "malformed". */
export function readProof(text: string): LogProof {
  const end = text.indexOf("\n\n");
  const [format, ...lines] = text.slice(0, Math.max(end, 0)).split("\n");
  // Nobody vouches for what stands behind "extra".
  if (lines[0]?.startsWith("extra ") === true) lines.shift();
  const [index, ...hashes] = lines;
  if (format !== FORMAT || index?.startsWith("index ") !== true || hashes.length > MOST_HASHES) {
    throw new CryptoError("malformed", "This is not a proof of the public log.");
  }
  return { index: countFrom(index.slice("index ".length)), path: hashes.map(hashIn), note: text.slice(end + 2) };
}

/** The checkpoint under which an entry is in the log. @throws CryptoError "malformed", "cannot-open". */
export function checkProof({ index, path, note }: LogProof, entry: Bytes, key: VerifierKey): Checkpoint {
  const checkpoint = openCheckpoint(note, key);
  const root = rootOf(index, checkpoint.size, sha256(concat([0], entry)), path);
  if (root === undefined || !equalBytes(root, checkpoint.root)) {
    throw new CryptoError("cannot-open", "The entry is not in the log.");
  }
  return checkpoint;
}

/** The root that a path leads to (RFC 9162, 2.1.3.2), undefined if such a leaf has no such path. */
function rootOf(index: number, size: number, leaf: Uint8Array, path: readonly Bytes[]): Uint8Array | undefined {
  if (index >= size) return undefined;
  // No bit operations: they stop at 32 bits.
  let [at, last, found] = [index, size - 1, leaf];
  for (const each of path) {
    if (last === 0) return undefined;
    const isLeft = at % 2 === 1 || at === last;
    found = sha256(isLeft ? concat([1], each, found) : concat([1], found, each));
    while (isLeft && at > 0 && at % 2 === 0) [at, last] = [at / 2, Math.floor(last / 2)];
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? found : undefined;
}

function hashIn(line: string): Bytes {
  const hash = owned(fromBase64(line));
  if (hash.length !== HASH_BYTES) throw new CryptoError("malformed", "A hash of the proof has the wrong length.");
  return hash;
}
