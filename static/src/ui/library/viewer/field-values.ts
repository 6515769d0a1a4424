/** Between what people type and what corrections hold. */
import type { Place } from "../../../vault/library/documents.ts";

const NUMBERS = /-?\d+(?:[.,]\d+)?/g;

/** "57.0371, 9.8989" as a place; letters N, S, E and W may stand behind the numbers. Null when it is none. */
export function readPlaceText(text: string): Place | null {
  const found = text.replace(/[°′″]/g, " ").match(/,\s/) || !text.includes(",") ? text.match(NUMBERS) : text.split(",");
  const [first, second] = found ?? [];
  if (first === undefined || second === undefined || found?.length !== 2) return null;
  const lat = Number.parseFloat(first.replace(",", ".")) * (/S/i.test(text) ? -1 : 1);
  const lon = Number.parseFloat(second.replace(",", ".")) * (/W/i.test(text) ? -1 : 1);
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

/** "57.0371, 9.8989": about ten metres. */
export function placeText({ lat, lon }: Place): string {
  return `${Number(lat.toFixed(5))}, ${Number(lon.toFixed(5))}`;
}

/** "57.0371° N, 9.8989° E". */
export function spokenPlace({ lat, lon }: Place): string {
  return `${Math.abs(lat).toFixed(4)}° ${lat < 0 ? "S" : "N"}, ${Math.abs(lon).toFixed(4)}° ${lon < 0 ? "W" : "E"}`;
}

/** Wall-clock milliseconds as a `datetime-local` field wants them. */
export function localInput(time: number): string {
  return new Date(time).toISOString().slice(0, 19);
}
