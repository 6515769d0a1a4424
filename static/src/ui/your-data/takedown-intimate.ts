/** `<pv-takedown-intimate>`: intimate pictures. The file never leaves the device: its fingerprint is made here and shown. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import { hashPicture } from "../../vault/takedowns.ts";
import { Section } from "../settings/section.ts";
import { t } from "../text.ts";

@customElement("pv-takedown-intimate")
export class TakedownIntimate extends Section {
  @state() private hash = "";
  @state() private isNone = false;

  protected override render(): TemplateResult {
    return html`<section class="card"><header><h3>${t("Intimate pictures")}</h3>
      <p class="read">${t("Do not send such a picture to anybody, not even to us. Two services stop it on many platforms by its fingerprint alone, which they make on your own device. We send them nothing.")}</p></header>
      <ol class="takedown-steps"><li>${t("Were you 18 or older in it: go to StopNCII.org. Choose the picture there; note the case number and the PIN, which cannot be recovered.")}
          <a href="https://stopncii.org/" target="_blank" rel="noopener noreferrer">stopncii.org</a></li>
        <li>${t("Were you younger than 18 in it: go to Take It Down. Use the device on which it lies, and share it with nobody for this.")}
          <a href="https://takeitdown.ncmec.org/" target="_blank" rel="noopener noreferrer">takeitdown.ncmec.org</a></li>
        <li>${t("Then report the addresses above under the TAKE IT DOWN Act: platforms have 48 hours.")}</li></ol>
      <div class="field"><label for="intimate">${t("Make the fingerprint here, if somebody asks you for it")}</label><input class="input" id="intimate" type="file" accept="image/*" @change=${this.chosen} />
        <span class="hint">${t("PDQ, made in this window. Nothing is sent.")}</span></div>
      ${this.hash === "" ? nothing : html`<div class="field"><label for="fingerprint">${t("Fingerprint")}</label><textarea class="input" id="fingerprint" rows="2" readonly .value=${this.hash}></textarea></div>`}
      ${this.isNone ? html`<p class="wrong" role="alert">${t("This is no picture that can be read here, or there is too little in it to know it by.")}</p>` : nothing}</section>`;
  }

  private readonly chosen = (event: Event): void => {
    const file = event.target instanceof HTMLInputElement ? event.target.files?.[0] : undefined;
    if (file === undefined) return;
    void this.attempt(async () => {
      const made = await hashPicture(file);
      this.hash = made === null ? "" : [...made].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      this.isNone = made === null;
    });
  };
}
