/** Telling what became of a change to several photos. */
import type { Outcome } from "../../vault/library/contract.ts";
import { LibraryError } from "../../vault/library/bridge.ts";
import { sentenceOf as known } from "../sentence.ts";
import { toast, type ToastOptions } from "../shell/notices.ts";
import { t, tn } from "../text.ts";

/** The sentence of whatever was thrown by the library or the server. */
export function sentenceOf(error: unknown): string {
  return error instanceof LibraryError ? t(error.message) : known(error);
}

/** Whether this is only somebody changing their mind. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** Run a change and tell how it went: `done` when all of it was, perhaps with a way back, else how many were not and why. */
export async function tellOutcome(change: Promise<Outcome>, done: (count: number) => string, options: ToastOptions = {}): Promise<boolean> {
  try {
    const outcome = await change;
    const [first] = outcome.failed;
    if (first === undefined) {
      toast(done(outcome.done.length), options);
      return true;
    }
    toast(tn("{n} photo was not changed. {why}", "{n} photos were not changed. {why}", outcome.failed.length, { why: first.sentence }), { seconds: 12 });
  } catch (error) {
    if (!isAbort(error)) toast(sentenceOf(error), { seconds: 12 });
  }
  return false;
}
