/** `<pv-data-health>`: whether what is stored is still what came, and the way to put it right where it is not. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Fixity } from "../../api/types.ts";
import { readFixity } from "../../vault/health.ts";
import { NEVER_RESTORED } from "../../vault/library/restored.ts";
import type { Item } from "../../vault/library/view.ts";
import { knownRestorations } from "../../vault/restorations.ts";
import { bytesText, dayText, momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { wholeMoment } from "../library/dates.ts";
import { putBack } from "../library/mending.ts";
import { librarySession, type LibrarySession } from "../library/session.ts";
import { Section } from "../settings/section.ts";
import { logWords, takenWords } from "../shell/restoration-words.ts";
import { t, tn } from "../text.ts";

const DAMAGED_AT_ONCE = 50;

@customElement("pv-data-health")
export class HealthSection extends Section {
  @state() private fixity: Fixity | null = null;
  @state() private session: LibrarySession | null = null;
  @state() private damaged: readonly Item[] = [];
  @state() private count = 0;
  @state() private shown = DAMAGED_AT_ONCE;
  private stop: () => void = () => undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      [this.fixity, this.session] = await Promise.all([readFixity(), librarySession()]);
      this.stop = this.session.access.library.subscribe(() => { this.look(); });
      this.look();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">${this.trouble()}${this.session === null ? nothing : this.own(this.session)}${this.fixity === null ? nothing : this.service(this.fixity)}${this.restores()}</div>`;
  }

  private own(session: LibrarySession): TemplateResult {
    if (session.access.library.status !== "ready") return html`<section class="card" role="status"><p>${t("Looking through your photos on this device.")}</p></section>`;
    if (this.damaged.length === 0) {
      return html`<section class="card"><header><h3>${t("Your photos are sound")}</h3><span class="tag on">${icon("check")}${tn("{n} photo", "{n} photos", this.count)}</span></header>
        <p>${t("None of them has changed on our disks since you stored it, as far as we have read them again.")}</p></section>`;
    }
    return html`<section class="card"><header><h3>${tn("{n} photo changed on our disk", "{n} photos changed on our disk", this.damaged.length)}</h3>
        <p class="read">${t("The bytes we hold are no longer those you stored. If you still have the file, choose it: it must be the very same one, and takes its old place with all its albums and shares.")}</p></header>
      <ul class="rows damaged">${repeat(this.damaged.slice(0, this.shown), ({ id }) => id, (item) => html`<li>${icon("photo-broken")}
        <span class="grow"><strong><a href="/photos/${item.id}">${item.name || t("Photo")}</a></strong><span class="sub num">${item.isTimeKnown ? wholeMoment(item.time) : t("Date not known")} · ${bytesText(item.bytes)}</span></span>
        <button class="btn" type="button" @click=${() => { putBack(session, item); }}>${t("Choose the original")}</button></li>`)}</ul>
      ${this.damaged.length > this.shown ? html`<button class="btn" type="button" @click=${() => { this.shown += DAMAGED_AT_ONCE; }}>${t("Show more of {n}", { n: this.damaged.length })}</button>` : nothing}
    </section>`;
  }

  private service({ days, round_days: round, has_second_store: hasSecond }: Fixity): TemplateResult {
    const [latest] = days;
    const sum = (of: "parts" | "bytes" | "damaged" | "mended"): number => days.reduce((total, day) => total + day[of], 0);
    return html`<section class="card"><header><h3>${t("How we look")}</h3>
        <p class="read">${tn("Disks change a bit now and then and say nothing. So we read every stored file again at least once in {n} day, and compare it with what came in.", "Disks change a bit now and then and say nothing. So we read every stored file again at least once in {n} days, and compare it with what came in.", round)}</p></header>
      <ul class="facts">
        <li>${icon("calendar")}<div><strong>${latest === undefined ? t("Nothing was due yet") : t("Last on {day}", { day: dayText(latest.day) })}</strong><span>${latest === undefined ? t("Every photo is read back when it comes, and again from then on.") : t("{bytes} in these weeks, of all who keep photos here", { bytes: bytesText(sum("bytes")) })}</span></div></li>
        <li>${icon("photo-broken")}<div><strong>${tn("{n} file had changed", "{n} files had changed", sum("damaged"))}</strong><span>${hasSecond ? tn("{n} was put right from our second store", "{n} were put right from our second store", sum("mended")) : t("There is no second store here, so only you can put one back.")}</span></div></li>
      </ul></section>`;
  }

  /** Remembered by this browser: a service that says nothing of one any more does not make it undone. */
  private restores(): TemplateResult | typeof nothing {
    const known = knownRestorations();
    if (known.length === 0) return nothing;
    return html`<section class="card" data-restores><header><h3>${t("Restored from a backup")}</h3>
        <p class="read">${t("What this browser was told by the service, and when. What everybody is told stands with the restore drills.")} <a href="/drills#restores" target="_blank">${t("Compare")}</a></p></header>
      <ul class="facts">${known.map((each) => html`<li>${icon("storage")}<div><strong>${t("Restored on {at}, from a backup of {to}", { at: momentText(each.restoredAt), to: momentText(each.restoredTo) })}</strong><span>${t("Told on {day}.", { day: dayText(each.seenAt) })} ${logWords(each)} ${takenWords(each, this.session?.access.library.restored ?? NEVER_RESTORED)}</span></div></li>`)}</ul></section>`;
  }

  private look(): void {
    const view = this.session?.access.library.view({ place: "kept" });
    if (view === undefined) return;
    const damaged: Item[] = [];
    for (let index = 0; index < view.count; index += 1) {
      const item = view.itemAt(index);
      if (item.state === "damaged") damaged.push(item);
    }
    this.damaged = damaged;
    this.count = view.count;
  }
}
