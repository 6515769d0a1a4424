/** `<pv-group>`: one group, who is in it, and what this account may do there. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { Problem } from "../../api/problem.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import { isAccepted, readPeople, withdraw, type People, type SentInvitation } from "../../vault/people/people.ts";
import { hasMoved, manages, readGroup, type Circle, type Group } from "../../vault/sharing/groups.ts";
import { isHeir, type Member } from "../../vault/sharing/membership.ts";
import { runErrands, tended } from "../../vault/sharing/tending.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { sentenceOf } from "../sentence.ts";
import { toast } from "../shell/notices.ts";
import { go } from "../shell/router.ts";
import { t } from "../text.ts";
import { AddSheet } from "./add-sheet.ts";
import { askToDelete, askToLeave, takeOver, type GroupAct } from "./group-acts.ts";
import { memberRow, type MemberRow } from "./group-members.ts";
import { GroupSheet } from "./group-sheet.ts";
import { doubtWords, memberName, ownRoleWords, peopleCount } from "./group-words.ts";
import { initials } from "./initials.ts";
import { InviteSheet } from "./invite-sheet.ts";
import { SafetySheet } from "./safety-sheet.ts";
import { SeenSection } from "./seen-section.ts";

@customElement("pv-group")
export class GroupPage extends SeenSection {
  @property({ attribute: false }) groupId = "";
  @state() private group: Group | null = null;
  @state() private people: People | null = null;
  /** Why the group is not shown: it is gone for this account, or it cannot be believed. */
  @state() private absence: { readonly error: unknown; readonly isGone: boolean } | null = null;
  /** Whom the person believes that they inherited the group. */
  private readonly heirs = new Set<string>();

  protected override render(): TemplateResult {
    const { group, people, absence } = this;
    return html`<div class="page people group">
      <a class="btn ghost accent album-back" href="/people">${icon("back")}${t("All people")}</a>
      ${absence !== null ? this.absent(absence) : group === null || people === null ? this.trouble() : this.present(group, people)}
    </div>`;
  }

  private get circle(): Circle {
    return { vault: this.vault, contacts: this.people?.contacts ?? [], heirs: this.heirs };
  }

  protected override async load(): Promise<void> {
    this.people = await readPeople(this.circle.vault);
    if (await runErrands(this.circle, this.people.sent)) this.people = await readPeople(this.circle.vault);
    try {
      this.group = await tended(this.circle, await readGroup(this.groupId, this.circle));
      this.absence = null;
    } catch (error) {
      if (error instanceof Problem && error.status !== 404) throw error;
      this.group = null;
      this.absence = { error, isGone: error instanceof Problem };
    }
  }

  protected override async lookAgain(): Promise<void> {
    const { group, people } = this;
    if (this.isBusy || group === null || people === null) return;
    try {
      const isWaiting = this.waitingIn(people).length > 0;
      if (isWaiting || (await hasMoved(group))) await this.load();
    } catch (error) {
      if (error instanceof Problem && error.status === 404) await this.attempt(() => this.load());
    }
  }

  private absent({ error, isGone }: { readonly error: unknown; readonly isGone: boolean }): TemplateResult {
    if (isGone) {
      return html`<div class="empty"><h1>${t("This group is not here for you")}</h1>
        <p>${t("It ended, or you are not in it any more. What you saved from it stays with you.")}</p>
        <a class="btn main" href="/people">${t("Back to your people")}</a></div>`;
    }
    if (error instanceof HistoryError && error.code === "claimed-inheritance") return this.claimed(error.account ?? "");
    return html`<header class="page-head"><div><h1>${t("A group that cannot be believed")}</h1></div></header>
      <div class="note danger" role="alert">${icon("warning")}<div class="grow"><strong>${sentenceOf(error)}</strong>
        <p>${t("What the service shows of this group does not agree with what its members signed, so it stays closed on this device. Nothing of yours was changed. Ask somebody in the group by another way.")}</p>
        <p class="acts"><button class="btn" type="button" @click=${() => void this.attempt(() => this.load())}>${t("Look again")}</button></p></div></div>`;
  }

  private claimed(heir: string): TemplateResult {
    const name = this.people?.contacts.find(({ accountId }) => accountId === heir)?.email ?? t("Somebody you do not know yet");
    const believe = (): void => {
      this.heirs.add(heir);
      void this.attempt(() => this.load());
    };
    return html`<header class="page-head"><div><h1>${t("Whose group is it?")}</h1></div></header>
      <div class="note danger" role="alert">${icon("warning")}<div class="grow"><strong>${t("{name} says that this group is theirs now, because its owner's account is gone.", { name })}</strong>
        <p>${t("The service says so too, and nobody can prove it. Ask them, or whoever owned it, by another way. Until you decide, the group stays closed on this device.")}</p>
        <p class="acts"><button class="btn" type="button" @click=${believe}>${t("I believe it")}</button></p></div></div>`;
  }

  private present(group: Group, people: People): TemplateResult {
    const { name, description, members, role } = group;
    return html`<header class="page-head">
        <div><h1>${name}</h1>${description === "" ? nothing : html`<p class="about">${description}</p>`}
          <p class="quiet">${peopleCount(members.length)} · ${ownRoleWords(role)}</p></div>
        ${manages(group) ? html`<div class="acts">
          <button class="btn" type="button" @click=${() => void this.rename(group)}>${icon("correct")}${t("Name and words")}</button>
          <button class="btn main" type="button" @click=${() => void this.add(group, people)}>${icon("add")}${t("Add people")}</button></div>` : nothing}
      </header>
      ${this.trouble()}
      <div class="stack">
        ${this.warnings(group)}
        <section class="card"><header><h2>${t("Who is in it")}</h2></header>
          <ul class="rows">${members.map((member) => memberRow(this.rowOf(member, group, people)))}</ul></section>
        ${this.waiting(people)}
        ${this.wayOut(group)}
      </div>`;
  }

  private warnings(group: Group): TemplateResult {
    const changed = group.members.filter(({ trust }) => trust === "changed");
    const heirs = group.doubts.filter(({ kind }) => kind === "heir");
    // That an heir is there says already that the owner is not.
    const doubts = heirs.length === 0 ? group.doubts : group.doubts.filter(({ kind, accountId }) => kind !== "missing" || group.state.members[accountId] !== "owner");
    return html`${doubts.map((doubt) => html`<p class="note ${doubt.kind === "missing" || doubt.kind === "heir" ? "warn" : "danger"}" role="alert">${icon("warning")}<span>${doubtWords(doubt, group.members)}</span></p>`)}
      ${changed.map((member) => html`<div class="note danger" role="alert">${icon("warning")}<div class="grow">
        <strong>${t("{name} is in this group with other keys than the ones you know.", { name: memberName(member) })}</strong>
        <p>${t("They may have lost their old ones, or somebody may stand between you. They get no new key of this group. Ask them by another way; if they did change their keys, remove them and add them again.")}</p></div></div>`)}
      ${group.rotationDueAt === null ? nothing : html`<p class="note">${icon("key")}<span>${manages(group)
        ? t("Somebody left on {day} and still knows the key of this group. It could not be replaced yet; this device tries again.", { day: dayText(group.rotationDueAt) })
        : t("Somebody left on {day}. The key of this group is replaced as soon as its owner or a manager is here.", { day: dayText(group.rotationDueAt) })}</span></p>`}`;
  }

  private waitingIn({ sent }: People): readonly SentInvitation[] {
    return sent.filter(({ intent }) => intent?.group === this.groupId);
  }

  private waiting(people: People): TemplateResult | typeof nothing {
    const sent = this.waitingIn(people);
    if (sent.length === 0) return nothing;
    return html`<section class="card waiting"><header><h2>${t("Waiting for an answer")}</h2></header>
      <ul class="rows">${sent.map((each) => {
        const email = each.email ?? t("An address that cannot be read");
        const words = isAccepted(each)
          ? t("Said yes, and could not be let in yet. This device tries again.")
          : t("Joins once they say yes and a device of yours is here. The invitation ends on {day}", { day: dayText(each.expiresAt) });
        return html`<li><span class="avatar" aria-hidden="true">${initials(email)}</span>
          <div class="grow"><strong>${email}</strong><span class="sub">${words}</span></div>
          <button class="btn ghost" type="button" aria-label=${t("Withdraw the invitation to {email}", { email })} @click=${() => { this.act({ run: () => withdraw(each.id), done: t("The invitation is withdrawn.") }); }}>${t("Withdraw")}</button></li>`;
      })}</ul></section>`;
  }

  private wayOut(group: Group): TemplateResult {
    const mayInherit = isHeir(this.circle.vault.accountId, group.doubts);
    if (group.role !== "owner" && !mayInherit) {
      return html`<section class="card way-out"><p>${t("You stop seeing what is shared with this group at once.")}</p>
        <button class="btn danger" type="button" @click=${() => void this.leave(group)}>${icon("sign-out")}${t("Leave the group")}</button></section>`;
    }
    return html`${mayInherit ? html`<section class="card way-out"><p>${t("This group has nobody who owns it.")}</p>
        <button class="btn" type="button" @click=${() => { this.act(takeOver(this.circle, group)); }}>${icon("key")}${t("Take the group over")}</button></section>` : nothing}
      <section class="card way-out"><p>${group.members.length > 1
        ? t("To leave, hand the group over to somebody in it first.")
        : t("Nobody else is in this group yet.")}</p>
      <button class="btn danger" type="button" @click=${() => void this.end(group)}>${icon("recycle")}${t("Delete the group")}</button></section>`;
  }

  private rowOf(member: Member, group: Group, people: People): MemberRow {
    const person = people.contacts.find(({ accountId }) => accountId === member.accountId);
    return {
      member, group, circle: this.circle,
      act: (act) => { this.act(act); },
      compare: person === undefined ? null : () => void this.compare(new SafetySheet(this.circle.vault, person)),
    };
  }

  private act({ run, done }: GroupAct): void {
    void this.attempt(async () => {
      try {
        await run();
        toast(done);
      } finally {
        await this.load();
      }
    });
  }

  private async compare(sheet: SafetySheet): Promise<void> {
    if (await sheet.ask()) await this.attempt(() => this.load());
  }

  private async rename(group: Group): Promise<void> {
    if ((await new GroupSheet(this.circle, group).ask()) !== "") await this.attempt(() => this.load());
  }

  private async add(group: Group, people: People): Promise<void> {
    const answer = await new AddSheet(this.circle, group, people.contacts).ask();
    if (answer === "added") await this.attempt(() => this.load());
    if (answer !== "invite") return;
    const email = await new InviteSheet(this.circle.vault, group).ask();
    if (email === "") return;
    toast(t("{email} gets a mail. You see here when they say yes.", { email }));
    await this.attempt(() => this.load());
  }

  private async leave(group: Group): Promise<void> {
    const act = await askToLeave(this.circle, group);
    if (act !== null) this.actAndGo(act);
  }

  private async end(group: Group): Promise<void> {
    const act = await askToDelete(this.circle, group);
    if (act !== null) this.actAndGo(act);
  }

  private actAndGo({ run, done }: GroupAct): void {
    void this.attempt(async () => {
      await run();
      toast(done);
      go("/people");
    });
  }
}
