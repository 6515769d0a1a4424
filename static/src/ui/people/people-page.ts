/** `<pv-people>`: whom this account knows, who asks, and who was asked. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { accept, decline, endContact, glanceAtPeople, isAccepted, readPeople, withdraw, type People, type Person, type ReceivedInvitation, type SentInvitation } from "../../vault/people/people.ts";
import { glanceAtGroups, isReadable, readGroups, type Circle, type Group, type UnreadableGroup } from "../../vault/sharing/groups.ts";
import { runErrands, tended } from "../../vault/sharing/tending.ts";
import { dayText } from "../format.ts";
import { icon, ring } from "../icons.ts";
import { confirmDialog, toast } from "../shell/notices.ts";
import { go } from "../shell/router.ts";
import { t, tn } from "../text.ts";
import { GroupSheet } from "./group-sheet.ts";
import { groupsCard } from "./groups-card.ts";
import { addressText } from "./address.ts";
import { initials } from "./initials.ts";
import { InviteSheet } from "./invite-sheet.ts";
import { SafetySheet } from "./safety-sheet.ts";
import { GlancingSection } from "./seen-section.ts";
import { exposuresLink, publicPageLink } from "../sharing/exposures-link.ts";
import "../recovery-contacts/held-card.ts";
import "./asked-card.ts";

@customElement("pv-people")
export class PeoplePage extends GlancingSection {
  @state() private people: People | null = null;
  @state() private groups: readonly (Group | UnreadableGroup)[] = [];

  protected override render(): TemplateResult {
    const { people } = this;
    return html`<div class="page people">
      <header class="page-head">
        <div><h1>${t("People")}</h1>${people === null ? nothing : html`<p class="quiet">${this.count(people)}</p>`}</div>
        ${people === null ? nothing : html`<div class="acts">
          <button class="btn" type="button" @click=${() => void this.makeGroup()}>${icon("people")}${t("New group")}</button>
          <button class="btn main" type="button" ?hidden=${this.isEmpty} @click=${() => void this.ask()}>${icon("add")}${t("Invite someone")}</button></div>`}
      </header>
      ${this.trouble()}
      ${people === null ? nothing : html`<div class="stack held-first"><pv-held-shares></pv-held-shares></div>${this.lists(people)}<div class="stack asked"><pv-asked></pv-asked></div>${exposuresLink()}${publicPageLink()}`}
    </div>`;
  }

  private get isEmpty(): boolean {
    const { people } = this;
    return people === null || people.contacts.length + people.sent.length + people.received.length + this.groups.length === 0;
  }

  protected override async glance(): Promise<string> {
    return (await glanceAtPeople()) + (await glanceAtGroups());
  }

  protected override async read(): Promise<void> {
    const { vault } = this;
    let people = await readPeople(vault);
    const circle: Circle = { vault, contacts: people.contacts };
    if (await runErrands(circle, people.sent)) people = await readPeople(vault);
    const groups: (Group | UnreadableGroup)[] = [];
    // One after the other: each may pin somebody in the book that the next one reads.
    for (const group of await readGroups(circle)) groups.push(await tended(circle, group));
    this.groups = groups;
    this.people = people;
  }

  private count({ contacts }: People): string {
    return contacts.length === 0 ? t("Nobody yet") : tn("{n} person", "{n} people", contacts.length);
  }

  private lists(people: People): TemplateResult {
    if (this.isEmpty) return this.nobody();
    const changed = people.contacts.filter(({ trust }) => trust === "changed");
    return html`<div class="stack">
      ${changed.map((person) => this.warning(person))}
      ${people.received.length === 0 ? nothing : this.asking(people.received)}
      ${this.groups.length === 0 ? nothing : groupsCard(this.groups)}
      ${people.contacts.length === 0 ? nothing : this.known(people.contacts)}
      ${people.sent.length === 0 ? nothing : this.waiting(people.sent)}
    </div>`;
  }

  private nobody(): TemplateResult {
    return html`<div class="empty">
      <p>${t("Invite the people you want to share photos with. Once they say yes, you can check that nobody stands between you.")}</p>
      <button class="btn main" type="button" @click=${() => void this.ask()}>${t("Invite someone")}</button>
    </div>`;
  }

  private warning(person: Person): TemplateResult {
    return html`<div class="note danger" role="alert">${icon("warning")}
      <div class="grow"><strong>${t("The keys of {email} changed.", { email: person.email })}</strong>
        <p>${t("They may have lost their old ones, or somebody may stand between you. Nothing is shared with them until you decide.")}</p>
        <p class="acts"><button class="btn" type="button" @click=${() => void this.check(person)}>${t("Compare and decide")}</button></p></div>
    </div>`;
  }

  private asking(received: readonly ReceivedInvitation[]): TemplateResult {
    return html`<section class="card asking"><header><h2>${t("They would like to know you")}</h2></header>
      <ul class="rows">${received.map(
        (each) => html`<li><span class="avatar" aria-hidden="true">${initials(each.email)}</span>
          <div class="grow"><strong>${addressText(each.email)}</strong><span class="sub">${t("Asked on {day}", { day: dayText(each.madeAt) })}</span></div>
          <div class="acts">
            <button class="btn ghost" type="button" aria-label=${t("Decline {email}", { email: each.email })} @click=${() => { this.answer(() => decline(each.id), t("Declined. They are not told.")); }}>${t("Decline")}</button>
            <button class="btn main" type="button" aria-label=${t("Accept {email}", { email: each.email })} @click=${() => { this.answer(() => accept(each.id), t("You know each other now.")); }}>${t("Accept")}</button>
          </div></li>`,
      )}</ul>
    </section>`;
  }

  private known(contacts: readonly Person[]): TemplateResult {
    return html`<section class="card"><header><h2>${t("People you know")}</h2></header>
      <ul class="rows">${contacts.map((person) => this.row(person))}</ul>
    </section>`;
  }

  private row(person: Person): TemplateResult {
    return html`<li><span class="avatar" aria-hidden="true">${initials(person.email)}</span>
      <div class="grow"><strong>${addressText(person.email)}</strong><span class="sub">${this.trustWords(person)}</span></div>
      <div class="acts">
        <button class="btn ${person.trust === "checked" ? "ghost" : ""}" type="button" aria-label=${t("Safety number with {email}", { email: person.email })} @click=${() => void this.check(person)}>${ring("people", "small")}<span class="wide-only">${t("Safety number")}</span></button>
        <button class="btn icon-only" type="button" aria-label=${t("Remove {email}", { email: person.email })} @click=${() => void this.removeContact(person)}>${icon("close")}</button>
      </div></li>`;
  }

  private trustWords({ trust }: Person): string | TemplateResult {
    if (trust === "checked") return html`<span class="checked">${icon("check", "small")}${t("Safety number checked")}</span>`;
    if (trust === "changed") return html`<span class="wrong">${t("Keys changed: nothing is shared with them")}</span>`;
    return t("Safety number not checked yet");
  }

  private waiting(sent: readonly SentInvitation[]): TemplateResult {
    return html`<section class="card waiting"><header><h2>${t("Waiting for an answer")}</h2></header>
      <ul class="rows">${sent.map((each) => {
        const email = each.email ?? t("An address that cannot be read");
        return html`<li><span class="avatar" aria-hidden="true">${initials(email)}</span>
          <div class="grow"><strong>${email}</strong><span class="sub">${this.waitingWords(each)}</span></div>
          <button class="btn ghost" type="button" aria-label=${t("Withdraw the invitation to {email}", { email })} @click=${() => { this.answer(() => withdraw(each.id), t("The invitation is withdrawn.")); }}>${t("Withdraw")}</button></li>`;
      })}</ul>
    </section>`;
  }

  private waitingWords(each: SentInvitation): string {
    const group = this.groups.find(({ id }) => id === each.intent?.group);
    const name = group !== undefined && isReadable(group) ? group.name : "";
    if (isAccepted(each)) return t("Said yes, and could not be let in yet. This device tries again.");
    const day = dayText(each.expiresAt);
    return name === "" ? t("The invitation ends on {day}", { day }) : t("For {group}. The invitation ends on {day}", { group: name, day });
  }

  private answer(act: () => Promise<void>, done: string): void {
    void this.attempt(async () => {
      await act();
      await this.load();
      toast(done);
    });
  }

  private async makeGroup(): Promise<void> {
    const id = await new GroupSheet({ vault: this.vault, contacts: this.people?.contacts ?? [] }, null).ask();
    if (id !== "") go(`/people/groups/${id}`);
  }

  private async ask(): Promise<void> {
    const email = await new InviteSheet(this.vault).ask();
    if (email === "") return;
    toast(t("{email} gets a mail. You see here when they say yes.", { email }));
    await this.attempt(() => this.load());
  }

  private async check(person: Person): Promise<void> {
    if (await new SafetySheet(this.vault, person).ask()) await this.attempt(() => this.load());
  }

  private async removeContact({ accountId, email }: Person): Promise<void> {
    const goesOn = await confirmDialog({
      title: t("Remove {email}?", { email }),
      sentences: [
        t("You stop knowing each other, and what you shared directly with each other ends at once. Groups you are both in stay."),
        t("They may have kept copies of what they could see."),
      ],
      confirm: t("Remove"),
      danger: true,
    });
    if (goesOn) this.answer(() => endContact(accountId), t("{email} is removed.", { email }));
  }
}
