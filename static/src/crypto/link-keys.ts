/** The keys of a share link. Apart from the others: a password of a link is stretched, and no page that has none should load how. */
import { concat } from "./bytes.ts";
import { deriveBytes } from "./derive.ts";
import type { LinkKeys, LinkPassword, LinkSecret } from "./hierarchy.ts";
import { stretchPassword } from "./kdf.ts";
import { checkedKey, type AuthKey, type LinkKey } from "./keys.ts";

/**
 * The keys of a share link: from the fragment alone, or from fragment and password together.
 *
 * With a password neither half is of use without the other. @throws CryptoError.
 */
export async function keysFromLink(secret: LinkSecret, password?: LinkPassword): Promise<LinkKeys> {
  const stretched = password && (await stretchPassword(password.password, password.parameters));
  const source = stretched ? concat(checkedKey(secret), stretched) : checkedKey(secret);
  const [linkKey, authKey] = await Promise.all([
    deriveBytes(source, "link-key"),
    deriveBytes(source, "link-auth-key"),
  ]);
  return { linkKey: linkKey as LinkKey, authKey: authKey as AuthKey };
}
