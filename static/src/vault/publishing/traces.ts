/** Found copies, followed back to what this account published. The one picture that goes out as it is: the service lets it go as soon as it was looked at. */
import { call, send } from "../../api/client.ts";
import { otherAnswer, Problem } from "../../api/problem.ts";
import type { Body } from "../../api/types.ts";

export type Trace = Body<"Trace">;
export type FoundCopy = Body<"FoundCopy">;
export type TraceStep = FoundCopy["step"];

const MOST_BYTES = 25 * 1024 * 1024;
const FIRST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 1000;
/** Longer than any worker may take; then the service is overloaded, or its worker died. */
const PATIENCE_MS = 120_000;

/**
 * Ask which photo a copy shows, and wait until a worker has looked; `told` hears how far it is.
 * @throws Problem "too_large" before anything is sent, "took_too_long", and what the service refuses.
 */
export async function traceCopy(copy: Blob, told: (step: TraceStep) => void): Promise<Trace> {
  if (copy.size > MOST_BYTES) throw new Problem("too_large", "This file is larger than 25 MB. A smaller version of it leads to the same photo.");
  const answer = await send({ method: "POST", path: "/traces", headers: { "Content-Type": "application/octet-stream", "Accept": "application/json" }, body: copy });
  let found = await (answer.json() as Promise<FoundCopy>).catch(() => { throw otherAnswer(); });
  const until = performance.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; found.trace === null; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.3)) {
    if (found.step === "refused") throw refusal(found.refusal);
    if (performance.now() > until) throw new Problem("took_too_long", "This takes longer than it should. Try again in a while.");
    told(found.step);
    await new Promise((resolve) => { setTimeout(resolve, pause); });
    found = await call<FoundCopy>("GET", `/traces/${found.id}`);
  }
  return found.trace;
}

function refusal(code: string): Problem {
  if (code === "unreadable_copy") return new Problem(code, "This is no picture that can be read here. Try a JPEG, PNG or WebP of it.");
  return new Problem(code, "Our storage lost the copy before it was looked at. Choose it again.");
}
