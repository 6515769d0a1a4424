/** `<pv-settings-account>`: who is signed in, and where. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { DeviceSession, Me } from "../../api/types.ts";
import { signOut } from "../../vault/lock.ts";
import { readMe } from "../../vault/preferences.ts";
import { endAllSessions, endOtherSessions, endSession, listSessions, stopWaking } from "../../vault/session.ts";
import { dayText } from "../format.ts";
import { icon } from "../icons.ts";
import { confirmDialog } from "../shell/notices.ts";
import { t, tn } from "../text.ts";
import { Section } from "./section.ts";

@customElement("pv-settings-account")
export class AccountSection extends Section {
  @state() private me: Me | null = null;
  @state() private sessions: readonly DeviceSession[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    void this.attempt(async () => {
      [this.me, this.sessions] = await Promise.all([readMe(), listSessions()]);
    });
  }

  protected override render(): TemplateResult {
    return html`<div class="stack">${this.trouble()}
      <section class="card">
        <header><h3>${t("Account")}</h3></header>
        <ul class="rows">
          <li><div class="grow"><strong>${this.me?.email ?? t("Loading")}</strong>
            <span class="sub">${this.me === null ? "" : t("Since {day}", { day: dayText(this.me.created_at) })}</span></div>
            <button class="btn" type="button" @click=${this.leave}>${icon("sign-out")}${t("Sign out")}</button></li>
        </ul>
      </section>
      <section class="card">
        <header><h3>${t("Signed in on")}</h3><p>${tn("{n} device", "{n} devices", this.sessions.length)}</p></header>
        <ul class="rows">${this.sessions.map((session) => this.row(session))}</ul>
        <p class="acts">
          <button class="btn" type="button" ?disabled=${this.isBusy || this.sessions.length < 2} @click=${this.endOthers}>${t("Sign out all others")}</button>
          ${this.sessions.length === 1 ? html`<span class="why-off">${t("Only this device is signed in.")}</span>` : nothing}
          <button class="btn ghost danger" type="button" ?disabled=${this.isBusy} @click=${this.endAll}>${t("Sign out everywhere")}</button>
        </p>
      </section></div>`;
  }

  private row(session: DeviceSession): TemplateResult {
    const seen = session.last_seen_on === null ? t("Not used yet") : t("Last used on {day}", { day: dayText(session.last_seen_on) });
    return html`<li>${icon("device")}
      <div class="grow"><strong>${session.device_name}</strong><span class="sub">${seen} · ${t("since {day}", { day: dayText(session.created_at) })}</span>${this.waking(session)}</div>
      ${session.is_current
        ? html`<span class="tag on">${t("This device")}</span>`
        : html`<button class="btn icon-only" type="button" aria-label=${t("Sign out {name}", { name: session.device_name })} @click=${() => { this.end(session); }}>${icon("close")}</button>`}
    </li>`;
  }

  private waking(session: DeviceSession): TemplateResult | typeof nothing {
    if (session.woken_through === null) return nothing;
    return html`<span class="sub">${t("Woken through {service} when something changes", { service: session.woken_through })}</span>
      <button class="btn ghost short" type="button" aria-label=${t("Stop waking {name}", { name: session.device_name })} @click=${() => { this.stop(session); }}>${t("Stop waking")}</button>`;
  }

  private stop(session: DeviceSession): void {
    void this.attempt(async () => {
      await stopWaking(session.id);
      this.sessions = await listSessions();
    });
  }

  private readonly leave = (): void => {
    void this.attempt(async () => {
      await signOut();
      location.assign("/sign-in");
    });
  };

  private end(session: DeviceSession): void {
    void this.attempt(async () => {
      await endSession(session.id);
      this.sessions = await listSessions();
    });
  }

  private readonly endOthers = (): void => {
    void this.attempt(async () => {
      await endOtherSessions();
      this.sessions = await listSessions();
    });
  };

  private readonly endAll = (): void => {
    void this.attempt(async () => {
      const sure = await confirmDialog({
        title: t("Sign out everywhere?"),
        sentences: [t("Every device is signed out at once, this one too. Your photos stay where they are.")],
        confirm: t("Sign out everywhere"),
        danger: true,
      });
      if (!sure) return;
      await endAllSessions();
      location.assign("/sign-in");
    });
  };
}
