/**
 * What a recipient changes in somebody's album: own photos put in and taken out again, and leaving it.
 *
 * Each change reads the album first, signs one entry of its history, and begins again when others were quicker.
 */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { writeEntry, type HistoryEntry } from "../../crypto/entry.ts";
import type { HistoryEvent, Through } from "../../crypto/event.ts";
import { headOf } from "../../crypto/history-state.ts";
import { deriveDocumentKey } from "../../crypto/record.ts";
import { ownKeys } from "../people/known.ts";
import type { Vault } from "../state.ts";
import { AlbumError } from "./album-error.ts";
import { albumPath, subjectOf } from "./album-state.ts";
import { entryBody } from "./entries.ts";
import type { Circle } from "./groups.ts";
import { readReceivedAlbum, type ReceivedAlbum } from "./received.ts";
import type { ReceivedItem } from "./received-items.ts";

/** A request that brings an entry; null when there is nothing left to do. */
export interface AlbumChange {
  /** Below the album. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const ATTEMPTS = 4;
const OVERTAKEN = new Set(["history_moved", "stale_generation", "conflict"]);
/** The most photos one entry takes out. */
const BATCH = 500;

/** Take photos out of an album. They stay with their owners. @throws AlbumError, HistoryError, Problem. */
export async function takeOut(circle: Circle, id: string, items: readonly ReceivedItem[]): Promise<void> {
  for (let at = 0; at < items.length; at += BATCH) {
    const batch = items.slice(at, at + BATCH);
    await changeAlbum(circle, id, async (album) => {
      const left = batch.filter(({ wire }) => Object.hasOwn(album.state.items, wire.commitment));
      if (left.length === 0) return null;
      if (album.role !== "manager" && left.some(({ wire }) => wire.ownerId !== album.self)) throw new AlbumError("not-allowed");
      const entry = await nextAlbumEntry(album, circle.vault, { event: "items-removed", items: left.map(({ wire }) => wire.commitment) });
      return { path: "/items/remove", body: { image_ids: left.map(({ wire }) => wire.imageId), entry: entryBody(entry) } };
    });
  }
}

/** Leave an album one was let in to by name, own photos with it. @throws AlbumError, HistoryError, Problem. */
export async function leaveAlbum(circle: Circle, id: string): Promise<void> {
  await changeAlbum(circle, id, async (album) => {
    if (album.through !== null) throw new AlbumError("not-allowed");
    return { path: "/leave", body: { entry: entryBody(await nextAlbumEntry(album, circle.vault, { event: "left" })) } };
  });
}

/** The next entry of an album's history, by this account: named, or introduced through its group. */
export async function nextAlbumEntry(album: ReceivedAlbum, vault: Vault, event: HistoryEvent, items: HistoryEntry["items"] = []): Promise<HistoryEntry> {
  const { generation } = album.state;
  const key = { generation, documentKey: await deriveDocumentKey(album.key) };
  const author = { account: vault.accountId, seed: await vault.identitySeed() };
  const through = await throughOf(album, vault);
  return await writeEntry(through === null ? event : { ...event, through }, subjectOf(album), headOf(album.state), author, key, items);
}

/** Do what `plan` says of the album as it is now. @throws as its callers say. */
export async function changeAlbum(circle: Circle, id: string, plan: (album: ReceivedAlbum) => Promise<AlbumChange | null>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const change = await plan(await readReceivedAlbum(id, circle));
    if (change === null) return;
    try {
      await call("POST", albumPath(id) + change.path, { body: change.body });
      return;
    } catch (error) {
      if (!(error instanceof Problem) || !OVERTAKEN.has(error.code) || attempt >= ATTEMPTS) throw error;
    }
  }
}

async function throughOf({ through }: ReceivedAlbum, vault: Vault): Promise<Through | null> {
  if (through === null) return null;
  const { identity, fingerprint } = await ownKeys(vault);
  return { group: through, identity, fingerprint };
}

