/** `<pv-data-deleted>`: each deletion, and how far it is. Looks again while it is seen. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Deletion } from "../../api/types.ts";
import { listDeletions } from "../../vault/erasure.ts";
import { momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { whileSeen } from "../people/while-seen.ts";
import { Section } from "../settings/section.ts";
import { t, tn } from "../text.ts";
import { deletionTrack } from "./deletion-track.ts";
import { sentenceOfDeletion, stepsOf } from "./deletion-words.ts";

/** Bytes go within seconds, and somebody may be watching. */
const SOON_MS = 3_000;

@customElement("pv-data-deleted")
export class DeletedSection extends Section {
  @state() private deletions: readonly Deletion[] | null = null;
  @state() private cursor: string | null = null;
  private stop: () => void = () => undefined;
  private soon: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(() => this.look());
    this.stop = whileSeen(() => { void this.lookAgain(); });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
    clearTimeout(this.soon);
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">${this.trouble()}${this.deletions === null ? nothing : this.list(this.deletions)}
      <p class="acts"><a class="btn ghost accent" href="/what-we-keep">${t("Where copies can be, and for how long")}</a></p></div>`;
  }

  private list(deletions: readonly Deletion[]): TemplateResult {
    if (deletions.length === 0) {
      return html`<section class="card"><header><h3>${t("Nothing deleted in the last twelve months")}</h3></header>
        <p>${t("When you delete photos for good, you can watch here how they leave our servers and every backup, and get a receipt for it.")}</p></section>`;
    }
    return html`${repeat(deletions, ({ id }) => id, (deletion) => this.card(deletion))}
      ${this.cursor === null ? nothing : html`<button class="btn" type="button" ?disabled=${this.isBusy} @click=${this.more}>${t("Show earlier ones")}</button>`}`;
  }

  private card(deletion: Deletion): TemplateResult {
    const isLate = deletion.state === "retrying" || deletion.state === "incident";
    return html`<section class="card deletion">
      <div class="deletion-head"><div class="plate num" aria-hidden="true">${deletion.image_count}</div>
        <div><h3>${tn("{n} photo", "{n} photos", deletion.image_count)}</h3><p class="sub num">${t("Deleted on {moment}", { moment: momentText(deletion.deleted_at) })}</p>
        <p class=${isLate ? "late" : ""} role=${isLate ? "alert" : nothing}>${sentenceOfDeletion(deletion)}</p></div></div>
      ${deletionTrack(stepsOf(deletion))}
      ${this.receipts(deletion)}
    </section>`;
  }

  private receipts({ receipts }: Deletion): TemplateResult | typeof nothing {
    const names: Readonly<Record<string, string>> = { "deleted.active": t("Receipt: gone from our servers"), "deleted.final": t("Receipt: unreadable everywhere") };
    const ready = receipts.filter(({ standing }) => standing === "ready" || standing === "taken");
    if (ready.length === 0) return nothing;
    return html`<p class="acts">${ready.map(({ id, kind }) => html`<a class="btn" href="/your-data/receipts#${id}">${icon("download")}${names[kind]}</a>`)}</p>`;
  }

  private async look(): Promise<void> {
    const { items, cursor } = await listDeletions();
    const known = this.deletions ?? [];
    const [last] = items.slice(-1);
    const older = last === undefined ? [] : known.filter(({ id }) => id < last.id);
    this.deletions = [...items, ...older];
    if (older.length === 0) this.cursor = cursor;
    clearTimeout(this.soon);
    const isWaiting = items.some(({ state, receipts }) => state === "received" || (state === "active_removed" && !receipts.some(({ standing }) => standing === "ready" || standing === "taken")));
    if (isWaiting) this.soon = setTimeout(() => { void this.lookAgain(); }, SOON_MS);
  }

  private async lookAgain(): Promise<void> {
    await this.look().catch(() => undefined); // what is shown stays true; the next look may answer
  }

  private readonly more = (): void => {
    void this.attempt(async () => {
      const { items, cursor } = await listDeletions(this.cursor ?? undefined);
      this.deletions = [...(this.deletions ?? []), ...items];
      this.cursor = cursor;
    });
  };
}
