/** The page on which this account shows photos to everyone: what it says, signed, and how often it is looked at. */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { signProfile, type SignedStatement } from "../../crypto/publication.ts";
import { publisherFingerprint } from "../../crypto/publisher.ts";
import type { Vault } from "../state.ts";
import { isSame, lostCover, nextStatement, profileFrom, seenAfterProfile, seenAfterRemoval, type OwnProfile, type SeenStatement } from "./profile-words.ts";
import { isPublished } from "./publications.ts";
import { rememberStatement, seenStatement } from "./seen-numbers.ts";
import { readDays, readProfile, type ProfileDay, type ProfileWords } from "./wire.ts";

type Signer = Pick<Vault, "accountId" | "identitySeed" | "publicKeys">;

/** The profile, held against what was signed, or null while there is none. @throws Problem. */
export async function profileNow(signer: Signer): Promise<OwnProfile | null> {
  // What was seen while an answer was on its way is newer than the answer, and no reason to doubt it.
  const seen = seenStatement(signer.accountId);
  try {
    return await believed(await call<unknown>("GET", "/profile"), signer, seen);
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

/**
 * Make the profile, or say something else on it: everything that it says is signed. `before` is what stands there.
 * @throws Problem "name_taken", "bad_name", "profiles_off", and "conflict" where another device was faster.
 */
export async function saveProfile(words: ProfileWords, before: OwnProfile | null, signer: Signer): Promise<OwnProfile> {
  const { name, shownName, bio, licence, isOpen, isListed, coverId } = words;
  const albums = words.albums.map(({ id, title }) => ({ id, title }));
  const { statement, signature } = await signedFor(words, before, signer);
  const body = {
    name, shown_name: shownName, bio, licence, albums, statement: toBase64Url(statement), signature: toBase64Url(signature),
    is_open: isOpen, is_listed: isListed, cover: coverId,
  };
  const seen = seenStatement(signer.accountId);
  return await believed(await call<unknown>("PUT", "/profile", { body }), signer, seen);
}

/** Take the profile away, and with it everything that is shown on it. @throws Problem. */
export async function removeProfile({ accountId }: Signer): Promise<void> {
  await call("DELETE", "/profile");
  rememberStatement(accountId, seenAfterRemoval(seenStatement(accountId), new Date()));
}

/** How often the profile was looked at: the last thirty days. @throws Problem. */
export async function profileDays(): Promise<readonly ProfileDay[]> {
  return readDays(await call<unknown>("GET", "/profile/statistics"));
}

/** What visitors are shown of this account's key. */
export async function ownFingerprint({ publicKeys }: Signer): Promise<string> {
  return (await publisherFingerprint((await publicKeys()).identity)) ?? "";
}

async function believed(answer: unknown, { accountId, publicKeys }: Signer, seen: SeenStatement): Promise<OwnProfile> {
  const profile = profileFrom(readProfile(answer), accountId, (await publicKeys()).identity, seen);
  rememberStatement(accountId, seenAfterProfile(profile, seenStatement(accountId)));
  // Whoever takes their cover back signs nothing; where it is still there, somebody else took it away.
  const lost = lostCover(profile);
  return lost !== null && (await isPublished(lost)) ? { ...profile, standing: "altered" } : profile;
}

/** The same words and cover need no new statement. */
async function signedFor(words: ProfileWords, before: OwnProfile | null, { accountId, identitySeed }: Signer): Promise<SignedStatement> {
  if (before !== null && before.said !== null && isSame(before.said, words) && before.said.coverId === words.coverId) {
    return { statement: fromBase64Url(before.statement), signature: fromBase64Url(before.signature) };
  }
  return signProfile(nextStatement(words, before, seenStatement(accountId), new Date()), accountId, await identitySeed());
}
