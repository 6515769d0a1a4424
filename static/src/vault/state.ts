/** The open vault of this tab, if there is one, and news of it. */
import type { Session } from "../api/types.ts";
import type { PublicKeys } from "../crypto/known-keys.ts";
import type { HeldKey, AccountKey, DuplicateKey, ExchangeSeed, IdentitySeed, IndexKey, WrappingKey } from "../crypto/keys.ts";

/** Everything an unlocked page may use. Keys are held by the browser wherever they can be. */
export interface Vault {
  readonly accountId: string;
  readonly email: string;
  readonly accountKey: HeldKey<AccountKey>;
  /** Wraps content, record and album keys of this account. */
  readonly wrappingKey: WrappingKey;
  readonly duplicateKey: DuplicateKey;
  /** Seals what is kept in IndexedDB. */
  readonly indexKey: IndexKey;
  /** Seeds are opened when they are needed and not kept. */
  readonly identitySeed: () => Promise<IdentitySeed>;
  readonly exchangeSeed: () => Promise<ExchangeSeed>;
  /** Their public halves. @throws CryptoError. */
  readonly publicKeys: () => Promise<PublicKeys>;
  readonly session: Session;
}

/** What it answers at a lock says when it has let go of everything it had open. */
export type VaultListener = (vault: Vault | null) => void | Promise<void>;

let held: Vault | null = null;
const listeners = new Set<VaultListener>();

/** The vault, or null while it is locked. */
export function currentVault(): Vault | null {
  return held;
}

/** Call back at every unlock (with the vault) and lock (with null). Answers how to stop. */
export function onVaultChange(listener: VaultListener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For `unlock.ts`, `resume.ts` and `lock.ts` alone. Resolves once every listener is done with it. */
export async function setVault(vault: Vault | null): Promise<void> {
  if (held === vault) return;
  held = vault;
  await Promise.allSettled([...listeners].map((listener) => listener(vault)));
}
