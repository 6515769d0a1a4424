/** `<pv-profile>`: the page on which this account shows photos to everyone, as its owner keeps it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Publication } from "../../vault/publishing/statements.ts";
import { ownFingerprint } from "../../vault/publishing/profile.ts";
import type { OwnProfile } from "../../vault/publishing/profile-words.ts";
import type { Profile } from "../../vault/publishing/wire.ts";
import { momentText } from "../format.ts";
import { icon, ring } from "../icons.ts";
import type { LibrarySession } from "../library/session.ts";
import { SeenSection } from "../people/seen-section.ts";
import { addressLine } from "../sharing/link-choices.ts";
import { confirmDialog, toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { HeadingSheet } from "./heading-sheet.ts";
import { publishingKeeper } from "./keeper.ts";
import { publishProgress } from "./progress.ts";
import { WithdrawSheet } from "./withdraw-sheet.ts";
import { wordsNote } from "./words-note.ts";
import "./profile-days.ts";
import "./profile-form.ts";
import "./public-photos.ts";
import "./trace-card.ts";

@customElement("pv-profile")
export class ProfilePage extends SeenSection {
  @property({ attribute: false }) session: LibrarySession | null = null;
  private isCodeShown = false;
  private fingerprint = "";
  private unfollow: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unfollow = publishingKeeper().subscribe(() => { this.requestUpdate(); });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unfollow();
  }

  protected override async load(): Promise<void> {
    await publishingKeeper().lookAtProfile();
    this.fingerprint = await ownFingerprint(this.vault);
  }

  protected override async lookAgain(): Promise<void> {
    if (!this.isBusy) await this.load().catch(() => undefined);
  }

  protected override render(): TemplateResult {
    const { profile, publications, isRead, totals } = publishingKeeper();
    return html`<div class="page profile">
      <header class="page-head"><div><h1 tabindex="-1">${t("Your public page")}</h1>${isRead && profile !== null ? html`<p class="quiet">${countWords(profile, publications)}</p>` : nothing}</div>
        ${profile === null ? nothing : this.heads(profile)}</header>
      ${this.trouble()}
      ${publishProgress(totals, { retry: () => { publishingKeeper().retry(); }, dismiss: () => { publishingKeeper().dismiss(); }, withdraw: () => { publishingKeeper().withdrawWaiting(); } })}
      ${!isRead ? html`<p class="quiet" role="status">${this.problem === "" ? t("Looking at your public page.") : ""}</p>` : profile === null ? this.first() : this.standing(profile, publications)}
    </div>`;
  }

  private heads({ address, isOpen, albums }: Profile): TemplateResult {
    return html`<div class="acts"><button class="btn ghost" type="button" @click=${() => void new HeadingSheet(null, albums).ask()}>${icon("add")}${t("New heading")}</button>
      ${address === "" || !isOpen ? nothing : html`<a class="btn" href=${address} target="_blank" rel="noopener noreferrer">${icon("visible")}${t("See it as everyone does")}</a>`}</div>`;
  }

  private first(): TemplateResult {
    return html`<div class="stack narrow-page"><p class="read">${t("Here you show chosen photos to everyone: a page of your own, apart from your vault. Nothing is on it until you put it there, photo by photo.")}</p>
      <pv-profile-form .profile=${null}></pv-profile-form></div>`;
  }

  private standing(profile: OwnProfile, publications: readonly Publication[]): TemplateResult {
    const doubted = publications.filter(({ said }) => said === null).length;
    return html`<div class="stack">
      ${wordsNote(profile, () => void this.putBack(profile))}
      ${doubted === 0 ? nothing : html`<div class="note danger" role="alert">${icon("warning")}<div><strong>${tn("{n} photo is listed with other words than you signed.", "{n} photos are listed with other words than you signed.", doubted)}</strong>
        <p>${t("The service, or somebody in it, changed them, listed something older, or listed what you took back. Nothing of that is believed here. Take them back, and show them again if you like.")}</p></div></div>`}
      ${isGuarded(profile) ? html`<p class="note warn">${icon("warning")}<span>${t("Somebody seems to be collecting your photos. Until {moment}, strangers have to sign in for large pictures.", { moment: momentText(profile.guardedUntil ?? "") })}</span></p>` : nothing}
      ${publications.length === 0 ? this.nothingShown() : html`<pv-public-photos .session=${this.session} .publications=${publications} .albums=${profile.albums} .coverId=${profile.coverId}></pv-public-photos>`}
      <div class="two">
        <pv-profile-form .profile=${profile}></pv-profile-form>
        <div class="stack">
          <section class="card"><header><h2>${t("Address to hand on")}</h2></header>${profile.address === "" ? html`<p class="quiet">${t("This service has no public pages.")}</p>` : addressLine("profile", profile.address, this.isCodeShown, () => { this.isCodeShown = !this.isCodeShown; this.requestUpdate(); })}
            ${profile.isOpen ? nothing : html`<p class="quiet small">${t("The page is closed: the address leads nowhere just now.")}</p>`}
            ${this.fingerprint === "" ? nothing : html`<p class="quiet small fingerprint">${t("Your key, as visitors see it:")} <span class="mono">${this.fingerprint}</span></p>`}</section>
          <pv-profile-days></pv-profile-days>
          <pv-trace-card></pv-trace-card>
          ${this.wayOut(publications)}
        </div>
      </div></div>`;
  }

  private nothingShown(): TemplateResult {
    return html`<div class="empty">${ring("public", "big")}<p>${t("Nothing of yours is shown to everyone. Pick photos and press “Publish”.")}</p><a class="btn main" href="/photos">${t("Go to your photos")}</a></div>`;
  }

  private wayOut(publications: readonly Publication[]): TemplateResult {
    return html`<section class="card"><header><h2>${t("Taking it back")}</h2></header>
      <p class="quiet">${t("What is shown ends in the same moment. What others saved, they keep.")}</p>
      <div class="acts">${publications.length === 0 ? nothing : html`<button class="btn danger" type="button" ?disabled=${this.isBusy} @click=${() => void this.takeAllBack(publications)}>${t("Take everything back")}</button>`}
        <button class="btn ghost danger" type="button" ?disabled=${this.isBusy} @click=${() => void this.removePage()}>${t("Remove the page")}</button></div></section>`;
  }

  /** The statement is still there: what stands beside it is made to say the same again. */
  private async putBack(profile: OwnProfile): Promise<void> {
    const { said } = profile;
    if (said === null) return;
    const keeper = publishingKeeper();
    const isThere = keeper.publications.some(({ id }) => id === said.coverId);
    const coverId = said.coverId === undefined ? profile.coverId : isThere ? said.coverId : null;
    await this.attempt(async () => {
      await keeper.saveProfile({ ...profile, ...said, coverId });
      toast(t("Your page says what you signed again."));
    });
  }

  private async takeAllBack(publications: readonly Publication[]): Promise<void> {
    if (await new WithdrawSheet(publications, true).ask()) await this.attempt(() => this.load());
  }

  private async removePage(): Promise<void> {
    const goesOn = await confirmDialog({
      title: t("Remove your public page?"),
      sentences: [t("Everything on it is taken back, and its address is free for others after that."), t("What others saved, they keep. Your photos stay in your vault as they are.")],
      confirm: t("Remove the page"),
      danger: true,
    });
    if (!goesOn) return;
    await this.attempt(async () => {
      await publishingKeeper().removeProfile();
      await this.load();
      toast(t("Your public page is gone."));
    });
  }
}

const isGuarded = ({ guardedUntil }: Profile): boolean => guardedUntil !== null && Date.parse(guardedUntil) > Date.now();

function countWords(profile: Profile, publications: readonly Publication[]): string {
  const shown = publications.filter(({ state }) => state === "live").length;
  const coming = publications.filter(({ state }) => state !== "live" && state !== "refused").length;
  const words = [profile.isOpen ? tn("Everyone can see {n} photo", "Everyone can see {n} photos", shown) : tn("Closed, with {n} photo on it", "Closed, with {n} photos on it", shown)];
  if (coming > 0) words.push(tn("{n} being prepared", "{n} being prepared", coming));
  return words.join(" · ");
}
