/** Whom to share with: people and groups, found as their name is typed. */
import { html, nothing, type TemplateResult } from "lit";

import type { GrantRole } from "../../crypto/event.ts";
import type { Person } from "../../vault/people/people.ts";
import { isReadable, type Group, type UnreadableGroup } from "../../vault/sharing/groups.ts";
import { icon } from "../icons.ts";
import { initials } from "../people/initials.ts";
import { t, tn } from "../text.ts";
import type { Candidate } from "./candidates.ts";
import { roleWord, ROLES } from "./share-words.ts";

export function candidatesFrom(people: readonly Person[], groups: readonly (Group | UnreadableGroup)[]): readonly Candidate[] {
  const known = people.map(({ accountId, email, trust }): Candidate => ({ kind: "account", id: accountId, name: email, sub: trustWords(trust), isChanged: trust === "changed" }));
  const own = groups.filter(isReadable).map(({ id, name, members }): Candidate => ({
    kind: "group", id, name, isChanged: false,
    sub: tn("Group of {n} person besides you", "Group of {n} people besides you", members.length - 1),
  }));
  return [...own, ...known];
}

function trustWords(trust: Person["trust"]): string {
  if (trust === "changed") return t("Keys changed: compare the safety number first");
  return trust === "checked" ? t("Safety number checked") : t("Safety number not checked yet");
}

export interface Picker {
  readonly found: readonly Candidate[];
  readonly query: string;
  readonly search: (query: string) => void;
  readonly pick: (candidate: Candidate) => void;
  /** Opens the safety number of somebody whose keys changed. */
  readonly compare: (candidate: Candidate) => void;
  /** How many could be found at all. */
  readonly total: number;
}

const MOST_SHOWN = 6;

export function peoplePicker({ found, query, search, pick, compare, total }: Picker): TemplateResult {
  const typed = (event: Event): void => { search((event.target as HTMLInputElement).value); };
  return html`<label class="search"><span class="sr">${t("Add a person or a group")}</span>${icon("search")}
      <input type="search" placeholder=${t("E-mail or group")} autocomplete="off" .value=${query} @input=${typed} /></label>
    <p class="sr" role="status">${query === "" ? "" : tn("{n} found", "{n} found", found.length)}</p>
    ${total === 0 ? html`<p class="quiet small">${t("You know nobody yet.")} <a href="/people">${t("Invite someone")}</a></p>` : nothing}
    ${found.length === 0 && query !== "" && total > 0 ? html`<p class="quiet small">${t("Nobody you know has that name.")} <a href="/people">${t("Invite someone")}</a></p>` : nothing}
    <ul class="rows found">${found.slice(0, MOST_SHOWN).map((candidate) => html`<li>
      ${avatar(candidate)}
      <div class="grow"><strong>${candidate.name}</strong><span class="sub">${candidate.sub}</span></div>
      ${candidate.isChanged
        ? html`<button class="btn" type="button" aria-label=${t("Compare and decide about {name}", { name: candidate.name })} @click=${() => { compare(candidate); }}>${t("Compare")}</button>`
        : html`<button class="btn" type="button" aria-label=${t("Add {name}", { name: candidate.name })} @click=${() => { pick(candidate); }}>${icon("add")}${t("Add")}</button>`}
    </li>`)}</ul>`;
}

export function avatar({ kind, name }: Pick<Candidate, "kind" | "name">): TemplateResult {
  return kind === "group" ? html`<span class="avatar group" aria-hidden="true">${icon("people")}</span>` : html`<span class="avatar" aria-hidden="true">${initials(name)}</span>`;
}

/** What somebody may do, as a list to choose from. */
export function roleSelect(name: string, role: GrantRole, choose: (role: GrantRole) => void, isOff = false): TemplateResult {
  const chosen = (event: Event): void => {
    const found = ROLES.find((each) => each === (event.target as HTMLSelectElement).value);
    if (found !== undefined) choose(found);
  };
  return html`<select class="input bare" aria-label=${t("What {name} can do", { name })} ?disabled=${isOff} @change=${chosen}>
    ${ROLES.map((each) => html`<option value=${each} ?selected=${each === role}>${roleWord(each)}</option>`)}</select>`;
}
