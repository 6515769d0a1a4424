/** Asking others for photos: collect links, as their owner makes and ends them. */
import { call } from "../../api/client.ts";
import type { Body } from "../../api/types.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { openKeptKey } from "../../crypto/link.ts";
import { openRecord, sealRecord } from "../../crypto/record.ts";
import { wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { nameContext } from "../guests/collecting.ts";
import type { Vault } from "../state.ts";
import { addressOf, keptBody, newLink } from "./links-kept.ts";

export interface CollectRequest {
  /** What guests read above everything else. */
  readonly name: string;
  readonly password: string;
  readonly expiresAt: string | null;
  readonly photoLimit: number;
  readonly byteLimit: number;
}

/** A collect link as its owner sees it. */
export interface CollectLink {
  readonly id: string;
  readonly name: string;
  /** Null once it ended. */
  readonly address: string | null;
  readonly state: "live" | "asleep" | "ended";
  readonly hasPassword: boolean;
  readonly photosTaken: number;
  readonly photoLimit: number;
  readonly expiresAt: string;
}

type WireLink = Body<"CollectLink">;

/** All of them, newest first, those that ended lately included. @throws Problem. */
export async function readCollectLinks(vault: Vault): Promise<readonly CollectLink[]> {
  const { items } = await call<Body<"CollectLinks">>("GET", "/collect-links");
  return await Promise.all(items.map((wire) => ownCollectLink(vault, wire)));
}

/** Make one. Answers its id. @throws CryptoError, Problem. */
export async function makeCollectLink(vault: Vault, { name, password, expiresAt, photoLimit, byteLimit }: CollectRequest): Promise<string> {
  const link = await newLink(password);
  const sealed = await sealRecord(name, link.keys.linkKey, nameContext(vault.accountId, link.id));
  const limits = { expires_at: expiresAt, photo_limit: photoLimit, byte_limit: byteLimit };
  await call("PUT", `/collect-links/${link.id}`, { body: { ...(await keptBody(vault, link)), ...limits, name: toBase64Url(sealed) } });
  return link.id;
}

/** Let nothing more through. What came stays. @throws Problem. */
export async function endCollectLink(id: string): Promise<void> {
  await call("DELETE", `/collect-links/${id}`);
}

/** Let one be opened again that was guessed at too often. @throws Problem. */
export async function wakeCollectLink(id: string): Promise<void> {
  await call("POST", `/collect-links/${id}/wake`);
}

async function ownCollectLink(vault: Vault, wire: WireLink): Promise<CollectLink> {
  return {
    id: wire.id,
    name: await nameOf(vault, wire).catch(() => ""),
    address: await addressOf(vault, "c", wire.id, wire.wrapped_secret),
    state: wire.ended_at !== null || Date.parse(wire.expires_at) <= Date.now() ? "ended" : wire.asleep_since === null ? "live" : "asleep",
    hasPassword: wire.has_password,
    photosTaken: wire.photos_taken,
    photoLimit: wire.photo_limit,
    expiresAt: wire.expires_at,
  };
}

/** Of a link that ended the key is gone, and so is its name. */
async function nameOf(vault: Vault, { id, name, wrapped_key: wrapped }: WireLink): Promise<string> {
  if (wrapped === null) return "";
  const place = { link: id, owner: vault.accountId };
  const key = await openKeptKey(wrappedKeyFromBytes("link-key", fromBase64Url(wrapped)), vault.wrappingKey, place);
  const opened = await openRecord(fromBase64Url(name), key, nameContext(vault.accountId, id));
  return typeof opened === "string" ? opened : "";
}
