/**
 * That a service came out of a backup, held against its public log: only what stands there was said to everybody, and cannot
 * be taken back (docs/backups.md).
 */
import { utf8 } from "./bytes.ts";
import { canonicalText, textIn, type Members } from "./canonical.ts";
import { readVerifierKey } from "./log-note.ts";
import { checkProof, readProof } from "./log-proof.ts";
import type { JsonValue } from "./record.ts";

/** What the service says of it: moments in ISO 8601, the entry of its log, and the proof that it stands there (C2SP tlog-proof). */
export interface ToldRestoration {
  readonly restored_at: string;
  readonly restored_to: string;
  readonly entry: Members | null;
  readonly proof: string | null;
}

const ENTRY_FORMAT = "pocketvault.entry/1";
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
/** No older backup can be opened by anybody: its epoch key is destroyed. A day for the clocks. */
const LONGEST_SECONDS = (22 + 1) * 86_400;

/** Whether the log of this key says the same of this restoration, to the second. */
export function isProven({ restored_at: at, restored_to: to, entry, proof }: ToldRestoration, keyText: string): boolean {
  try {
    if (entry === null || proof === null || entry["format"] !== ENTRY_FORMAT || entry["kind"] !== "restored") return false;
    checkProof(readProof(proof), utf8(canonicalText(entry as JsonValue)), readVerifierKey(keyText));
    const facts = entry["facts"] as Members;
    const [began, ended] = [secondIn(facts["restored_to"]), secondIn(facts["restored_at"])];
    return began === secondIn(to) && ended === secondIn(at) && began <= ended && ended - began <= LONGEST_SECONDS;
  } catch {
    return false;
  }
}

/** Seconds since 1970. @throws TypeError for what is no moment. */
function secondIn(value: unknown): number {
  const text = textIn(value);
  const moment = MOMENT.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(moment)) throw new TypeError("This is no moment.");
  return Math.floor(moment / 1000);
}
