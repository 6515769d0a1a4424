/** `<pv-closing>`: how far the erasure of an account is, at `/closing#ID.SECRET`, for whoever closed it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { ClosingFacts } from "../../api/types.ts";
import { followClosing, readClosingLink } from "../../vault/erasure.ts";
import { LightElement } from "../element.ts";
import { dayText, momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { whileSeen } from "../people/while-seen.ts";
import { sentenceOf } from "../sentence.ts";
import { t, tn } from "../text.ts";
import { deletionTrack } from "../your-data/deletion-track.ts";
import { dateText, stepsOfClosing } from "../your-data/deletion-words.ts";

const SOON_MS = 2_000;
const NAMES: Readonly<Record<string, string>> = {
  "account.erased": t("Receipt: gone from our servers"),
  "deleted.final": t("Receipt: unreadable everywhere"),
};

@customElement("pv-closing")
export class ClosingPage extends LightElement {
  @state() private closing: ClosingFacts | null = null;
  @state() private isUnknown = false;
  @state() private problem = "";
  private readonly link = readClosingLink(location.hash);
  private stop: () => void = () => undefined;
  private soon: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.link === null) return;
    void this.look();
    this.stop = whileSeen(() => { void this.look(); });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    clearTimeout(this.soon);
  }

  protected override render(): TemplateResult {
    if (this.link === null) {
      return html`<h1>${t("This link is not whole")}</h1><p class="lead quiet">${t("Copy it from the mail again, up to its last letter.")}</p>`;
    }
    if (this.isUnknown) {
      return html`<h1>${t("There is nothing here any more")}</h1><p class="lead quiet">${t("Either the account was kept, or it was erased more than 60 days ago. What we knew of it is gone too.")}</p>`;
    }
    return html`<div class="stack">${this.problem === "" ? nothing : html`<p class="note problem" role="alert">${icon("info")}<span>${this.problem}</span></p>`}${this.closing === null ? nothing : this.shown(this.closing)}</div>`;
  }

  private shown(closing: ClosingFacts): TemplateResult {
    return html`<h1>${title(closing)}</h1><p class="lead quiet">${lead(closing)}</p>
      ${closing.state === "erasing" ? this.progress(closing) : nothing}
      ${deletionTrack(stepsOfClosing(closing))}
      ${closing.state === "waiting" ? html`<p><a class="btn main wide" href="/sign-in?next=/your-data/close">${t("Sign in to keep it")}</a></p>` : nothing}
      ${this.receipts(closing)}
      <p class="quiet">${t("Keep the address of this page: it is the only way back to it. Whoever has it can see this and nothing else.")}</p>`;
  }

  private progress({ images_erased: erased, images_total: total }: ClosingFacts): TemplateResult {
    return html`<div><progress class="meter thick" max=${Math.max(total, 1)} value=${erased} aria-label=${t("Photos erased")}></progress>
      <p class="sub num" role="status">${t("{done} of {all} photos erased", { done: erased, all: total })}</p></div>`;
  }

  private receipts({ receipts }: ClosingFacts): TemplateResult | typeof nothing {
    if (receipts.length === 0) return nothing;
    return html`<div class="acts">${receipts.map((receipt) => receipt.file === null
      ? html`<p class="sub" role="status">${t("The receipt is being signed.")}</p>`
      : html`<button class="btn" type="button" @click=${() => { download(receipt.kind, receipt.file); }}>${icon("download")}${NAMES[receipt.kind]}</button>`)}</div>`;
  }

  private async look(): Promise<void> {
    if (this.link === null) return;
    clearTimeout(this.soon);
    try {
      this.closing = await followClosing(this.link);
      this.isUnknown = this.closing === null;
      this.problem = "";
    } catch (error) {
      this.problem = sentenceOf(error);
    }
    const isMoving = this.closing?.state === "erasing" || this.closing?.state === "removing" || this.closing?.receipts.some(({ file }) => file === null) === true;
    if (isMoving && this.isConnected) this.soon = setTimeout(() => { void this.look(); }, SOON_MS);
  }
}

function title({ state: stand, starts_at: startsAt }: ClosingFacts): string {
  if (stand === "waiting") return t("Erased on {day}", { day: dayText(startsAt) });
  return stand === "erasing" || stand === "removing" ? t("Being erased") : t("Erased");
}

function lead(closing: ClosingFacts): string {
  const { state: stand, images_total: total, unreadable_by: by } = closing;
  if (stand === "waiting") return t("The account is closed. Until {moment} you can sign in and keep it.", { moment: momentText(closing.starts_at) });
  if (stand === "erasing" || stand === "removing") return t("Nobody can sign in any more, and nothing is shared. You can close this page: it goes on without you.");
  const gone = tn("{n} photo and everything else of the account are gone from our servers.", "{n} photos and everything else of the account are gone from our servers.", total);
  if (stand === "completed") return `${gone} ${t("No backup can be opened any more.")}`;
  return by === null ? gone : `${gone} ${t("The backup key is destroyed by {day}; then there is a last receipt here.", { day: dateText(by) })}`;
}

function download(kind: string, file: unknown): void {
  const address = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `pocketvault-${kind}.json`;
  link.click();
  URL.revokeObjectURL(address);
}
