/** Found copies, followed back to what this account published. The one picture that goes out as it is: the service keeps it nowhere. */
import { send } from "../../api/client.ts";
import { otherAnswer, Problem } from "../../api/problem.ts";
import type { Body } from "../../api/types.ts";

export type Trace = Body<"Trace">;

const MOST_BYTES = 25 * 1024 * 1024;

/** @throws Problem "too_large" before anything is sent, and what the service refuses. */
export async function traceCopy(copy: Blob): Promise<Trace> {
  if (copy.size > MOST_BYTES) throw new Problem("too_large", "This file is larger than 25 MB. A smaller version of it leads to the same photo.");
  const answer = await send({ method: "POST", path: "/traces", headers: { "Content-Type": "application/octet-stream", "Accept": "application/json" }, body: copy });
  return await (answer.json() as Promise<Trace>).catch(() => { throw otherAnswer(); });
}
