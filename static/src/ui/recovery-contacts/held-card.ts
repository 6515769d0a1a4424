/** `<pv-held-shares>`: whom this account can help back into their vault, and who asks for it. Nothing while there is nobody. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { acceptShare, glanceAtHeld, handBack, readHeld, type Held } from "../../vault/recovery-contacts/holding.ts";
import { momentText } from "../format.ts";
import { icon } from "../icons.ts";
import { addressText } from "../people/address.ts";
import { initials } from "../people/initials.ts";
import { GlancingSection } from "../people/seen-section.ts";
import { confirmDialog, toast } from "../shell/notices.ts";
import { t } from "../text.ts";
import { HelpSheet } from "./help-sheet.ts";

@customElement("pv-held-shares")
export class HeldCard extends GlancingSection {
  @state() private held: readonly Held[] = [];

  protected override render(): TemplateResult | typeof nothing {
    if (this.held.length === 0) return this.problem === "" ? nothing : html`${this.trouble()}`;
    const asked = this.held.filter((each) => each.asked !== null && !each.asked.is_answered);
    return html`${asked.map((each) => this.call(each))}
      <section class="card held">
        <header><h2>${t("You can help them back in")}</h2><p class="read">${t("If they lose their password and their recovery key, you and one more of their three contacts can give them their vault back. Your share alone opens nothing.")}</p></header>
        ${this.trouble()}
        <ul class="rows">${this.held.map((each) => this.row(each))}</ul>
      </section>`;
  }

  protected override async glance(): Promise<string> {
    return await glanceAtHeld();
  }

  protected override async read(): Promise<void> {
    this.held = await readHeld(this.vault);
  }

  private call(held: Held): TemplateResult {
    const { email } = held.owner;
    return html`<div class="note danger" role="alert">${icon("recovery")}
      <div class="grow"><strong>${t("{email} may need your help.", { email })}</strong>
        <p>${t("Somebody asks for their vault to be given back. It may be them on a new device, or somebody who reads their mail. Compare the words with them before you answer.")}</p>
        <p class="acts"><button class="btn" type="button" @click=${() => void this.help(held)}>${t("Compare and answer")}</button></p></div>
    </div>`;
  }

  private row(held: Held): TemplateResult {
    const { email } = held.owner;
    return html`<li><span class="avatar" aria-hidden="true">${initials(email)}</span>
      <div class="grow"><strong>${addressText(email)}</strong><span class="sub">${this.words(held)}</span></div>
      <div class="acts">
        <button class="btn ghost" type="button" ?disabled=${this.isBusy} aria-label=${held.hasAccepted ? t("Hand back the share of {email}", { email }) : t("No, hand back the share of {email}", { email })} @click=${() => void this.giveUp(held)}>${held.hasAccepted ? t("Hand back") : t("No, hand back")}</button>
        ${held.hasAccepted ? nothing : html`<button class="btn" type="button" ?disabled=${this.isBusy} aria-label=${t("Yes, I will help {email}", { email })} @click=${() => { this.accept(held); }}>${t("Yes, I will help")}</button>`}
      </div></li>`;
  }

  private words({ owner, asked, hasAccepted }: Held): string {
    if (owner.trust === "changed") return t("Their keys changed. Nothing is given to anybody before you compared your safety number.");
    if (asked?.is_answered) return t("You answered. Their vault opens on {moment} at the earliest.", { moment: momentText(asked.opens_at) });
    if (hasAccepted) return owner.trust === "checked" ? t("You said yes") : t("You said yes. Compare your safety number with them while you can.");
    return t("They chose you as a recovery contact. Will you help?");
  }

  private accept(held: Held): void {
    this.settle(() => acceptShare(this.vault, held), t("{email} sees that you said yes.", { email: held.owner.email }));
  }

  private async giveUp(held: Held): Promise<void> {
    const { email } = held.owner;
    const goesOn = await confirmDialog({
      title: t("Hand back the share of {email}?", { email }),
      sentences: [
        t("You cannot help them back into their vault any more. They are told by mail, see that it was you, and can choose somebody else. You stay contacts."),
        ...(held.asked === null ? [] : [t("They ask for help now. If it is them, they may not get their photos back without you.")]),
      ],
      confirm: t("Hand it back"),
      danger: true,
    });
    if (goesOn) this.settle(() => handBack(held), t("Handed back."));
  }

  private async help(held: Held): Promise<void> {
    if (!(await new HelpSheet(this.vault, held).ask())) return;
    await this.attempt(() => this.load());
    toast(t("Your share is on its way to {email}.", { email: held.owner.email }));
  }

  private settle(act: () => Promise<void>, done: string): void {
    void this.attempt(async () => {
      await act();
      await this.load();
      toast(done);
    });
  }
}
