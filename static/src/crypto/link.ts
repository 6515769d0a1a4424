/**
 * Links: what stands behind the # of an address, and the keys that wait behind the link.
 *
 * The fragment names the owner's fingerprint beside the secret, so that a visitor who never met the
 * owner still notices another's album.
 */
import { concat, fromBase64Url, toBase64Url, type Bytes } from "./bytes.ts";
import { DIGEST_BYTES } from "./canonical.ts";
import type { Context } from "./context.ts";
import { deriveWrappingKey } from "./derive.ts";
import { CryptoError } from "./errors.ts";
import { linkSecretFromBytes, type LinkSecret } from "./hierarchy.ts";
import type { AlbumPlace } from "./item.ts";
import { checkedKey, keyFromBytes, KEY_BYTES, type AlbumKey, type LinkKey, type WrappedKey, type WrappingKey } from "./keys.ts";
import { unwrapKey, wrapKey } from "./wrap.ts";

/** What a link's fragment holds. */
export interface LinkFragment {
  readonly secret: LinkSecret;
  /** Of the owner's keys, 32 bytes. */
  readonly fingerprint: Bytes;
}

/** A link, and the account whose it is. */
export interface LinkPlace {
  readonly link: string;
  readonly owner: string;
}

/** What an owner keeps of a link: both are wrapped by the account key. */
export interface KeptLink {
  /** To see the address again. */
  readonly secret: WrappedKey<"link-key">;
  /** To wrap the album's next key, which the secret alone does not allow where there is a password. */
  readonly key: WrappedKey<"link-key">;
}

/** The text behind the #: 86 characters. */
export function writeLinkFragment({ secret, fingerprint }: LinkFragment): string {
  return toBase64Url(concat(checkedKey(secret), checkedFingerprint(fingerprint)));
}

/** What stands behind the #, with or without it. @throws CryptoError "malformed". */
export function readLinkFragment(fragment: string): LinkFragment {
  const bytes = fromBase64Url(fragment.startsWith("#") ? fragment.slice(1) : fragment);
  if (bytes.length !== KEY_BYTES + DIGEST_BYTES) throw new CryptoError("malformed", "Part of this link is missing.");
  return { secret: linkSecretFromBytes(bytes.slice(0, KEY_BYTES)), fingerprint: bytes.slice(KEY_BYTES) };
}

/** The key of an album for whoever opens a link. */
export async function wrapForLink(
  key: AlbumKey,
  linkKey: LinkKey,
  place: AlbumPlace,
  link: string,
  generation: number,
): Promise<WrappedKey<"album-key">> {
  return await wrapKey(key, await deriveWrappingKey(linkKey), albumKeyContext(place, link, generation));
}

/** The key of the album a link leads to. @throws CryptoError. */
export async function unwrapFromLink(
  wrapped: WrappedKey<"album-key">,
  linkKey: LinkKey,
  place: AlbumPlace,
  link: string,
  generation: number,
): Promise<AlbumKey> {
  return await unwrapKey(wrapped, await deriveWrappingKey(linkKey), albumKeyContext(place, link, generation));
}

/** Keep a link's secret and key for its owner. */
export async function keepLink(
  secret: LinkSecret,
  linkKey: LinkKey,
  account: WrappingKey,
  place: LinkPlace,
): Promise<KeptLink> {
  const asKey = keyFromBytes("link-key", checkedKey(secret));
  return {
    secret: await wrapKey(asKey, account, keptContext(place, "secret")),
    key: await wrapKey(linkKey, account, keptContext(place, "key")),
  };
}

/** A link's secret again, for its owner. @throws CryptoError. */
export async function openKeptSecret(kept: KeptLink["secret"], account: WrappingKey, place: LinkPlace): Promise<LinkSecret> {
  return linkSecretFromBytes(await unwrapKey(kept, account, keptContext(place, "secret")));
}

/** A link's key again, for its owner. @throws CryptoError. */
export async function openKeptKey(kept: KeptLink["key"], account: WrappingKey, place: LinkPlace): Promise<LinkKey> {
  return await unwrapKey(kept, account, keptContext(place, "key"));
}

function albumKeyContext({ album, owner }: AlbumPlace, link: string, generation: number): Context<"album-key"> {
  return { purpose: "album-key", owner, record: album, part: `link:${link}`, version: generation };
}

function keptContext({ link, owner }: LinkPlace, part: "secret" | "key"): Context<"link-key"> {
  return { purpose: "link-key", owner, record: link, part, version: 1 };
}

function checkedFingerprint(bytes: Bytes): Bytes {
  if (bytes.length !== DIGEST_BYTES) throw new CryptoError("malformed", "A fingerprint is exactly 32 bytes long.");
  return bytes;
}
