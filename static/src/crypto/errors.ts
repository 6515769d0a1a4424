/**
 * Why a cryptographic operation failed. Stable: safe to switch on, log and test for.
 *
 * - `malformed`: the input does not have the shape the format prescribes.
 * - `unsupported-version`: a version byte or scheme this code does not know.
 * - `weak-parameters`: key derivation parameters outside what we accept.
 * - `cannot-open`: wrong key, wrong context or changed bytes. One answer for every cause:
 *   which of them it was is nobody's business.
 * - `unavailable`: this browser or page lacks what the operation needs.
 */
export type CryptoErrorCode =
  | "malformed"
  | "unsupported-version"
  | "weak-parameters"
  | "cannot-open"
  | "unavailable";

/** A refusal of the cryptographic layer. The sentence is for people, the code for programs. */
export class CryptoError extends Error {
  override readonly name = "CryptoError";

  constructor(
    readonly code: CryptoErrorCode,
    sentence: string,
  ) {
    super(sentence);
  }
}

/** The one answer to every failure to open. */
export function cannotOpen(): CryptoError {
  return new CryptoError("cannot-open", "This could not be opened with the key at hand.");
}
