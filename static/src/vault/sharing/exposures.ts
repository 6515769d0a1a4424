/**
 * Everything this account shares: each way in to something of its own, what it reveals, and its end.
 *
 * What there is the server says, since it is who lets people in; what things are called only this device knows.
 */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import type { Body } from "../../api/types.ts";
import { fromBase64Url } from "../../crypto/bytes.ts";
import { CryptoError } from "../../crypto/errors.ts";
import type { HistoryEvent } from "../../crypto/event.ts";
import { HistoryError } from "../../crypto/history-error.ts";
import type { HistoryState } from "../../crypto/history-state.ts";
import { openRecord } from "../../crypto/record.ts";
import { unwrapKey, wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { isRecord, textOrNull } from "../../api/shape.ts";
import { readPeople } from "../people/people.ts";
import { withdraw } from "../publishing/publications.ts";
import type { Vault } from "../state.ts";
import { ExposureError } from "./exposure-error.ts";
import { isReadable, readGroups } from "./groups.ts";
import { albumPath, listOwnAlbums, sayInHistory, type OwnAlbum } from "./own-albums.ts";

type Wire = Body<"Exposure">;

/** One way in. */
export interface Exposure {
  readonly kind: Wire["kind"];
  readonly id: string;
  /** Null for a collect link, which shows nothing, and for everyone. */
  readonly albumId: string | null;
  /** The account or group that is let in; null for a link. */
  readonly recipientId: string | null;
  /** An address, or the name of a group or a collect link; null for a link, and for what cannot be read. */
  readonly name: string | null;
  /** How many others are in the group. */
  readonly memberCount: number;
  readonly role: string;
  readonly canDownload: boolean;
  readonly since: string;
  /** A day. */
  readonly lastUsedOn: string | null;
  readonly expiresAt: string | null;
  readonly views: number;
  readonly viewLimit: number | null;
  /** Tried out too often with a wrong password: it opens for nobody. */
  readonly isAsleep: boolean;
}

/** An album that others can open, and who. */
export interface ExposedAlbum {
  readonly id: string;
  readonly name: string | null;
  readonly itemCount: number;
  readonly exposures: readonly Exposure[];
}

export interface Overview {
  /** By name. */
  readonly albums: readonly ExposedAlbum[];
  readonly collectLinks: readonly Exposure[];
  /** Photos that everyone can see. */
  readonly everyone: readonly Exposure[];
  /** Albums whose key somebody still has whose access ended. */
  readonly unsettled: readonly OwnAlbum[];
}

type Names = ReadonlyMap<string, string>;

/** Everything that is shared by now. @throws OldKnownKeysError, CryptoError, Problem. */
export async function readOverview(vault: Vault): Promise<Overview> {
  const [wire, own] = await Promise.all([listExposures(), listOwnAlbums(vault)]);
  const kinds = new Set(wire.map(({ kind }) => kind));
  const groups = kinds.has("group") ? await groupNames(vault) : new Map<string, string>();
  const links = kinds.has("collect-link") ? await collectNames(vault) : new Map<string, string>();
  const exposures = wire.map((each) => exposureOf(each, groups, links));
  return {
    albums: exposedAlbums(exposures, wire, own),
    collectLinks: exposures.filter(({ kind }) => kind === "collect-link"),
    everyone: exposures.filter(({ kind }) => kind === "everyone"),
    unsettled: own.filter(({ rotationDueAt }) => rotationDueAt !== null),
  };
}

/** What is to be seen of it at a glance: another text once any of it changed. @throws Problem. */
export const glanceAtExposures = async (): Promise<string> => JSON.stringify(await listExposures());

const listExposures = async (): Promise<readonly Wire[]> => (await call<Body<"Exposures">>("GET", "/exposures")).items;

/** End one way in, at once. What ended meanwhile is done. @throws HistoryError, CryptoError, ExposureError, Problem. */
export async function endExposure(vault: Vault, exposure: Exposure): Promise<void> {
  try {
    await end(vault, exposure);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) throw error;
  }
}

async function end(vault: Vault, exposure: Exposure): Promise<void> {
  const { kind, id, albumId } = exposure;
  if (kind === "everyone") {
    // Copies that turn up later still lead here: whoever ends things in haste loses nothing by it.
    await withdraw(id, true, vault);
    return;
  }
  if (albumId === null) {
    await call("DELETE", `/collect-links/${id}`);
    return;
  }
  const path = kind === "link" ? `${albumPath(albumId)}/links/${id}/revoke` : `${albumPath(albumId)}/grants/${id}/revoke`;
  const wasSaid = await sayInHistory(vault, albumId, (state) => endOf(exposure, state), (entry) => call("POST", path, { body: { entry } }));
  if (!wasSaid) throw new ExposureError("not-in-history");
}

/** What its album's history has to say, or null where it knows nothing of it. */
function endOf({ kind, id, recipientId }: Exposure, state: HistoryState): HistoryEvent | null {
  const who = recipientId ?? "";
  if (kind === "link") return state.links.includes(id) ? { event: "link-ended", link: id } : null;
  if (kind === "group") return who in state.groups ? { event: "group-removed", group: who } : null;
  return who in state.members ? { event: "member-removed", account: who } : null;
}

