/** How a request stands, in plain words. */
import type { DataRequest, WholeRequest } from "../../api/types.ts";
import { dayText } from "../format.ts";
import { t } from "../text.ts";

/** A deadline's day. It ends with its day in UTC, whatever the clock says where somebody reads it. */
function dueDay(iso: string): string {
  return dayText(`${iso.slice(0, 10)}T12:00:00Z`);
}

/** Where it stands, with the date that matters. */
export function standing(request: DataRequest): string {
  const { state, channel, due_at: dueAt, closed_at: closedAt, extended_at: extendedAt } = request;
  const closed = closedAt === null ? "" : dayText(closedAt);
  if (channel === "self") return t("Done at once, on {day}", { day: closed });
  if (state === "answered") return t("Answered on {day}", { day: closed });
  if (state === "refused") return t("Refused on {day}, for the reason in the letter", { day: closed });
  if (state === "closed") return t("Closed on {day}", { day: closed });
  if (extendedAt !== null) return t("We need longer, and answer by {day}", { day: dueDay(dueAt) });
  return t("We answer by {day}", { day: dueDay(dueAt) });
}

const HAPPENED: Readonly<Record<string, string>> = {
  received: t("It reached us"),
  address_confirmed: t("The address was confirmed"),
  receipt_confirmed: t("We told you that it came"),
  identity_asked: t("We asked who you are"),
  extended: t("We took more time, and said why"),
  answered: t("We answered"),
  refused: t("We refused it"),
  reassigned: t("Somebody else took it up"),
  reclassified: t("We put it under another right"),
  escalated: t("It was late, and a second person took it up"),
  closed: t("We closed it"),
  replied: t("You added something"),
};

/** One line of the history; reminders among us say nothing to anybody else. */
export function happened(event: WholeRequest["events"][number]): string | null {
  return HAPPENED[event.tag] ?? null;
}
