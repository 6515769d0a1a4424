/**
 * Every sentence of the browser's side: the English sentence is its own key, as in gettext. Names in
 * braces are filled in. `make messages` collects them (`static/messages.mjs`).
 *
 * The catalogue of the page's language is there before the first sentence is asked for: its own file ran before
 * any module of the page (`{% script %}`, `static/build.mjs`), or, for a language that an operator added, it stands
 * in the page as data. English needs none.
 */
type Values = Readonly<Record<string, string | number>>;

/** What a page brings. */
export interface Catalogue {
  /** Sentence -> translation, or its forms where it counts something. */
  readonly sentences: Readonly<Record<string, string | readonly string[]>>;
  /** One digit for each n from 0 to 199: which form it takes, by the language's own rule. */
  readonly plurals: string;
}

const CATALOGUE_ID = "catalogue";
const DEFAULT_LOCALE = "en-GB";
const page = typeof document === "undefined" ? null : document;

let catalogue: Catalogue = { sentences: {}, plurals: "" };
useCatalogue(filedCatalogue() ?? (JSON.parse(page?.getElementById?.(CATALOGUE_ID)?.textContent ?? "null") as Catalogue | null));

/** What the language's own file left behind. */
function filedCatalogue(): Catalogue | undefined {
  return (globalThis as { readonly pocketvaultCatalogue?: Catalogue }).pocketvaultCatalogue;
}

/** Take over a catalogue; null for plain English. */
export function useCatalogue(entries: Catalogue | null): void {
  catalogue = entries ?? { sentences: {}, plurals: "" };
}

/** A sentence in the reader's language: `t("Locks in {n} min", { n: 12 })`. */
export function t(sentence: string, values: Values = {}): string {
  const found = translationOf(sentence);
  return fill(typeof found === "string" ? found : sentence, values);
}

/** One or many: `tn("{n} photo", "{n} photos", 3)`. */
export function tn(one: string, many: string, n: number, values: Values = {}): string {
  const found = translationOf(one);
  const own = typeof found === "string" ? found : found?.[Number(catalogue.plurals[rowOf(n)] ?? "0")];
  return fill(own ?? (n === 1 ? one : many), { n: n.toLocaleString(LOCALE), ...values });
}

/** What numbers and dates are written in: the page's language, where there is a page. */
export const LOCALE = page?.documentElement.lang || DEFAULT_LOCALE;

function translationOf(sentence: string): string | readonly string[] | undefined {
  return Object.hasOwn(catalogue.sentences, sentence) ? catalogue.sentences[sentence] : undefined;
}

/** No language's rule looks further than the last two digits of a number above 199. */
function rowOf(n: number): number {
  const whole = Math.abs(Math.trunc(n));
  return whole < 200 ? whole : 100 + (whole % 100);
}

function fill(sentence: string, values: Values): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
