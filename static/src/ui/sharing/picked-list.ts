/** Who was chosen and has no access yet. */
import { html, nothing, type TemplateResult } from "lit";

import type { Gift } from "../../vault/sharing/album-changes.ts";
import { icon } from "../icons.ts";
import { t } from "../text.ts";
import { avatar, roleSelect } from "./people-picker.ts";

export interface Picked extends Gift {
  readonly name: string;
}

export function pickedList(picked: readonly Picked[], set: (picked: readonly Picked[]) => void): TemplateResult | typeof nothing {
  if (picked.length === 0) return nothing;
  const replace = (old: Picked, next: Picked): void => { set(picked.map((each) => (each === old ? next : each))); };
  return html`<ul class="rows" aria-label=${t("Who will get access")}>${picked.map((each) => html`<li class="recipient">
    ${avatar(each)}
    <div class="grow"><strong>${each.name}</strong>
      <label class="may-keep"><input class="switch" type="checkbox" role="switch" aria-label=${t("{name} may save the originals", { name: each.name })} .checked=${each.canDownload}
        @change=${(event: Event) => { replace(each, { ...each, canDownload: (event.target as HTMLInputElement).checked }); }} /><span>${t("May save the originals")}</span></label></div>
    ${roleSelect(each.name, each.role, (role) => { replace(each, { ...each, role }); })}
    <button class="btn icon-only" type="button" aria-label=${t("Not {name}", { name: each.name })} @click=${() => { set(picked.filter((other) => other !== each)); }}>${icon("close")}</button>
  </li>`)}</ul>`;
}
