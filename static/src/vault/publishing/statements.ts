/**
 * Publications as their owner signed them. The server repeats what a statement says; where it says something else, or
 * gives a statement that is not this account's or older than one this device saw, it is not believed.
 */
import { fromBase64Url } from "../../crypto/bytes.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { readPublication, type PublicationStatement } from "../../crypto/publication.ts";
import type { IdentityPublicKey } from "../../crypto/signature.ts";
import type { WirePublication } from "./wire.ts";

export interface Publication extends WirePublication {
  /** What this account signed; null where what is listed is not that. */
  readonly said: PublicationStatement | null;
  /** The statement itself, also where something else is listed beside it: what is said next follows it. */
  readonly signed: PublicationStatement | null;
}

/** The highest statement of each publication that this device has seen. */
export type SeenNumbers = Readonly<Record<string, number>>;

/** A listed publication, held against its statement. Never throws. */
export function publicationFrom(wire: WirePublication, owner: string, signer: IdentityPublicKey, seen: SeenNumbers): Publication {
  const signed = signedOf(wire, owner, signer, seen);
  return { ...wire, signed, said: signed !== null && isRepeated(signed, wire) ? signed : null };
}

function signedOf(wire: WirePublication, owner: string, signer: IdentityPublicKey, seen: SeenNumbers): PublicationStatement | null {
  try {
    const signed = { statement: fromBase64Url(wire.statement), signature: fromBase64Url(wire.signature) };
    const said = readPublication(signed, { owner, publication: wire.id }, signer);
    const isNewest = said.number >= (Object.hasOwn(seen, wire.id) ? (seen[wire.id] ?? 0) : 0);
    return isNewest ? said : null;
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}

function isRepeated(said: PublicationStatement, wire: WirePublication): boolean {
  const { imageId, caption, creator, licence, isWatermarked } = wire;
  return isPlaced(said, wire) && said.image === imageId && said.caption === caption && said.creator === creator && said.licence === licence && said.isWatermarked === isWatermarked;
}

/** What stood under a heading that was taken away stands under none, and nothing of that is signed anew. */
function isPlaced({ place }: PublicationStatement, { albumId, position }: WirePublication): boolean {
  return place === null || (place.position === position && (place.albumId === albumId || albumId === null));
}

/** Those that stand under no heading, though the page has the one that was signed: somebody else took them out. */
export function heldToHeadings(publications: readonly Publication[], headings: ReadonlySet<string>): readonly Publication[] {
  return publications.map((each) => {
    const signed = each.said?.place?.albumId ?? null;
    return signed !== null && each.albumId === null && headings.has(signed) ? { ...each, said: null } : each;
  });
}

/** What is remembered after this list: numbers only rise, also of what is not listed just now. */
export function seenAfter(publications: readonly Publication[], seen: SeenNumbers): SeenNumbers {
  const now = publications.flatMap(({ id, said }) => (said === null ? [] : [[id, said.number] as const]));
  return { ...seen, ...Object.fromEntries(now) };
}

/** No statement about these is believed any more: they were taken back. */
export function seenWithdrawn(ids: readonly string[], seen: SeenNumbers): SeenNumbers {
  return { ...seen, ...Object.fromEntries(ids.map((id) => [id, Number.MAX_SAFE_INTEGER])) };
}
