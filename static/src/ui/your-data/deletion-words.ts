/** What is said of a deletion, by how far it is. The server's times, to the second. */
import type { ClosingFacts, Deletion } from "../../api/types.ts";
import { dayText } from "../format.ts";
import { LOCALE, t } from "../text.ts";

/** How a step looks: done, the one that is waited for, or still to come. */
export type Look = "done" | "now" | "";

export interface Step {
  readonly title: string;
  readonly words: string;
  readonly look: Look;
}

const LATE: Readonly<Record<string, string>> = {
  retrying: t("Taking longer than it should. We go on trying."),
  incident: t("Something is wrong here. Somebody is looking into it, and there is no receipt until it is mended."),
};

/** "14:06:41", as the receipt says it. */
export function clockText(iso: string): string {
  return new Date(iso).toLocaleTimeString(LOCALE, { timeStyle: "medium" });
}

/** "1 December 2026" of a day without a time, whatever the zone. */
export function dateText(day: string): string {
  return dayText(`${day}T12:00:00`);
}

/** Servers, backups by DATE, receipt. */
export function stepsOf(deletion: Deletion): readonly Step[] {
  const { active_removed_at: removedAt, completed_at: completedAt, unreadable_by: by } = deletion;
  return [
    {
      title: t("Servers"),
      words: removedAt === null ? (LATE[deletion.state] ?? t("Being removed")) : t("Gone at {time}", { time: clockText(removedAt) }),
      look: removedAt === null ? "now" : "done",
    },
    {
      title: t("Backups"),
      words: completedAt === null ? t("Unreadable by {day}", { day: dateText(by) }) : t("Unreadable since {day}", { day: dayText(completedAt) }),
      look: completedAt !== null ? "done" : removedAt === null ? "" : "now",
    },
    { title: t("Receipt"), words: completedAt === null ? t("Pending") : t("Ready"), look: completedAt === null ? "" : "done" },
  ];
}

/** What happened, what is safe, what comes next. */
export function sentenceOfDeletion(deletion: Deletion, now: number = Date.now()): string {
  const { active_removed_at: removedAt, completed_at: completedAt, unreadable_by: by } = deletion;
  const late = LATE[deletion.state];
  if (removedAt === null) return late ?? t("No address opens them any more. We are removing the bytes and looking that they are gone.");
  if (completedAt !== null) return t("Gone from our servers, and no backup can be opened any more.");
  const gone = t("Gone from our servers at {time}.", { time: clockText(removedAt) });
  if (now > endOf(by)) return `${gone} ${t("The receipt that says so of the backups is pending.")}`;
  return `${gone} ${t("The backup key is destroyed by {day}; then you get a receipt.", { day: dateText(by) })}`;
}

function endOf(day: string): number {
  return Date.parse(`${day}T23:59:59Z`);
}

/** The same three steps for a whole account. */
export function stepsOfClosing(closing: ClosingFacts): readonly Step[] {
  const { active_removed_at: removedAt, completed_at: completedAt, unreadable_by: by, begun_at: begunAt } = closing;
  return [
    {
      title: t("Servers"),
      words: removedAt !== null ? t("Gone on {day} at {time}", { day: dayText(removedAt), time: clockText(removedAt) }) : begunAt === null ? t("From {day} on", { day: dayText(closing.starts_at) }) : t("Being removed"),
      look: removedAt !== null ? "done" : begunAt === null ? "" : "now",
    },
    {
      title: t("Backups"),
      words: completedAt !== null ? t("Unreadable since {day}", { day: dayText(completedAt) }) : by === null ? t("22 days after that") : t("Unreadable by {day}", { day: dateText(by) }),
      look: completedAt !== null ? "done" : removedAt === null ? "" : "now",
    },
    { title: t("Receipt"), words: completedAt !== null ? t("Ready") : t("Pending"), look: completedAt !== null ? "done" : "" },
  ];
}
