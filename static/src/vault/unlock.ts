/**
 * The open vault: again after a reload, or with a key that a way in has in hand (`unlock-ways.ts`).
 *
 * Whoever needs keys asks {@link currentVault} and listens to {@link onVaultChange}.
 */
import "../api/csrf.ts";
import { call } from "../api/client.ts";
import type { KeyBundle, Session } from "../api/types.ts";
import { fromBase64Url } from "../crypto/bytes.ts";
import { holdKey } from "../crypto/derive.ts";
import { accountSubkeys } from "../crypto/hierarchy.ts";
import type { AccountKey, ExchangeSeed, HeldKey, IdentitySeed } from "../crypto/keys.ts";
import { unwrapKey, wrappedKeyFromBytes } from "../crypto/wrap.ts";
import { forget, seedContext } from "./account-key.ts";
import { workedOutOnce } from "./own-keys.ts";
import { recallVault, rememberVault } from "./resume.ts";
import { setVault, type Vault } from "./state.ts";

export { currentVault, onVaultChange, type Vault, type VaultListener } from "./state.ts";

/** Why the vault did not open. The code is stable. */
export type UnlockErrorCode = "signed-out" | "wrong-password" | "wrong-phrase" | "wrong-passkey" | "wrong-former" | "too-late" | "shut" | "password-owed";

export class UnlockError extends Error {
  override readonly name = "UnlockError";

  constructor(
    readonly code: UnlockErrorCode,
    sentence: string,
  ) {
    super(sentence);
  }
}

const SENTENCES: Readonly<Record<UnlockErrorCode, string>> = {
  "signed-out": "You are signed out on this device. Sign in to open your vault.",
  "wrong-password": "That password does not open this vault. Nothing was lost. Try again, or use your recovery key.",
  "wrong-phrase": "Those 24 words do not open this vault. Are they from another account, or were they replaced since?",
  "wrong-passkey": "That passkey does not open this vault. Use your password or your recovery key.",
  "wrong-former": "That is not the password you had before the reset. Nothing was lost. Try again, or use your recovery key.",
  "too-late": "More than ten minutes have passed since you opened the vault. Nothing was lost. Reload this page and open it again.",
  "password-owed": "This device was let in without the password, so a new one comes first. Nothing was lost. Reload this page.",
  shut: "Your password was reset by mail, so it does not open this vault. Use your recovery key, a passkey, or the password you had before.",
};

export function unlockError(code: UnlockErrorCode): UnlockError {
  return new UnlockError(code, SENTENCES[code]);
}

/** Open again what this session left open, or answer null when a proof is needed. @throws Problem. */
export async function resume(session: Session): Promise<Vault | null> {
  if (needsNewPassword(session)) return null;
  // Asked for at once with the key: most vaults that were left open still are.
  const bundle = readBundle();
  bundle.catch(() => undefined);
  const held = await recallVault(session.account_id, session.session_id);
  return held === null ? null : await takeUp(held, { session, bundle: await bundle });
}

interface Opening {
  readonly session: Session;
  readonly bundle: KeyBundle;
}

/**
 * Start using an account key that a ceremony has in hand (sign-up, recovery, sign-in by passkey).
 * The raw key is overwritten.
 */
export async function openVaultWith(accountKey: AccountKey, session: Session, bundle?: KeyBundle): Promise<Vault> {
  const held = await holdKey(accountKey);
  const vault = await takeUp(held, { session, bundle: bundle ?? (await readBundle()) });
  // A vault that cannot be remembered is still open; it asks again after a reload.
  await rememberVault(accountKey, session.account_id, session.session_id).catch(() => undefined);
  forget(accountKey);
  return vault;
}

/** The wrapped keys of the account. @throws Problem. */
export async function readBundle(): Promise<KeyBundle> {
  return await call<KeyBundle>("GET", "/keys/bundle");
}

/** Whether a new password comes before anything else: it is opened by `openShutVault` and its like. */
export function needsNewPassword(session: Session): boolean {
  return session.vault_shut || session.must_set_password;
}

async function takeUp(accountKey: HeldKey<AccountKey>, { session, bundle }: Opening): Promise<Vault> {
  const { wrappingKey, duplicateKey, indexKey } = await accountSubkeys(accountKey);
  const accountId = session.account_id;
  const seed = async <P extends "identity-seed" | "exchange-seed">(purpose: P, wrapped: string) =>
    await unwrapKey(wrappedKeyFromBytes(purpose, fromBase64Url(wrapped)), wrappingKey, seedContext(purpose, accountId));
  const identitySeed = (): Promise<IdentitySeed> => seed("identity-seed", bundle.wrapped_identity_seed);
  const exchangeSeed = (): Promise<ExchangeSeed> => seed("exchange-seed", bundle.wrapped_exchange_seed);
  const vault: Vault = {
    accountId,
    email: session.email,
    accountKey,
    wrappingKey,
    duplicateKey,
    indexKey,
    identitySeed,
    exchangeSeed,
    publicKeys: workedOutOnce(async () => ({ identity: await identitySeed(), exchange: await exchangeSeed() })),
    session,
  };
  void setVault(vault);
  return vault;
}
