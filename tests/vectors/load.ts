/** Reads the vectors both languages share, and names their bytes as both do. Node only. */
import { readFileSync } from "node:fs";

import { fromBase64Url, type Bytes } from "../../static/src/crypto/bytes.ts";

/** One file of vectors. The caller states its shape; a wrong statement fails its test. */
export function loadVectors<Shape>(name: string): Shape {
  const path = new URL(`${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")) as Shape;
}

/** The bytes a vector spells in base64url. */
export const bytesOf = fromBase64Url;

/** The same content as `content(length)` in material.py. */
export function contentOf(length: number): Bytes {
  const content = new Uint8Array(length);
  for (let index = 0; index < length; index++) content[index] = index + Math.floor(index / 251);
  return content;
}
