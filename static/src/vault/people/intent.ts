/**
 * What an invitation is for: a note of the inviter to their own devices (docs/sharing.md, "Contacts").
 *
 * Sealed under the account key for this one invitation, so the server can neither read nor exchange it.
 */
import { isRecord, text } from "../../api/shape.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import type { Context } from "../../crypto/context.ts";
import { openRecord, sealRecord } from "../../crypto/record.ts";
import type { Vault } from "../state.ts";

/** Add whoever accepts to a group. */
export interface Intent {
  readonly group: string;
  readonly role: "manager" | "member";
  /** The address that was invited: whoever accepts has to have it. */
  readonly email: string;
}

type Owner = Pick<Vault, "accountId" | "accountKey">;

/** `null` to do nothing but know each other. */
export async function sealIntent(intent: Intent | null, invitationId: string, owner: Owner): Promise<string> {
  return toBase64Url(await sealRecord(intent === null ? {} : { ...intent }, owner.accountKey, contextOf(invitationId, owner)));
}

/** Null for none, and for one of a later version. @throws CryptoError. */
export async function openIntent(sealed: string, invitationId: string, owner: Owner): Promise<Intent | null> {
  const document = await openRecord(fromBase64Url(sealed), owner.accountKey, contextOf(invitationId, owner));
  if (!isRecord(document)) return null;
  const { group, role, email } = document;
  if (typeof group !== "string" || (role !== "manager" && role !== "member")) return null;
  return { group, role, email: text(email) };
}

/** Whether somebody who accepted is who was invited: the server says who accepted, this account said whom it asked. */
export function isInvited({ email }: Intent, contact: { readonly email: string } | undefined): boolean {
  return email !== "" && contact?.email.toLowerCase() === email.toLowerCase();
}

function contextOf(invitationId: string, { accountId }: Owner): Context<"known-keys"> {
  return { purpose: "known-keys", owner: accountId, record: invitationId, part: "intent", version: 1 };
}
