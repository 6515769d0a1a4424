/** What a group says to people: roles, who somebody is, and what is wrong. */
import { html, type TemplateResult } from "lit";

import type { GroupRole } from "../../crypto/event.ts";
import type { Doubt, Member } from "../../vault/sharing/membership.ts";
import { icon } from "../icons.ts";
import { t, tn } from "../text.ts";

/** @translated */
const ROLES: Readonly<Record<GroupRole, string>> = { owner: "Owns the group", manager: "Manager", member: "Member" };

/** @translated */
const OWN_ROLES: Readonly<Record<GroupRole, string>> = { owner: "You own it", manager: "You manage it", member: "You are a member" };

export const roleWords = (role: GroupRole): string => t(ROLES[role]);
export const ownRoleWords = (role: GroupRole): string => t(OWN_ROLES[role]);

export const peopleCount = (count: number): string => tn("{n} person", "{n} people", count);

/** Members who are no contacts show no address to each other. */
export function memberName({ trust, email }: Member): string {
  return trust === "self" ? t("You") : (email ?? t("Somebody you do not know yet"));
}

/** The same within a sentence. */
export const nameWithin = (member: Member): string =>
  member.trust === "self" || member.email !== null ? memberName(member) : t("somebody you do not know yet");

/** How far somebody's keys are to be trusted. */
export function memberTrust({ trust, keys }: Member): TemplateResult | string {
  if (trust === "self") return "";
  if (keys === null) return html`<span class="wrong">${t("The service no longer lists them")}</span>`;
  if (trust === "checked") return html`<span class="checked">${icon("check", "small")}${t("Safety number checked")}</span>`;
  if (trust === "changed") return html`<span class="wrong">${t("Other keys than the ones you know")}</span>`;
  return t("Safety number not checked yet");
}

/** What the service says otherwise than the members' own signed words. */
export function doubtWords({ kind, accountId }: Doubt, members: readonly Member[]): string {
  const member = members.find((each) => each.accountId === accountId);
  const name = member === undefined ? "" : nameWithin(member);
  if (kind === "stranger") return t("The service lists somebody here whom no member let in. They do not get the key, and nothing in this group is changed while they are listed.");
  if (kind === "role") return t("The service gives another role to {name} than the members did. Nothing in this group is changed until both say the same.", { name });
  if (kind === "heir") return member?.trust === "self"
    ? t("The account of whoever owned this group is gone, and the service lets you own it now. Take it over, and everybody in it is asked whether they believe that.")
    : t("The account of whoever owned this group is gone, and the service lets {name} own it now. They have not signed that yet: until then it is the service's word alone.", { name });
  return t("The service no longer lists {name}, and no member removed them. Their account may be gone. They get no new key.", { name });
}
