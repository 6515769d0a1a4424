/** `<pv-came>`: the photos that guests brought, to be looked at, taken in or thrown away. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Outcome } from "../../vault/library/contract.ts";
import type { Media } from "../../vault/library/media.ts";
import type { CollectLink } from "../../vault/sharing/collect-links.ts";
import { readDrops, takeIn, throwAway, type Drop } from "../../vault/sharing/drops.ts";
import { bundled, DroppedPhotos, type Bundle } from "../../vault/sharing/dropped-photos.ts";
import { icon, ring } from "../icons.ts";
import { tellOutcome } from "../library/outcome.ts";
import { currentSession, librarySession } from "../library/session.ts";
import { picture } from "../library/views/cover.ts";
import { openViewer } from "../library/viewer/open.ts";
import { confirmDialog } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { dropSource } from "./drop-source.ts";
import { SeenSection } from "./seen-section.ts";

/** Two rows on a desktop, three on a phone. What is beyond is seen in the viewer. */
const SHOWN = 12;

@customElement("pv-came")
export class CameCard extends SeenSection {
  @property({ attribute: false }) links: readonly CollectLink[] = [];
  @state() private bundles: readonly Bundle[] = [];
  private readonly photos = new DroppedPhotos();
  private media: Media | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.media?.clear();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.bundles.length === 0) return this.problem === "" ? nothing : html`<section class="card">${this.trouble()}</section>`;
    return html`<section class="card came"><header><h2>${t("Photos for you")}</h2></header>
      ${this.trouble()}
      <ul class="rows">${this.bundles.map((bundle, index) => this.bundle(bundle, index === 0))}</ul>
      <p class="quiet small">${t("Names are what guests call themselves; nobody checks them. What you do not take in goes by itself after 30 days.")}</p></section>`;
  }

  protected override async load(): Promise<void> {
    this.media ??= (await librarySession()).access.mediaOf(this.photos);
    this.photos.show(await readDrops(this.vault, this.photos.drops));
    this.bundles = bundled(this.photos.drops);
  }

  protected override async lookAgain(): Promise<void> {
    if (!this.isBusy) await this.load().catch(() => undefined);
  }

  private bundle(bundle: Bundle, isFirst: boolean): TemplateResult {
    const { from, linkId, drops } = bundle;
    const who = from ?? t("Somebody");
    const name = this.nameOf(linkId);
    const fine = drops.filter(({ opened }) => opened !== null);
    const closed = drops.length - fine.length;
    return html`<li><span class="avatar">${ring("link")}</span><div class="grow">
        <strong>${tn("{n} photo from {who}", "{n} photos from {who}", drops.length, { who })}</strong>
        <span class="sub">${name === "" ? t("by a link that has ended") : t("for “{name}”", { name })}</span>
        ${closed === 0 ? nothing : html`<span class="sub">${tn("{n} cannot be opened with your keys, and can only be thrown away.", "{n} cannot be opened with your keys, and can only be thrown away.", closed)}</span>`}</div>
      ${this.pictures(bundle, who)}
      <div class="acts">
        <button class="btn ghost danger" type="button" ?disabled=${this.isBusy} aria-label=${t("Throw away what {who} brought", { who })} @click=${() => void this.refuse(drops)}>${t("Throw away")}</button>
        ${fine.length === 0 ? nothing : html`<button class="btn ${isFirst ? "main" : ""}" type="button" ?disabled=${this.isBusy} aria-busy=${this.isBusy} aria-label=${t("Take in what {who} brought", { who })} @click=${() => void this.take(fine)}>${t("Take in")}</button>`}
      </div></li>`;
  }

  private pictures(bundle: Bundle, who: string): TemplateResult {
    const { drops } = bundle;
    const shown = drops.length > SHOWN ? drops.slice(0, SHOWN - 1) : drops;
    const next = drops[shown.length];
    return html`<div class="came-photos">
      ${shown.map((drop, index) => html`<button type="button" aria-label=${t("Look at photo {at} of {count} from {who}", { at: index + 1, count: drops.length, who })} @click=${(event: Event) => { this.look(bundle, drop, event); }}>${this.thumb(drop)}</button>`)}
      ${next === undefined ? nothing : html`<button type="button" class="num" @click=${(event: Event) => { this.look(bundle, next, event); }}>${tn("{n} more", "{n} more", drops.length - shown.length)}</button>`}</div>`;
  }

  /** A stand-in for the eye until the picture is open, and for one that does not open. */
  private thumb({ wire }: Drop): TemplateResult {
    const { media } = this;
    const item = this.photos.byId(wire.id);
    if (media === null || item?.state !== "fine") return icon("photo-broken");
    const standIn = media.placeholder(wire.id);
    const small = item.hasThumbnail ? html`<img alt="" hidden ${picture(media, wire.id)} />` : nothing;
    return html`${icon("photo")}${standIn === null ? nothing : html`<img alt="" src=${standIn} />`}${small}`;
  }

  private look(bundle: Bundle, { wire }: Drop, { currentTarget: button }: Event): void {
    const { photos, media } = this;
    if (media === null) return;
    const place = {
      photos, media,
      nameOf: (linkId: string | null) => this.nameOf(linkId),
      take: (drops: readonly Drop[]) => this.take(drops),
      refuse: (drops: readonly Drop[]) => this.refuse(drops),
    };
    void openViewer(() => dropSource(place, bundle), wire.id, { onClose: () => { this.focusAgain(button); } });
  }

  /** Where the focus was, or the first of what still waits when that is gone. */
  private focusAgain(before: EventTarget | null): void {
    const target = before instanceof HTMLElement && before.isConnected ? before : this.find<HTMLElement>(".came-photos button");
    target?.focus();
  }

  private nameOf(linkId: string | null): string {
    return this.links.find(({ id }) => id === linkId)?.name ?? "";
  }

  private async take(drops: readonly Drop[]): Promise<void> {
    await this.settle(takeIn(this.vault, drops), (n) => tn("{n} photo is in your vault.", "{n} photos are in your vault.", n));
  }

  private async refuse(drops: readonly Drop[]): Promise<void> {
    const who = drops[0]?.from ?? t("Somebody");
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
    // Refusing gives room back to a link, and the card beside this one says how much came.
    this.dispatchEvent(new Event("pv-settled"));
  }
}
