/**
 * What a search means: years, months and days become a range, coordinates a place, an album's
 * name the album; what is left are words that must all occur.
 */
import type { Filter } from "../../../vault/library/filter.ts";
import { readPlaceText } from "../viewer/field-values.ts";

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** How near is near, when a place is searched for. */
const NEAR_KM = 25;

const YEAR = /^(19|20)\d{2}$/;
const DAY = /^((?:19|20)\d{2})-(\d{1,2})(?:-(\d{1,2}))?$/;

function monthNames(locale: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const style of ["long", "short"] as const) {
    const format = new Intl.DateTimeFormat(locale, { month: style, timeZone: "UTC" });
    for (let month = 0; month < 12; month += 1) names.set(format.format(Date.UTC(2000, month, 15)).toLowerCase().replace(".", ""), month);
  }
  return names;
}

interface Dates {
  readonly year: number | null;
  readonly month: number | null;
  readonly day: number | null;
}

function rangeOf({ year, month, day }: Dates): Pick<Filter, "from" | "to"> {
  if (year === null) return {};
  if (month === null) return { from: Date.UTC(year, 0), to: Date.UTC(year + 1, 0) };
  if (day === null) return { from: Date.UTC(year, month), to: Date.UTC(year, month + 1) };
  return { from: Date.UTC(year, month, day), to: Date.UTC(year, month, day + 1) };
}

function isoRange(word: string): Pick<Filter, "from" | "to"> | null {
  const [, year, month, day] = DAY.exec(word) ?? [];
  if (year === undefined || month === undefined) return null;
  return rangeOf({ year: Number(year), month: Number(month) - 1, day: day === undefined ? null : Number(day) });
}

/** Read a search as a filter. `thisYear` completes a month that is named without a year. */
export function readQuery(text: string, albums: readonly Named[], thisYear: number, locale = "en-GB"): Filter {
  const query = text.trim();
  const album = albums.find(({ name }) => name !== "" && name.toLowerCase() === query.toLowerCase());
  if (album !== undefined) return { albumId: album.id };
  const place = /[a-z]{3}/i.test(query) ? null : readPlaceText(query);
  if (place !== null) return { near: { ...place, kilometres: NEAR_KM } };
  return datesAndWords(query.split(/\s+/).filter(Boolean), thisYear, locale);
}

function datesAndWords(words: readonly string[], thisYear: number, locale: string): Filter {
  const months = monthNames(locale);
  const left: string[] = [];
  let year: number | null = null;
  let month: number | null = null;
  let range: Pick<Filter, "from" | "to"> | null = null;
  for (const word of words) {
    const named = months.get(word.toLowerCase().replace(/[.,]/g, ""));
    if (YEAR.test(word) && year === null) year = Number(word);
    else if (named !== undefined && month === null) month = named;
    else if (isoRange(word) !== null) range = isoRange(word);
    else left.push(word);
  }
  const day = month === null ? null : left.findIndex((word) => /^([12]?\d|3[01])(st|nd|rd|th)?$/.test(word));
  const dayNumber = day === null || day < 0 ? null : Number.parseInt(left.splice(day, 1)[0] ?? "", 10);
  const dates = range ?? rangeOf({ year: year ?? (month === null ? null : thisYear), month, day: dayNumber });
  return { ...dates, ...(left.length > 0 && { text: left.join(" ") }) };
}
