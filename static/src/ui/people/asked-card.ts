/** `<pv-asked>`: asking others for photos, and what they brought. A card on People. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { fromBase64Url } from "../../crypto/bytes.ts";
import type { Outcome } from "../../vault/library/contract.ts";
import { placeholderUrl } from "../../vault/library/placeholder.ts";
import { endCollectLink, readCollectLinks, wakeCollectLink, type CollectLink } from "../../vault/sharing/collect-links.ts";
import { readDrops, takeIn, throwAway, type Drop } from "../../vault/sharing/drops.ts";
import { dayText } from "../format.ts";
import { icon, ring } from "../icons.ts";
import { tellOutcome } from "../library/outcome.ts";
import { currentSession } from "../library/session.ts";
import { addressLine } from "../sharing/link-choices.ts";
import { confirmDialog, toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { AskSheet } from "./ask-sheet.ts";
import { SeenSection } from "./seen-section.ts";

/** As many as fit a row. */
const SHOWN = 8;

/** What one guest brought by one link. */
interface Bundle {
  readonly from: string | null;
  readonly linkId: string | null;
  readonly drops: readonly Drop[];
}

@customElement("pv-asked")
export class AskedCard extends SeenSection {
  @state() private links: readonly CollectLink[] | null = null;
  @state() private drops: readonly Drop[] = [];
  @state() private shownCode = "";

  protected override render(): TemplateResult {
    const standing = (this.links ?? []).filter((link) => link.state !== "ended");
    return html`${this.drops.length === 0 ? nothing : this.brought()}
      <section class="card ask">
        <header><h2>${t("Ask for photos")}</h2><button class="btn" type="button" ?disabled=${this.links === null} @click=${() => void this.ask()}>${icon("add")}${t("New request")}</button></header>
        <p class="quiet">${t("Whoever has the link can bring you photos without an account, and sees none of yours. They are encrypted for you alone.")}</p>
        ${this.trouble()}
        ${standing.length === 0 ? nothing : html`<ul class="rows links-made">${standing.map((link) => this.row(link))}</ul>`}
      </section>`;
  }

  protected override async load(): Promise<void> {
    const { vault } = this;
    [this.links, this.drops] = await Promise.all([readCollectLinks(vault), readDrops(vault)]);
  }

  protected override async lookAgain(): Promise<void> {
    if (!this.isBusy) await this.load().catch(() => undefined);
  }

  private row(link: CollectLink): TemplateResult {
    const { id, name, address, photosTaken, photoLimit, expiresAt, state: standing } = link;
    const facts = [
      ...(standing === "asleep" ? [t("rests: a wrong password was tried too often")] : []),
      tn("{taken} of {n} photo came", "{taken} of {n} photos came", photoLimit, { taken: photosTaken }),
      t("ends on {day}", { day: dayText(expiresAt) }), link.hasPassword ? t("with a password") : t("without a password"),
    ];
    return html`<li><div class="grow"><strong>${name || t("A request")}</strong>
      ${address === null ? nothing : addressLine(id, address, this.shownCode === id, () => { this.shownCode = this.shownCode === id ? "" : id; })}
      <span class="sub">${facts.join(" · ")}</span></div>
      ${standing === "asleep" ? html`<button class="btn" type="button" @click=${() => { this.answer(() => wakeCollectLink(id), t("The link can be opened again.")); }}>${t("Wake it")}</button>` : nothing}
      <button class="btn danger ghost" type="button" aria-label=${t("End “{name}”", { name })} @click=${() => void this.end(link)}>${t("End")}</button></li>`;
  }

  private brought(): TemplateResult {
    return html`<section class="card asking came"><header><h2>${t("Photos for you")}</h2></header>
      <ul class="rows">${this.bundles().map((bundle, index) => this.bundle(bundle, index === 0))}</ul>
      <p class="quiet small">${t("Names are what guests call themselves; nobody checks them. What you do not take in goes by itself after 30 days.")}</p></section>`;
  }

