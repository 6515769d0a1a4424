/** Whom one may share with, and finding them by what is typed. */
import type { Recipient } from "../../vault/sharing/album-access.ts";
import { fold } from "../../vault/library/entry.ts";

/** Somebody who can be given access. */
export interface Candidate {
  readonly kind: Recipient["kind"];
  readonly id: string;
  readonly name: string;
  readonly sub: string;
  /** Their keys are not the pinned ones: nothing goes to them before their person decided. */
  readonly isChanged: boolean;
}

/** Those whose name holds every word that was typed. */
export function matching(candidates: readonly Candidate[], query: string): readonly Candidate[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  return candidates.filter(({ name }) => words.every((word) => fold(name).includes(word)));
}
