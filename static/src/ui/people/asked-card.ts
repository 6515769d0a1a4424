/** `<pv-asked>`: asking others for photos, below what they brought. Two cards on People. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { endCollectLink, readCollectLinks, wakeCollectLink, type CollectLink } from "../../vault/sharing/collect-links.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { addressLine } from "../sharing/link-choices.ts";
import { confirmDialog, toast } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { AskSheet } from "./ask-sheet.ts";
import { SeenSection } from "./seen-section.ts";
import "./came-card.ts";

@customElement("pv-asked")
export class AskedCard extends SeenSection {
  @state() private links: readonly CollectLink[] | null = null;
  @state() private shownCode = "";

  protected override render(): TemplateResult {
    const standing = (this.links ?? []).filter((link) => link.state !== "ended");
    return html`<pv-came .links=${this.links ?? []} @pv-settled=${() => void this.lookAgain()}></pv-came>
      <section class="card ask">
        <header><h2>${t("Ask for photos")}</h2><button class="btn" type="button" ?disabled=${this.links === null} @click=${() => void this.ask()}>${icon("add")}${t("New request")}</button></header>
        <p class="quiet">${t("Whoever has the link can bring you photos without an account, and sees none of yours. They are encrypted for you alone.")}</p>
        ${this.trouble()}
        ${standing.length === 0 ? nothing : html`<ul class="rows links-made">${standing.map((link) => this.row(link))}</ul>`}
      </section>`;
  }

  protected override async load(): Promise<void> {
    this.links = await readCollectLinks(this.vault);
  }

  protected override async lookAgain(): Promise<void> {
    if (!this.isBusy) await this.load().catch(() => undefined);
  }

  private row(link: CollectLink): TemplateResult {
    const { id, name, address, photosTaken, photoLimit, expiresAt, state: standing } = link;
    const facts = [
      ...(standing === "asleep" ? [t("rests: a wrong password was tried too often")] : []),
      tn("{taken} of {n} photo came", "{taken} of {n} photos came", photoLimit, { taken: photosTaken }),
      t("ends on {day}", { day: dayText(expiresAt) }), link.hasPassword ? t("with a password") : t("without a password"),
    ];
    return html`<li data-link=${id}><div class="grow"><strong>${name || t("A request")}</strong>
      ${address === null ? nothing : addressLine(id, address, this.shownCode === id, () => { this.shownCode = this.shownCode === id ? "" : id; })}
      <span class="sub">${facts.join(" · ")}</span></div>
      ${standing === "asleep" ? html`<button class="btn" type="button" @click=${() => { this.answer(() => wakeCollectLink(id), t("The link can be opened again.")); }}>${t("Wake it")}</button>` : nothing}
      <button class="btn danger ghost" type="button" aria-label=${t("End “{name}”", { name })} @click=${() => void this.end(link)}>${t("End")}</button></li>`;
  }

  private async ask(): Promise<void> {
    const id = await new AskSheet(this.vault).ask();
    if (id === "") return;
    await this.attempt(() => this.load());
    await this.updateComplete;
    // At the edge of a phone the words that follow would lie upon it.
    this.querySelector(`[data-link="${id}"]`)?.scrollIntoView({ block: "center" });
    toast(t("Copy the link and send it to whoever should bring photos."));
  }

  private async end({ id, name }: CollectLink): Promise<void> {
    const goesOn = await confirmDialog({
      title: t("End “{name}”?", { name }),
      sentences: [t("Nobody can bring photos through it any more. What came stays.")],
      confirm: t("End it"),
      danger: true,
    });
    if (goesOn) this.answer(() => endCollectLink(id), t("The link has ended."));
  }

  private answer(act: () => Promise<void>, done: string): void {
    void this.attempt(async () => {
      await act();
      await this.load();
      toast(done);
    });
  }
}
