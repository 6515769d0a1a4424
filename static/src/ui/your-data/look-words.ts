/** Who at the desk looked at what, in words. */
import type { Look } from "../../api/types.ts";
import { t } from "../text.ts";

/** @translated */
const WHAT: Readonly<Record<Look["looked_at"], string>> = {
  account: "Your address, dates and how much you keep",
  request: "A request of yours",
  takedown: "A takedown of yours",
  report: "A report about a public photo of yours",
  order: "An order of an authority about you",
  incident: "An incident that concerns you",
};
/** @translated */
const ROLES: Readonly<Record<Look["roles"][number], string>> = {
  dpo: "Data protection officer",
  reviewer: "Reviewer",
  counsel: "Counsel",
  support: "Support",
  auditor: "Auditor",
};

export const whatText = (look: Look): string => t(WHAT[look.looked_at]);
export const rolesText = (look: Look): string => look.roles.map((role) => t(ROLES[role])).join(", ");
