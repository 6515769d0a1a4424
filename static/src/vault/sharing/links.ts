/** The share links of an album, as their owner makes, limits and ends them. */
import { call } from "../../api/client.ts";
import type { Body } from "../../api/types.ts";
import { toBase64Url } from "../../crypto/bytes.ts";
import { wrapForLink } from "../../crypto/link.ts";
import type { LinkKey } from "../../crypto/keys.ts";
import type { Vault } from "../state.ts";
import { changeAlbum, nextEntry, requireOwner } from "./album-change.ts";
import { rotateIfDue } from "./album-changes.ts";
import { albumPath, placeOf, type SharedAlbum } from "./album-state.ts";
import { entryBody } from "./entries.ts";
import { addressOf, keptBody, newLink } from "./links-kept.ts";

export interface LinkLimits {
  /** A moment; null for thirty days from now. */
  readonly expiresAt: string | null;
  /** How often it opens; null for any number of times. */
  readonly viewLimit: number | null;
  readonly canDownload: boolean;
}

export type LinkState = "live" | "used-up" | "asleep" | "ended";

/** A link as its owner sees it. */
export interface OwnLink {
  readonly id: string;
  /** Null once it ended. */
  readonly address: string | null;
  readonly state: LinkState;
  readonly hasPassword: boolean;
  readonly views: number;
  readonly viewLimit: number | null;
  readonly canDownload: boolean;
  readonly expiresAt: string;
  readonly lastUsedOn: string | null;
}

type WireLink = Body<"ShareLink">;

/** The links of an album that can still be of use, newest first. @throws Problem. */
export async function readLinks(vault: Vault, albumId: string): Promise<readonly OwnLink[]> {
  const { items } = await call<Body<"ShareLinks">>("GET", `${albumPath(albumId)}/links`);
  const links = await Promise.all(items.map((wire) => ownLink(vault, wire)));
  return links.filter(({ state }) => state !== "ended");
}

/** Make a link to a shared album. Answers its id. @throws AlbumError, HistoryError, CryptoError, Problem, as all below. */
export async function makeLink(vault: Vault, albumId: string, limits: LinkLimits, password: string): Promise<string> {
  // Whoever comes in now must not get a key that somebody who went still knows.
  await rotateIfDue(vault, albumId);
  const link = await newLink(password);
  const kept = await keptBody(vault, link);
  await changeAlbum(vault, albumId, async (standing) => {
    requireOwner(standing);
    if (standing.album.state.links.includes(link.id)) return null;
    const entry = entryBody(await nextEntry(standing, { event: "link-set", link: link.id }));
    const wraps = await wrapsOf(standing.album, link.keys.linkKey, link.id);
    return { method: "PUT", path: `/links/${link.id}`, body: { ...kept, ...limitsBody(limits), wraps, entry } };
  });
  return link.id;
}

/** Replace what a link allows. One that is used up opens again with a higher limit. */
export async function limitLink(albumId: string, linkId: string, limits: LinkLimits): Promise<void> {
  await call("PUT", `${albumPath(albumId)}/links/${linkId}/limits`, { body: limitsBody(limits) });
}

/** End a link: whoever has it open loses it at once. */
export async function revokeLink(vault: Vault, albumId: string, linkId: string): Promise<void> {
  await changeAlbum(vault, albumId, async (standing) => {
    requireOwner(standing);
    if (!standing.album.state.links.includes(linkId)) return null;
    const entry = await nextEntry(standing, { event: "link-ended", link: linkId });
    return { method: "POST", path: `/links/${linkId}/revoke`, body: { entry: entryBody(entry) } };
  });
}

/** Let a link be opened again that was guessed at too often. */
export async function wakeLink(albumId: string, linkId: string): Promise<void> {
  await call("POST", `${albumPath(albumId)}/links/${linkId}/wake`);
}

/** The album's keys for whoever opens the link: that in force, and those that photos may still need. */
async function wrapsOf(album: SharedAlbum, linkKey: LinkKey, link: string) {
  return await Promise.all([...album.keys].map(async ([generation, key]) => (
    { generation, wrapped_album_key: toBase64Url(await wrapForLink(key, linkKey, placeOf(album), link, generation)) }
  )));
}

async function ownLink(vault: Vault, wire: WireLink): Promise<OwnLink> {
  return {
    id: wire.id,
    address: await addressOf(vault, "l", wire.id, wire.wrapped_secret),
    state: stateOf(wire),
    hasPassword: wire.has_password,
    views: wire.views,
    viewLimit: wire.view_limit,
    canDownload: wire.can_download,
    expiresAt: wire.expires_at,
    lastUsedOn: wire.last_used_on,
  };
}

function stateOf({ ended_at, expires_at, asleep_since, view_limit, views }: WireLink): LinkState {
  if (ended_at !== null || Date.parse(expires_at) <= Date.now()) return "ended";
  if (asleep_since !== null) return "asleep";
  return view_limit !== null && views >= view_limit ? "used-up" : "live";
}

const limitsBody = ({ expiresAt, viewLimit, canDownload }: LinkLimits) =>
  ({ expires_at: expiresAt, view_limit: viewLimit, can_download: canDownload });
