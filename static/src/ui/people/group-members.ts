/** Somebody in a group: who they are, what they may do, and a menu of what can be done about it. */
import { html, nothing, type TemplateResult } from "lit";

import { manages, type Circle, type Group } from "../../vault/sharing/groups.ts";
import type { Member } from "../../vault/sharing/membership.ts";
import { icon, ring } from "../icons.ts";
import { placeMenu } from "../shell/menu.ts";
import { t } from "../text.ts";
import { askToHandOver, askToRemove, giveRole, type GroupAct } from "./group-acts.ts";
import { memberName, memberTrust, nameWithin, roleWords } from "./group-words.ts";
import { initials } from "./initials.ts";

export interface MemberRow {
  readonly member: Member;
  readonly group: Group;
  readonly circle: Circle;
  readonly act: (act: GroupAct) => void;
  /** Opens the safety number; null for somebody who is no contact. */
  readonly compare: (() => void) | null;
}

interface Choice {
  readonly words: string;
  readonly icon: TemplateResult;
  readonly run: () => void;
  readonly isDanger?: boolean;
}

export function memberRow(row: MemberRow): TemplateResult {
  const { member, circle } = row;
  const isSelf = member.trust === "self";
  const address = isSelf ? circle.vault.email : (member.email ?? "");
  const trust = memberTrust(member);
  return html`<li>
    <span class="avatar" aria-hidden="true">${address === "" ? icon("account") : initials(address)}</span>
    <div class="grow"><strong>${memberName(member)}</strong><span class="sub">${roleWords(member.role)}${trust === "" ? nothing : html` · ${trust}`}</span></div>
    ${menuOf(member, choicesFor(row))}</li>`;
}

function menuOf(member: Member, choices: readonly Choice[]): TemplateResult | typeof nothing {
  if (choices.length === 0) return nothing;
  const id = `member-${member.accountId}`;
  const choose = (run: () => void) => (): void => {
    document.getElementById(id)?.hidePopover();
    run();
  };
  return html`<button class="btn icon-only" type="button" popovertarget=${id} aria-label=${t("What you can do with {name}", { name: nameWithin(member) })}>${icon("more")}</button>
    <div class="menu" id=${id} popover @toggle=${placeMenu}>${choices.map(
      (choice) => html`<button class=${choice.isDanger === true ? "danger" : ""} type="button" @click=${choose(choice.run)}>${choice.icon}${choice.words}</button>`,
    )}</div>`;
}

function choicesFor(row: MemberRow): readonly Choice[] {
  const { member, group, circle, act, compare } = row;
  if (member.trust === "self") return [];
  const choices: Choice[] = compare === null ? [] : [{ words: t("Safety number"), icon: ring("people"), run: compare }];
  if (!manages(group) || member.role === "owner") return choices;
  const ask = async (question: Promise<GroupAct | null>): Promise<void> => {
    const answer = await question;
    if (answer !== null) act(answer);
  };
  const other = member.role === "manager" ? "member" : "manager";
  // Whom the server no longer lists can only be removed: their account may be gone.
  if (member.trust !== "changed" && member.keys !== null) {
    choices.push({ words: other === "manager" ? t("Make manager") : t("Make member"), icon: icon("people"), run: () => { act(giveRole(circle, group, member, other)); } });
    if (group.role === "owner") choices.push({ words: t("Hand the group over"), icon: icon("key"), run: () => void ask(askToHandOver(circle, group, member)) });
  }
  return [...choices, { words: t("Remove from the group"), icon: icon("close"), run: () => void ask(askToRemove(circle, group, member)), isDanger: true }];
}
