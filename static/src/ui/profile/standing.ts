/** How far what a public page says is what was signed. */

/** "altered": signed, but not this. "changing": signed within minutes, so the page may be older than its statement. */
export type Standing = "signed" | "altered" | "changing" | "unsigned";

/** Longer than anybody has a page open before its statements are fetched. */
const CHANGING_MS = 10 * 60 * 1000;

/** `madeAt` is when that was signed. */
export function standing(isSaid: boolean, madeAt: string, now: number): Standing {
  if (isSaid) return "signed";
  return Math.abs(now - Date.parse(madeAt)) < CHANGING_MS ? "changing" : "altered";
}
