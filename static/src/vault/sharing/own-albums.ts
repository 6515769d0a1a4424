/** The albums this account shares: what they are called, and saying in their history that something ended. */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { record } from "../../api/shape.ts";
import type { Body } from "../../api/types.ts";
import { fromBase64Url } from "../../crypto/bytes.ts";
import { NO_PART } from "../../crypto/context.ts";
import { writeEntry } from "../../crypto/entry.ts";
import { CryptoError } from "../../crypto/errors.ts";
import type { HistoryEvent } from "../../crypto/event.ts";
import { headOf, type HistoryState } from "../../crypto/history-state.ts";
import type { AlbumKey } from "../../crypto/keys.ts";
import { deriveDocumentKey, openRecord } from "../../crypto/record.ts";
import { unwrapKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { readAlbum } from "../library/documents.ts";
import { readBook } from "../people/key-book.ts";
import { knownPeople } from "../people/known.ts";
import { readPublicKeys } from "../people/wire.ts";
import type { Vault } from "../state.ts";
import { openNewest, readChain } from "./chain.ts";
import { entryBody, readHead, type EntryBody } from "./entries.ts";
import { openStates } from "./states.ts";

type WireAlbum = Body<"SharedAlbum">;

/** An album of this account's that is shared, or was once. */
export interface OwnAlbum {
  readonly id: string;
  /** Null when it cannot be opened. */
  readonly name: string | null;
  /** Since when somebody whose access ended still has its key; null when nobody does. */
  readonly rotationDueAt: string | null;
}

/** What is to be signed, by the state of the album; null when its history says so already. */
export type Saying = (state: HistoryState) => HistoryEvent | null;

const ATTEMPTS = 4;

export const albumPath = (id: string): string => `/shared/albums/${id}`;

/** All of them, those no longer shared among them. @throws Problem. */
export async function listOwnAlbums(vault: Vault): Promise<readonly OwnAlbum[]> {
  const { items } = await call<Body<"SharedAlbums">>("GET", "/shared/albums");
  return await Promise.all(items.filter(({ owner_id: owner }) => owner === vault.accountId).map((wire) => ownAlbum(vault, wire)));
}

async function ownAlbum(vault: Vault, wire: WireAlbum): Promise<OwnAlbum> {
  return { id: wire.id, name: await nameOf(vault, wire).catch(() => null), rotationDueAt: wire.rotation_due_at };
}

async function nameOf(vault: Vault, wire: WireAlbum): Promise<string | null> {
  const { number, sealed } = wire.settings;
  const context = { purpose: "album", owner: vault.accountId, record: wire.id, part: NO_PART, version: number } as const;
  return readAlbum(await openRecord(fromBase64Url(sealed), await keyOf(vault, wire), context))?.name ?? null;
}

/** The key in force. @throws CryptoError. */
async function keyOf({ accountId, wrappingKey }: Vault, { id, generation, wrapped_album_keys: wraps }: WireAlbum): Promise<AlbumKey> {
  const wrapped = wraps.find((each) => each.generation === generation)?.wrapped_album_key ?? "";
  const context = { purpose: "album-key", owner: accountId, record: id, part: NO_PART, version: generation } as const;
  return await unwrapKey(wrappedKeyFromBytes("album-key", fromBase64Url(wrapped)), wrappingKey, context);
}

/**
 * Sign something into an album's history and send it with what it is about. Whoever was not first reads again.
 *
 * Answers false when there was nothing to say. @throws HistoryError, CryptoError, OldKnownKeysError, Problem.
 */
export async function sayInHistory(vault: Vault, albumId: string, saying: Saying, send: (entry: EntryBody) => Promise<void>): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const entry = await nextEntry(vault, albumId, saying);
    if (entry === null) return false;
    try {
      await send(entry);
      return true;
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "history_moved" || attempt >= ATTEMPTS) throw error;
    }
  }
}

async function nextEntry(vault: Vault, albumId: string, saying: Saying): Promise<EntryBody | null> {
  const ask = async (): Promise<WireAlbum> => await call<WireAlbum>("GET", albumPath(albumId));
  return await openNewest(await ask(), ask, (wire) => entryUpon(wire, vault, albumId, saying));
}

async function entryUpon(wire: WireAlbum, vault: Vault, albumId: string, saying: Saying): Promise<EntryBody | null> {
  if (wire.owner_id !== vault.accountId) throw new CryptoError("cannot-open", "This album is not yours.");
  const subject = { kind: "album", id: albumId, owner: vault.accountId } as const;
  const key = await keyOf(vault, wire);
  const { generation } = wire;
  const reader = { keys: new Map([[generation, key]]), known: await peopleOf(vault, wire) };
  const { state } = await readChain({ path: albumPath(albumId), subject, head: readHead(wire.head) }, reader, await openStates(vault));
  const event = saying(state);
  if (event === null) return null;
  const author = { account: vault.accountId, seed: await vault.identitySeed() };
  return entryBody(await writeEntry(event, subject, headOf(state), author, { generation, documentKey: await deriveDocumentKey(key) }));
}

/** Those whose keys are the pinned ones. The keys of an account that is gone are, too. */
async function peopleOf(vault: Vault, { people }: WireAlbum) {
  const there = people.filter(({ identity_public_key: identity }) => identity !== null);
  const offered = there.map((person) => ({ accountId: person.account_id, keys: readPublicKeys(record(person)) }));
  return await knownPeople(vault, await readBook(vault), offered);
}
