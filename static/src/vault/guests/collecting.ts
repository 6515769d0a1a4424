/** A link by which a guest brings photos: whom they are for, and what still fits. */
import { call } from "../../api/client.ts";
import type { Body } from "../../api/types.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import type { Context } from "../../crypto/context.ts";
import type { LinkKeys } from "../../crypto/hierarchy.ts";
import { openRecord } from "../../crypto/record.ts";
import { provedOwner, type LinkAddress, type LinkOwner } from "./address.ts";

/** What still fits through a link, and until when. */
export interface Room {
  readonly photos: number;
  /** Of ciphertext. */
  readonly bytes: number;
  readonly expiresAt: string;
}

export interface Collecting {
  readonly linkId: string;
  readonly keys: LinkKeys;
  readonly token: string;
  readonly owner: LinkOwner;
  readonly name: string;
  readonly room: Room;
}

type GuestsLink = Body<"GuestsLink">;

/** The context of a collect link's name. */
export const nameContext = (owner: string, link: string): Context<"guest-upload"> =>
  ({ purpose: "guest-upload", owner, record: link, part: "name", version: 1 });

/** What anybody with the address is told. @throws Problem "link_ended", "link_asleep", "not_found". */
export async function askCollectLink(id: string): Promise<GuestsLink> {
  return await call<GuestsLink>("GET", `/collect-links/${id}`, { isAnonymous: true });
}

/** What fits by now. @throws Problem. */
export async function readRoom(id: string): Promise<Room> {
  return roomOf(await askCollectLink(id));
}

/** Go in; the owner's keys are compared with the address before anything is sealed to them. @throws LinkError, CryptoError, Problem. */
export async function enterCollecting({ id, fingerprint }: LinkAddress, keys: LinkKeys): Promise<Collecting> {
  const seen = await askCollectLink(id);
  const owner = await provedOwner(seen.owner, fingerprint);
  const body = { auth_key: toBase64Url(keys.authKey) };
  const begun = await call<Body<"BegunGuestVisit">>("POST", `/collect-links/${id}/visits`, { body, isAnonymous: true });
  const name = await openRecord(fromBase64Url(begun.name), keys.linkKey, nameContext(owner.id, id));
  return { linkId: id, keys, owner, token: begun.token, name: typeof name === "string" ? name : "", room: roomOf(seen) };
}

const roomOf = ({ photos_left, bytes_left, expires_at }: GuestsLink): Room => ({ photos: photos_left, bytes: bytes_left, expiresAt: expires_at });
