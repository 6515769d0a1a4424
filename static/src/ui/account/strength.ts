/**
 * Whether a new password is taken, and a plain guess at how long it would hold.
 *
 * Two things are demanded: a length, and that it is not among the first ten thousand million that somebody
 * would try. For the hint each new character counts by the size of the alphabet it comes from; repeats and runs
 * such as "aaaa" or "1234" add almost nothing.
 */
import { t } from "../text.ts";

export interface Strength {
  /** 0 to 1, where 1 is good enough for a vault. */
  readonly share: number;
  readonly sentence: string;
  readonly isAccepted: boolean;
}

export const SHORTEST_PASSWORD = 12;
/** At half a second for each try (Argon2id) two months of a thousand processor cores. */
const FEWEST_GUESSES = 1e10;
/** Of a link: it can be tried through the service alone, some times an hour, and only by who has its address. */
const FEWEST_GUESSES_OF_A_LINK = 1e6;
const SHARE_OF_THE_GUESSED = 0.3;
const ENOUGH_BITS = 60;
const BITS_OF_A_REPEAT = 0.5;
const ALPHABETS: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[^a-zA-Z0-9]/, 33],
];

type Guesses = (password: string, near: readonly string[]) => number;

let guesses: Guesses | null = null;

/** Bring the list of leaked passwords here; until then the length alone is judged. Safe to repeat. */
export async function loadGuesses(): Promise<void> {
  guesses ??= (await import("./guesses.ts")).guessesFor;
}

/** Judge a password that is to be set by somebody with this address. @throws TypeError when the list cannot be loaded. */
export async function judged(password: string, email: string): Promise<Strength> {
  if ([...password].length >= SHORTEST_PASSWORD) await loadGuesses();
  return strengthOf(password, [email]);
}

/** What is wrong with the password of a link, or "". It may be none. @throws TypeError when the list cannot be loaded. */
export async function linkPasswordProblem(password: string): Promise<string> {
  if (password === "") return "";
  await loadGuesses();
  if (guesses === null || guesses(password, []) >= FEWEST_GUESSES_OF_A_LINK) return "";
  return t("Everybody tries this password first. Use another, such as two words that do not belong together.");
}

/** How strong a password seems while somebody types, as far as it is known by now. */
export function strengthOf(password: string, near: readonly string[] = []): Strength {
  const length = [...password].length;
  if (length >= SHORTEST_PASSWORD && guesses !== null && guesses(password, near) < FEWEST_GUESSES) {
    return { share: SHARE_OF_THE_GUESSED, sentence: t("This is easy to guess: it is known from leaks, or made of what is, of your address or of our name. Four or five words that do not belong together are easy to keep."), isAccepted: false };
  }
  const share = Math.min(1, bitsOf(password) / ENOUGH_BITS);
  const isAccepted = length >= SHORTEST_PASSWORD;
  return { share: isAccepted ? share : Math.min(share, 0.6), sentence: sentenceFor(length, share), isAccepted };
}

function sentenceFor(length: number, share: number): string {
  if (length === 0) return t("At least {n} characters. Four or five words that do not belong together are easy to keep.", { n: SHORTEST_PASSWORD });
  if (length < SHORTEST_PASSWORD) return t("{n} more characters, please.", { n: SHORTEST_PASSWORD - length });
  if (share < 0.75) return t("Long enough, but it repeats itself. Another word would help.");
  if (share < 1) return t("Good. Another word would make it strong.");
  return t("Strong.");
}

function bitsOf(password: string): number {
  const alphabet = ALPHABETS.reduce((size, [pattern, count]) => size + (pattern.test(password) ? count : 0), 0);
  const perCharacter = Math.log2(Math.max(alphabet, 2));
  const codes = [...password].map((character) => character.codePointAt(0) ?? 0);
  return codes.reduce((bits, code, index) => {
    const step = code - (codes[index - 1] ?? Number.NaN);
    const isRun = Math.abs(step) <= 1 || codes.indexOf(code) < index - 8;
    return bits + (isRun ? BITS_OF_A_REPEAT : perCharacter);
  }, 0);
}
