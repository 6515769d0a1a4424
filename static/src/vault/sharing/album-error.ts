/** Why something about a shared album makes no sense any more, or is not safe. */

/** Stable, for tests and for those who switch on it. */
export type AlbumErrorCode = "doubtful" | "not-allowed" | "not-there" | "not-a-contact" | "other-keys" | "unreadable-key" | "busy";

const SENTENCES: Readonly<Record<AlbumErrorCode, string>> = {
  "doubtful": "The service says something about this album that nobody signed. Nothing is changed until both say the same.",
  "not-allowed": "Your role in this album does not allow this any more. Ask its owner.",
  "not-there": "They have no access to this album any more. Nothing was changed.",
  "not-a-contact": "Only people you know can be given something. Invite this person first.",
  "other-keys": "The keys of somebody with access are not the ones you know. End their access first, or check with them by another way.",
  "unreadable-key": "A key that belongs to this album cannot be read. Nothing was changed.",
  "busy": "Another device keeps changing this album. Please try again.",
};

export class AlbumError extends Error {
  override readonly name = "AlbumError";

  constructor(readonly code: AlbumErrorCode) {
    super(SENTENCES[code]);
  }
}
