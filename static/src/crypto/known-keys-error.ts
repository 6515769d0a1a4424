/** What goes wrong with known keys. Apart from them: whoever only says it needs none of their code. */
import type { Bytes } from "./bytes.ts";

/** Somebody's keys are not those that were pinned. Nothing may be done with them before the owner decides. */
export class ChangedKeyError extends Error {
  override readonly name = "ChangedKeyError";
  readonly code = "changed-key";

  constructor(
    readonly account: string,
    readonly pinned: Bytes,
    readonly offered: Bytes,
    readonly wasVerified: boolean,
  ) {
    super("The keys of this person are not the ones you know.");
  }
}

/** A book of known keys older than one this device has seen. */
export class OldKnownKeysError extends Error {
  override readonly name = "OldKnownKeysError";
  readonly code = "rolled-back";

  constructor(
    readonly number: number,
    readonly newest: number,
  ) {
    super("The service gives an older list of the people you know than this device has seen.");
  }
}