  private bundles(): readonly Bundle[] {
    const found = new Map<string, Bundle>();
    for (const drop of this.drops) {
      const linkId = drop.wire.link_id;
      const key = JSON.stringify([drop.from, linkId]);
      found.set(key, { from: drop.from, linkId, drops: [...(found.get(key)?.drops ?? []), drop] });
    }
    return [...found.values()];
  }

  private bundle({ from, linkId, drops }: Bundle, isFirst: boolean): TemplateResult {
    const name = this.links?.find(({ id }) => id === linkId)?.name ?? "";
    const who = from ?? t("Somebody");
    return html`<li><span class="avatar">${ring("link")}</span><div class="grow">
        <strong>${tn("{n} photo from {who}", "{n} photos from {who}", drops.length, { who })}</strong>
        <span class="sub">${name === "" ? t("by a link that has ended") : t("for “{name}”", { name })}</span>
        <span class="blurs" aria-hidden="true">${drops.slice(0, SHOWN).map((drop) => blur(drop))}</span></div>
      <div class="acts">
        <button class="btn ghost danger" type="button" ?disabled=${this.isBusy} aria-label=${t("Throw away what {who} brought", { who })} @click=${() => void this.refuse(who, drops)}>${t("Throw away")}</button>
        <button class="btn ${isFirst ? "main" : ""}" type="button" ?disabled=${this.isBusy} aria-busy=${this.isBusy} aria-label=${t("Take in what {who} brought", { who })} @click=${() => void this.take(drops)}>${t("Take in")}</button>
      </div></li>`;
  }

  private async take(drops: readonly Drop[]): Promise<void> {
    await this.settle(takeIn(this.vault, drops), (n) => tn("{n} photo is in your vault.", "{n} photos are in your vault.", n));
  }

  private async refuse(who: string, drops: readonly Drop[]): Promise<void> {
    const goesOn = await confirmDialog({
      title: t("Throw away what {who} brought?", { who }),
      sentences: [tn("{n} photo goes at once, and nobody can bring it back but whoever brought it.", "{n} photos go at once, and nobody can bring them back but whoever brought them.", drops.length)],
      confirm: t("Throw away"),
      danger: true,
    });
    if (goesOn) await this.settle(throwAway(drops), (n) => tn("{n} photo is gone.", "{n} photos are gone.", n));
  }

  private async settle(outcome: Promise<Outcome>, done: (count: number) => string): Promise<void> {
    await this.attempt(async () => {
      await tellOutcome(outcome, done);
      await currentSession()?.access.library.sync();
      await this.load();
    });
  }

  private async ask(): Promise<void> {
    const id = await new AskSheet(this.vault).ask();
    if (id === "") return;
    await this.attempt(() => this.load());
    toast(t("Copy the link and send it to whoever should bring photos."));
  }

  private async end({ id, name }: CollectLink): Promise<void> {
    const goesOn = await confirmDialog({
      title: t("End “{name}”?", { name }),
      sentences: [t("Nobody can bring photos through it any more. What came stays.")],
      confirm: t("End it"),
      danger: true,
    });
    if (goesOn) this.answer(() => endCollectLink(id), t("The link has ended."));
  }

  private answer(act: () => Promise<void>, done: string): void {
    void this.attempt(async () => {
      await act();
      await this.load();
      toast(done);
    });
  }
}

/** What a guest's device said a photo looks like; the picture itself opens once it is taken in. */
function blur({ opened }: Drop): TemplateResult {
  const url = opened === null || opened.metadata.thumbhash === "" ? null : placeholderOf(opened.metadata.thumbhash);
  return url === null ? html`<span class="thumb">${icon(opened === null ? "photo-broken" : "photo")}</span>` : html`<img class="thumb" alt="" src=${url} />`;
}

function placeholderOf(thumbhash: string): string | null {
  try {
    return placeholderUrl(fromBase64Url(thumbhash));
  } catch {
    return null;
  }
}
