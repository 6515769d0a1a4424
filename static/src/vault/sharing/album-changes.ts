/** What an owner does with a shared album: begin, give access, change and end it, stop. */
import { call } from "../../api/client.ts";
import { otherAnswer, Problem } from "../../api/problem.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { digestOf } from "../../crypto/commitment.ts";
import { keyCheckOf } from "../../crypto/delivery.ts";
import { START, writeEntry } from "../../crypto/entry.ts";
import type { GrantRole, HistoryEvent } from "../../crypto/event.ts";
import { newAlbumKey } from "../../crypto/keys.ts";
import { meetKeys } from "../../crypto/known-keys.ts";
import { deriveDocumentKey, openRecord, sealRecord } from "../../crypto/record.ts";
import { unwrapKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { settingsJson } from "../library/album-writing.ts";
import { readAlbum, type AlbumDocument } from "../library/documents.ts";
import { readWireAlbum, type WireAlbum } from "../library/wire.ts";
import { newId } from "../ids.ts";
import { changeBook } from "../people/key-book.ts";
import { ownKeys } from "../people/known.ts";
import type { Vault } from "../state.ts";
import { recipientsOf, type Recipient } from "./album-access.ts";
import { changeAlbum, nextEntry, requireOwner, type Standing } from "./album-change.ts";
import { AlbumError } from "./album-error.ts";
import { deliveryTo, ownedKey, rotationOf } from "./album-rotation.ts";
import { albumPath, albumSettingsContext, groupIn } from "./album-state.ts";
import { entryBody } from "./entries.ts";
import { isReadable, type KnownContact } from "./groups.ts";
import { forgetSharedAlbums } from "./shared-list.ts";

/** Whom to give access, and what they may do. */
export interface Gift {
  readonly kind: Recipient["kind"];
  readonly id: string;
  readonly role: GrantRole;
  readonly canDownload: boolean;
}

/**
 * Make an album one that can be shared, under a new key and with settings that say so. What is in it is added
 * afterwards (`album-photos.ts`). Nothing, when another device was first. @throws Problem, CryptoError.
 */
export async function beginSharing(vault: Vault, id: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const album = readWireAlbum(await call<unknown>("GET", `/albums/${id}`));
    if (album === null) throw otherAnswer();
    if (album.isShared) return;
    try {
      await call("PUT", albumPath(id), { body: await beginning(vault, album) });
      forgetSharedAlbums();
      return;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409 || attempt >= 4) throw error;
    }
  }
}

async function beginning(vault: Vault, album: WireAlbum): Promise<Readonly<Record<string, unknown>>> {
  const { id, generation: before, settings: { number, sealed } } = album;
  const context = { purpose: "album-key", owner: vault.accountId, record: id, part: "-", version: before } as const;
  const former = await unwrapKey(wrappedKeyFromBytes("album-key", fromBase64Url(album.wrappedAlbumKey)), vault.wrappingKey, context);
  const settings = readAlbum(await openRecord(fromBase64Url(sealed), former, albumSettingsContext({ id, ownerId: vault.accountId }, number)));
  if (settings === null) throw new AlbumError("unreadable-key");
  const next = { key: newAlbumKey(), generation: before + 1 };
  const { body, mark } = await ownedKey(vault, id, next, settings, number + 1);
  const event: HistoryEvent = { event: "created", generation: next.generation, key_check: toBase64Url(await keyCheckOf(next.key)), ...mark, ...keysIn(await ownKeys(vault)) };
  const author = { account: vault.accountId, seed: await vault.identitySeed() };
  const key = { generation: next.generation, documentKey: await deriveDocumentKey(next.key) };
  return { ...body, entry: entryBody(await writeEntry(event, { kind: "album", id, owner: vault.accountId }, START, author, key)) };
}

/** Let somebody in, or give them another role. @throws AlbumError, ChangedKeyError, HistoryError, Problem, as all below. */
export async function give(vault: Vault, id: string, gift: Gift): Promise<void> {
  // Whoever comes in now must not get a key that somebody who went still knows.
  await rotateIfDue(vault, id);
  await changeAlbum(vault, id, async (standing) => {
    requireOwner(standing);
    const before = recipientsOf(standing.album, standing.circle).find((each) => each.kind === gift.kind && each.id === gift.id);
    if (before?.grant && before.role === gift.role && before.canDownload === gift.canDownload) return null;
    const { event, recipient } = gift.kind === "account" ? await givenAccount(gift, before, standing) : givenGroup(gift, standing);
    const entry = await nextEntry(standing, event);
    const delivery = await deliveryTo(recipient, { key: standing.album.key, generation: entry.generation }, standing);
    const named = gift.kind === "account" ? { account_id: gift.id } : { group_id: gift.id };
    const { role, canDownload } = gift;
    return { method: "PUT", path: `/grants/${before?.grant?.id ?? newId()}`, body: { ...named, role, can_download: canDownload, delivery, entry: entryBody(entry) } };
  });
}

