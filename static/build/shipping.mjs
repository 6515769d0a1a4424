/** What is going to be shipped, gathered in memory until all of it is there. */
import { createHash } from "node:crypto";
import { extname } from "node:path";

/** Logical name -> {path, bytes}: all that will be shipped. */
export const shipped = new Map();
/** Folders of the packages whose code or drawings are shipped, for their licences. */
export const packages = new Set();
/** Path -> bytes of the source maps, which stay at home. */
export const sourceMaps = new Map();

export const digest = (algorithm, encoding, bytes) => createHash(algorithm).update(bytes).digest(encoding);

export function ship(logicalName, path, bytes) {
  shipped.set(logicalName, { path, bytes });
}

/** Ships bytes that no bundler has named, under a name that carries their hash. */
export function shipHashed(logicalName, bytes) {
  const hash = digest("sha256", "hex", bytes).slice(0, 8).toUpperCase();
  const extension = extname(logicalName);
  ship(logicalName, `${logicalName.slice(0, -extension.length)}-${hash}${extension}`, bytes);
}
