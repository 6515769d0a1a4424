/** `<pv-events>`: what was done with the account lately, so that a stranger's act is noticed. */
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import type { SecurityEvent } from "../../api/types.ts";
import { listSecurityEvents } from "../../vault/session.ts";
import { momentText } from "../format.ts";
import { t } from "../text.ts";
import { Section } from "./section.ts";

/** @translated */
const WORDS: Readonly<Record<string, string>> = {
  "account:created": "Account made",
  "account:closing_asked": "Somebody asked to close this account",
  "account:closing_withdrawn": "The wish to close this account was taken back",
  "account:staff_granted": "The desk was opened to this account",
  "account:staff_withdrawn": "The desk was closed to this account",
  "account:viewed_by_staff": "Staff looked at this account’s address and storage",
  "session:signed_in": "Signed in",
  "session:sign_in_refused": "A sign-in with a wrong password was refused",
  "session:second_factor_refused": "A wrong code was refused at sign-in",
  "session:signed_out": "Signed out",
  "session:ended": "A device was signed out",
  "session:others_ended": "All other devices were signed out",
  "session:all_ended": "Signed out everywhere",
  "session:stepped_up": "Password confirmed before a change",
  "session:step_up_refused": "A wrong password was refused before a change",
  "password:changed": "Password changed",
  "password:reset": "Account reset by e-mail",
  "password:former_used": "The password from before the reset was proved",
  "vault:shut": "Vault shut after a reset",
  "vault:opened": "Vault opened again after a reset",
  "recovery:changed": "Recovery key replaced",
  "recovery:confirmed": "Recovery key checked",
  "recovery:used": "Recovery key used",
  "album:shared": "Sharing of an album begun",
  "album:unshared": "Sharing of an album stopped",
  "album:key_replaced": "The key of a shared album was replaced",
  "album:left": "A shared album was left",
  "grant:given": "Somebody was let into an album or given another role",
  "album:deleted": "An album was deleted; its photos stayed",
  "grant:lowered": "Somebody may do less in an album than before",
  "grant:ended": "Somebody’s access to an album was ended",
  "totp:added": "Authenticator app turned on",
  "totp:removed": "Authenticator app turned off",
  "recovery_codes:made": "New recovery codes made",
  "recovery_codes:used": "A recovery code was used",
  "passkey:added": "Passkey added",
  "passkey:renamed": "Passkey renamed",
  "passkey:removed": "Passkey removed",
  "contact:invited": "Somebody was invited",
  "contact:withdrawn": "An invitation was withdrawn",
  "contact:accepted": "An invitation was accepted",
  "contact:declined": "An invitation was declined",
  "contact:ended": "A contact was ended",
  "recovery_contacts:set": "Recovery contacts chosen",
  "recovery_contacts:ended": "Recovery contacts turned off",
  "recovery_contacts:share_accepted": "A recovery contact said yes",
  "recovery_contacts:share_lost": "A recovery contact was lost",
  "recovery_contacts:asked": "Somebody asked for a vault to be given back by recovery contacts",
  "recovery_contacts:answered": "A recovery contact answered",
  "recovery_contacts:stopped": "A recovery by contacts was stopped",
  "recovery_contacts:used": "A vault was given back by recovery contacts",
  "known_keys:changed": "The list of known keys was changed",
  "group:created": "Group made",
  "group:settings_changed": "A group’s name or description was changed",
  "group:member_set": "Somebody was added to a group or given another role",
  "group:member_lowered": "Somebody manages a group no more",
  "group:member_removed": "Somebody was removed from a group",
  "group:left": "A group was left",
  "group:rotated": "A group’s key was replaced",
  "group:handed_over": "A group was handed over",
  "group:deleted": "A group was ended",
  "link:made": "A link was made",
  "link:ended": "A link was ended",
  "link:asleep": "A link was put to sleep after too many wrong passwords",
  "link:woken": "A sleeping link was woken",
  "collect_link:made": "A link for bringing photos was made",
  "collect_link:ended": "A link for bringing photos was ended",
  "profile:set": "The public profile was changed",
  "profile:removed": "The public profile was removed",
  "publication:made": "A photo was given to be shown to everyone",
  "publication:changed": "The words of a public photo were changed",
  "publication:live": "A photo is shown to everyone",
  "publication:refused": "A photo could not be shown to everyone",
  "publication:withdrawn": "A public photo was withdrawn",
  "copy:traced": "A found copy was traced",
  "export:begun": "A copy of the vault was begun on a device",
  "sharing:all_ended": "Everything shared was ended",
};

@customElement("pv-events")
export class EventsCard extends Section {
  @state() private events: readonly SecurityEvent[] = [];
  @state() private cursor: string | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.more();
  }

  protected override render(): TemplateResult {
    return html`<section class="card">
      <header><h3>${t("What happened lately")}</h3><p>${t("Kept for 12 months")}</p></header>
      ${this.trouble()}
      <ul class="trail">${this.events.map(
        (event, index) => html`<li class=${index === 0 ? "now" : ""}>${t(WORDS[event.tag] ?? event.tag)}<time class="sub" datetime=${event.at}>${momentText(event.at)}</time></li>`,
      )}</ul>
      ${this.cursor === null ? nothing : html`<p class="acts"><button class="btn ghost accent" type="button" ?disabled=${this.isBusy} @click=${this.more}>${t("Show older")}</button></p>`}
    </section>`;
  }

  private readonly more = (): void => {
    void this.attempt(async () => {
      const page = await listSecurityEvents(this.cursor ?? undefined);
      this.events = [...this.events, ...page.items];
      this.cursor = page.cursor;
    });
  };
}
