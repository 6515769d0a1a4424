/** ThumbHashes as tiny pictures. */
import { thumbHashToDataURL } from "thumbhash";

import { blurredBmp, isTransparent } from "./blur.ts";

const REMEMBERED = 2000;
const made = new Map<string, string>();

/** A `data:` URL of the blurred picture; null when the hash is not one. */
export function placeholderUrl(thumbhash: Uint8Array): string | null {
  if (thumbhash.length < 5) return null;
  const name = thumbhash.join();
  const known = made.get(name);
  if (known !== undefined) return known;
  const url = isTransparent(thumbhash) ? thumbHashToDataURL(thumbhash) : `data:image/bmp;base64,${btoa(String.fromCharCode(...blurredBmp(thumbhash)))}`;
  const [oldest] = made.keys();
  if (made.size >= REMEMBERED && oldest !== undefined) made.delete(oldest);
  made.set(name, url);
  return url;
}
