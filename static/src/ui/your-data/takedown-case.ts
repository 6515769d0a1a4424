/** `<pv-takedown-case>`: one case: what is still missing, the signature, whom it went to, and all that happened. */
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { addEvidence, bundleAddress, chooseLumen, draftNotice, FORMATS, noteAnswer, noteSent, noticeAddress, readCase, readRegimes, signNotice, withdrawCase, type Answer, type TakedownCase, type TakedownNotice, type TakedownRegime } from "../../vault/takedowns.ts";
import { momentText, numberText } from "../format.ts";
import { icon } from "../icons.ts";
import { Section } from "../settings/section.ts";
import { announce } from "../shell/notices.ts";
import { t } from "../text.ts";
import { pieceWords, stampWords, stepWords, SWITCH_OF, tagWords, TEXT_OF, TEXTS } from "./takedown-words.ts";

const CAN_DRAFT = ["reported", "evidence", "assessed", "drafted", "reopened"];
const WITH_THEM = ["sent", "acknowledged", "escalated"];
/** Rules under which a notice may go to a public collection: never one about an intimate picture. */
const FOR_LUMEN = ["dmca", "gdpr", "dsa", "terms"];
const AGAIN_MS = 3000;

@customElement("pv-takedown-case")
export class TakedownCaseCard extends Section {
  @property({ attribute: false }) caseId = "";
  @state() private found: TakedownCase | null = null;
  @state() private regimes: readonly TakedownRegime[] = [];
  @state() private regime = "dmca";
  private timer: number | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("caseId")) void this.attempt(() => this.load());
  }

  protected override render(): TemplateResult | typeof nothing {
    const found = this.found;
    if (found === null) return nothing;
    return html`<section class="card takedown"><header><h3>${found.host}</h3><span class="tag ${found.removed_at === null ? "" : "on"}">${stepWords(found.step)}</span></header>
      ${this.trouble()}
      <ul class="facts">${found.addresses.map(({ url, state: seen }) => html`<li>${icon(seen === "gone" ? "check" : "link")}<div><strong class="address">${url}</strong><span>${seen === "gone" ? t("Gone") : seen === "there" ? t("There") : t("Not seen yet")}</span></div></li>`)}</ul>
      ${CAN_DRAFT.includes(found.step) ? this.form(found) : nothing}
      ${found.step === "drafted" ? this.signing(found) : nothing}
      ${this.receivers(found)} ${WITH_THEM.includes(found.step) ? this.answers() : nothing} ${this.evidence(found)} ${this.files(found)} ${this.lumen(found)} ${this.timeline(found)}
      ${found.closed_at === null ? html`<p class="acts"><button class="btn ghost" type="button" ?disabled=${this.isBusy} @click=${this.withdraw}>${t("Close this case")}</button></p>` : nothing}</section>`;
  }

  private form(found: TakedownCase): TemplateResult {
    const needs = this.regimes.find(({ name }) => name === this.regime)?.needs ?? [];
    const texts = new Set(needs.flatMap(({ element }) => TEXT_OF[element] ?? []));
    const notice = found.notice as unknown as Readonly<Record<string, string | boolean>>;
    return html`<form @submit=${this.keep} novalidate class="stack">
      <div class="field"><label for="regime">${t("Under which rules")}</label><select class="input" id="regime" @change=${this.choose}>${this.regimes.map(({ name, title }) => html`<option value=${name} ?selected=${name === this.regime}>${title}</option>`)}</select></div>
      ${TEXTS.filter(([name]) => texts.has(name)).map(([name, label, isLong]) => html`<div class="field"><label for="td-${name}">${label}</label>${isLong
        ? html`<textarea class="input" id="td-${name}" name=${name} rows="2" .value=${String(notice[name] ?? "")}></textarea>`
        : html`<input class="input" id="td-${name}" name=${name} .value=${String(notice[name] ?? "")} />`}</div>`)}
      ${needs.filter(({ element }) => element in SWITCH_OF).map(({ element, words, paragraph }) => html`<label class="tick"><input type="checkbox" name=${SWITCH_OF[element] ?? ""} ?checked=${notice[SWITCH_OF[element] ?? ""] === true} /><span>${words} <small class="quiet">${paragraph}</small></span></label>`)}
      <p class="acts"><button class="btn ${found.step === "drafted" ? "" : "main"}" ?disabled=${this.isBusy}>${t("Keep the notice")}</button></p></form>`;
  }

  private signing(found: TakedownCase): TemplateResult {
    const missing = found.meter.filter(({ element, is_there: isThere }) => !isThere && element !== "signature");
    const have = found.meter.length - missing.length - 1;
    return html`<div class="stack"><p class="note" role="status">${icon(missing.length === 0 ? "check" : "info")}<span>${t("{have} of {all} things that the law wants are there.", { have: String(have), all: String(found.meter.length - 1) })}</span></p>
      ${missing.length === 0 ? nothing : html`<ul class="lacks">${missing.map(({ words, paragraph }) => html`<li>${words} <small class="quiet">${paragraph}</small></li>`)}</ul>`}
      <form class="stack" @submit=${this.sign} novalidate><div class="field"><label for="signature">${t("Sign: type your legal name")}</label><input class="input" id="signature" autocomplete="name" ?disabled=${missing.length > 0} /></div>
      <p class="acts"><button class="btn main" ?disabled=${this.isBusy || missing.length > 0}>${t("Sign and send")}</button>${missing.length === 0 ? nothing : html`<span class="why-off">${t("Something is missing.")}</span>`}</p></form></div>`;
  }

  private receivers(found: TakedownCase): TemplateResult | typeof nothing {
    if (found.contacts.length === 0) return nothing;
    const byHand = found.step === "signed" || found.step === "escalated";
    return html`<h4>${t("Whom we write to, in this order")}</h4><ul class="rows">${found.contacts.map((each) => html`<li><div class="grow"><strong>${each.name}</strong><span class="sub">${each.email === "" ? each.form_url : each.email}. ${t(each.can_do)}</span></div>
      ${byHand && each.form_url !== "" ? html`<button class="btn" type="button" ?disabled=${this.isBusy} @click=${() => { this.sent(each.number); }}>${t("I filled in their form")}</button>` : nothing}</li>`)}</ul>`;
  }

  private answers(): TemplateResult {
    return html`<form class="stack" @submit=${this.answer} novalidate><div class="field"><label for="answer">${t("Did they answer you?")}</label>
      <select class="input" id="answer"><option value="acknowledged">${t("They are looking into it")}</option><option value="refused">${t("They refused")}</option><option value="countered">${t("They passed on an objection")}</option></select></div>
      <div class="field"><label for="answer-note">${t("What they said")}</label><input class="input" id="answer-note" maxlength="400" /></div>
      <p class="acts"><button class="btn" ?disabled=${this.isBusy}>${t("Write it down")}</button></p></form>`;
  }

  private evidence(found: TakedownCase): TemplateResult | typeof nothing {
    if (found.evidence.length === 0) return nothing;
    const stamp = stampWords(found.stamp);
    return html`<details class="evidence"><summary>${t("Evidence")} <span class="quiet num">${numberText(found.evidence.length)}</span></summary>
      <ul class="rows">${found.evidence.map(({ id, kind, sha256 }) => html`<li data-piece=${id}><div class="grow"><strong>${pieceWords(kind)}</strong><span class="sub address">${sha256}</span></div></li>`)}</ul></details>
      ${stamp === "" ? nothing : html`<p class="note">${icon(found.stamp === "stamped" ? "check" : "info")}<span>${stamp}</span></p>`}`;
  }

  private lumen(found: TakedownCase): TemplateResult | typeof nothing {
    if (!FOR_LUMEN.includes(found.regime)) return nothing;
    return html`<label class="tick"><input type="checkbox" id="lumen" .checked=${found.is_for_lumen} ?disabled=${this.isBusy} @change=${this.lumenChosen} />
      <span>${t("Let the Lumen database have this notice, without your name and addresses")} <small class="quiet">${t("It collects notices for research and shows them in public. Off unless you choose it.")}</small></span></label>`;
  }

  private readonly lumenChosen = (event: Event): void => {
    const isWanted = event.target instanceof HTMLInputElement && event.target.checked;
    this.act(() => chooseLumen(this.caseId, isWanted), isWanted ? t("Chosen.") : t("Taken back."));
  };

  private files(found: TakedownCase): TemplateResult {
    return html`<h4>${t("To take with you")}</h4><p class="acts wrap">${found.regime === "" ? nothing : FORMATS.filter((name) => name !== "lumen.json" || (found.is_for_lumen && found.sent_at !== null)).map((name) => html`<a class="btn" href=${noticeAddress(found.id, name)} download>${name}</a>`)}
      ${found.evidence.length === 0 ? nothing : html`<a class="btn" href=${bundleAddress(found.id)} download>${icon("download")}${t("All evidence")}</a>`}</p>
      <div class="field"><label for="seen">${t("Add a screenshot of what you saw, or a page you saved")}</label><input class="input" id="seen" type="file" accept="image/png,image/jpeg,image/webp,text/html,application/pdf" @change=${this.upload} />
      <span class="hint">${t("Yours shows what people saw. It is kept as you gave it, and marked as yours.")}</span></div>`;
  }

  private timeline(found: TakedownCase): TemplateResult {
    return html`<h4>${t("What happened")}</h4><ol class="rows">${found.events.map(({ at, tag, note }) => html`<li><div class="grow"><strong>${tagWords(tag)}</strong><span class="sub">${momentText(at)}${note === "" ? "" : `: ${note}`}</span></div></li>`)}</ol>`;
  }

  private readonly choose = (event: Event): void => {
    if (event.target instanceof HTMLSelectElement) this.regime = event.target.value;
  };

  private readonly keep = (event: Event): void => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const said: Record<string, string | boolean> = { regime: this.regime };
    for (const field of event.target.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[name]")) {
      said[field.name] = field instanceof HTMLInputElement && field.type === "checkbox" ? field.checked : field.value.trim();
    }
    this.act(() => draftNotice(this.caseId, said as unknown as TakedownNotice), t("Kept."));
  };

  private readonly sign = (event: Event): void => {
    event.preventDefault();
    const name = this.find<HTMLInputElement>("#signature")?.value ?? "";
    this.act(() => signNotice(this.caseId, name), t("Signed. It goes out now."));
  };

  private readonly answer = (event: Event): void => {
    event.preventDefault();
    const answer = (this.find<HTMLSelectElement>("#answer")?.value ?? "acknowledged") as Answer;
    const note = this.find<HTMLInputElement>("#answer-note")?.value ?? "";
    this.act(() => noteAnswer(this.caseId, answer, note), t("Written down."));
  };

  private sent(contact: number): void {
    this.act(() => noteSent(this.caseId, contact), t("Written down. We look whether it goes."));
  }

  private readonly upload = (event: Event): void => {
    const file = event.target instanceof HTMLInputElement ? event.target.files?.[0] : undefined;
    if (file !== undefined) this.act(() => addEvidence(this.caseId, file), t("Added to the evidence."));
  };

  private readonly withdraw = (): void => {
    this.act(async () => {
      await withdrawCase(this.caseId);
      return await readCase(this.caseId);
    }, t("Closed."));
  };

  private act(deed: () => Promise<TakedownCase>, said: string): void {
    void this.attempt(async () => {
      this.show(await deed());
      announce(said);
      this.dispatchEvent(new Event("pv-case-moved"));
    });
  }

  private async load(): Promise<void> {
    if (this.regimes.length === 0) this.regimes = await readRegimes();
    this.show(await readCase(this.caseId));
  }

  private show(found: TakedownCase): void {
    if (this.found?.id !== found.id && found.regime !== "") this.regime = found.regime;
    const before = this.found;
    this.found = found;
    if (before !== null && before.id === found.id && before.step !== found.step) this.dispatchEvent(new Event("pv-case-moved"));
    clearTimeout(this.timer);
    // While the service works on it, and only then: a form that somebody fills in is left alone.
    if (["reported", "signed"].includes(found.step)) this.timer = window.setTimeout(() => { void this.attempt(() => this.load()); }, AGAIN_MS);
  }
}
