/** What every link has, whatever it leads to: a secret, a password perhaps, and what its owner keeps of both. */
import type { KdfWire } from "../../api/types.ts";
import { fromBase64Url, randomBytes, toBase64Url } from "../../crypto/bytes.ts";
import { newLinkSecret, type LinkKeys, type LinkSecret } from "../../crypto/hierarchy.ts";
import { DEFAULT_KDF, SALT_BYTES } from "../../crypto/kdf-parameters.ts";
import { keepLink, openKeptSecret, writeLinkFragment } from "../../crypto/link.ts";
import { wrappedKeyFromBytes } from "../../crypto/wrap.ts";
import { linkKeys } from "../guests/link-keys.ts";
import { newId } from "../ids.ts";
import { kdfToWire } from "../password.ts";
import { ownFingerprint } from "../people/people.ts";
import type { Vault } from "../state.ts";

/** A new link, before the server knows it. */
export interface NewLink {
  readonly id: string;
  readonly secret: LinkSecret;
  readonly keys: LinkKeys;
  readonly kdf: KdfWire | null;
}

/** The members of a link's body that make it one. */
export interface KeptBody {
  readonly auth_key: string;
  readonly kdf: KdfWire | null;
  readonly wrapped_secret: string;
  readonly wrapped_key: string;
}

/** Choose a secret, and work the password in where there is one: about half a second. @throws CryptoError. */
export async function newLink(password: string): Promise<NewLink> {
  const secret = newLinkSecret();
  const kdf = password === "" ? null : kdfToWire({ ...DEFAULT_KDF, salt: randomBytes(SALT_BYTES) });
  return { id: newId(), secret, kdf, keys: await linkKeys(secret, kdf && { password, kdf }) };
}

/** The proof for the server, and secret and key for the owner. */
export async function keptBody(vault: Vault, { id, secret, keys, kdf }: NewLink): Promise<KeptBody> {
  const kept = await keepLink(secret, keys.linkKey, vault.wrappingKey, { link: id, owner: vault.accountId });
  return { auth_key: toBase64Url(keys.authKey), kdf, wrapped_secret: toBase64Url(kept.secret), wrapped_key: toBase64Url(kept.key) };
}

/** A link's whole address again, for its owner; null for one whose secret went or cannot be opened. */
export async function addressOf(vault: Vault, door: "l" | "c", id: string, wrappedSecret: string | null): Promise<string | null> {
  if (wrappedSecret === null) return null;
  try {
    const wrapped = wrappedKeyFromBytes("link-key", fromBase64Url(wrappedSecret));
    const secret = await openKeptSecret(wrapped, vault.wrappingKey, { link: id, owner: vault.accountId });
    return `${location.origin}/${door}/${id}#${writeLinkFragment({ secret, fingerprint: await ownFingerprint(vault) })}`;
  } catch {
    return null;
  }
}
