/** A shared album's next key: for everybody who is left, for every link that stands, and for the settings. */
import { call } from "../../api/client.ts";
import { isRecord, list, record, text, textOrNull, type UnknownRecord } from "../../api/shape.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { digestOf } from "../../crypto/commitment.ts";
import { keyCheckOf, sealDelivery, sealDeliveryToGroup } from "../../crypto/delivery.ts";
import { writeEntry } from "../../crypto/entry.ts";
import type { HistoryEvent } from "../../crypto/event.ts";
import { headOf } from "../../crypto/history-state.ts";
import { newAlbumKey, type AlbumKey } from "../../crypto/keys.ts";
import { openKeptKey, wrapForLink } from "../../crypto/link.ts";
import { deriveDocumentKey, sealRecord } from "../../crypto/record.ts";
import { wrapKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { settingsJson } from "../library/album-writing.ts";
import type { AlbumDocument } from "../library/documents.ts";
import type { Vault } from "../state.ts";
import { recipientsOf, type Recipient } from "./album-access.ts";
import { requireOwner, type Change, type Standing } from "./album-change.ts";
import { AlbumError } from "./album-error.ts";
import { albumPath, albumSettingsContext, groupIn, placeOf, subjectOf } from "./album-state.ts";
import { entryBody } from "./entries.ts";

/** A key of an album on its way to one recipient. */
export interface DeliveryBody {
  readonly group_generation?: number;
  readonly sealed: string;
}

/** A key that is to come into force. */
export interface NextKey {
  readonly key: AlbumKey;
  readonly generation: number;
}

/** Replace the key. @throws AlbumError "other-keys" when somebody who is left has keys that are not theirs, "doubtful". */
export async function rotationOf(standing: Standing): Promise<Change> {
  requireOwner(standing);
  const { album, circle, author } = standing;
  const next = { key: newAlbumKey(), generation: album.state.generation + 1 };
  const owned = await ownedKey(circle.vault, album.id, next, album.settings, album.wire.settings.number + 1);
  const event: HistoryEvent = {
    event: "rotated", generation: next.generation, key_check: toBase64Url(await keyCheckOf(next.key)), previous_key: toBase64Url(album.key), ...owned.mark,
  };
  const entry = await writeEntry(event, subjectOf(album), headOf(album.state), author, { generation: next.generation, documentKey: await deriveDocumentKey(next.key) });
  const left = recipientsOf(album, circle).filter(({ grant }) => grant !== null);
  const deliveries = await Promise.all(left.map(async (recipient) => ({ grant_id: recipient.grant?.id, ...(await deliveryTo(recipient, next, standing)) })));
  return { method: "POST", path: "/rotate", body: { ...owned.body, deliveries, links: await linkWraps(standing, next), entry: entryBody(entry) } };
}

/** What the server keeps of a new key for the owner, and how an entry names its settings. */
export async function ownedKey(vault: Vault, id: string, { key, generation }: NextKey, settings: AlbumDocument, number: number) {
  const sealed = await sealRecord(settingsJson(settings), key, albumSettingsContext({ id, ownerId: vault.accountId }, number));
  const wrapped = await wrapKey(key, vault.wrappingKey, { purpose: "album-key", owner: vault.accountId, record: id, part: "-", version: generation });
  return {
    mark: { number, digest: toBase64Url(digestOf(sealed)) },
    body: { generation, wrapped_album_key: toBase64Url(wrapped), settings: { number, sealed: toBase64Url(sealed) } },
  };
}

/** @throws AlbumError "other-keys", "unreadable-key". */
export async function deliveryTo(recipient: Pick<Recipient, "kind" | "id" | "trust" | "keys">, { key, generation }: NextKey, { album, circle, author }: Standing): Promise<DeliveryBody> {
  const terms = { kind: "album", owner: album.wire.ownerId, subject: album.id, generation, granter: author.account, recipient: recipient.id } as const;
  if (recipient.kind === "account") {
    if (recipient.trust === "changed" || recipient.keys === null) throw new AlbumError("other-keys");
    return { sealed: toBase64Url(await sealDelivery(key, terms, author.seed, recipient.keys.exchange)) };
  }
  const group = groupIn(circle, recipient.id);
  if (group === undefined) throw new AlbumError("unreadable-key");
  const carrier = { key: group.key, generation: group.state.generation };
  return { group_generation: carrier.generation, sealed: toBase64Url(await sealDeliveryToGroup(key, terms, author.seed, carrier)) };
}

async function linkWraps({ album, circle }: Standing, next: NextKey) {
  const links = list(record(await call<unknown>("GET", `${albumPath(album.id)}/links`))["items"]).filter(isRecord);
  return await Promise.all(links.filter(stands).map(async (link) => {
    const [id, wrapped] = [text(link["id"]), textOrNull(link["wrapped_key"])];
    if (wrapped === null) throw new AlbumError("unreadable-key");
    const linkKey = await openKeptKey(wrappedKeyFromBytes("link-key", fromBase64Url(wrapped)), circle.vault.wrappingKey, { link: id, owner: circle.vault.accountId });
    return { link_id: id, wrapped_album_key: toBase64Url(await wrapForLink(next.key, linkKey, placeOf(album), id, next.generation)) };
  }));
}

/** A link that was revoked or expired gets no key; one that is used up may be opened again. */
function stands(link: UnknownRecord): boolean {
  return textOrNull(link["ended_at"]) === null && Date.parse(text(link["expires_at"])) > Date.now();
}
