/** Which role somebody is given, where they are added or invited. */
import { html, type TemplateResult } from "lit";

import type { GivenRole } from "../../vault/sharing/group-changes.ts";
import { t } from "../text.ts";

export function roleField(role: GivenRole, choose: (role: GivenRole) => void): TemplateResult {
  const pick = (event: Event): void => {
    choose((event.target as HTMLSelectElement).value === "manager" ? "manager" : "member");
  };
  return html`<div class="field"><label for="role">${t("Their role")}</label>
    <select class="input" id="role" aria-describedby="role-hint" @change=${pick}>
      <option value="member" ?selected=${role === "member"}>${t("Member")}</option>
      <option value="manager" ?selected=${role === "manager"}>${t("Manager")}</option>
    </select>
    <p class="hint" id="role-hint">${t("Members open what is shared with the group. Managers also add and remove people and change its name.")}</p></div>`;
}
