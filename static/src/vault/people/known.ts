/** Whom a history is checked against: people whose keys are the pinned ones, and this account itself. */
import { toBase64Url } from "../../crypto/bytes.ts";
import { fingerprintOf } from "../../crypto/fingerprint.ts";
import { pinOf, type KnownKeys, type PublicKeys } from "../../crypto/known-keys.ts";
import type { KnownPerson } from "../../crypto/history-walk.ts";
import type { Vault } from "../state.ts";

/** Somebody, and the keys the server says are theirs. */
export interface Offered {
  readonly accountId: string;
  readonly keys: PublicKeys;
}

/** Those of `offered` whose keys are pinned and still the same, with this account. Changed ones are left out. */
export async function knownPeople(vault: Vault, book: KnownKeys, offered: readonly Offered[]): Promise<ReadonlyMap<string, KnownPerson>> {
  const known = new Map<string, KnownPerson>();
  for (const { accountId, keys } of offered) {
    const pin = pinOf(book, accountId);
    const fingerprint = toBase64Url(await fingerprintOf(keys.identity, keys.exchange));
    if (pin?.fingerprint !== fingerprint) continue;
    known.set(accountId, { identity: toBase64Url(keys.identity), fingerprint, former: pin.former });
  }
  return known.set(vault.accountId, await ownKeys(vault));
}

/** This account's own keys, from its own seeds. */
export async function ownKeys(vault: Vault): Promise<KnownPerson> {
  const { identity, exchange } = await vault.publicKeys();
  const fingerprint = await fingerprintOf(identity, exchange);
  return { identity: toBase64Url(identity), fingerprint: toBase64Url(fingerprint) };
}
