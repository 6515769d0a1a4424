/**
 * A visit to the album behind a share link.
 *
 * The server is believed nothing: whose album it is stands in the address, which photos are in it in the
 * history that the owner signed. Whoever visits is nobody, so no request carries a cookie.
 */
import { call } from "../../api/client.ts";
import type { Body, KdfWire } from "../../api/types.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import type { LinkKeys } from "../../crypto/hierarchy.ts";
import { readHistory, requireHead } from "../../crypto/history.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import { checkSettings, type AlbumPlace } from "../../crypto/item.ts";
import { NO_PART } from "../../crypto/context.ts";
import type { AlbumKey } from "../../crypto/keys.ts";
import { openRecord } from "../../crypto/record.ts";
import { unwrapFromLink } from "../../crypto/link.ts";
import { wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { readAlbum, type AlbumDocument } from "../library/documents.ts";
import { entriesAfter, readHead, type Asking } from "../sharing/entries.ts";
import { provedOwner, type LinkAddress } from "./address.ts";
import { LinkError } from "./link-error.ts";

/** An album as the owner signed it, open for an hour. */
export interface Visit {
  readonly token: string;
  readonly place: AlbumPlace;
  readonly state: HistoryState;
  readonly keys: ReadonlyMap<number, AlbumKey>;
  readonly settings: AlbumDocument;
  readonly canDownload: boolean;
  readonly expiresAt: string;
}

type VisitedAlbum = Body<"VisitedAlbum">;

/** How a visitor asks. */
export const asVisitor = (token: string): Asking & { readonly headers: Readonly<Record<string, string>> } =>
  ({ headers: { Authorization: `Visit ${token}` }, isAnonymous: true });

/** How the link's password is stretched; null when it has none. @throws Problem "link_ended", "link_asleep", "not_found". */
export async function askLink(id: string): Promise<KdfWire | null> {
  return (await call<Body<"AskedProof">>("GET", `/links/${id}`, { isAnonymous: true })).kdf;
}

/** Begin a visit: it counts once against the link. @throws Problem "wrong_link_proof" and what {@link askLink} throws. */
export async function beginVisit(id: string, { authKey }: LinkKeys): Promise<string> {
  const body = { auth_key: toBase64Url(authKey) };
  return (await call<Body<"BegunVisit">>("POST", `/links/${id}/visits`, { body, isAnonymous: true })).token;
}

/** Whether the visit still holds. @throws Problem "link_ended", "visit_ended". */
export async function lookAgain({ token }: Pick<Visit, "token">): Promise<number> {
  return (await call<VisitedAlbum>("GET", "/visits/album", asVisitor(token))).head.seq;
}

/** Open the album. @throws LinkError, HistoryError, CryptoError, Problem. */
export async function openVisit(token: string, address: LinkAddress, keys: LinkKeys): Promise<Visit> {
  const asking = asVisitor(token);
  const wire = await call<VisitedAlbum>("GET", "/visits/album", asking);
  const owner = await provedOwner(wire.owner, address.fingerprint);
  const place = { album: wire.album_id, owner: owner.id };
  const subject = { kind: "album", id: place.album, owner: owner.id } as const;
  const given = await albumKeys(wire, keys, place, address.id);
  const entries = await entriesAfter("/visits", 0, asking);
  const reading = await readHistory(entries, { subject, keys: given, known: new Map([[owner.id, owner.known]]) });
  requireHead(reading.state, readHead(wire.head));
  if (!reading.state.links.includes(address.id)) throw new LinkError("not-signed");
  const settings = await openSettings(wire, place, reading.state, reading.keys);
  return { token, place, settings, state: reading.state, keys: reading.keys, canDownload: wire.can_download, expiresAt: wire.expires_at };
}

async function albumKeys(wire: VisitedAlbum, { linkKey }: LinkKeys, place: AlbumPlace, link: string): Promise<Map<number, AlbumKey>> {
  const keys = new Map<number, AlbumKey>();
  for (const { generation, wrapped_album_key: wrapped } of wire.wraps) {
    keys.set(generation, await unwrapFromLink(wrappedKeyFromBytes("album-key", fromBase64Url(wrapped)), linkKey, place, link, generation));
  }
  return keys;
}

async function openSettings(
  { settings: { number, sealed } }: VisitedAlbum, { album, owner }: AlbumPlace, state: HistoryState, keys: ReadonlyMap<number, AlbumKey>,
): Promise<AlbumDocument> {
  const bytes = fromBase64Url(sealed);
  checkSettings(state, number, bytes);
  const key = keys.get(state.generation);
  const opened = key && readAlbum(await openRecord(bytes, key, { purpose: "album", owner, record: album, part: NO_PART, version: number }));
  if (!opened) throw new LinkError("not-signed");
  return opened;
}
