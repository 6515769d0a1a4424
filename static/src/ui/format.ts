/** Numbers and dates as people read them: exact, in words, never "soon". */
import { LOCALE } from "./text.ts";

/** "1,204", as the language of the page writes it. */
export const numberText = (n: number): string => n.toLocaleString(LOCALE);

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const KILO = 1000;

/** "37.2 GB". Decimal units, as disks are sold. */
export function bytesText(bytes: number): string {
  return inUnits(bytes, (value) => value);
}

/** The same for room that is left, rounded down: who is told of it may want to use it. */
export function roomText(bytes: number): string {
  return inUnits(bytes, (value, digits) => Math.floor(value * 10 ** digits) / 10 ** digits);
}

function inUnits(bytes: number, rounded: (value: number, digits: number) => number): string {
  const step = bytes < KILO ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / KILO ** step;
  const digits = step === 0 || value >= 100 ? 0 : 1;
  return rounded(value, digits).toLocaleString(LOCALE, {
    style: "unit",
    unit: UNITS[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: digits,
  });
}

/** "9 November 2026". */
export function dayText(iso: string): string {
  return new Date(iso).toLocaleDateString(LOCALE, { day: "numeric", month: "long", year: "numeric" });
}

/** "9 November 2026 at 14:06". */
export function momentText(iso: string): string {
  return new Date(iso).toLocaleString(LOCALE, { dateStyle: "long", timeStyle: "short" });
}
