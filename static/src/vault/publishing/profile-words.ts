/**
 * The profile as its owner signed it. The server repeats what the statement says; where it says something else, or gives a
 * statement that is not this account's or earlier than one this device saw, that is told and not believed.
 */
import { fromBase64Url } from "../../crypto/bytes.ts";
import { CryptoError } from "../../crypto/errors.ts";
import { readProfileStatement, toTheSecond, type ProfileStatement, type SaidProfile } from "../../crypto/publication.ts";
import type { IdentityPublicKey } from "../../crypto/signature.ts";
import type { Profile } from "./wire.ts";

/**
 * "signed" as it stands; "unsigned" for a profile that was not saved since words are signed; "altered" where what
 * is listed is not what this account signed last.
 */
export type WordsStanding = "signed" | "unsigned" | "altered";

export interface OwnProfile extends Profile {
  readonly standing: WordsStanding;
  /** What this account signed last, as far as the server gives it. */
  readonly said: ProfileStatement | null;
}

/** The newest statement that this device has seen. A page that was made anew begins with number 1 again, but later. */
export interface SeenStatement {
  readonly number: number;
  /** As statements spell it; of two the later is the greater text. */
  readonly madeAt: string;
}

export const NEVER: SeenStatement = { number: 0, madeAt: "" };
const SECOND_MS = 1000;

/** A profile as the server tells it, held against its statement. Never throws. */
export function profileFrom(wire: Profile, owner: string, signer: IdentityPublicKey, seen: SeenStatement): OwnProfile {
  if (wire.statement === "" && seen.madeAt === "") return { ...wire, standing: "unsigned", said: null };
  const said = signedWords(wire, owner, signer);
  if (said === null || isEarlier(said, seen)) return { ...wire, standing: "altered", said: null };
  return { ...wire, standing: isHeld(said, wire) ? "signed" : "altered", said };
}

/** What is remembered after this profile: it only goes on. */
export function seenAfterProfile({ said }: OwnProfile, seen: SeenStatement): SeenStatement {
  return said === null || isEarlier(said, seen) ? seen : { number: said.number, madeAt: said.madeAt };
}

/** What is remembered of a profile that was removed: nothing that was signed before may stand for it again. */
export function seenAfterRemoval(seen: SeenStatement, now: Date): SeenStatement {
  const moment = toTheSecond(now);
  return { number: Number.MAX_SAFE_INTEGER, madeAt: moment > seen.madeAt ? moment : seen.madeAt };
}

/** What is signed next: later than anything seen, whatever the clock of this device says. */
export function nextStatement(words: CoveredProfile, before: Profile | null, seen: SeenStatement, now: Date): ProfileStatement {
  const { name, shownName, bio, licence, albums, coverId } = words;
  const listed = before === null ? NEVER : listedStatement(before);
  const latest = [seen.madeAt, listed.madeAt].map((moment) => (moment === "" ? 0 : Date.parse(moment) + SECOND_MS));
  return { name, shownName, bio, licence, albums, coverId, number: listed.number + 1, madeAt: toTheSecond(new Date(Math.max(now.getTime(), ...latest))) };
}

/** A profile and the publication that stands for it. */
export type CoveredProfile = SaidProfile & { readonly coverId: string | null };

/** Whether what is listed is what was signed. A cover that was taken back is none, and that takes no key; see {@link lostCover}. */
export function isHeld(said: ProfileStatement, listed: CoveredProfile): boolean {
  return isSame(said, listed) && (said.coverId === undefined || listed.coverId === null || said.coverId === listed.coverId);
}

/** The cover that was signed where none is listed; null where nothing is missing. */
export function lostCover({ said, coverId }: OwnProfile): string | null {
  return coverId === null ? (said?.coverId ?? null) : null;
}

/** Whether two say the same, their covers apart. */
export function isSame(one: SaidProfile, other: SaidProfile): boolean {
  const [words, others] = [one, other].map(({ name, shownName, bio, licence, albums }) => JSON.stringify([name, shownName, bio, licence, albums.map(({ id, title }) => [id, title])]));
  return words === others;
}

function isEarlier({ number, madeAt }: ProfileStatement, seen: SeenStatement): boolean {
  return madeAt < seen.madeAt || (madeAt === seen.madeAt && number < seen.number);
}

function signedWords({ statement, signature }: Profile, owner: string, signer: IdentityPublicKey): ProfileStatement | null {
  try {
    return readProfileStatement({ statement: fromBase64Url(statement), signature: fromBase64Url(signature) }, owner, signer);
  } catch (error) {
    if (error instanceof CryptoError) return null;
    throw error;
  }
}

/** Number and moment of what the server holds, believed or not: the next one has to come after it. */
function listedStatement({ statement }: Profile): SeenStatement {
  try {
    const said: unknown = JSON.parse(new TextDecoder().decode(fromBase64Url(statement)));
    const { number, made_at: madeAt } = said as Readonly<Record<string, unknown>>;
    if (typeof number !== "number" || typeof madeAt !== "string" || Number.isNaN(Date.parse(madeAt))) return NEVER;
    return { number, madeAt: toTheSecond(new Date(madeAt)) };
  } catch {
    return NEVER;
  }
}
