/** What the pages of links have in common: asking at the door, a password where there is one, and why a door is shut. */
import { html, nothing, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { Problem } from "../../api/problem.ts";
import type { KdfWire } from "../../api/types.ts";
import type { LinkKeys } from "../../crypto/hierarchy.ts";
import { readAddress, type LinkAddress } from "../../vault/guests/address.ts";
import { linkKeys } from "../../vault/guests/link-keys.ts";
import type { PasswordField } from "../account/password-field.ts";
import { LightElement } from "../element.ts";
import { ring } from "../icons.ts";
import { codeOf, sentenceOf } from "../sentence.ts";
import { t, tn } from "../text.ts";
import { openingDoor, shutDoor, shutFor, type Shut } from "./door.ts";
import "../account/password-field.ts";

/** A link whose keys are known. */
export interface Unlocked {
  readonly address: LinkAddress;
  readonly keys: LinkKeys;
}

export abstract class GuestPage extends LightElement {
  @state() protected phase: "opening" | "password" | "shut" | "open" = "opening";
  @state() private isBusy = false;
  @state() private problem = "";
  private shut: Shut = { title: "", sentence: "" };
  private address: LinkAddress | null = null;
  private kdf: KdfWire | null = null;
  /** Kept, so that a visit that ran out begins again without the password. */
  private unlocked: Unlocked | null = null;

  /** Ask how the link is opened. @throws Problem. */
  protected abstract ask(id: string): Promise<KdfWire | null>;
  /** Go in. @throws LinkError, HistoryError, CryptoError, Problem. */
  protected abstract enter(link: Unlocked): Promise<void>;
  /** Let go of everything that was open. */
  protected abstract leave(): void;
  protected abstract opened(): TemplateResult;
  /** What a password opens here. */
  protected abstract readonly passwordTitle: string;

  override connectedCallback(): void {
    super.connectedCallback();
    // Another link in the same tab: its secret changes without a new page.
    addEventListener("hashchange", reload);
    void this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", reload);
    this.leave();
  }

  protected override render(): TemplateResult {
    if (this.phase === "open") return this.opened();
    if (this.phase === "password") return this.passwordDoor();
    return this.phase === "shut" ? shutDoor(this.shut, () => void this.begin()) : openingDoor();
  }

  /** Shut the door, for whatever was thrown or told. */
  protected shutBy(code: string, sentence: string): void {
    this.leave();
    this.shut = shutFor(code, sentence);
    this.phase = "shut";
    void this.focusOn("h1");
  }

  private async begin(): Promise<void> {
    this.phase = "opening";
    try {
      if (this.unlocked === null) {
        const address = readAddress(location.pathname, location.hash);
        this.address = address;
        this.kdf = await this.ask(address.id);
        if (this.kdf !== null) return this.askPassword();
        this.unlocked = { address, keys: await linkKeys(address.secret, null) };
      }
      await this.enter(this.unlocked);
      this.phase = "open";
    } catch (error) {
      this.shutBy(codeOf(error), sentenceOf(error));
    }
  }

  private askPassword(): void {
    this.phase = "password";
    void this.focusOn("input");
  }

  private passwordDoor(): TemplateResult {
    return html`<div class="door">
      ${ring("link", "big")}
      <h1>${this.passwordTitle}</h1>
      <p class="lead quiet">${t("Whoever sent you the link can tell you the password. It is worked on here, on this device, and never sent.")}</p>
      <form @submit=${this.submit} novalidate>
        <pv-password-field .label=${t("Password of the link")} name="link-password" .complete=${"off"} .problem=${this.problem}></pv-password-field>
        <button class="btn main wide" ?disabled=${this.isBusy} aria-busy=${this.isBusy}>${this.isBusy ? t("Opening") : t("Open")}</button>
      </form>
    </div>`;
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const password = this.find<PasswordField>("pv-password-field")?.value ?? "";
    this.problem = password === "" ? t("Enter the password of the link.") : "";
    if (password === "") void this.focusOn("[aria-invalid='true']");
    else void this.tryPassword(password);
  };

  private async tryPassword(password: string): Promise<void> {
    const { address, kdf } = this;
    if (address === null || kdf === null || this.isBusy) return;
    this.isBusy = true;
    try {
      const unlocked = { address, keys: await linkKeys(address.secret, { password, kdf }) };
      await this.enter(unlocked);
      this.unlocked = unlocked;
      this.phase = "open";
    } catch (error) {
      if (error instanceof Problem && error.code === "wrong_link_proof") await this.refuse(error);
      else this.shutBy(codeOf(error), sentenceOf(error));
    } finally {
      this.isBusy = false;
    }
  }

  private async refuse({ details }: Problem): Promise<void> {
    const left = details["tries_left"];
    const tries = typeof left === "number" ? tn("{n} try is left this hour.", "{n} tries are left this hour.", left) : "";
    this.problem = `${t("That password does not open this link. Nothing was lost.")} ${tries}`.trim();
    await this.focusOn("[aria-invalid='true']");
  }
}

const reload = (): void => { location.reload(); };

/** A line of a guest page that says a fact, with nothing for a fact that is not there. */
export const fact = (words: string): TemplateResult | typeof nothing => (words === "" ? nothing : html`<span>${words}</span>`);
