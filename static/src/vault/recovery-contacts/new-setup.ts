/**
 * What a set-up is made of: any two of three contacts give the vault back, after a notice period.
 *
 * What is made for them is a secret of their own, never the account key and never the phrase. Each share
 * goes only to a key that is the pinned one.
 */
import type { Body } from "../../api/types.ts";
import { toBase64Url } from "../../crypto/bytes.ts";
import type { AccountKey, IdentitySeed } from "../../crypto/keys.ts";
import { sealShare, signShares, wrapForContacts } from "../../crypto/recovery-contacts.ts";
import { keysFromRecovery, newRecoverySecret } from "../../crypto/recovery.ts";
import { SHARE_COUNT, splitSecret } from "../../crypto/shares.ts";
import { forget } from "../account-key.ts";
import type { Person } from "../people/people.ts";
import { RecoveryContactsError } from "./errors.ts";

/** Whose vault it is, and what only its owner has. */
export interface SetupOwner {
  readonly accountId: string;
  readonly accountKey: AccountKey;
  readonly identitySeed: IdentitySeed;
}

/** Those three, if their keys are the pinned ones. @throws RecoveryContactsError "not-three", "changed-keys". */
export function trustedPeople(contacts: readonly Person[], accountIds: readonly string[]): readonly Person[] {
  const people = [...new Set(accountIds)].flatMap((id) => contacts.filter(({ accountId }) => accountId === id));
  if (people.length !== SHARE_COUNT) throw new RecoveryContactsError("not-three");
  if (people.some(({ trust }) => trust === "changed")) throw new RecoveryContactsError("changed-keys");
  return people;
}

/** The request that sets it up. @throws CryptoError. */
export async function newSetup(
  { accountId, accountKey, identitySeed }: SetupOwner,
  people: readonly Pick<Person, "accountId" | "keys">[],
  number: number,
): Promise<Body<"SetUpContactsRequest">> {
  const secret = newRecoverySecret();
  const { authKey } = await keysFromRecovery(secret);
  const terms = people.map((person) => ({ owner: accountId, contact: person.accountId, number }));
  const signed = await signShares(splitSecret(secret), terms, identitySeed);
  const shares = await Promise.all(people.map(async ({ accountId: contact, keys }, at) => {
    const share = signed[at];
    if (share === undefined) throw new RecoveryContactsError("not-three");
    return { account_id: contact, sealed: toBase64Url(await sealShare(share, keys.exchange)) };
  }));
  const wrapped = toBase64Url(await wrapForContacts(accountKey, secret, accountId, number));
  const proof = toBase64Url(authKey);
  forget(secret, authKey);
  return { number, wrapped_account_key: wrapped, recovery_auth_key: proof, shares };
}
