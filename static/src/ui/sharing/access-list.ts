/** Who has access to an album now, and what can be done about it. */
import { html, nothing, type TemplateResult } from "lit";

import type { GrantRole } from "../../crypto/event.ts";
import type { Recipient } from "../../vault/sharing/album-access.ts";
import { icon } from "../icons.ts";
import { confirmDialog } from "../shell/notices.ts";
import { t } from "../text.ts";
import { avatar, roleSelect } from "./people-picker.ts";
import { recipientName, recipientSub } from "./share-words.ts";

/** What the owner can do with each of them. */
export interface AccessActs {
  readonly isBusy: boolean;
  readonly change: (recipient: Recipient, role: GrantRole, canDownload: boolean) => void;
  readonly end: (recipient: Recipient) => void;
}

export function accessList(recipients: readonly Recipient[], acts: AccessActs): TemplateResult {
  return html`<ul class="rows" aria-label=${t("Who has access")}>${recipients.map((recipient) => row(recipient, acts))}</ul>`;
}

function row(recipient: Recipient, { isBusy, change, end }: AccessActs): TemplateResult {
  const name = recipientName(recipient);
  const isFine = recipient.grant !== null && recipient.trust !== "changed";
  return html`<li class="recipient">${avatar({ kind: recipient.kind, name })}
    <div class="grow"><strong>${name}</strong><span class="sub ${recipient.trust === "changed" ? "wrong" : ""}">${recipientSub(recipient)}</span>
      ${isFine ? keeps(recipient, name, isBusy, change) : nothing}</div>
    ${isFine ? roleSelect(name, recipient.role, (role) => { change(recipient, role, recipient.canDownload); }, isBusy) : nothing}
    <button class="btn icon-only" type="button" aria-label=${t("End access of {name}", { name })} ?disabled=${isBusy} @click=${() => { end(recipient); }}>${icon("close")}</button></li>`;
}

function keeps(recipient: Recipient, name: string, isBusy: boolean, change: AccessActs["change"]): TemplateResult {
  const switched = (event: Event): void => { change(recipient, recipient.role, (event.target as HTMLInputElement).checked); };
  return html`<label class="may-keep"><input class="switch" type="checkbox" role="switch" aria-label=${t("{name} may save the originals", { name })} ?disabled=${isBusy}
    .checked=${recipient.canDownload} @change=${switched} /><span>${t("May save the originals")}</span></label>`;
}

export async function asksToEnd(recipient: Recipient): Promise<boolean> {
  return await confirmDialog({
    title: t("End access of {name}?", { name: recipientName(recipient) }),
    sentences: [t("They cannot open this any more from now on, and the album gets a new key that they do not know."), t("What they saved, they keep.")],
    confirm: t("End access"),
    danger: true,
  });
}

export async function asksToStop(): Promise<boolean> {
  return await confirmDialog({
    title: t("Stop sharing this?"),
    sentences: [t("Everybody loses access at once, and every link ends. Photos that others added go back to them."), t("What they saved, they keep. Your photos stay as they are.")],
    confirm: t("Stop sharing"),
    danger: true,
  });
}
