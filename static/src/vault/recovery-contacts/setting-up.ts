/**
 * Letting three contacts give this vault back, any two of them together, after a notice period.
 *
 * What is made for them is a secret of their own, never the account key and never the phrase. Each share
 * goes only to a key that is the pinned one.
 */
import { call } from "../../api/client.ts";
import type { Body } from "../../api/types.ts";
import { toBase64Url } from "../../crypto/bytes.ts";
import type { AccountKey, IdentitySeed } from "../../crypto/keys.ts";
import { sealShare, signShares, wrapForContacts } from "../../crypto/recovery-contacts.ts";
import { keysFromRecovery, newRecoverySecret } from "../../crypto/recovery.ts";
import { SHARE_COUNT, splitSecret } from "../../crypto/shares.ts";
import { forget } from "../account-key.ts";
import { readPeople, type Person } from "../people/people.ts";
import { withPassword } from "../recovery.ts";
import type { Vault } from "../state.ts";
import { RecoveryContactsError } from "./errors.ts";

export type Setup = Body<"Setup">;
export type StandingRequest = Body<"StandingRequest">;

/** Whose vault it is, and what only its owner has. */
export interface SetupOwner {
  readonly accountId: string;
  readonly accountKey: AccountKey;
  readonly identitySeed: IdentitySeed;
}

/** Who has a share by now, and what is asked. @throws Problem. */
export async function readSetup(): Promise<Setup> {
  return await call<Setup>("GET", "/recovery-contacts");
}

/**
 * Choose these three, in place of whoever could before.
 *
 * @throws RecoveryContactsError "not-three", "changed-keys"; UnlockError "wrong-password"; Problem.
 */
export async function chooseContacts(vault: Vault, password: string, accountIds: readonly string[]): Promise<void> {
  const { contacts } = await readPeople(vault);
  const people = trustedPeople(contacts, accountIds);
  const number = (await readSetup()).number + 1;
  await withPassword(password, async ({ accountKey }) => {
    const owner = { accountId: vault.accountId, accountKey, identitySeed: await vault.identitySeed() };
    await call("PUT", "/recovery-contacts", { body: await newSetup(owner, people, number) });
  });
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

/** Let nobody give it back any more. Needs a fresh proof. @throws Problem "step_up_required". */
export async function endContacts(number: number): Promise<void> {
  await call("POST", "/recovery-contacts/end", { body: { number } });
}

/** The owner's no to what is asked. Repeating it is harmless. @throws Problem. */
export async function stopRequest(requestId: string): Promise<void> {
  await call("POST", "/recovery-contacts/stop", { body: { request_id: requestId } });
}

/** The same with the code from the mail, by whoever reads it. @throws Problem "recovery_ended". */
export async function stopByMail(requestId: string, code: string): Promise<void> {
  await call("POST", `/recovery-requests/${requestId}/stop`, { body: { code }, isAnonymous: true });
}

/** The request and its code behind the `#` of the mail's link; null when part of it is missing. */
export function readStopLink(hash: string): { readonly requestId: string; readonly code: string } | null {
  const found = /^#([0-9a-f-]{36})\.([\w-]{43})$/.exec(hash);
  const [, requestId, code] = found ?? [];
  return requestId === undefined || code === undefined ? null : { requestId, code };
}
