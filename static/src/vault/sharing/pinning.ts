/** People one only shares a history with are pinned by the keys that it names, and no others. */
import { toBase64Url } from "../../crypto/bytes.ts";
import { fingerprintOf } from "../../crypto/fingerprint.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import { meetKeys, pinOf, type KnownKeys, type PublicKeys } from "../../crypto/known-keys.ts";
import { ChangedKeyError } from "../../crypto/known-keys-error.ts";
import { changeBook } from "../people/key-book.ts";
import type { Vault } from "../state.ts";

/** Somebody, the keys the server says are theirs, and their fingerprint in base64url. */
export interface ListedPerson {
  readonly accountId: string;
  readonly keys: PublicKeys;
  readonly fingerprint: string;
}

/** The fingerprint of somebody's keys beside them. */
export async function withFingerprint<Person extends { readonly keys: PublicKeys }>(person: Person): Promise<Person & { readonly fingerprint: string }> {
  return { ...person, fingerprint: toBase64Url(await fingerprintOf(person.keys.identity, person.keys.exchange)) };
}

/** Pin those of `listed` who are seen for the first time and whose keys are those of the history. */
export async function pinNamed(vault: Vault, before: KnownKeys, state: HistoryState, listed: readonly ListedPerson[]): Promise<KnownKeys> {
  const met = listed.filter(({ accountId, fingerprint }) => accountId !== vault.accountId && state.people[accountId]?.fingerprint === fingerprint);
  if (met.every(({ accountId }) => pinOf(before, accountId) !== undefined)) return before;
  return await changeBook(vault, async (known) => {
    let book = known;
    for (const { accountId, keys } of met) {
      try {
        ({ book } = await meetKeys(book, accountId, keys, new Date().toISOString()));
      } catch (error) {
        // Shown as changed, and left as it was pinned until the owner decides.
        if (!(error instanceof ChangedKeyError)) throw error;
      }
    }
    return book;
  });
}
