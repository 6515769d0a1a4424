/** Names under which photos are saved. */

/** What no file system, or not Windows, takes in a name. */
const FORBIDDEN = /[<>:"/\\|?*\u0000-\u001f\u007f]/g;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const LONGEST = 180;

/** A name any file system takes, as close to the photo's own as can be. */
export function safeName(name: string, fallback: string): string {
  const plain = name.replace(FORBIDDEN, "_").replace(/^[. ]+|[. ]+$/g, "");
  const named = plain === "" ? fallback : plain;
  const free = RESERVED.test(named) ? `_${named}` : named;
  if (free.length <= LONGEST) return free;
  const [stem, extension] = splitName(free);
  return stem.slice(0, LONGEST - extension.length) + extension;
}

/** "a.b.jpg" is "a.b" and ".jpg". */
function splitName(name: string): readonly [stem: string, extension: string] {
  const at = name.lastIndexOf(".");
  return at > 0 && name.length - at <= 12 ? [name.slice(0, at), name.slice(at)] : [name, ""];
}

/** Gives every name once: the second "a.jpg" becomes "a (2).jpg". Case does not make names different. */
export class NameGiver {
  readonly #given = new Set<string>();

  give(name: string): string {
    const [stem, extension] = splitName(name);
    let candidate = name;
    for (let number = 2; this.#given.has(candidate.toLowerCase()); number += 1) candidate = `${stem} (${number})${extension}`;
    this.#given.add(candidate.toLowerCase());
    return candidate;
  }
}
