/**
 * What is wrong with a history. Stable: safe to switch on, log and test for.
 *
 * - `broken-link`: an entry is missing, out of its place, or of another history.
 * - `wrong-signature`: an entry is not by the author it names.
 * - `unknown-author`: an entry is by somebody who was not in, or nobody known vouches for the whole.
 * - `not-allowed`: its author was in, but may not do this.
 * - `wrong-commitment`: what an entry says, or the photos beside it, are not what was signed.
 * - `unreadable`: an entry does not open, or does not have the shape an event has.
 * - `rolled-back`: this is older than what the device has seen.
 * - `forked`: this went another way than what the device has seen.
 * - `wrong-key`: a group or album key is not the one the history names.
 * - `changed-identity`: a person's keys are not those that were pinned.
 * - `claimed-inheritance`: somebody made themselves a group's owner, as the service lets them when the owner's account
 *   is gone. Only the person can say whether that is so; then they go into `heirs`.
 */
export type HistoryErrorCode =
  | "broken-link"
  | "wrong-signature"
  | "unknown-author"
  | "not-allowed"
  | "wrong-commitment"
  | "unreadable"
  | "rolled-back"
  | "forked"
  | "wrong-key"
  | "changed-identity"
  | "claimed-inheritance";

const SENTENCES: Readonly<Record<HistoryErrorCode, string>> = {
  "broken-link": "Part of what happened here is missing.",
  "wrong-signature": "Part of what happened here is not signed by the person it names.",
  "unknown-author": "Part of what happened here was done by somebody who does not belong here.",
  "not-allowed": "Part of what happened here was done by somebody who may not do that.",
  "wrong-commitment": "Part of what happened here was changed afterwards.",
  "unreadable": "Part of what happened here cannot be read.",
  "rolled-back": "The service shows an older state than this device has seen.",
  "forked": "The service shows another course of events than this device has seen.",
  "wrong-key": "The key that came with this is not the right one.",
  "changed-identity": "The keys of a person in here are not the ones you know.",
  "claimed-inheritance": "Somebody says that this group is theirs now, because its owner is gone.",
};

/** A history that is not as it should be, and where. */
export class HistoryError extends Error {
  override readonly name = "HistoryError";

  constructor(
    readonly code: HistoryErrorCode,
    /** Number of the entry that is meant; undefined when it is the whole. */
    readonly seq?: number,
    /** The account it is about: who wrote the entry, or whose keys changed. */
    readonly account?: string,
  ) {
    super(SENTENCES[code]);
  }
}
