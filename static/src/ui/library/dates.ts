/**
 * Dates of photos as people say them. Photos carry wall-clock time as milliseconds as if UTC, so
 * everything here formats in UTC: what the clock on the wall said is what is shown.
 */
import { LOCALE, t } from "../text.ts";

export const DAY_MS = 86_400_000;

/** A format is made when something is said in it: each takes a phone some milliseconds, and a page says few of them at first. */
function inFormat(options: Intl.DateTimeFormatOptions): (time: number) => string {
  let format: Intl.DateTimeFormat | undefined;
  return (time) => (format ??= new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", ...options })).format(time);
}

const month = inFormat({ month: "long", year: "numeric" });
const monthOnly = inFormat({ month: "long" });
const shortMonth = inFormat({ month: "short", year: "numeric" });
const weekday = inFormat({ weekday: "long", day: "numeric", month: "long" });
const dayOnly = inFormat({ day: "numeric" });
const dayMonth = inFormat({ day: "numeric", month: "long" });
const dayMonthYear = inFormat({ day: "numeric", month: "long", year: "numeric" });
const whole = inFormat({ weekday: "short", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });

/** Days since 1970 on the wall. */
export function dayNumber(time: number): number {
  return Math.floor(time / DAY_MS);
}

/** Today on this device's wall. */
export function todayNumber(now: number = Date.now()): number {
  return dayNumber(now - new Date(now).getTimezoneOffset() * 60_000);
}

/** Months since year 0, so that two times can be compared. */
export function monthNumber(time: number): number {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** "November 2026". */
export const monthTitle = (time: number): string => month(time);
/** "Nov 2026". */
export const shortMonthTitle = (time: number): string => shortMonth(time);
/** "21 November 2026", of a wall-clock time. */
export const longDay = (time: number): string => dayMonthYear(time);
/** "Sat, 21 November 2026 at 11:42", of a wall-clock time. */
export const wholeMoment = (time: number): string => whole(time);
/** "14 December", of a moment on this device. */
export const shortDay = (moment: number): string => dayMonth(moment - new Date(moment).getTimezoneOffset() * 60_000);

function commas(text: string): string {
  return text.replace(",", "");
}

/** "Today", "Yesterday", "Saturday 21 November"; "3 to 9 November" for days that stand together. */
export function daysTitle(first: number, last: number, today: number = todayNumber()): string {
  if (first === last) {
    if (first === today) return t("Today");
    if (first === today - 1) return t("Yesterday");
    return commas(weekday(first * DAY_MS));
  }
  const isOneMonth = monthNumber(first * DAY_MS) === monthNumber(last * DAY_MS);
  return t("{from} to {to}", { from: (isOneMonth ? dayOnly : dayMonth)(first * DAY_MS), to: dayMonth(last * DAY_MS) });
}

/** "November 2026"; "February to August 2022" for months of a year that stand together. */
export function monthsTitle(oldest: number, newest: number): string {
  if (monthNumber(oldest) === monthNumber(newest)) return monthTitle(newest);
  return t("{from} to {to}", { from: monthOnly(oldest), to: monthTitle(newest) });
}

/** "Saturday 21 November 2026", for those who hear it without the month above. */
export function spokenDay(time: number): string {
  return commas(`${weekday(time)} ${new Date(time).getUTCFullYear()}`);
}
