/** `<pv-guest-viewer>`: one photo of an album that was opened by link, on true black. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import type { Media } from "../../vault/library/media.ts";
import type { Item, View } from "../../vault/library/view.ts";
import { colourSystemBar, VIEWER_COLOUR } from "../../vault/theme.ts";
import { icon } from "../icons.ts";
import { t } from "../text.ts";
import { spokenName } from "../library/grid/tile.ts";
import { keyAct, STAGE_KEYS } from "../library/viewer/keys.ts";
import { PhotoStage } from "../library/viewer/photo-stage.ts";

@customElement("pv-guest-viewer")
export class GuestViewer extends PhotoStage {
  @property({ attribute: false }) view: View | null = null;
  @property({ attribute: false }) media: Media | null = null;
  /** Saves the original; null where the owner does not allow it. */
  @property({ attribute: false }) save: ((id: string) => void) | null = null;

  protected get item(): Item | null {
    return this.view === null || this.view.count === 0 ? null : this.view.itemAt(this.index);
  }

  protected mediaOf(): Media | null {
    return this.media;
  }

  protected obey(event: KeyboardEvent): void {
    keyAct(this, STAGE_KEYS, event);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { item, view, media } = this;
    if (item === null || view === null || media === null) return nothing;
    return html`<section class="stage ${this.isIdle ? "is-idle" : ""}" aria-label=${t("Photo")}>
      <h1 class="sr">${spokenName(item)}</h1>
      <div class="bar">
        ${this.backButton()}
        <p class="where">${item.title}<span class="num">${this.position()}</span></p>
        ${this.saveButton(item)} ${this.playButton()}
      </div>
      <div class="frame"><img class="photo" alt=${item.altText} ?hidden=${!this.hasPicture} draggable="false" /></div>
      ${this.hasPicture ? nothing : html`<div class="plate-words">${icon("photo-broken")}<strong>${t("This photo cannot be shown here")}</strong></div>`}
      ${this.steps()}
      ${this.neighbours(media)}
    </section>`;
  }

  private saveButton(item: Item): TemplateResult | typeof nothing {
    const { save } = this;
    if (save === null) return nothing;
    return html`<button class="btn icon-only" type="button" aria-label=${t("Download")} title=${t("Download")} @click=${() => { save(item.id); }}>${icon("download")}</button>`;
  }
}

/** Show one photo over the page. Closing it, or going back, leaves the page as it was; `onClose` is told what was looked at last. */
export function openGuestViewer(setup: Pick<GuestViewer, "view" | "media" | "save" | "index">, onClose: (id: string) => void): () => void {
  const viewer = Object.assign(new GuestViewer(), setup);
  const under = document.getElementById("page");
  const ending = new AbortController();
  const finish = (): void => {
    if (ending.signal.aborted) return;
    ending.abort();
    viewer.remove();
    document.documentElement.classList.remove("is-viewing");
    colourSystemBar(null);
    if (under !== null) under.inert = false;
    onClose(viewer.shownId);
  };
  history.pushState({ inside: true }, "");
  if (under !== null) under.inert = true;
  document.documentElement.classList.add("is-viewing");
  colourSystemBar(VIEWER_COLOUR);
  document.body.append(viewer);
  viewer.addEventListener("pv-close", () => { history.back(); }, ending);
  addEventListener("popstate", finish, ending);
  return finish;
}
