/** What is wrong with a typed phrase. Apart from the words: whoever only says it does not need their list. */
/** Why a typed phrase was not accepted. Stable: safe to switch on, log and test for. */
export type RecoveryPhraseProblem = "word-count" | "unknown-word" | "checksum";

/** A phrase that cannot be right, and where to look. */
export class RecoveryPhraseError extends Error {
  override readonly name = "RecoveryPhraseError";

  constructor(
    readonly code: RecoveryPhraseProblem,
    sentence: string,
    /** Which word is meant, counted from 1; undefined when it is the phrase as a whole. */
    readonly wordNumber?: number,
  ) {
    super(sentence);
  }
}