/** End somebody's access. It stops at once; the key is replaced afterwards (`album-tending.ts`). */
export async function endAccess(vault: Vault, id: string, recipient: Pick<Recipient, "kind" | "id">): Promise<void> {
  await changeAlbum(vault, id, async (standing) => {
    if (standing.album.role !== "owner") throw new AlbumError("not-allowed");
    const found = recipientsOf(standing.album, standing.circle).find((each) => each.kind === recipient.kind && each.id === recipient.id);
    if (found === undefined) return null;
    const entry = await nextEntry(standing, removalOf(found));
    // Of a grant that the service ended by itself only the history does not know yet.
    return { method: "POST", path: `/grants/${found.grant?.id ?? newId()}/revoke`, body: { entry: entryBody(entry) } };
  });
}

/** End every grant and every link. What others brought goes back to them. */
export async function stopSharing(vault: Vault, id: string): Promise<void> {
  await changeAlbum(vault, id, async (standing) => {
    if (standing.album.role !== "owner") throw new AlbumError("not-allowed");
    return { method: "POST", path: "/stop", body: { entry: entryBody(await nextEntry(standing, { event: "stopped" })) } };
  });
}

/** Change what the album says of itself. */
export async function changeSettings(vault: Vault, id: string, change: Partial<AlbumDocument>): Promise<void> {
  await changeAlbum(vault, id, async (standing) => {
    requireOwner(standing);
    const { album } = standing;
    const number = album.state.settings.number + 1;
    const sealed = await sealRecord(settingsJson({ ...album.settings, ...change }), album.key, albumSettingsContext(album.wire, number));
    const entry = await nextEntry(standing, { event: "settings-set", number, digest: toBase64Url(digestOf(sealed)) });
    return { method: "PUT", path: "/settings", body: { number, generation: entry.generation, sealed: toBase64Url(sealed), entry: entryBody(entry) } };
  });
}

/** Replace the key that somebody who went still knows. Answers whether it was due. */
export async function rotateIfDue(vault: Vault, id: string): Promise<boolean> {
  return await changeAlbum(vault, id, async (standing) => (standing.album.wire.rotationDueAt === null ? null : await rotationOf(standing)));
}

/** What the history has to say about a recipient that went. */
export function removalOf({ kind, id }: Pick<Recipient, "kind" | "id">): HistoryEvent {
  return kind === "account" ? { event: "member-removed", account: id } : { event: "group-removed", group: id };
}

async function givenAccount({ id, role }: Gift, before: Recipient | undefined, { circle }: Standing) {
  const contact = circle.contacts.find(({ accountId }) => accountId === id);
  if (contact === undefined) throw new AlbumError("not-a-contact");
  if (before?.trust === "changed") throw new AlbumError("other-keys");
  const fingerprint = await pinnedFingerprint(circle.vault, contact);
  const { identity } = contact.keys;
  const event: HistoryEvent = { event: "member-set", account: id, role, identity: toBase64Url(identity), fingerprint };
  return { event, recipient: { kind: "account", id, trust: "pinned", keys: contact.keys } as const };
}

/** A group that somebody may be in whom no member let in is not trusted with a key. */
function givenGroup({ id, role }: Gift, { circle }: Standing) {
  const group = groupIn(circle, id);
  if (group === undefined || !isReadable(group)) throw new AlbumError("unreadable-key");
  if (group.doubts.some(({ kind }) => kind === "stranger" || kind === "role") || group.members.some(({ trust }) => trust === "changed")) throw new AlbumError("other-keys");
  return { event: { event: "group-set", group: id, role } as HistoryEvent, recipient: { kind: "group", id, trust: "pinned", keys: null } as const };
}

/** @throws ChangedKeyError. */
async function pinnedFingerprint(vault: Vault, { accountId, keys }: KnownContact): Promise<string> {
  let found = "";
  await changeBook(vault, async (known) => {
    const { book, fingerprint } = await meetKeys(known, accountId, keys, new Date().toISOString());
    found = toBase64Url(fingerprint);
    return book;
  });
  return found;
}

/** The two members by which a history names somebody's keys, and nothing else. */
const keysIn = ({ identity, fingerprint }: { readonly identity: string; readonly fingerprint: string }) => ({ identity, fingerprint });
