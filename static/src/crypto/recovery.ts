/**
 * The recovery phrase: 24 words that open the vault when the password is gone.
 *
 * BIP-39 English words over 32 random bytes. The phrase carries full entropy, so it needs no
 * stretching: HKDF turns it into a key-encryption key and a proof for the server.
 */
import { entropyToMnemonic, mnemonicToEntropy } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";

import { owned, randomBytes, type Bytes } from "./bytes.ts";
import { deriveBytes } from "./derive.ts";
import { checkedKey, KEY_BYTES, type AuthKey, type KeyEncryptionKey } from "./keys.ts";
import { RecoveryPhraseError } from "./recovery-error.ts";

declare const brand: unique symbol;

/** The 32 bytes a phrase spells. */
export type RecoverySecret = Bytes & { readonly [brand]: "RecoverySecret" };

/** What a phrase becomes. The auth key proves to the server that the phrase is known. */
export interface RecoveryKeys {
  readonly authKey: AuthKey;
  readonly keyEncryptionKey: KeyEncryptionKey;
}

export const PHRASE_WORDS = 24;
const WORDS = new Set(wordlist);
const NOT_A_LETTER = /[^a-z]+/u;
const COMBINING_MARKS = /\p{M}/gu;

/** A fresh secret for a new phrase. */
export function newRecoverySecret(): RecoverySecret {
  return randomBytes(KEY_BYTES) as RecoverySecret;
}

/** The secret spelled as 24 words, single spaces between them. */
export function phraseFromSecret(secret: RecoverySecret): string {
  return entropyToMnemonic(checkedKey(secret), wordlist);
}

/**
 * Read a phrase as people write it: any case, spaces, line breaks, numbers or commas.
 *
 * @throws RecoveryPhraseError saying which word is unknown, or that the words do not belong together.
 */
export function secretFromPhrase(written: string): RecoverySecret {
  const words = wordsOf(written);
  if (words.length !== PHRASE_WORDS) {
    throw new RecoveryPhraseError("word-count", `A recovery phrase has 24 words; this one has ${words.length}.`);
  }
  const unknown = words.findIndex((word) => !WORDS.has(word));
  if (unknown >= 0) {
    throw new RecoveryPhraseError(
      "unknown-word",
      `Word ${unknown + 1} is not in the list of recovery words.`,
      unknown + 1,
    );
  }
  return entropyOf(words) as RecoverySecret;
}

/** The two keys a phrase leads to. */
export async function keysFromRecovery(secret: RecoverySecret): Promise<RecoveryKeys> {
  const [authKey, keyEncryptionKey] = await Promise.all([
    deriveBytes(checkedKey(secret), "recovery-auth-key"),
    deriveBytes(checkedKey(secret), "recovery-key-encryption-key"),
  ]);
  return {
    authKey: authKey as AuthKey,
    keyEncryptionKey: keyEncryptionKey as KeyEncryptionKey,
  };
}

/** The words in a text; everything that is not a letter stands between them. */
function wordsOf(written: string): string[] {
  const plain = written.normalize("NFKD").replace(COMBINING_MARKS, "").toLowerCase();
  return plain.split(NOT_A_LETTER).filter((word) => word !== "");
}

function entropyOf(words: readonly string[]): Bytes {
  try {
    return owned(mnemonicToEntropy(words.join(" "), wordlist));
  } catch {
    throw new RecoveryPhraseError(
      "checksum",
      "All words are known, but together they are not a recovery phrase. Is one swapped or misread?",
    );
  }
}

