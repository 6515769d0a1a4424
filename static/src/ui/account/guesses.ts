/**
 * How many tries a password holds out, as those who guess go about it: what is known from leaks first, and
 * what is made of it by repeating, counting on, capitals and signs that look like letters.
 *
 * The list is large, so `strength.ts` asks for this module only where a password is set. Nothing is sent anywhere.
 */
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

/** What follows the hundredth character makes nothing easier to guess. */
const LONGEST_JUDGED = 100;
/** Words too near to us for a password, beside those of the person's address: docs/cryptography.md names them. */
const OUR_WORDS = ["pocketvault", "pocket", "vault", "tresor", "photo", "photos", "picture", "pictures", "foto", "fotos", "bild", "bilder", "mediathek", "passwort", "kennwort"];

const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** Tries until a password is found, by who knows what stands in `near` (such as an address). */
export function guessesFor(password: string, near: readonly string[]): number {
  return estimator.check(password.slice(0, LONGEST_JUDGED), [...OUR_WORDS, ...near.flatMap(wordsOf)]).guesses;
}

/** An address, and the parts of it: `anna.berg@example.org` is also `anna`, `berg`, `annaberg` and `example`. */
function wordsOf(text: string): readonly string[] {
  const [name = "", host = ""] = text.toLowerCase().split("@");
  return [text, name, name.replaceAll(/[^\p{L}\p{N}]/gu, ""), host, ...name.split(/[^\p{L}\p{N}]+/u), ...host.split(".")].filter((word) => word.length > 2);
}
