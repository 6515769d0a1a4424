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

/** Ask for paths below `/api/v1` at the same time: for whoever is all but certain to be let in. */
export function askTogether(paths: readonly string[]): void {
  expect(new Map(paths.map((path) => [path, answerTo(path)])));
}

/**
 * Ask for paths below `/api/v1`, each once the one before was answered well: to whoever is signed out the
 * second would be one more refusal. What refused the first is then the answer to the others too.
 */
export function askInTurn([first, ...others]: readonly [string, ...string[]]): void {
  let last = answerTo(first);
  const coming = new Map([[first, last]]);
  for (const path of others) {
    last = last.then(async (before) => (before.ok ? await answerTo(path) : before.clone()));
    coming.set(path, last);
  }
  expect(coming);
}

function expect(coming: Map<string, Promise<Response>>): void {
  for (const answer of coming.values()) answer.catch(() => undefined);
  shared.pocketvaultAhead = coming;
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
