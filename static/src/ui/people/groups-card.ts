/** The groups on the People page: each with its number of members. */
import { html, type TemplateResult } from "lit";

import { isReadable, type Group, type UnreadableGroup } from "../../vault/sharing/groups.ts";
import { icon } from "../icons.ts";
import { sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import { ownRoleWords, peopleCount } from "./group-words.ts";

export function groupsCard(groups: readonly (Group | UnreadableGroup)[]): TemplateResult {
  return html`<section class="card"><header><h2>${t("Groups")}</h2></header>
    <ul class="rows links">${groups.map((group) => (isReadable(group) ? row(group) : unreadable(group)))}</ul>
  </section>`;
}

function row({ id, name, role, members, doubts }: Group): TemplateResult {
  const count = members.length;
  const isWrong = doubts.length > 0 || members.some(({ trust }) => trust === "changed");
  return html`<li><a href="/people/groups/${id}"><span class="avatar group num" aria-hidden="true">${count}</span>
    <span class="grow"><strong>${name}</strong><span class="sub">${isWrong
      ? html`<span class="wrong">${t("Something here needs your eye")}</span>`
      : html`${peopleCount(count)} · ${ownRoleWords(role)}`}</span></span>${icon("next")}</a></li>`;
}

function unreadable({ id, error }: UnreadableGroup): TemplateResult {
  return html`<li><a href="/people/groups/${id}"><span class="avatar group" aria-hidden="true">${icon("warning")}</span>
    <span class="grow"><strong>${t("A group that cannot be believed")}</strong><span class="sub"><span class="wrong">${sentenceOf(error)}</span></span></span>${icon("next")}</a></li>`;
}
