/**
 * What a page is certain to ask for, asked for before its code has come.
 *
 * A script of a few hundred bytes asks (`pages/early.ts`); the page's own code, another bundle, takes the answer over. Each is
 * handed out once, and none after {@link leaveAhead}: an answer that nobody wanted at the opening would be an old one later.
 */
import { answerTo } from "./reading.ts";

interface Shared {
  pocketvaultAhead?: Map<string, Promise<Response>> | undefined;
}

const shared = globalThis as Shared;

/** What is asked for only where the first answer says something. */
export interface Condition {
  readonly path: string;
  readonly isWanted: (first: unknown) => boolean;
}

/**
 * Ask for paths below `/api/v1`, each once the one before was answered well: to whoever is signed out the
 * second would be one more refusal. What refused the first is then the answer to the others too.
 */
export function askAhead([first, ...others]: readonly [string, ...string[]], condition?: Condition): void {
  let last = answerTo(first);
  const coming = new Map([[first, last]]);
  for (const path of others) {
    last = last.then(async (before) => (before.ok ? await answerTo(path) : before.clone()));
    coming.set(path, last);
  }
  if (condition !== undefined) coming.set(condition.path, askWhere(condition, coming.get(first)));
  for (const answer of coming.values()) answer.catch(() => undefined);
  shared.pocketvaultAhead = coming;
}

/** Rejects where it is not wanted: nobody takes it over then. */
async function askWhere({ path, isWanted }: Condition, first: Promise<Response> | undefined): Promise<Response> {
  const told = await first;
  if (told?.ok !== true || !isWanted(await told.clone().json())) throw new TypeError("It is not wanted.");
  return await answerTo(path);
}

/** The answer that is on its way, or undefined. Rejects as fetching does. */
export function takeAhead(path: string): Promise<Response> | undefined {
  const answer = shared.pocketvaultAhead?.get(path);
  shared.pocketvaultAhead?.delete(path);
  return answer;
}

/** Whatever was not taken by now is not handed out any more. */
export function leaveAhead(): void {
  shared.pocketvaultAhead = undefined;
}
