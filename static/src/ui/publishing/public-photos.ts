/** `<pv-public-photos>`: what everyone can see, under its headings: opened, picked, moved and taken back. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Publication } from "../../vault/publishing/statements.ts";
import type { PublicAlbum } from "../../vault/publishing/wire.ts";
import { icon } from "../icons.ts";
import { moved, placed } from "../library/album-order.ts";
import type { LibrarySession } from "../library/session.ts";
import { picture } from "../library/views/cover.ts";
import { SeenSection } from "../people/seen-section.ts";
import { announce } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { HeadingSheet } from "./heading-sheet.ts";
import { publishingKeeper } from "./keeper.ts";
import { PublicationSheet } from "./publication-sheet.ts";
import { WithdrawSheet } from "./withdraw-sheet.ts";
import { stateChip, stateWords } from "./words.ts";

const USUAL_RATIO = 1.5;

@customElement("pv-public-photos")
export class PublicPhotos extends SeenSection {
  @property({ attribute: false }) session: LibrarySession | null = null;
  @property({ attribute: false }) publications: readonly Publication[] = [];
  @property({ attribute: false }) albums: readonly PublicAlbum[] = [];
  @property({ attribute: false }) coverId: string | null = null;
  @state() private picked: ReadonlySet<string> = new Set();
  private dragged: readonly string[] = [];

  protected override async load(): Promise<void> {
    await publishingKeeper().look();
  }

  protected override async lookAgain(): Promise<void> {
    await publishingKeeper().look().catch(() => undefined);
  }

  protected override render(): TemplateResult {
    const here = new Set(this.publications.map(({ id }) => id));
    if ([...this.picked].some((id) => !here.has(id))) this.picked = new Set([...this.picked].filter((id) => here.has(id)));
    const loose = this.publications.filter(({ albumId }) => !this.albums.some(({ id }) => id === albumId));
    return html`${this.trouble()}${this.picked.size === 0 ? nothing : this.bar()}
      ${loose.length === 0 ? nothing : this.grid(loose, this.albums.length === 0 ? t("Your public photos") : t("Without a heading"))}
      ${this.albums.map((album) => html`<section class="heading" aria-label=${album.title}>
        <div class="line"><h2 class="grow">${album.title}</h2><button class="btn icon-only" type="button" aria-label=${t("Change the heading {title}", { title: album.title })} @click=${() => void new HeadingSheet(album, this.albums).ask()}>${icon("correct")}</button></div>
        ${this.grid(this.publications.filter(({ albumId }) => albumId === album.id), album.title)}</section>`)}`;
  }

  /** No attribute of style: the policy allows none. */
  protected override updated(): void {
    for (const tile of this.querySelectorAll<HTMLElement>("[data-ratio]")) tile.style.setProperty("--ratio", tile.dataset["ratio"] ?? "");
  }

  private grid(publications: readonly Publication[], label: string): TemplateResult {
    if (publications.length === 0) return html`<p class="quiet small">${t("Nothing stands under it. Pick photos and choose this heading.")}</p>`;
    return html`<ul class="justified shown" aria-label=${label}>${repeat(publications, ({ id }) => id, (each) => this.tile(each))}</ul>`;
  }

  private tile(publication: Publication): TemplateResult {
    const { id, imageId, caption, said } = publication;
    const item = this.session?.access.library.byId(imageId) ?? null;
    const ratio = item === null || item.ratio <= 0 ? USUAL_RATIO : item.ratio;
    const isBinned = (item?.binnedAt ?? null) !== null;
    const chip = isBinned ? t("In the recycle bin") : stateChip(publication);
    const name = (said === null ? "" : caption) || item?.title || t("Photo without words");
    const isPicked = this.picked.has(id);
    return html`<li class="tile ${isPicked ? "is-picked" : ""} ${said === null ? "doubted" : ""}" data-ratio=${ratio} draggable="true"
        @dragstart=${(event: DragEvent) => { this.lift(event, id); }} @dragover=${this.over} @drop=${(event: DragEvent) => { this.drop(event, id); }}>
      <button class="open" type="button" aria-label=${t("{name}. {state}", { name, state: isBinned ? t("In the recycle bin, shown to nobody") : stateWords(publication) })} aria-keyshortcuts="Alt+ArrowLeft Alt+ArrowRight"
        @click=${() => void this.open(id)} @keydown=${(event: KeyboardEvent) => { this.key(event, id); }}>${this.session === null ? nothing : html`<img alt="" hidden ${picture(this.session.access.media, item === null ? null : imageId)} />`}</button>
      <label class="pick"><input type="checkbox" .checked=${isPicked} @change=${() => { this.toggle(id); }} /><span class="sr">${t("Pick {name}", { name })}</span></label>
      ${chip === "" ? nothing : html`<span class="plaque ${said === null || publication.state === "refused" ? "bad" : ""}" aria-hidden="true">${chip}</span>`}
      ${this.coverId === id ? html`<span class="plaque cover" aria-hidden="true">${t("Cover")}</span>` : nothing}</li>`;
  }

  private bar(): TemplateResult {
    const act = (name: string, label: string, run: () => void): TemplateResult =>
      html`<button class="btn icon-only" type="button" aria-label=${label} title=${label} ?disabled=${this.isBusy} @click=${run}>${icon(name)}</button>`;
    return html`<div class="picked-bar" role="region" aria-label=${t("Picked photos")}>
      ${act("close", t("Clear selection"), () => { this.picked = new Set(); })}
      <p class="grow">${tn("{n} picked", "{n} picked", this.picked.size)}</p>
      ${act("previous", t("Move earlier"), () => { this.lay((ids) => moved(ids, this.picked, -1)); })}
      ${act("next", t("Move later"), () => { this.lay((ids) => moved(ids, this.picked, 1)); })}
      ${act("up", t("Move to the start"), () => { this.lay((ids) => placed(ids, this.picked, ids[0] ?? "", false)); })}
      ${this.albums.length === 0 ? nothing : html`<select class="input bare" aria-label=${t("Put under a heading")} ?disabled=${this.isBusy} @change=${this.putUnder}>
        <option value="-" selected>${t("Heading…")}</option><option value="">${t("None")}</option>${this.albums.map(({ id, title }) => html`<option value=${id}>${title}</option>`)}</select>`}
      <button class="btn ghost danger" type="button" ?disabled=${this.isBusy} @click=${() => void this.takeBack()}>${t("Take back")}</button></div>`;
  }

  private toggle(id: string): void {
    const picked = new Set(this.picked);
    if (!picked.delete(id)) picked.add(id);
    this.picked = picked;
  }

  private async open(id: string): Promise<void> {
    if (this.session !== null) await new PublicationSheet(this.session, this.vault, publishingKeeper(), id).show();
  }

  private async takeBack(): Promise<void> {
    const chosen = this.publications.filter(({ id }) => this.picked.has(id));
    if (await new WithdrawSheet(chosen, false).ask()) await this.attempt(() => publishingKeeper().look());
  }

  /** The whole of it in another order: everything then stands at its own place. */
  private lay(order: (ids: readonly string[]) => readonly string[]): void {
    const byId = new Map(this.publications.map((each) => [each.id, each]));
    const places = order(this.publications.map(({ id }) => id)).map((id, position) => ({ id, albumId: byId.get(id)?.albumId ?? null, position }));
    void this.attempt(async () => {
      await publishingKeeper().arrange(places);
      announce(t("Moved"));
    });
  }

  private readonly putUnder = (event: Event): void => {
    const chosen = (event.target as HTMLSelectElement).value;
    if (chosen === "-") return;
    const places = this.publications.filter(({ id }) => this.picked.has(id)).map(({ id, position }) => ({ id, albumId: chosen === "" ? null : chosen, position }));
    void this.attempt(async () => {
      await publishingKeeper().arrange(places);
      this.picked = new Set();
    });
  };

  private key(event: KeyboardEvent, id: string): void {
    if (!event.altKey || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return;
    event.preventDefault();
    const by = event.key === "ArrowLeft" ? -1 : 1;
    this.lay((ids) => moved(ids, new Set([id]), by));
  }

  /** A picked photo brings all that are picked along. */
  private lift(event: DragEvent, id: string): void {
    this.dragged = this.picked.has(id) ? [...this.picked] : [id];
    if (event.dataTransfer !== null) event.dataTransfer.effectAllowed = "move";
  }

  private readonly over = (event: DragEvent): void => {
    if (this.dragged.length > 0) event.preventDefault();
  };

  private drop(event: DragEvent, anchor: string): void {
    if (this.dragged.length === 0 || !(event.currentTarget instanceof HTMLElement)) return;
    event.preventDefault();
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const [ids, isAfter] = [new Set(this.dragged), event.clientX > left + width / 2];
    this.dragged = [];
    this.lay((order) => placed(order, ids, anchor, isAfter));
  }
}
