/** The languages that the service speaks, as the page brings them (`{% languages_spoken %}`). */
export type Language = readonly [code: string, name: string];

const LANGUAGES_ID = "languages";

/** Each with its own name, English first. */
export function languagesSpoken(): readonly Language[] {
  return JSON.parse(document.getElementById(LANGUAGES_ID)?.textContent ?? "[]") as readonly Language[];
}