/** Let a link be opened again that was put to sleep. @throws Problem. */
export async function wakeLink({ id, albumId }: Exposure): Promise<void> {
  await call("POST", albumId === null ? `/collect-links/${id}/wake` : `${albumPath(albumId)}/links/${id}/wake`);
}

/** End every grant and link of one album, also where its history cannot be believed: ending needs no signature. @throws Problem. */
export async function stopAlbum(vault: Vault, albumId: string): Promise<void> {
  const stop = (body: Readonly<Record<string, unknown>>): Promise<void> => call("POST", `${albumPath(albumId)}/stop`, { body });
  try {
    if (await sayInHistory(vault, albumId, unlessEmpty, (entry) => stop({ entry }))) return;
  } catch (error) {
    if (!(error instanceof HistoryError || error instanceof CryptoError)) throw error;
  }
  await stop({});
}

/** End everything at once. @throws Problem "step_up_required" without a fresh proof. */
export async function endEverything(): Promise<void> {
  await call("POST", "/exposures/end-all");
}

/**
 * Sign what the server ended by itself, so that nobody is allowed by the history any more. A tab that was closed
 * over it does it next time; what cannot be signed now does not keep anybody in.
 */
export async function signEnds(vault: Vault, { albums, unsettled }: Overview): Promise<void> {
  const exposed = new Set(albums.map(({ id }) => id));
  for (const { id } of unsettled) {
    if (exposed.has(id)) continue;
    const stop = (entry: unknown): Promise<void> => call("POST", `${albumPath(id)}/stop`, { body: { entry } });
    await sayInHistory(vault, id, unlessEmpty, stop).catch(() => undefined);
  }
}

function unlessEmpty(state: HistoryState): HistoryEvent | null {
  const others = Object.values(state.members).filter((role) => role !== "owner").length;
  return others + Object.keys(state.groups).length + state.links.length === 0 ? null : { event: "stopped" };
}

function exposureOf(wire: Wire, groups: Names, links: Names): Exposure {
  const { kind, id } = wire;
  const names = { "account": wire.email, "group": groups.get(wire.group_id ?? ""), "link": null, "collect-link": links.get(id), "everyone": null };
  return {
    kind, id,
    albumId: wire.album_id ?? null,
    recipientId: wire.account_id ?? wire.group_id ?? null,
    name: names[kind] ?? null,
    memberCount: wire.member_count ?? 0,
    role: wire.role ?? "",
    canDownload: wire.can_download,
    since: wire.since,
    lastUsedOn: wire.last_used_on,
    expiresAt: wire.expires_at ?? null,
    views: wire.views ?? 0,
    viewLimit: wire.view_limit ?? null,
    isAsleep: wire.state === "asleep",
  };
}

function exposedAlbums(exposures: readonly Exposure[], wire: readonly Wire[], own: readonly OwnAlbum[]): readonly ExposedAlbum[] {
  const counts = new Map(wire.map(({ album_id: id, item_count: count }) => [id ?? null, count ?? 0]));
  const names = new Map(own.map(({ id, name }) => [id, name]));
  const ids = new Set(exposures.flatMap(({ albumId }) => (albumId === null ? [] : [albumId])));
  const albums = [...ids].map((id) => ({
    id, name: names.get(id) ?? null, itemCount: counts.get(id) ?? 0, exposures: exposures.filter(({ albumId }) => albumId === id),
  }));
  return albums.sort((left, right) => (left.name ?? "").localeCompare(right.name ?? "") || (left.id < right.id ? -1 : 1));
}

async function groupNames(vault: Vault): Promise<Names> {
  const { contacts } = await readPeople(vault);
  const groups = await readGroups({ vault, contacts });
  return new Map(groups.filter(isReadable).map(({ id, name }) => [id, name]));
}

async function collectNames(vault: Vault): Promise<Names> {
  const { items } = await call<Body<"CollectLinks">>("GET", "/collect-links");
  const named = await Promise.all(items.map(async (link) => [link.id, await collectName(vault, link).catch(() => null)] as const));
  return new Map(named.flatMap(([id, name]) => (name === null ? [] : [[id, name]])));
}

/** What the owner called it, under the link's own key. @throws CryptoError. */
async function collectName({ accountId, wrappingKey }: Vault, { id, name, wrapped_key: wrapped }: Body<"CollectLink">): Promise<string | null> {
  const keyContext = { purpose: "link-key", owner: accountId, record: id, part: "key", version: 1 } as const;
  const key = await unwrapKey(wrappedKeyFromBytes("link-key", fromBase64Url(wrapped ?? "")), wrappingKey, keyContext);
  const opened = await openRecord(fromBase64Url(name), key, { purpose: "guest-upload", owner: accountId, record: id, part: "name", version: 1 });
  return isRecord(opened) ? textOrNull(opened["name"]) : textOrNull(opened);
}
