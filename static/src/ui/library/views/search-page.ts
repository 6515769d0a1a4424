/** `<pv-search-page>`: words and filters over the decrypted index. Nothing that is typed leaves this device. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Filter } from "../../../vault/library/filter.ts";
import type { Tally } from "../../../vault/library/library.ts";
import { LightElement } from "../../element.ts";
import { icon } from "../../icons.ts";
import { placeMenu } from "../../shell/menu.ts";
import { LOCALE, t, tn } from "../../text.ts";
import { kindName } from "../kind-names.ts";
import { addressOf, chipFilter, chosenFrom, isAsking, type Chosen } from "../search/filters.ts";
import { readQuery } from "../search/query.ts";
import type { LibrarySession } from "../session.ts";
import { PhotoPage } from "./photo-page.ts";

const TYPING_MS = 180;

@customElement("pv-search-page")
export class SearchPage extends LightElement {
  @property({ attribute: false }) session: LibrarySession | null = null;
  @state() private chosen: Chosen = chosenFrom(new URLSearchParams());
  @state() private count = 0;
  private readonly results = new PhotoPage();
  private typing = 0;

  /** Begin with what the address asks for. */
  begin(query: URLSearchParams): void {
    this.chosen = chosenFrom(query);
    if (location.search !== "") history.replaceState(history.state, "", addressOf(this.chosen));
    this.results.session = this.session;
    this.results.list = {
      title: t("Found photos"),
      place: { kind: "photos" },
      filter: () => this.filter(),
      headings: () => "days",
      intro: (count) => {
        this.count = count;
        return html``;
      },
      empty: () => this.nothingFound(),
    };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const top = topField();
    if (top === null) return;
    top.value = this.chosen.q;
    top.addEventListener("input", this.type);
    // The router moves the focus first; who searches goes on typing.
    void this.updateComplete.then(() => { if (matchMedia("(hover: hover)").matches) top.focus(); });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.typing);
    const top = topField();
    top?.removeEventListener("input", this.type);
    if (top !== null) top.value = "";
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.session === null) return nothing;
    return html`<header class="list-head search-page">
        <h1 class="sr">${t("Search")}</h1>
        <div class="search phone-only">${icon("search")}<label class="sr" for="search-words">${t("Search your photos")}</label>
          <input id="search-words" type="search" autocomplete="off" placeholder=${t("Words, dates, cameras, albums, coordinates")} .value=${this.chosen.q} @input=${this.type} /></div>
        ${this.chips(this.session)}
        <p class="small num" role="status">${isAsking(this.chosen) ? tn("{n} photo found on this device", "{n} photos found on this device", this.count) : t("Searched on this device. Nothing you type is sent anywhere.")}</p>
      </header>
      ${this.results}`;
  }

  private chips({ access }: LibrarySession): TemplateResult {
    const { library } = access;
    const { chosen } = this;
    return html`<div class="chips">
      ${this.dateChip()}
      ${this.listChip("cameras", t("Camera"), library.cameras().filter(({ name }) => name !== ""), chosen.cameras)}
      ${this.listChip("kinds", t("Kind"), library.kinds(), chosen.kinds)} ${this.albumChip()}
      ${this.toggle("hasPlace", t("Has a place"))} ${this.toggle("isFavourite", t("Favourites"))} ${this.toggle("isLoose", t("In no album"))}
      ${this.toggle("cannotOpen", t("Cannot be opened"))}
      ${isAsking(chosen) ? html`<button class="chip" type="button" @click=${() => { this.choose(chosenFrom(new URLSearchParams())); }}>${icon("close", "small")}${t("Clear")}</button>` : nothing}
    </div>`;
  }

  private toggle(name: "hasPlace" | "isFavourite" | "isLoose" | "cannotOpen", words: string): TemplateResult {
    return html`<button class="chip" type="button" aria-pressed=${this.chosen[name]} @click=${() => { this.choose({ [name]: !this.chosen[name] }); }}>${words}</button>`;
  }

  private dateChip(): TemplateResult {
    const { from, to } = this.chosen;
    const date = (name: "from" | "to", words: string, value: string): TemplateResult =>
      html`<div class="field"><label for="search-${name}">${words}</label><input class="input" id="search-${name}" type="date" .value=${value} @change=${(event: Event) => { if (event.target instanceof HTMLInputElement) this.choose({ [name]: event.target.value }); }} /></div>`;
    return html`<button class="chip" type="button" aria-pressed=${from !== "" || to !== ""} popovertarget="filter-date">${icon("calendar", "small")}${t("Date")}${icon("down", "small")}</button>
      <div class="menu filter-menu" id="filter-date" popover @toggle=${placeMenu}><div class="dates">${date("from", t("From"), from)} ${date("to", t("To"), to)}</div></div>`;
  }

  private listChip(name: "cameras" | "kinds", words: string, tallies: readonly Tally[], chosen: readonly string[]): TemplateResult | typeof nothing {
    if (tallies.length === 0) return nothing;
    const flip = (value: string): void => {
      this.choose({ [name]: chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value] });
    };
    const label = chosen.length === 1 ? shown(name, chosen[0] ?? "") : words;
    return html`<button class="chip" type="button" aria-pressed=${chosen.length > 0} popovertarget="filter-${name}">${label}${chosen.length > 1 ? html`<span class="num">${chosen.length}</span>` : nothing}${icon("down", "small")}</button>
      <div class="menu filter-menu" id="filter-${name}" popover @toggle=${placeMenu}>
        ${tallies.map((tally) => html`<button type="button" aria-pressed=${chosen.includes(tally.name)} @click=${() => { flip(tally.name); }}>${shown(name, tally.name)}<span class="num">${tally.count.toLocaleString(LOCALE)}</span></button>`)}
      </div>`;
  }

  private albumChip(): TemplateResult | typeof nothing {
    const albums = this.session?.access.library.albums() ?? [];
    if (albums.length === 0) return nothing;
    const { albumId } = this.chosen;
    const label = albums.find(({ id }) => id === albumId)?.name ?? t("Album");
    return html`<button class="chip" type="button" aria-pressed=${albumId !== ""} popovertarget="filter-album">${label}${icon("down", "small")}</button>
      <div class="menu filter-menu" id="filter-album" popover @toggle=${placeMenu}>
        ${albums.map(({ id, name, count }) => html`<button type="button" aria-pressed=${id === albumId} @click=${() => { this.choose({ albumId: id === albumId ? "" : id }); }}>${name}<span class="num">${count.toLocaleString(LOCALE)}</span></button>`)}
      </div>`;
  }

  private filter(): Filter {
    const { chosen } = this;
    const albums = this.session?.access.library.albums() ?? [];
    const words = readQuery(chosen.q, albums, new Date().getFullYear(), LOCALE);
    // Both may set a range: what both allow is what is asked for.
    const chips = chipFilter(chosen);
    const from = Math.max(words.from ?? -Infinity, chips.from ?? -Infinity);
    const to = Math.min(words.to ?? Infinity, chips.to ?? Infinity);
    return { place: "kept", ...words, ...chips, ...(Number.isFinite(from) && { from }), ...(Number.isFinite(to) && { to }) };
  }

  private nothingFound(): TemplateResult {
    if (this.session?.access.library.size === 0) {
      return html`<div class="empty"><p>${t("There is nothing to search yet: your vault is empty.")}</p><a class="btn" href="/photos">${t("Go to your photos")}</a></div>`;
    }
    return html`<div class="empty"><p>${t("No photo fits all of that. The search knows names, titles, descriptions, keywords, dates, cameras, albums and coordinates.")}</p>
      <button class="btn" type="button" @click=${() => { this.choose(chosenFrom(new URLSearchParams())); }}>${t("Clear the search")}</button></div>`;
  }

  private choose(change: Partial<Chosen>): void {
    this.chosen = { ...this.chosen, ...change };
    const top = topField();
    if (top !== null && top.value !== this.chosen.q) top.value = this.chosen.q;
    history.replaceState(history.state, "", addressOf(this.chosen));
    this.results.refresh();
    void this.results.updateComplete.then(() => { this.requestUpdate(); });
  }

  private readonly type = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const { value } = event.target;
    clearTimeout(this.typing);
    this.typing = window.setTimeout(() => { this.choose({ q: value }); }, TYPING_MS);
  };
}

/** The field in the top bar; on a phone the page has its own. */
function topField(): HTMLInputElement | null {
  const found = document.getElementById("search");
  return found instanceof HTMLInputElement ? found : null;
}

function shown(name: "cameras" | "kinds", value: string): string {
  return name === "kinds" ? kindName(value) : value;
}
