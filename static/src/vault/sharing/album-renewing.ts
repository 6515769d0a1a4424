/**
 * Photos of this account that a shared album shows otherwise than they are now: of an older version, with a date or
 * place that was corrected since, or telling more or less than its person chose. Each gets a new item in the place of
 * the former one.
 *
 * Which they are is always worked out from what the server has, so a closed tab costs nothing.
 */
import { toBase64Url } from "../../crypto/bytes.ts";
import { rootOf } from "../../crypto/commitment.ts";
import type { Telling } from "../../crypto/event.ts";
import { LibraryError } from "../library/bridge.ts";
import type { ItemFailure, Outcome } from "../library/contract.ts";
import { changeAlbum, nextEntry, standingOf, type Standing } from "./album-change.ts";
import { inBatches, listedItems, type PhotoPorts } from "./album-photos.ts";
import type { PhotoToShare } from "./album-sealing.ts";
import { meantBy } from "./album-stale.ts";
import { placeOf, type SharedAlbum } from "./album-state.ts";
import { chosenBy } from "./album-telling.ts";
import { openedFields } from "./album-told.ts";
import type { WireSharedItem } from "./album-wire.ts";
import { entryBody } from "./entries.ts";

const NOTHING: Outcome = { done: [], failed: [] };

/** Let the album show its photos of this account as they are now. `listed` is what is in it. @throws as `changeAlbum`; LibraryError, AbortError. */
export async function renewPhotos(id: string, listed: readonly WireSharedItem[], ports: PhotoPorts): Promise<Outcome> {
  const { vault, library } = ports;
  const { album } = await standingOf(vault, id);
  const own = ownItems(album, listed, vault.accountId);
  if (own.length === 0) return NOTHING;
  // Another device may have corrected a photo and told it: what this one does not know yet must not undo that.
  await library.sync();
  if (library.status !== "ready") throw new LibraryError(library.failure?.code ?? "offline", library.failure?.sentence ?? "Your library is not up to date yet.");
  const stale = (await staleItems(album, own, ports)).map(({ imageId }) => imageId);
  if (stale.length === 0) return NOTHING;
  return await inBatches(stale, "renewing", ports, (batch, done, failed) => replaceBatch(id, batch, own, ports, done, failed));
}

/** Those that this account put in, by the history. */
function ownItems({ state }: SharedAlbum, items: readonly WireSharedItem[], self: string): readonly WireSharedItem[] {
  return items.filter(({ ownerId, commitment }) => ownerId === self && state.items[commitment] === self);
}

/** An item that does not say what would be said now, and what is to be told of its photo. */
interface StaleItem extends Pick<WireSharedItem, "imageId" | "commitment"> {
  readonly tells: readonly Telling[];
}

async function staleItems(album: SharedAlbum, items: readonly WireSharedItem[], { vault, sealer }: PhotoPorts): Promise<readonly StaleItem[]> {
  const chosen = chosenBy(vault.accountId, album);
  const said = (await openedFields(album, items)).flatMap((fields) => (fields === null ? [] : [meantBy(fields, chosen)]));
  const stale = new Set(await sealer.staleAmong(said));
  const tells = new Map(said.map((each) => [each.image, each.tells]));
  return items.flatMap(({ imageId, commitment }) => (stale.has(imageId) ? [{ imageId, commitment, tells: tells.get(imageId) ?? [] }] : []));
}

async function replaceBatch(id: string, batch: readonly PhotoToShare[], known: readonly WireSharedItem[], ports: PhotoPorts, done: string[], failed: ItemFailure[]): Promise<void> {
  let items = known;
  let isFirst = true;
  await changeAlbum(ports.vault, id, async (standing) => {
    if (!isFirst) items = await listedItems(id);
    isFirst = false;
    return await replacement(standing, batch, items, ports, failed);
  });
  const unsent = new Set(failed.map((each) => each.id));
  done.push(...batch.flatMap((each) => (unsent.has(each.id) ? [] : [each.id])));
}

/** Null when another device was quicker, or the photos are gone. */
async function replacement(standing: Standing, batch: readonly PhotoToShare[], items: readonly WireSharedItem[], ports: PhotoPorts, failed: ItemFailure[]) {
  const { vault, sealer } = ports;
  const { album } = standing;
  const wanted = new Set(batch.map((each) => each.id));
  const own = ownItems(album, items.filter(({ imageId }) => wanted.has(imageId)), vault.accountId);
  const former = new Map((await staleItems(album, own, ports)).map((each) => [each.imageId, each]));
  if (former.size === 0) return null;
  const generation = album.state.generation;
  const photos = batch.flatMap((each) => {
    const stale = former.get(each.id);
    return stale === undefined ? [] : [{ ...each, tells: stale.tells }];
  });
  const sealed = await sealer.sealPhotos({ place: placeOf(album), generation, key: album.key, photos });
  failed.push(...sealed.failed.filter((each) => !failed.some((other) => other.id === each.id)));
  if (sealed.items.length === 0) return null;
  const commitments = sealed.items.map(({ commitment }) => commitment);
  const replaced = sealed.items.flatMap(({ body }) => former.get(body.image_id)?.commitment ?? []);
  const event = { event: "items-replaced", items: replaced, count: commitments.length, root: toBase64Url(rootOf(commitments)) } as const;
  const entry = await nextEntry(standing, event, commitments);
  return { method: "POST", path: "/items/replace", body: { generation, items: sealed.items.map(({ body }) => body), entry: entryBody(entry) } } as const;
}
