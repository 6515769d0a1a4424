/**
 * What this account holds for others, and answering when they ask.
 *
 * Keys of the owner are those of the contact, which are compared with the pins; what the server says
 * beside a share is not used.
 */
import { call } from "../../api/client.ts";
import type { Body } from "../../api/types.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { exchangeKeyFromBytes } from "../../crypto/exchange.ts";
import { openShare, sealAnswer, type RecoveryRequest, type SignedShare } from "../../crypto/recovery-contacts.ts";
import { readPeople, type Person } from "../people/people.ts";
import type { Vault } from "../state.ts";
import { RecoveryContactsError } from "./errors.ts";

type Wire = Body<"HeldShare">;

/** A share, and its owner as this account knows them. */
export interface Held {
  readonly id: string;
  readonly owner: Person;
  readonly number: number;
  readonly hasAccepted: boolean;
  readonly sealed: string;
  readonly asked: Wire["request"];
}

/** Everything that is held. @throws Problem, CryptoError, OldKnownKeysError. */
export async function readHeld(vault: Vault): Promise<readonly Held[]> {
  const wires = await call<readonly Wire[]>("GET", "/recovery-shares");
  if (wires.length === 0) return [];
  const { contacts } = await readPeople(vault);
  return wires.flatMap((wire) => {
    const owner = contacts.find(({ accountId }) => accountId === wire.owner.id);
    return owner === undefined ? [] : [heldOf(wire, owner)];
  });
}

/** What is to be seen of it at a glance: another text once anything changed. @throws Problem. */
export async function glanceAtHeld(): Promise<string> {
  return JSON.stringify(await call<unknown>("GET", "/recovery-shares"));
}

function heldOf({ id, number, has_accepted: hasAccepted, sealed, request }: Wire, owner: Person): Held {
  return { id, owner, number, hasAccepted, sealed, asked: request };
}

/** Say yes, once it is known that the share is what its owner signed. @throws RecoveryContactsError, Problem. */
export async function acceptShare(vault: Vault, held: Held): Promise<void> {
  await openHeld(vault, held);
  await call("POST", `/recovery-shares/${held.id}/accept`);
}

/** Say no, then or later. The two stay contacts. @throws Problem. */
export async function handBack({ id }: Held): Promise<void> {
  await call("DELETE", `/recovery-shares/${id}`);
}

/** What the words are made of on this side: the pinned identity. @throws RecoveryContactsError, CryptoError. */
export function requestOf({ owner, asked }: Held): RecoveryRequest {
  if (!asked) throw new RecoveryContactsError("nothing-asked");
  if (owner.trust === "changed") throw new RecoveryContactsError("changed-keys");
  const exchange = exchangeKeyFromBytes(fromBase64Url(asked.exchange_public_key));
  return { owner: owner.accountId, request: asked.id, identity: owner.keys.identity, exchange };
}

/**
 * Hand the share on to the device whose words were compared: the key is that of `compared`, whatever
 * the server says by now. @throws RecoveryContactsError, Problem.
 */
export async function answerRequest(vault: Vault, held: Held, compared: RecoveryRequest): Promise<void> {
  const share = await openHeld(vault, held);
  const sealed = toBase64Url(await sealAnswer(share, compared.request, compared.exchange));
  await call("PUT", `/recovery-shares/${held.id}/answer`, { body: { request_id: compared.request, sealed } });
}

async function openHeld(vault: Vault, { owner, number, sealed }: Held): Promise<SignedShare> {
  if (owner.trust === "changed") throw new RecoveryContactsError("changed-keys");
  const terms = { owner: owner.accountId, contact: vault.accountId, number };
  try {
    return await openShare(fromBase64Url(sealed), terms, await vault.exchangeSeed(), owner.keys.identity);
  } catch (error) {
    throw error instanceof CryptoError ? new RecoveryContactsError("wrong-share-held") : error;
  }
}
