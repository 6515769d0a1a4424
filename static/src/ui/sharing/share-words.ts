/** Words of the share dialog. */
import type { GrantRole } from "../../crypto/event.ts";
import type { Recipient } from "../../vault/sharing/album-access.ts";
import { LOCALE, t, tn } from "../text.ts";

export const ROLES: readonly GrantRole[] = ["viewer", "contributor", "manager"];

export function roleWord(role: GrantRole): string {
  if (role === "viewer") return t("Can view");
  return role === "contributor" ? t("Can add") : t("Can manage");
}

export function recipientName({ kind, name }: Pick<Recipient, "kind" | "name">): string {
  return name ?? (kind === "group" ? t("A group you are not in any more") : t("Somebody you do not know any more"));
}

export function recipientSub({ kind, people, trust, grant, lastUsedOn }: Recipient): string {
  if (grant === null) return t("Access ended");
  if (trust === "changed") return t("Other keys than the ones you know: they get nothing new");
  const used = lastUsedOn === null ? t("Not opened yet") : t("Last opened on {day}", { day: dayOf(lastUsedOn) });
  if (kind === "group") return `${tn("{n} person besides you", "{n} people besides you", people)} · ${used}`;
  return `${trust === "checked" ? t("Safety number checked") : t("Safety number not checked yet")} · ${used}`;
}

const dayOf = (day: string): string => new Date(`${day}T12:00:00`).toLocaleDateString(LOCALE, { day: "numeric", month: "long" });

export const photosText = (n: number): string => tn("{n} photo", "{n} photos", n);
