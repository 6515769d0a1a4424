/**
 * A group's next key: for everybody who stays, for the settings, and for every album key the last one wrapped.
 */
import { toBase64Url, type Bytes } from "../../crypto/bytes.ts";
import { carry, keyCheckOf, readDeliveryToGroup, sealDelivery } from "../../crypto/delivery.ts";
import { digestOf } from "../../crypto/commitment.ts";
import { hashOfEntry, writeEntry, type Author, type Head, type HistoryEntry } from "../../crypto/entry.ts";
import type { HistoryEvent } from "../../crypto/event.ts";
import { headOf } from "../../crypto/history-state.ts";
import { newGroupKey, type GroupKey } from "../../crypto/keys.ts";
import { deriveDocumentKey, sealRecord } from "../../crypto/record.ts";
import { entryBody, type EntryBody } from "./entries.ts";
import { GroupError } from "./group-error.ts";
import type { WireGroupAlbum } from "./group-wire.ts";
import { settingsContext, type Group } from "./groups.ts";
import type { Member } from "./membership.ts";

/** What the server wants of a rotation. */
export interface RotationBody {
  readonly generation: number;
  readonly deliveries: readonly { readonly account_id: string; readonly sealed: string }[];
  readonly settings: { readonly number: number; readonly sealed: string };
  readonly albums: readonly { readonly album_id: string; readonly generation: number; readonly sealed: string }[];
  readonly entry: EntryBody;
}

/** The next entry of a group's history, under the key in force. */
export async function nextEntry(group: Group, author: Author, event: HistoryEvent): Promise<HistoryEntry> {
  const key = { generation: group.state.generation, documentKey: await deriveDocumentKey(group.key) };
  return await writeEntry(event, subjectOf(group), headOf(group.state), author, key);
}

/** Where the entry after this one goes. */
export const headAfter = (entry: HistoryEntry, group: Group): Head => ({ seq: entry.seq, hash: hashOfEntry(entry, subjectOf(group)) });

/**
 * Replace the key of a group for those of its members who stay. Whoever the server no longer lists cannot be reached.
 *
 * @throws GroupError "other-keys" when somebody who stays has keys that are not theirs, "unreadable-key", CryptoError.
 */
export async function rotationOf(group: Group, author: Author, head: Head, stays: (member: Member) => boolean = () => true): Promise<RotationBody> {
  const key = newGroupKey();
  const generation = group.state.generation + 1;
  const staying = group.members.filter(stays);
  if (staying.some(({ trust }) => trust === "changed")) throw new GroupError("other-keys");
  const settings = await settingsUnder(key, group);
  const event: HistoryEvent = {
    event: "rotated", generation, key_check: toBase64Url(await keyCheckOf(key)), previous_key: toBase64Url(group.key),
    number: settings.number, digest: toBase64Url(digestOf(settings.sealed)),
  };
  const entry = await writeEntry(event, subjectOf(group), head, author, { generation, documentKey: await deriveDocumentKey(key) });
  return {
    generation,
    deliveries: await Promise.all(staying.flatMap(({ accountId, keys }) => (keys === null ? [] : [deliveryTo(accountId, keys.exchange)]))),
    settings: { number: settings.number, sealed: toBase64Url(settings.sealed) },
    albums: await Promise.all(group.wire.albums.map((album) => carried(album, group, { key, generation }))),
    entry: entryBody(entry),
  };

  async function deliveryTo(recipient: string, exchange: Parameters<typeof sealDelivery>[3]) {
    const terms = { kind: "group", owner: group.wire.makerId, subject: group.id, generation, granter: author.account, recipient } as const;
    return { account_id: recipient, sealed: toBase64Url(await sealDelivery(key, terms, author.seed, exchange)) };
  }
}

async function settingsUnder(key: GroupKey, { wire, name, description }: Group): Promise<{ number: number; sealed: Bytes }> {
  const number = wire.settings.number + 1;
  return { number, sealed: await sealRecord({ name, description }, key, settingsContext(wire, number)) };
}

/** An album's delivery under the next key, with the signature of whoever gave it. */
async function carried(album: WireGroupAlbum, group: Group, next: { readonly key: GroupKey; readonly generation: number }) {
  if (album.sealed === null) throw new GroupError("unreadable-key");
  const terms = { kind: "album", owner: album.ownerId, subject: album.albumId, generation: album.generation, granter: album.granterId, recipient: group.id } as const;
  const delivery = await readDeliveryToGroup(album.sealed, terms, { key: group.key, generation: album.groupGeneration });
  return { album_id: album.albumId, generation: album.generation, sealed: toBase64Url(await carry(delivery, next)) };
}

const subjectOf = ({ id, wire }: Group) => ({ kind: "group", id, owner: wire.makerId }) as const;
