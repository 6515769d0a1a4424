/** The sentence a person reads for whatever was thrown. Errors of ours carry their own. */
import { Problem } from "../api/problem.ts";
import { CryptoError } from "../crypto/errors.ts";
import { HistoryError } from "../crypto/history-error.ts";
import { ChangedKeyError, OldKnownKeysError } from "../crypto/known-keys-error.ts";
import { RecoveryPhraseError } from "../crypto/recovery-error.ts";
import { PasskeyError } from "../vault/passkey.ts";
import { LinkError } from "../vault/guests/link-error.ts";
import { AlbumError } from "../vault/sharing/album-error.ts";
import { ExposureError } from "../vault/sharing/exposure-error.ts";
import { GroupError } from "../vault/sharing/group-error.ts";
import { RecoveryContactsError } from "../vault/recovery-contacts/errors.ts";
import { UnlockError } from "../vault/unlock.ts";
import { NotArrivedError } from "./shell/later.ts";
import { t } from "./text.ts";

const SPOKEN = [
  Problem, CryptoError, RecoveryPhraseError, PasskeyError, UnlockError, ChangedKeyError, OldKnownKeysError, HistoryError, GroupError, AlbumError, LinkError, ExposureError, RecoveryContactsError,
] as const;

export function sentenceOf(error: unknown): string {
  if (SPOKEN.some((kind) => error instanceof kind)) return t((error as Error).message);
  if (error instanceof NotArrivedError) return t("This part of the page did not load. Look whether you are online, or load the page again.");
  return t("Something on this page did not work. Nothing was lost; reload and try again.");
}

/** The stable code of whatever was thrown, or an empty text. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
