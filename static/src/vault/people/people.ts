/** Whom this account knows, how far they are to be trusted, and who was asked. */
import { call } from "../../api/client.ts";
import { toBase64Url, type Bytes } from "../../crypto/bytes.ts";
import { fingerprintOf } from "../../crypto/fingerprint.ts";
import { acceptChangedKeys, markVerified, meetKeys, pinOf, type KnownKeys, type PublicKeys } from "../../crypto/known-keys.ts";
import { ChangedKeyError } from "../../crypto/known-keys-error.ts";
import { newId } from "../ids.ts";
import type { Vault } from "../state.ts";
import { openIntent, sealIntent, type Intent } from "./intent.ts";
import { changeBook } from "./key-book.ts";
import { readContacts, type ReceivedInvitation, type SentInvitation as WireInvitation, type WireContact } from "./wire.ts";

export type { ReceivedInvitation } from "./wire.ts";

/** An invitation, and what is to be done once it is accepted. */
export interface SentInvitation extends WireInvitation {
  /** Null when nothing is, and for a note that cannot be read. */
  readonly intent: Intent | null;
}

/** `changed`: the keys are not those that were pinned, and nothing is done with them. */
export type Trust = "pinned" | "checked" | "changed";

export interface Person {
  readonly accountId: string;
  readonly email: string;
  readonly since: string;
  readonly keys: PublicKeys;
  readonly fingerprint: Bytes;
  readonly trust: Trust;
  /** Whether a safety number was compared before the keys changed. */
  readonly wasChecked: boolean;
}

export interface People {
  readonly contacts: readonly Person[];
  readonly sent: readonly SentInvitation[];
  readonly received: readonly ReceivedInvitation[];
}

/** Everybody. Keys that are seen for the first time are pinned. @throws OldKnownKeysError, CryptoError, Problem. */
export async function readPeople(vault: Vault): Promise<People> {
  const { contacts, sent, received } = readContacts(await call<unknown>("GET", "/contacts"));
  const book = await changeBook(vault, (known) => meetAll(known, contacts));
  const people = await Promise.all(contacts.map((contact) => personOf(contact, book)));
  return { contacts: people, sent: await Promise.all(sent.map((each) => withIntent(vault, each))), received };
}

/** What is to be seen of contacts and invitations at a glance: another text once any of them changed. @throws Problem. */
export async function glanceAtPeople(): Promise<string> {
  return JSON.stringify(await call<unknown>("GET", "/contacts"));
}

/** Answered with yes: what it was for is still to be done (`sharing/tending.ts`). */
export const isAccepted = ({ acceptedBy }: SentInvitation): boolean => acceptedBy !== null;

/** What to do once they accept, without the address: that is the one that is invited. */
export type Purpose = Omit<Intent, "email">;

/** Invite an address. The server answers the same whether it knows it or not. @throws Problem. */
export async function invite(vault: Vault, email: string, purpose: Purpose | null = null): Promise<void> {
  const id = newId();
  const intent = await sealIntent(purpose && { ...purpose, email }, id, vault);
  await call("PUT", `/contacts/invitations/${id}`, { body: { email, intent } });
}

export async function withdraw(invitationId: string): Promise<void> {
  await call("DELETE", `/contacts/invitations/${invitationId}`);
}

export async function accept(invitationId: string): Promise<void> {
  await call("POST", `/contacts/invitations/${invitationId}/accept`);
}

export async function decline(invitationId: string): Promise<void> {
  await call("POST", `/contacts/invitations/${invitationId}/decline`);
}

/** Both stop knowing each other, and nothing is shared between the two any more. @throws Problem. */
export async function endContact(accountId: string): Promise<void> {
  await call("DELETE", `/contacts/${accountId}`);
}

/** The two compared their safety number. @throws ChangedKeyError, Problem. */
export async function markChecked(vault: Vault, { accountId, fingerprint }: Person): Promise<void> {
  await changeBook(vault, (book) => markVerified(book, accountId, fingerprint));
}

/** The owner decided to go on with keys that changed. @throws Problem. */
export async function acceptKeys(vault: Vault, { accountId, fingerprint }: Person): Promise<void> {
  await changeBook(vault, (book) => acceptChangedKeys(book, accountId, fingerprint, now()));
}

/** The fingerprint that others see of this account, from its own keys and not from the server. */
export async function ownFingerprint(vault: Vault): Promise<Bytes> {
  const { identity, exchange } = await vault.publicKeys();
  return await fingerprintOf(identity, exchange);
}

async function withIntent(vault: Vault, invitation: WireInvitation): Promise<SentInvitation> {
  const intent = await openIntent(invitation.sealedIntent, invitation.id, vault).catch(() => null);
  return { ...invitation, intent };
}

async function meetAll(known: KnownKeys, contacts: readonly WireContact[]): Promise<KnownKeys> {
  let book = known;
  for (const { accountId, keys } of contacts) {
    try {
      ({ book } = await meetKeys(book, accountId, keys, now()));
    } catch (error) {
      // Shown as changed, and left as it was pinned until the owner decides.
      if (!(error instanceof ChangedKeyError)) throw error;
    }
  }
  return book;
}

async function personOf(contact: WireContact, book: KnownKeys): Promise<Person> {
  const fingerprint = await fingerprintOf(contact.keys.identity, contact.keys.exchange);
  const pin = pinOf(book, contact.accountId);
  const isSame = pin?.fingerprint === toBase64Url(fingerprint);
  const wasChecked = pin?.verified ?? false;
  return { ...contact, fingerprint, wasChecked, trust: !isSame ? "changed" : wasChecked ? "checked" : "pinned" };
}

const now = (): string => new Date().toISOString();
