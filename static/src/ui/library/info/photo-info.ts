/** `<pv-photo-info>`: everything known about one photo, and putting it right in place. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { CorrectionChange, CorrectionRevision, Details } from "../../../vault/library/contract.ts";
import type { Library } from "../../../vault/library/library.ts";
import type { Item } from "../../../vault/library/view.ts";
import { OwnPhotoTalk, type PhotoTalk } from "../../../vault/sharing/photo-talk.ts";
import { currentVault } from "../../../vault/unlock.ts";
import { LightElement } from "../../element.ts";
import { icon } from "../../icons.ts";
import { announce } from "../../shell/notices.ts";
import { t } from "../../text.ts";
import { isAbort, sentenceOf } from "../outcome.ts";
import type { LibrarySession } from "../session.ts";
import { editorFor, type Editing } from "./editors.ts";
import { aboutRows, type FactRow } from "./facts.ts";
import { foundElsewhere, albumsSection, removedSection, rightsSection } from "./sections.ts";
import { trailSection } from "./trail.ts";
import { whoOpens } from "./who-opens.ts";
import "../../received/photo-talk.ts";
import "./photo-touches.ts";

@customElement("pv-photo-info")
export class PhotoInfo extends LightElement {
  @property({ attribute: false }) session: LibrarySession | null = null;
  @property({ attribute: false }) item: Item | null = null;
  @property({ attribute: false }) canCorrect = true;
  /** The album it is looked at in. */
  @property({ attribute: false }) albumId: string | undefined;
  @state() private details: Details | null = null;
  @state() private history: readonly CorrectionRevision[] | null = null;
  @state() private editing: Editing | null = null;
  @state() private problem = "";
  @state() private isBusy = false;
  private asked = "";
  private talk: OwnPhotoTalk | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.classList.add("info");
    this.role = "complementary";
    this.ariaLabel = t("Details");
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("item") || this.item === null) return;
    const before = changed.get("item");
    if (before?.id !== this.item.id) {
      this.details = null;
      this.history = null;
      this.editing = null;
      this.problem = "";
    }
    void this.load(this.item.id);
  }

  protected override render(): TemplateResult {
    const { item, details, session } = this;
    const talk = this.talkHere();
    return html`<header role="none">
        <h2>${t("Details")}</h2>
        <button class="btn icon-only" type="button" aria-label=${t("Close details")} @click=${this.close}>${icon("close")}</button>
      </header>
      ${item === null || session === null ? nothing : html`${this.head(item, session.access.library)}
        ${talk === null ? nothing : html`<pv-photo-talk .talk=${talk} .item=${item}></pv-photo-talk>`}
        ${this.about(item)}
        ${removedSection(details)}
        ${albumsSection(session.access.library, item)}
        ${rightsSection(details, (name) => this.pencil(name, t("Correct the rights")), this.editorAt("rights"))}
        ${this.canCorrect ? html`<section><pv-photo-touches .imageId=${item.id}></pv-photo-touches></section>` : nothing}
        ${this.canCorrect ? foundElsewhere(item) : nothing}
        ${trailSection(item, details, this.history, {
          load: () => void this.loadHistory(),
          goBack: this.canCorrect ? (change) => void this.goBack(change) : null,
        })}`}`;
  }

  /** What is said about it in the shared album it is looked at in; null elsewhere. */
  private talkHere(): PhotoTalk | null {
    const [{ albumId, session }, vault] = [this, currentVault()];
    if (albumId === undefined || vault === null || session?.access.library.album(albumId)?.isShared !== true) return null;
    return (this.talk ??= new OwnPhotoTalk(albumId, vault));
  }

  private head(item: Item, library: Library): TemplateResult {
    const description = this.details?.corrections?.description ?? this.details?.metadata?.description ?? "";
    const words = html`<div class="caption-line"><p class="caption ${item.title === "" ? "quiet" : ""}">${item.title || t("No title yet")}</p>${this.pencil("words", t("Correct title and description"))}</div>
      ${description === "" ? nothing : html`<p class="description">${description}</p>`}`;
    return html`<section>
      ${this.editorAt("words") ?? words}
      ${whoOpens(library, item, this.albumId)}
    </section>`;
  }

  private about(item: Item): TemplateResult {
    return html`<section><h3>${t("About this photo")}</h3>
      ${this.problem === "" ? nothing : html`<p class="note problem" role="alert">${icon("warning")}<span>${this.problem}</span></p>`}
      <ul class="facts">${aboutRows(item, this.details).map((row) => html`<li>${this.factRow(row)}</li>`)}</ul></section>`;
  }

  private factRow(row: FactRow): TemplateResult {
    const editor = row.editing === undefined ? undefined : this.editorAt(row.editing);
    if (editor !== undefined) return html`${icon(row.icon)}<div class="editor-cell">${editor}</div>`;
    return html`${icon(row.icon)}<div><strong>${row.main}</strong>${row.sub === "" ? nothing : html`<span>${row.sub}</span>`}</div>
      ${row.editing === undefined ? nothing : this.pencil(row.editing, row.correct ?? t("Correct"))}`;
  }

  private pencil(name: Editing, label: string): TemplateResult | typeof nothing {
    if (!this.canCorrect || this.details?.metadata === null) return nothing;
    return html`<button class="btn icon-only" type="button" data-edit=${name} aria-label=${label} title=${label} @click=${() => void this.edit(name)}>${icon("correct", "small")}</button>`;
  }

  private editorAt(name: Editing): TemplateResult | undefined {
    const { item, details } = this;
    if (this.editing !== name || item === null || details === null) return undefined;
    return editorFor(name, item, details, {
      isBusy: this.isBusy,
      save: (change) => void this.save(change, name),
      refuse: (sentence) => { this.problem = sentence; },
      cancel: () => void this.endEditing(name),
    });
  }

  private async edit(name: Editing): Promise<void> {
    this.editing = name;
    this.problem = "";
    await this.focusOn(".editor input, .editor textarea, .editor button");
  }

  private async endEditing(name: Editing): Promise<void> {
    this.editing = null;
    this.problem = "";
    await this.focusOn(`[data-edit="${name}"]`);
  }

  private async save(change: CorrectionChange, name: Editing): Promise<void> {
    const { session, item } = this;
    if (session === null || item === null || this.isBusy) return;
    this.isBusy = true;
    try {
      const { failed } = await session.access.changes.correct([item.id], change);
      const [first] = failed;
      if (first !== undefined) {
        this.problem = first.sentence;
        return;
      }
      announce(t("Corrected"));
      if (name !== "rotation") await this.endEditing(name);
      this.history = null;
      await this.load(item.id);
    } catch (error) {
      this.problem = sentenceOf(error);
    } finally {
      this.isBusy = false;
    }
  }

  /** Undo what was corrected last; the trail shows what came of it. */
  private async goBack(change: CorrectionChange): Promise<void> {
    await this.save(change, "rotation");
    await this.loadHistory();
  }

  private async load(id: string): Promise<void> {
    this.asked = id;
    try {
      const details = (await this.session?.access.library.details(id)) ?? null;
      if (this.asked === id) this.details = details;
    } catch (error) {
      if (this.asked === id && !isAbort(error)) this.problem = sentenceOf(error);
    }
  }

  private async loadHistory(): Promise<void> {
    const { session, item } = this;
    if (session === null || item === null) return;
    try {
      const history = await session.access.library.history(item.id);
      if (this.item?.id === item.id) this.history = history;
    } catch (error) {
      this.problem = sentenceOf(error);
    }
  }

  private readonly close = (): void => {
    this.dispatchEvent(new Event("pv-close"));
  };
}
