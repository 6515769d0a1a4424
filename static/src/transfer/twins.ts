/**
 * Photos the vault holds already of files that are about to be sent.
 *
 * "Already there" means that nothing is sent and the person may throw the file away. So a twin in the
 * recycle bin is taken out of it first, and one whose bytes were lost is to be replaced, not trusted.
 */
import { Problem } from "../api/problem.ts";
import { isRecord, list, numberOr, record, text } from "../api/shape.ts";
import type { CallJson } from "./upload-session.ts";

export const RESTORED = "It was in your recycle bin and is back in your library. Nothing was sent.";

export interface Twin {
  readonly imageId: string;
  /** It was in the recycle bin until now. */
  readonly isRestored: boolean;
  /** Its original is damaged or gone on the server. */
  readonly isDamaged: boolean;
}

type Ids = ReadonlyMap<string, string>;
const idsIn = (value: unknown): Ids => new Map(Object.entries(record(value)).map(([fingerprint, id]) => [fingerprint, text(id)]));

/** Take photos out of the recycle bin. Answers those that are out of it; the others went meanwhile. @throws Problem. */
export async function restore(ids: readonly string[], call: CallJson): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const { results } = record(await call("POST", "/images/batch", { operations: ids.map((id) => ({ op: "restore", id })) }));
  const outcomes = list(results).filter(isRecord);
  const refused = outcomes.find(({ status }) => status === 403);
  if (refused !== undefined) throw new Problem(text(refused["code"]), "This photo is in your recycle bin, and your vault is shut.", 403);
  return new Set(outcomes.filter(({ status }) => status === 200).map(({ id }) => text(id)));
}

/** Twins by fingerprint, those in the recycle bin restored. @throws Problem. */
export async function twinsOf(fingerprints: readonly string[], call: CallJson): Promise<ReadonlyMap<string, Twin>> {
  if (fingerprints.length === 0) return new Map();
  const answer = record(await call("POST", "/images/check", { fingerprints: [...new Set(fingerprints)] }));
  const [known, binned, damaged] = [idsIn(answer["known"]), idsIn(answer["binned"]), idsIn(answer["damaged"])];
  const restored = await restore([...new Set(binned.values())], call);
  const twins = new Map<string, Twin>();
  for (const [fingerprint, imageId] of [...known, ...binned, ...damaged]) {
    if (binned.has(fingerprint) && !restored.has(imageId)) continue;
    twins.set(fingerprint, { imageId, isRestored: binned.has(fingerprint), isDamaged: damaged.has(fingerprint) });
  }
  return twins;
}

export interface TwinRefusal {
  readonly code: "duplicate" | "twin_binned" | "twin_damaged";
  readonly imageId: string;
  readonly version: number;
  readonly isBinned: boolean;
}

/** The photo this file already is, if that is why the server refused a commit. */
export function twinIn(error: unknown): TwinRefusal | null {
  if (!(error instanceof Problem)) return null;
  const { code } = error;
  if (code !== "duplicate" && code !== "twin_binned" && code !== "twin_damaged") return null;
  const details = record(error.details);
  return { code, imageId: text(details["image_id"]), version: numberOr(details["version"], 1), isBinned: code === "twin_binned" || details["is_binned"] === true };
}
