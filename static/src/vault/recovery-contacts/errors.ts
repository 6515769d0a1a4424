/** Why recovery contacts cannot be chosen, cannot answer, or cannot give a vault back. */

/** Stable, for tests and for those who switch on it. */
export type RecoveryContactsErrorCode =
  | "not-three"
  | "changed-keys"
  | "wrong-share-held"
  | "nothing-asked"
  | "other-owner"
  | "wrong-answers"
  | "other-identity";

const SENTENCES: Readonly<Record<RecoveryContactsErrorCode, string>> = {
  "not-three": "Choose three of your contacts.",
  "changed-keys": "The keys of one of them are not the ones you know. Nothing was sent. Compare your safety numbers under People first.",
  "wrong-share-held": "What the service keeps for you here is not what this person gave you. Nothing was done with it: tell them.",
  "nothing-asked": "Nothing is asked of you any more. It was stopped, or it ran out.",
  "other-owner": "The service now speaks of another vault than at the beginning. Nothing was opened. Stop here, and ask your contacts what their screens show.",
  "wrong-answers": "One of the answers is not the share that you gave out. Nothing was lost: ask your third contact to answer as well.",
  "other-identity": "What was given back is not the vault that you asked for. Nothing was opened or changed.",
};

export class RecoveryContactsError extends Error {
  override readonly name = "RecoveryContactsError";

  constructor(readonly code: RecoveryContactsErrorCode) {
    super(SENTENCES[code]);
  }
}
