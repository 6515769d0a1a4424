/** `<pv-first-run>`: what a new vault says: three steps and one button, or that its first photos are on their way. */
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { LightElement } from "../../element.ts";
import { ring } from "../../icons.ts";
import { t } from "../../text.ts";
import { onSession, type LibrarySession } from "../session.ts";
import { askForUpload } from "../upload/asking.ts";

@customElement("pv-first-run")
export class FirstRun extends LightElement {
  @state() private isComing = false;
  private leave: () => void = () => undefined;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.leave = onSession((session) => {
      if (session !== null) void this.watch(session);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leave();
    this.stop();
  }

  protected override render(): TemplateResult {
    return html`<section class="first-run" aria-labelledby="first-run-title">
      ${ring("only-you", "big")} ${this.isComing ? coming() : invitation()}
    </section>`;
  }

  private async watch({ uploads }: LibrarySession): Promise<void> {
    const queue = await uploads().catch(() => null);
    if (queue === null || !this.isConnected) return;
    const follow = (): void => { this.isComing = queue.totals.open > 0; };
    this.stop();
    this.stop = queue.subscribe(follow);
    follow();
  }
}

function coming(): TemplateResult {
  return html`<h2 id="first-run-title">${t("Your first photos are on their way")}</h2>
    <p class="quiet">${t("They are encrypted on this device first. Each appears here as soon as it is ready to be sent.")}</p>`;
}

function invitation(): TemplateResult {
  const steps: readonly (readonly [string, string])[] = [
    [t("Choose photos"), t("From this device, whole folders too. Originals stay as they are.")],
    [t("They are encrypted here"), t("Place and camera are taken out of the file first, and kept for you alone.")],
    [t("Only you can open them"), t("We store what we cannot read. Keep your recovery key: it is the only other way in.")],
  ];
  return html`<h2 id="first-run-title">${t("Your vault is empty")}</h2>
    <ol>${steps.map(([title, words]) => html`<li><strong>${title}</strong><span>${words}</span></li>`)}</ol>
    <button class="btn main" type="button" @click=${() => { askForUpload("files"); }}>${t("Upload photos")}</button>
    <button class="btn ghost wide-only" type="button" @click=${() => { askForUpload("folder"); }}>${t("Upload a folder")}</button>
    <p class="quiet small">${t("Or drop them anywhere on this page.")}</p>`;
}

/** What stands in the place of the photos of a vault that has none. */
export function firstRun(): TemplateResult {
  return html`<pv-first-run></pv-first-run>`;
}
