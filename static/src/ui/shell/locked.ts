/** `<pv-locked>`: the closed vault, and the ways to open it. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import type { Session } from "../../api/types.ts";
import { openShutVaultByPassword } from "../../vault/former-password.ts";
import { noteActivity, signOut } from "../../vault/lock.ts";
import { passkeysSupported } from "../../vault/passkey.ts";
import { openShutVault, type Opened } from "../../vault/recovery.ts";
import { needsNewPassword } from "../../vault/unlock.ts";
import { unlockWithPasskey, unlockWithPassword, unlockWithRecovery } from "../../vault/unlock-ways.ts";
import { LightElement } from "../element.ts";
import { vaultRing, wrong } from "../icons.ts";
import { codeOf, sentenceOf } from "../sentence.ts";
import { t } from "../text.ts";
import "../account/new-password.ts";
import "../account/password-field.ts";
import "../account/phrase-field.ts";

type Way = "password" | "words" | "former";

@customElement("pv-locked")
export class Locked extends LightElement {
  @property({ attribute: false }) session: Session | null = null;
  /** A sentence to show instead of a way in, such as a lost connection. */
  @property({ attribute: false }) trouble = "";
  /** Most vaults are open still when their page comes: none of this is made before it is seen. */
  @state() private wasShown = false;
  @state() private way: Way = "password";
  @state() private isBusy = false;
  @state() private isOpening = false;
  @state() private problem = "";
  /** Opened after a reset, by a passkey or the password from before, and waiting for its new password. */
  @state() private opened: Opened | null = null;

  /** Stand there, with the cursor where the person will type. */
  async takeFocus(): Promise<void> {
    this.wasShown = true;
    this.isOpening = false;
    await this.focusOn("input, textarea");
  }

  /** The vault is open: at the next lock nothing of how it was opened counts any more, nor that it was shut. */
  leaveOpen(session: Session): void {
    this.session = session;
    this.opened = null;
    this.way = "password";
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.wasShown) return nothing;
    return html`<main class="locked" id="locked-main">
      ${vaultRing(!this.isOpening, "big")}
      ${this.opened === null ? this.closed() : html`<pv-new-password .opened=${this.opened}></pv-new-password>`}
      <p class="small quiet who">
        ${this.session === null ? nothing : html`<span>${this.session.email}</span>`}
        <button class="text-link" type="button" @click=${this.leave}>${t("Sign out")}</button>
      </p>
    </main>`;
  }

  private closed(): TemplateResult {
    return html`<div class="stack close">
        <h1>${t("Your vault is locked")}</h1>
        <p class="quiet">${this.explanation()}</p>
      </div>
      ${this.trouble === "" ? this.ways() : this.troubled()}`;
  }

  private owesPassword(): boolean {
    return this.session !== null && needsNewPassword(this.session);
  }

  private explanation(): string {
    if (this.session?.vault_shut) {
      return t("Your password was reset by mail. That gave you the account, not the photos: your recovery key, a passkey or the password you had before opens them.");
    }
    if (this.session?.must_set_password) {
      return t("This device was let in without your password, so a new one comes first. Open your vault once more and choose it; until then nothing else works here.");
    }
    return t("Nobody can see in, not even you. Your password opens it on this device.");
  }

  private ways(): TemplateResult {
    if (this.owesPassword()) return this.way === "former" ? this.formerForm() : this.shutForm();
    return this.way === "password" ? this.passwordForm() : this.wordsForm();
  }

  private passwordForm(): TemplateResult {
    return html`<form @submit=${this.openByPassword} novalidate>
      <input class="sr" type="email" autocomplete="username" tabindex="-1" aria-hidden="true" readonly .value=${this.session?.email ?? ""} />
      <pv-password-field label=${t("Password")} complete="current-password" .problem=${this.problem}></pv-password-field>
      ${this.mainButton(t("Unlock"))} ${this.passkeyButton()}
      <button class="btn ghost accent wide" type="button" @click=${() => void this.turnTo("words")}>${t("Use recovery key")}</button>
    </form>`;
  }

  private wordsForm(): TemplateResult {
    return html`<form @submit=${this.openByWords} novalidate>
      <pv-phrase-field .problem=${this.problem}></pv-phrase-field>
      ${this.mainButton(t("Unlock"))}
      <button class="btn ghost accent wide" type="button" @click=${() => void this.turnTo("password")}>${t("Use password")}</button>
    </form>`;
  }

  private shutForm(): TemplateResult {
    return html`<form>
      <a class="btn main wide" href="/recover">${t("Use recovery key")}</a>
      ${this.passkeyButton()}
      ${this.session?.vault_shut ? html`<button class="btn ghost accent wide" type="button" @click=${() => void this.turnTo("former")}>${t("Use the password from before")}</button>` : nothing}
      <a class="btn ghost accent wide" href="/recover/contacts">${t("Ask my recovery contacts")}</a>
      ${wrong("shut-problem", this.problem)}
    </form>`;
  }

  private formerForm(): TemplateResult {
    return html`<form @submit=${this.openByFormer} novalidate>
      <pv-password-field label=${t("Password from before the reset")} .problem=${this.problem}></pv-password-field>
      ${this.mainButton(t("Open my vault"))}
      <button class="btn ghost accent wide" type="button" @click=${() => void this.turnTo("password")}>${t("Other ways")}</button>
    </form>`;
  }

  private troubled(): TemplateResult {
    return html`<form>
      <p class="note warn" role="alert">${this.trouble}</p>
      <button class="btn main wide" type="button" @click=${() => { location.reload(); }}>${t("Try again")}</button>
    </form>`;
  }

  private mainButton(words: string): TemplateResult {
    return html`<button class="btn main wide" aria-busy=${this.isBusy} ?disabled=${this.isBusy}>
      ${this.isBusy ? t("Opening") : words}
    </button>`;
  }

  private passkeyButton(): TemplateResult | typeof nothing {
    if (!passkeysSupported()) return nothing;
    return html`<button class="btn wide" type="button" ?disabled=${this.isBusy} @click=${this.openByPasskey}>${t("Use a passkey")}</button>`;
  }

  private async turnTo(way: Way): Promise<void> {
    this.way = way;
    this.problem = "";
    await this.focusOn("input:not([readonly]), textarea, .btn.main");
  }

  private readonly openByPassword = (event: SubmitEvent): void => {
    event.preventDefault();
    const password = this.find<HTMLInputElement>("pv-password-field input")?.value ?? "";
    if (password === "") this.problem = t("Enter your password.");
    else void this.attempt(() => unlockWithPassword(password));
  };

  private readonly openByFormer = (event: SubmitEvent): void => {
    event.preventDefault();
    const password = this.find<HTMLInputElement>("pv-password-field input")?.value ?? "";
    if (password === "") this.problem = t("Enter the password from before the reset.");
    else void this.attempt(async () => {
      this.opened = await openShutVaultByPassword(password);
    });
  };

  private readonly openByWords = (event: SubmitEvent): void => {
    event.preventDefault();
    const words = this.find<HTMLTextAreaElement>("pv-phrase-field textarea")?.value ?? "";
    void this.attempt(() => unlockWithRecovery(words));
  };

  private readonly openByPasskey = (): void => {
    if (!this.owesPassword()) void this.attempt(unlockWithPasskey);
    else void this.attempt(async () => {
      this.opened = await openShutVault();
    });
  };

  private async attempt(open: () => Promise<unknown>): Promise<void> {
    this.isBusy = true;
    this.problem = "";
    noteActivity();
    try {
      await open();
      this.find<HTMLFormElement>("form")?.reset();
      this.isOpening = true;
    } catch (error) {
      if (codeOf(error) === "signed-out") location.assign("/sign-in");
      this.problem = sentenceOf(error);
      await this.focusOn("[aria-invalid='true']");
    } finally {
      this.isBusy = false;
    }
  }

  private readonly leave = (): void => {
    signOut().then(
      () => { location.assign("/sign-in"); },
      (error: unknown) => { this.problem = sentenceOf(error); },
    );
  };
}
