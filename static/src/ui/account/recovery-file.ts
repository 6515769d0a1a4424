/** The recovery key as a text file: words people can read, and how they are found in it again. */
import { t } from "../text.ts";

export const RECOVERY_FILE_NAME = "pocketvault-recovery.txt";
const WORDS_A_LINE = 4;
const BEGIN = "-----";

/** What is saved. The words stand between two lines of dashes. */
export function recoveryFile(phrase: string, email: string, madeAt: Date): string {
  const words = phrase.split(" ");
  const lines = Array.from({ length: words.length / WORDS_A_LINE }, (_, line) =>
    words.slice(line * WORDS_A_LINE, (line + 1) * WORDS_A_LINE).join(" "),
  );
  return [
    t("PocketVault recovery key for {email}", { email }),
    t("Made on {day}", { day: madeAt.toISOString().slice(0, 10) }),
    "",
    BEGIN,
    ...lines,
    BEGIN,
    "",
    t("Whoever has these 24 words and your address can open your vault. Keep them where you keep what matters."),
    "",
  ].join("\n");
}

/** The words in such a file, or the whole text when it is some other file. */
export function phraseInFile(text: string): string {
  const inside = text.split(BEGIN)[1];
  return (inside ?? text).trim().replaceAll(/\s+/g, " ");
}
