/** What this account shows to everyone: listing it, showing more, saying something else about it, and taking it back. */
import { call, send } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { toBase64Url } from "../../crypto/bytes.ts";
import { signPublication, toTheSecond, type PublicationStatement, type PublicWords } from "../../crypto/publication.ts";
import { chunks } from "../library/writing.ts";
import type { Vault } from "../state.ts";
import type { NewPublication, Placed, PublicCopy } from "./contract.ts";
import { rememberNumbers, seenNumbers } from "./seen-numbers.ts";
import { publicationFrom, seenAfter, seenWithdrawn, type Publication } from "./statements.ts";
import { readPublicationsPage, type WirePublication } from "./wire.ts";

type Signer = Pick<Vault, "accountId" | "identitySeed" | "publicKeys">;

const MOST_ARRANGED = 500;
const pathOf = (id: string): string => `/publications/${id}`;

/** All of them, as their owner arranged them, each held against its statement. @throws Problem. */
export async function listPublications({ accountId, publicKeys }: Signer): Promise<readonly Publication[]> {
  const wire: WirePublication[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const page = readPublicationsPage(await call<unknown>("GET", "/publications", { query: { after: after === "" ? undefined : after } }));
    wire.push(...page.items);
    after = page.next === after ? null : page.next;
  }
  if (wire.length === 0) return [];
  const [signer, seen] = [(await publicKeys()).identity, seenNumbers(accountId)];
  const publications = wire.map((each) => publicationFrom(each, accountId, signer, seen));
  rememberNumbers(accountId, seenAfter(publications, seen));
  return publications.sort(inOrder);
}

/** As on the profile: lower positions first, then the newest. Both are signed. */
export const inOrder = (left: Publication, right: Publication): number => left.position - right.position || (left.id > right.id ? -1 : 1);

/** Whether the server has a publication of this id, as after an answer that was lost. @throws Problem. */
export async function isPublished(id: string): Promise<boolean> {
  try {
    await call("GET", pathOf(id));
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return false;
    throw error;
  }
}

/** Hand a copy over, with its key: from here on the server can open it. @throws Problem "profile_needed", CryptoError. */
export async function publish({ id, imageId, words, isWatermarked, albumId, position }: NewPublication, made: PublicCopy, signer: Signer): Promise<void> {
  const said: PublicationStatement = { ...words, copy: made.copy, image: imageId, madeAt: toTheSecond(new Date()), number: 1, isWatermarked, place: { albumId, position } };
  await call("PUT", pathOf(id), {
    body: {
      image: imageId, upload: made.upload, upload_sha256: made.uploadSha256, upload_bytes: made.uploadBytes, copy_key: made.copyKey,
      ...(await signedBody(said, id, signer)), album: albumId, position,
    },
  });
}

/** Say something else about a publication: a new statement about the same copy, at the place where it is. @throws Problem, CryptoError. */
export async function restate({ id, albumId, position }: Placed, said: PublicationStatement, words: PublicWords, signer: Signer): Promise<void> {
  const next = { ...said, ...words, madeAt: toTheSecond(new Date()), number: said.number + 1, place: { albumId, position } };
  await call("POST", `${pathOf(id)}/statement`, { body: await signedBody(next, id, signer) });
}

async function signedBody(said: PublicationStatement, publication: string, { accountId, identitySeed }: Signer): Promise<{ statement: string; signature: string }> {
  const { statement, signature } = signPublication(said, { owner: accountId, publication }, await identitySeed());
  return { statement: toBase64Url(statement), signature: toBase64Url(signature) };
}

/** Take one back, at once. `keepsNumber`: whoever finds a marked copy is still led to this account. @throws Problem. */
export async function withdraw(id: string, keepsNumber: boolean, { accountId }: Signer): Promise<void> {
  await call("POST", `${pathOf(id)}/withdraw`, { body: { keeps_number: keepsNumber } });
  forget([id], accountId);
}

/** Take all of them back, at once. @throws Problem. */
export async function withdrawAll(ids: readonly string[], keepsNumber: boolean, { accountId }: Signer): Promise<void> {
  await call("POST", "/publications/withdraw-all", { body: { keeps_number: keepsNumber } });
  forget(ids, accountId);
}

const forget = (ids: readonly string[], accountId: string): void => { rememberNumbers(accountId, seenWithdrawn(ids, seenNumbers(accountId))); };

/** A publication to be put somewhere, and what was signed about it last. */
export interface Moved extends Placed {
  readonly signed: PublicationStatement;
}

/** Sign where each of these stands, and put them there. @throws Problem "conflict" where another device was faster, CryptoError. */
export async function arrange(places: readonly Moved[], signer: Signer): Promise<void> {
  const madeAt = toTheSecond(new Date());
  for (const some of chunks(places, MOST_ARRANGED)) {
    const items = await Promise.all(some.map(async ({ id, albumId, position, signed }) => {
      const said = { ...signed, madeAt, number: signed.number + 1, place: { albumId, position } };
      return { publication: id, album: albumId, position, ...(await signedBody(said, id, signer)) };
    }));
    await call("POST", "/profile/arrange", { body: { items } });
  }
}

/** A published picture as everybody gets it. @throws Problem. */
export async function publicPicture(id: string, size: 320 | 1280 | 2048): Promise<Blob> {
  return await (await send({ method: "GET", path: `${pathOf(id)}/pictures/${size}.webp` })).blob();
}
