/** `<pv-everyone-panel>`: beside people, groups and links in the share dialog, the way to everyone. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { LightElement } from "../element.ts";
import { ring } from "../icons.ts";
import type { PanelContext, SharePanel } from "../sharing/panels.ts";
import { t, tn } from "../text.ts";
import { publishingKeeper } from "./keeper.ts";
import { hasProfiles } from "./offered.ts";
import { publishPhotos } from "./publish-dialog.ts";

@customElement("pv-everyone-panel")
export class EveryonePanel extends LightElement {
  @property({ attribute: false }) context: PanelContext | null = null;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.stop = publishingKeeper().subscribe(() => { this.requestUpdate(); });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { context } = this;
    if (context === null || !hasProfiles()) return nothing;
    const { ids, session } = context;
    const keeper = publishingKeeper();
    const shown = ids.filter((id) => keeper.isPublic(id)).length;
    return html`<h3>${ring("public")}${t("Everyone")}</h3>
      <p class="quiet small">${t("On your public page, for anyone on the web. We can open the copies that stand there.")}</p>
      ${shown === 0 ? nothing : html`<p class="small">${shown === ids.length ? tn("Everyone can see this photo.", "Everyone can see these photos.", shown) : tn("Everyone can see {n} of these photos.", "Everyone can see {n} of these photos.", shown)} <a class="text-link" href="/profile">${t("Your public page")}</a></p>`}
      ${shown >= ids.length ? nothing : html`<p class="acts"><button class="btn" type="button" @click=${() => void publishPhotos(session, ids)}>${t("Show to everyone")}</button></p>`}`;
  }
}

export const everyonePanel: SharePanel = (context) => !hasProfiles() ? nothing : html`<section><pv-everyone-panel .context=${context}></pv-everyone-panel></section>`;
