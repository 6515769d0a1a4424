/** `<pv-data-receipts>`: what this account can hold against the service; every receipt is checked on this device first. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { isChanged, knownLogKey, type LogKey } from "../../vault/receipts/log-key.ts";
import { holdReceipt, listReceipts, takeReceipt, type HeldReceipt, type Listed } from "../../vault/receipts/receipts.ts";
import { dayText, numberText } from "../format.ts";
import { icon } from "../icons.ts";
import { librarySession, whenReady } from "../library/session.ts";
import { SeenSection } from "../people/seen-section.ts";
import { receiptsForPhotos, saveReceipts } from "../receipts/saving.ts";
import { faultSentence, kindTitle, sentencesOf } from "../receipts/words.ts";
import { toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";

@customElement("pv-data-receipts")
export class ReceiptsSection extends SeenSection {
  @state() private receipts: readonly Listed[] | null = null;
  @state() private cursor: string | null = null;
  @state() private held: ReadonlyMap<string, HeldReceipt> = new Map();
  @state() private saved: ReadonlySet<string> = new Set();
  @state() private key: LogKey = { pinned: null, told: null };
  @state() private photosDone: number | null = null;

  protected override async load(): Promise<void> {
    this.key = await knownLogKey();
    await this.read(null);
  }

  protected override async lookAgain(): Promise<void> {
    if (this.isBusy || this.receipts === null || this.receipts.every(({ standing }) => standing === "ready" || standing === "taken")) return;
    await this.read(null).catch(() => undefined);
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">
      <section class="card" aria-labelledby="receipts-head">
        <header class="named-above"><h3 id="receipts-head">${t("Receipts")}</h3><p>${t("Kept here for 90 days, or until you have them")}</p>
          <p class="read">${t("Our word, signed and put into a public log, that photos are stored or gone. Save them: they stay true when this account is gone.")}</p></header>
        ${this.trouble()}${isChanged(this.key) ? this.changedKey() : nothing}${this.list()}
        <div class="acts">${this.allButton()}
          ${this.cursor === null ? nothing : html`<button class="btn ghost accent" type="button" ?disabled=${this.isBusy} @click=${this.more}>${t("Show older")}</button>`}
          <a class="btn ghost accent" href="/verify" target="_blank">${t("Check a receipt")}</a></div>
      </section>
      ${this.storedCard()}
    </div>`;
  }

  private list(): TemplateResult {
    if (this.receipts === null) return html`<p class="quiet">${t("Reading your receipts.")}</p>`;
    if (this.receipts.length === 0) return html`<p class="quiet">${t("There are none yet. When you delete photos, you get one for the servers, and one more when no backup can be read any more.")}</p>`;
    return html`<ul class="rows">${this.receipts.map((receipt) => this.row(receipt))}</ul>`;
  }

  private row(receipt: Listed): TemplateResult {
    const { id, kind, owed_at: owedAt, standing } = receipt;
    const held = this.held.get(id);
    return html`<li class="receipt">${icon(kind === "stored" ? "storage" : "recycle")}
      <span class="grow"><strong>${kindTitle(kind)}</strong>
        ${held?.checked ? sentencesOf(held.checked).map((sentence) => html`<span class="sub">${sentence}</span>`) : html`<span class="sub"><time datetime=${owedAt}>${dayText(owedAt)}</time></span>`}
        ${this.standing(receipt, held)}</span>
      ${standing === "ready" && held !== undefined ? this.buttons(id, held) : nothing}</li>`;
  }

  private standing({ standing, taken_at: takenAt }: Listed, held: HeldReceipt | undefined): TemplateResult {
    if (standing === "taken") return html`<span class="sub">${t("You took it on {day}. What it said is shredded here.", { day: dayText(takenAt ?? "") })}</span>`;
    if (standing !== "ready") return html`<span class="sub">${t("Being signed and put into the public log. That takes about a minute.")}</span>`;
    if (held === undefined) return html`<span class="sub">${t("Being checked on this device.")}</span>`;
    if (held.fault !== null) return html`<span class="sub wrong-words" role="alert">${t("This receipt does not hold. {why}", { why: faultSentence(held.fault.fault) })}</span>`;
    return html`<span class="sub checked">${t("Checked by this device")}</span>`;
  }

  private buttons(id: string, held: HeldReceipt): TemplateResult {
    return html`${this.saved.has(id) && held.fault === null ? html`<button class="btn" type="button" ?disabled=${this.isBusy} @click=${() => void this.take(id)}>${t("I have it")}</button>` : nothing}
      <button class="btn icon-only" type="button" aria-label=${t("Save this receipt")} title=${t("Save this receipt")} @click=${() => void this.save([id])}>${icon("download")}</button>`;
  }

  private allButton(): TemplateResult | typeof nothing {
    const ids = [...this.held.keys()];
    return ids.length < 2 ? nothing : html`<button class="btn" type="button" @click=${() => void this.save(ids)}>${icon("download")}${tn("Save {n} receipt", "Save all {n} receipts", ids.length)}</button>`;
  }

  private storedCard(): TemplateResult {
    const isRunning = this.photosDone !== null;
    return html`<section class="card" aria-labelledby="stored-head">
      <header><h3 id="stored-head">${t("A receipt for what is stored")}</h3>
        <p class="read">${t("It names every photo by its number and the fingerprint of its encrypted bytes. If one were ever lost or changed here, you could prove that we had it. Nothing of it stays on our servers but a line in the public log that only your file explains.")}</p></header>
      <p class="acts"><button class="btn" type="button" ?disabled=${isRunning} aria-busy=${isRunning} @click=${this.receiptForAll}>${icon("rights")}${isRunning ? t("{n} photos done", { n: numberText(this.photosDone ?? 0) }) : t("Receipt for all photos")}</button></p>
    </section>`;
  }

  private changedKey(): TemplateResult {
    return html`<p class="note problem" role="alert">${icon("warning")}<span>${t("The key of this site’s public log is another than when this device first saw it. Receipts are checked against the first one.")}</span></p>`;
  }

  private readonly more = (): void => { void this.attempt(() => this.read(this.cursor)); };

  private readonly receiptForAll = (): void => {
    void this.attempt(() => this.coverAll());
  };

  private async coverAll(): Promise<void> {
    const session = await librarySession();
    await whenReady(session);
    const { library } = session.access;
    const view = library.view();
    const ids = Array.from({ length: view.count }, (_, index) => view.idAt(index)).filter((id) => !library.isPending(id));
    if (ids.length === 0) {
      toast(t("There are no photos yet."));
      return;
    }
    this.photosDone = 0;
    await receiptsForPhotos(ids, (done) => { this.photosDone = done; }).finally(() => { this.photosDone = null; });
  }

  /** A page of receipts, and then each that is ready with its file. */
  private async read(cursor: string | null): Promise<void> {
    const page = await listReceipts(cursor);
    this.receipts = cursor === null ? page.items : [...(this.receipts ?? []), ...page.items];
    this.cursor = page.cursor;
    for (const listed of page.items) {
      if (listed.standing !== "ready" || this.held.has(listed.id) || !this.isConnected) continue;
      const held = await holdReceipt(listed, this.key.pinned);
      if (held !== null) this.held = new Map(this.held).set(listed.id, held);
    }
  }

  private async save(ids: readonly string[]): Promise<void> {
    const chosen = new Map([...this.held].filter(([id]) => ids.includes(id)));
    await saveReceipts(chosen);
    this.saved = new Set([...this.saved, ...chosen.keys()]);
  }

  private async take(id: string): Promise<void> {
    await this.attempt(async () => {
      await takeReceipt(id);
      this.held = new Map([...this.held].filter(([other]) => other !== id));
      this.receipts = (this.receipts ?? []).map((each) => each.id === id ? { ...each, standing: "taken", taken_at: new Date().toISOString() } : each);
      toast(t("What this receipt said is shredded on our servers. Your file is the only one."));
    });
  }
}
