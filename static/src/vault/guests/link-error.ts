/** Why a link cannot be believed, though the server opened it. */

/** Stable, for tests and for those who switch on it. */
export type LinkErrorCode = "cut-off" | "other-owner" | "not-signed";

const SENTENCES: Readonly<Record<LinkErrorCode, string>> = {
  "cut-off": "Part of this address is missing. Copy the whole link, up to its last letter, and open it again.",
  "other-owner": "The keys behind this link are not those of the person who made it. Nothing was opened: ask them for a new link, by another way.",
  "not-signed": "The owner of this album did not sign this link, or ended it. Nothing was opened: ask them for a new one.",
};

export class LinkError extends Error {
  override readonly name = "LinkError";

  constructor(readonly code: LinkErrorCode) {
    super(SENTENCES[code]);
  }
}
