/** Changes to albums: their settings sealed under the album key, their photos' content keys wrapped by it. */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { toBase64Url } from "../../crypto/bytes.ts";
import { newAlbumKey } from "../../crypto/keys.ts";
import { sealRecord, type JsonValue } from "../../crypto/record.ts";
import { wrapKey } from "../../crypto/wrap.ts";
import { newId } from "../ids.ts";
import type { AlbumEntry } from "./album-entry.ts";
import { LibraryError, refusalOf } from "./bridge.ts";
import type { AlbumChange, ItemFailure, Outcome } from "./contract.ts";
import type { AlbumDocument } from "./documents.ts";
import type { Entry } from "./entry.ts";
import { albumWrappingKey, contentKeyBytes, contextOf, heldAlbumKey } from "./keyring.ts";
import { BATCH_ITEMS, chunks, type Desk } from "./writing.ts";

const NEW_ALBUM: AlbumDocument = { name: "", description: "", cover: null, order: "captured", sequence: [], direct: false };
const ATTEMPTS = 3;

/** Settings as they are sealed. */
export const settingsJson = (settings: AlbumDocument): JsonValue => ({ ...settings, sequence: [...settings.sequence] });

/** @throws Problem. Answers the new album's id. */
export async function createAlbum(change: AlbumChange, desk: Desk): Promise<string> {
  const { keyring } = desk;
  const id = newId();
  const key = newAlbumKey();
  const wrapped = await wrapKey(key, keyring.wrappingKey, contextOf("album-key", keyring.accountId, id, 1));
  const sealed = await sealRecord(settingsJson({ ...NEW_ALBUM, ...change }), key, contextOf("album", keyring.accountId, id, 1));
  const settings = { number: 1, sealed: toBase64Url(sealed) };
  await call("PUT", `/albums/${id}`, { body: { wrapped_album_key: toBase64Url(wrapped), generation: 1, settings } });
  await desk.refresh();
  return id;
}

function known(id: string, desk: Desk): AlbumEntry {
  const album = desk.index.albums.find((each) => each.id === id);
  if (album === undefined) throw new LibraryError("not_found", "This album is no longer here.");
  return album;
}

async function sendSettings(album: AlbumEntry, change: AlbumChange, desk: Desk): Promise<void> {
  if (album.settings === null) throw new LibraryError("cannot-open", "The settings of this album cannot be opened, so they cannot be changed.");
  const number = album.number + 1;
  const context = contextOf("album", desk.keyring.accountId, album.id, number);
  const key = await heldAlbumKey(album, desk.keyring);
  const sealed = await sealRecord(settingsJson({ ...album.settings, ...change }), key, context);
  await call("PATCH", `/albums/${album.id}`, { body: { settings: { number, sealed: toBase64Url(sealed) } } });
}

/** Change settings; when another device was first, over its settings. @throws Problem, LibraryError. */
export async function changeAlbum(id: string, change: AlbumChange, desk: Desk): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sendSettings(known(id, desk), change, desk);
      break;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409 || attempt >= ATTEMPTS) throw error;
      await desk.refresh();
    }
  }
  await desk.refresh();
}

/** The album goes; its photos stay. */
export async function deleteAlbum(id: string, desk: Desk): Promise<void> {
  try {
    await call("DELETE", `/albums/${id}`);
  } catch (error) {
    if (!(error instanceof Problem) || (error.status !== 404 && error.status !== 410)) throw error;
  }
  await desk.refresh();
}

interface AlbumItem {
  readonly image_id: string;
  readonly version: number;
  readonly wrapped_content_key: string;
}

async function wrapItems(album: AlbumEntry, entries: readonly Entry[], desk: Desk, failed: ItemFailure[]): Promise<AlbumItem[]> {
  const { keyring } = desk;
  const wrappingKey = await albumWrappingKey(album, keyring);
  const wrapOne = async (entry: Entry): Promise<AlbumItem | null> => {
    try {
      const key = await contentKeyBytes(entry, keyring);
      const context = contextOf("content-key", keyring.accountId, album.id, entry.version, entry.id);
      const wrapped = await wrapKey(key, wrappingKey, context);
      key.fill(0);
      return { image_id: entry.id, version: entry.version, wrapped_content_key: toBase64Url(wrapped) };
    } catch (error) {
      failed.push({ id: entry.id, ...refusalOf(error) });
      return null;
    }
  };
  return (await Promise.all(entries.map(wrapOne))).filter((item) => item !== null);
}

/** Add photos to an album; those already in it stay as they are. */
export async function addToAlbum(albumId: string, ids: readonly string[], desk: Desk): Promise<Outcome> {
  const album = known(albumId, desk);
  const done: string[] = [];
  const failed: ItemFailure[] = [];
  for (const chunk of chunks([...new Set(ids)], BATCH_ITEMS)) {
    const items = await wrapItems(album, await desk.index.entries(chunk), desk, failed);
    const added = items.map((item) => item.image_id);
    await sendItems(`/albums/${albumId}/items`, { items }, added, done, failed);
  }
  await desk.refresh();
  return { done, failed };
}

/** Take photos out of an album. They stay in the library. */
export async function removeFromAlbum(albumId: string, ids: readonly string[], desk: Desk): Promise<Outcome> {
  const done: string[] = [];
  const failed: ItemFailure[] = [];
  for (const chunk of chunks([...new Set(ids)], BATCH_ITEMS)) {
    await sendItems(`/albums/${albumId}/items/remove`, { image_ids: chunk }, chunk, done, failed);
  }
  await desk.refresh();
  return { done, failed };
}

async function sendItems(
  path: string, body: Readonly<Record<string, unknown>>, ids: readonly string[], done: string[], failed: ItemFailure[],
): Promise<void> {
  if (ids.length === 0) return;
  try {
    await call("POST", path, { body });
    done.push(...ids);
  } catch (error) {
    failed.push(...ids.map((id) => ({ id, ...refusalOf(error) })));
  }
}
