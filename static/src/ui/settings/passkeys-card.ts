/** `<pv-passkeys>`: passkeys that sign in, and those that open the vault as well. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { Passkey } from "../../api/types.ts";
import { addPasskey, listPasskeys, passkeysSupported, removePasskey, renamePasskey } from "../../vault/passkey.ts";
import { withPassword } from "../../vault/recovery.ts";
import { deviceName } from "../../vault/session.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { confirmDialog, toast } from "../shell/notices.ts";
import { t } from "../text.ts";
import { Section } from "./section.ts";
import { valueOf } from "./value-of.ts";
import "../account/password-field.ts";

@customElement("pv-passkeys")
export class PasskeysCard extends Section {
  @state() private passkeys: readonly Passkey[] = [];
  @state() private isAdding = false;
  /** Whose name is being changed; "" for none. */
  @state() private renaming = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      this.passkeys = await listPasskeys();
    });
  }

  protected override render(): TemplateResult {
    return html`<section class="card">
      <header><h3>${t("Passkeys")}</h3><p class="read">${t("A finger, a face or a security key instead of the password. Where the device allows it, a passkey opens the vault too.")}</p></header>
      ${this.passkeys.length === 0 ? nothing : html`<ul class="rows">${this.passkeys.map((passkey) => this.row(passkey))}</ul>`}
      ${this.isAdding ? this.form() : html`${this.trouble()}<p class="acts">${this.addButton()}</p>`}
    </section>`;
  }

  private addButton(): TemplateResult {
    if (!passkeysSupported()) return html`<span class="why-off">${t("This browser cannot use passkeys.")}</span>`;
    return html`<button class="btn" type="button" @click=${() => { this.isAdding = true; void this.focusOn("#passkey-name"); }}>${icon("add")}${t("Add a passkey")}</button>`;
  }

  private row(passkey: Passkey): TemplateResult {
    if (passkey.id === this.renaming) return html`<li>${this.nameForm(passkey)}</li>`;
    const used = passkey.last_used_on === null ? t("Not used yet") : t("Last used on {day}", { day: dayText(passkey.last_used_on) });
    return html`<li>${icon("passkey")}
      <div class="grow"><strong>${passkey.name}</strong><span class="sub">${used}</span></div>
      <span class="tag ${passkey.can_open_vault ? "on" : ""}">${passkey.can_open_vault ? t("Opens the vault") : t("Signs in only")}</span>
      <button class="btn icon-only" type="button" data-renames=${passkey.id} aria-label=${t("Rename {name}", { name: passkey.name })} @click=${() => { this.startRenaming(passkey.id); }}>${icon("correct")}</button>
      <button class="btn icon-only" type="button" aria-label=${t("Remove {name}", { name: passkey.name })} @click=${() => { this.removeOne(passkey); }}>${icon("close")}</button>
    </li>`;
  }

  private nameForm(passkey: Passkey): TemplateResult {
    return html`<form class="grow" @submit=${(event: SubmitEvent) => { event.preventDefault(); this.rename(passkey); }} @keydown=${(event: KeyboardEvent) => { if (event.key === "Escape") this.stopRenaming(passkey.id); }} novalidate>
      <div class="field"><label for="passkey-new-name">${t("Name")}</label><input class="input" id="passkey-new-name" maxlength="80" autocomplete="off" value=${passkey.name} /></div>
      <p class="acts">
        <button class="btn" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Save")}</button>
        <button class="btn ghost" type="button" @click=${() => { this.stopRenaming(passkey.id); }}>${t("Cancel")}</button>
      </p>
    </form>`;
  }

  private form(): TemplateResult {
    return html`<form @submit=${this.add} novalidate>
      <div class="field"><label for="passkey-name">${t("Name")}</label><input class="input" id="passkey-name" maxlength="80" value=${deviceName()} /></div>
      <pv-password-field label=${t("Password")} complete="current-password" .problem=${this.problem}></pv-password-field>
      <p class="acts">
        <button class="btn" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${t("Continue")}</button>
        <button class="btn ghost" type="button" @click=${() => { this.isAdding = false; }}>${t("Cancel")}</button>
      </p>
    </form>`;
  }

  private readonly add = (event: SubmitEvent): void => {
    event.preventDefault();
    const name = valueOf(this, "#passkey-name").trim() || deviceName();
    const password = valueOf(this, "pv-password-field");
    void this.attempt(async () => {
      const opensVault = await withPassword(password, ({ accountKey, session }) => addPasskey(name, accountKey, session.account_id));
      this.isAdding = false;
      this.passkeys = await listPasskeys();
      toast(opensVault ? t("Passkey added. It opens the vault too.") : t("Passkey added. It signs you in; the password still opens the vault."));
    });
  };

  private startRenaming(id: string): void {
    this.renaming = id;
    void this.focusOn("#passkey-new-name");
  }

  /** The button that began it has the keyboard again. */
  private stopRenaming(id: string): void {
    this.renaming = "";
    void this.focusOn(`[data-renames="${id}"]`);
  }

  private rename(passkey: Passkey): void {
    const name = valueOf(this, "#passkey-new-name").trim();
    void this.attempt(async () => {
      if (name !== "" && name !== passkey.name) await renamePasskey(passkey.id, name);
      this.passkeys = await listPasskeys();
      this.stopRenaming(passkey.id);
    });
  }

  private removeOne(passkey: Passkey): void {
    void this.attempt(async () => {
      const sure = await confirmDialog({
        title: t("Remove “{name}”?", { name: passkey.name }),
        sentences: [t("It no longer signs in or opens the vault. You may add it again.")],
        confirm: t("Remove"),
        danger: true,
      });
      if (!sure) return;
      await removePasskey(passkey.id);
      this.passkeys = await listPasskeys();
    });
  }
}
