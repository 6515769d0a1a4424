/**
 * One change of a shared album: planned upon the album as it is now, signed, sent; planned anew when somebody was quicker.
 */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import type { Bytes } from "../../crypto/bytes.ts";
import { writeEntry, type Author, type HistoryEntry } from "../../crypto/entry.ts";
import type { HistoryEvent, Through } from "../../crypto/event.ts";
import { headOf } from "../../crypto/history-state.ts";
import { deriveDocumentKey } from "../../crypto/record.ts";
import { ownKeys } from "../people/known.ts";
import { readPeople } from "../people/people.ts";
import type { Vault } from "../state.ts";
import { strangersIn } from "./album-access.ts";
import { AlbumError } from "./album-error.ts";
import { albumPath, readSharedAlbum, subjectOf, type AlbumCircle, type SharedAlbum } from "./album-state.ts";
import { isReadable, readGroups } from "./groups.ts";
import { forgetSharedAlbums } from "./shared-list.ts";

export interface Change {
  readonly method: "PUT" | "POST";
  /** Below the album. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An album as it is now, and everything a change of it needs. */
export interface Standing {
  readonly album: SharedAlbum;
  readonly circle: AlbumCircle;
  readonly author: Author;
}

/** Null when there is nothing left to do. */
export type Plan = (standing: Standing) => Promise<Change | null>;

const ATTEMPTS = 5;
const OVERTAKEN = new Set(["history_moved", "stale_generation", "conflict", "incomplete_rotation", "already_in_album"]);

/** Whom this account knows and which groups it is in, as things are now. @throws Problem, OldKnownKeysError. */
export async function readAlbumCircle(vault: Vault): Promise<AlbumCircle> {
  const { contacts } = await readPeople(vault);
  return { vault, contacts, groups: await readGroups({ vault, contacts }) };
}

/** An album as it is now. @throws HistoryError, CryptoError, AlbumError, Problem. */
export async function standingOf(vault: Vault, id: string): Promise<Standing> {
  const circle = await readAlbumCircle(vault);
  const author = { account: vault.accountId, seed: await vault.identitySeed() };
  return { album: await readSharedAlbum(id, circle), circle, author };
}

/** Do one change. Answers whether there was anything to do. @throws as {@link standingOf}. */
export async function changeAlbum(vault: Vault, id: string, plan: Plan): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const change = await plan(await standingOf(vault, id));
    if (change === null) return false;
    try {
      await call(change.method, albumPath(id) + change.path, { body: change.body });
      forgetSharedAlbums();
      return true;
    } catch (error) {
      if (!(error instanceof Problem) || !OVERTAKEN.has(error.code)) throw error;
      if (attempt >= ATTEMPTS) throw new AlbumError("busy");
    }
  }
}

/** The next entry of an album's history, under the key in force. */
export async function nextEntry(standing: Standing, event: HistoryEvent, items: readonly Bytes[] = []): Promise<HistoryEntry> {
  const { album, author } = standing;
  const key = { generation: album.state.generation, documentKey: await deriveDocumentKey(album.key) };
  const through = await throughOf(standing);
  return await writeEntry(through === null ? event : { ...event, through }, subjectOf(album), headOf(album.state), author, key, items);
}

/** Whoever was let in by a group only says by which, and who they are. The group that may most speaks for them. */
async function throughOf({ album: { state, role }, circle }: Standing): Promise<Through | null> {
  const { vault, groups } = circle;
  if (Object.hasOwn(state.members, vault.accountId)) return null;
  const group = groups.filter(isReadable).find(({ id }) => state.groups[id] === role);
  if (group === undefined) throw new AlbumError("doubtful");
  const { identity, fingerprint } = await ownKeys(vault);
  return { group: group.id, identity, fingerprint };
}

/** Whoever lists somebody who was never let in might have anything done in their favour. @throws AlbumError. */
export function requireOwner({ album }: Standing): void {
  if (album.role !== "owner") throw new AlbumError("not-allowed");
  if (strangersIn(album.wire, album.state).length > 0) throw new AlbumError("doubtful");
}
