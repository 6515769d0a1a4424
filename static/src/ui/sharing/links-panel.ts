/** `<pv-links-panel>`: the links to an album, in the share dialog. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { limitLink, makeLink, readLinks, revokeLink, wakeLink, type OwnLink } from "../../vault/sharing/links.ts";
import { linkPasswordProblem } from "../account/strength.ts";
import { dayText } from "../format.ts";
import { ring } from "../icons.ts";
import { Section } from "../settings/section.ts";
import { announce, toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { addressLine, endField, inDays, numberIn, VIEWS } from "./link-choices.ts";
import { chosenLimits, limitsForm } from "./link-limits.ts";
import type { PanelContext, SharePanel } from "./panels.ts";

@customElement("pv-links-panel")
export class LinksPanel extends Section {
  @property({ attribute: false }) context: PanelContext | null = null;
  @state() private links: readonly OwnLink[] = [];
  @state() private isMaking = false;
  /** The link whose limits are being changed. */
  @state() private changing = "";
  /** Whose address is shown as a code. */
  @state() private shownCode = "";
  private readFor: string | null = null;

  protected override updated(): void {
    const albumId = this.context?.albumId ?? null;
    if (albumId === null || albumId === this.readFor) return;
    this.readFor = albumId;
    void this.attempt(() => this.load(albumId));
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.context === null) return nothing;
    return html`<h3>${ring("link")}${t("Link")}</h3>
      <p class="quiet small">${t("Whoever has a link can open these photos, without an account. The key is in the link: we never see it. They can keep a copy.")}</p>
      ${this.trouble()}
      ${this.links.length === 0 ? nothing : html`<ul class="rows links-made">${this.links.map((link) => this.row(link))}</ul>`}
      ${this.isMaking ? this.form() : html`<p class="acts"><button class="btn" type="button" @click=${() => { this.isMaking = true; void this.focusOn("#link-password"); }}>${this.links.length === 0 ? t("Make a link") : t("Make another link")}</button></p>`}`;
  }

  private row(link: OwnLink): TemplateResult {
    return html`<li data-link=${link.id}><div class="grow">
      ${link.address === null ? nothing : addressLine(link.id, link.address, this.shownCode === link.id, () => { this.shownCode = this.shownCode === link.id ? "" : link.id; })}
      <span class="sub">${this.facts(link).join(" · ")}</span></div>
      ${link.state === "asleep" ? html`<button class="btn" type="button" ?disabled=${this.isBusy} @click=${() => { void this.act((albumId) => wakeLink(albumId, link.id), t("The link can be opened again.")); }}>${t("Wake it")}</button>` : nothing}
      ${this.changing === link.id ? nothing : html`<button class="btn ghost" type="button" ?disabled=${this.isBusy} @click=${() => { this.change(link.id); }}>${t("Change")}</button>`}
      <button class="btn danger ghost" type="button" ?disabled=${this.isBusy} @click=${() => { this.end(link); }}>${t("End")}</button>
      ${this.changing === link.id ? limitsForm(link, { isBusy: this.isBusy, save: (event) => { this.limit(event, link); }, cancel: () => { this.unchange(link.id); } }) : nothing}</li>`;
  }

  private facts({ state: standing, expiresAt, views, viewLimit, canDownload, hasPassword, lastUsedOn }: OwnLink): readonly string[] {
    const opened = viewLimit === null
      ? tn("opened {n} time", "opened {n} times", views)
      : tn("opened {views} of {n} time", "opened {views} of {n} times", viewLimit, { views });
    const notes = standing === "asleep" ? [t("rests: a wrong password was tried too often")] : standing === "used-up" ? [t("used up")] : [];
    return [
      ...notes, t("ends on {day}", { day: dayText(expiresAt) }), opened, ...(lastUsedOn === null ? [] : [t("last on {day}", { day: dayText(lastUsedOn) })]),
      hasPassword ? t("with a password") : t("without a password"), canDownload ? t("can be downloaded") : t("only to look at"),
    ];
  }

  private form(): TemplateResult {
    return html`<form class="link-form" @submit=${this.make} novalidate>
      <div class="trio">
        <div class="field"><label for="link-password">${t("Password, if you like")}</label><input class="input" id="link-password" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="200" /></div>
        ${endField("link-end")}
        <div class="field"><label for="link-views">${t("Opens")}</label><select class="input" id="link-views"><option value="0">${t("No limit")}</option>${VIEWS.map((views) => html`<option value=${views}>${tn("Once", "{n} times", views)}</option>`)}</select></div>
      </div>
      <div class="switch-line"><label for="link-download">${t("Let them download the originals")}</label><input class="switch" id="link-download" type="checkbox" role="switch" /></div>
      <div class="acts"><button class="btn ghost" type="button" @click=${() => { this.isMaking = false; }}>${t("Not now")}</button>
        <button class="btn" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${this.isBusy ? t("Making the link") : t("Make the link")}</button></div>
    </form>`;
  }

  private readonly make = (event: Event): void => {
    event.preventDefault();
    const { context } = this;
    if (context === null || this.isBusy) return;
    const password = this.find<HTMLInputElement>("#link-password")?.value ?? "";
    const limits = {
      expiresAt: inDays(numberIn(this.find("#link-end"))),
      viewLimit: numberIn(this.find("#link-views")) || null,
      canDownload: this.find<HTMLInputElement>("#link-download")?.checked === true,
    };
    void this.attempt(async () => {
      const problem = await linkPasswordProblem(password);
      if (problem !== "") {
        this.problem = problem;
        await this.focusOn("#link-password");
        return;
      }
      const albumId = await context.begin();
      await makeLink(context.vault, albumId, limits, password);
      this.isMaking = false;
      await this.load(albumId);
      announce(t("The link is made."));
      context.changed();
    });
  };

  /** Counted from how often it was opened by now, not when this panel was. */
  private change(id: string): void {
    const { context } = this;
    if (context === null || this.readFor === null) return;
    const albumId = this.readFor;
    void this.attempt(async () => {
      await this.load(albumId);
      this.changing = id;
      await this.focusOn("#limit-end");
    });
  }

  private unchange(id: string): void {
    this.changing = "";
    void this.focusOn(`[data-link="${id}"] > .btn.ghost`);
  }

  private limit(event: Event, link: OwnLink): void {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const limits = chosenLimits(event.target, link);
    void this.act((albumId) => limitLink(albumId, link.id, limits), t("The link is changed.")).then(() => {
      if (this.problem === "") this.unchange(link.id);
    });
  }

  private end({ id }: OwnLink): void {
    void this.act((albumId, { vault }) => revokeLink(vault, albumId, id), t("The link has ended. Whoever had it open has lost it."));
  }

  private async act(act: (albumId: string, context: PanelContext) => Promise<void>, done: string): Promise<void> {
    const { context } = this;
    const albumId = context?.albumId ?? this.readFor;
    if (context === null || albumId === null) return;
    await this.attempt(async () => {
      await act(albumId, context);
      await this.load(albumId);
      toast(done);
      context.changed();
    });
  }

  private async load(albumId: string): Promise<void> {
    const { context } = this;
    if (context === null) return;
    this.readFor = albumId;
    this.links = await readLinks(context.vault, albumId);
  }
}

export const linksPanel: SharePanel = (context) => html`<section><pv-links-panel .context=${context}></pv-links-panel></section>`;
