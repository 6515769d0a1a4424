/** What a public page asks in the background. It never fails loudly: who gets nothing shows the blurred picture. */
import type { Puzzle, Solved } from "../crypto/puzzle.ts";

/** A task, signed by the server; it goes back as it came. */
export interface Task {
  readonly parameters: Puzzle;
  readonly signature: string;
}

export interface Wanted {
  readonly profile: string;
  /** Long edge in pixels. */
  readonly size: number;
  readonly photos: readonly string[];
  /** Whether anybody scrolled, pointed or pressed a key. */
  readonly moved: boolean;
}

export interface Told {
  /** Photo -> where it is, for a minute. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Seconds to wait before asking for the rest; 0 if there is none. */
  readonly wait: number;
  /** Whether large pictures of this profile rest. */
  readonly guarded: boolean;
}

const NOT_NOW: Told = { addresses: {}, wait: 5, guarded: false };

/** A task for a grant; null when there is none to be had now. */
export async function fetchTask(): Promise<Task | null> {
  const answer = await quietly("/g/challenge");
  const task = answer?.ok === true ? ((await answer.json()) as Partial<Task>) : {};
  return task.parameters === undefined || task.signature === undefined ? null : { parameters: task.parameters, signature: task.signature };
}

/** Hand in a solution. Whether a grant was given for it: the cookie is out of sight of scripts. */
export async function redeemTask(task: Task, solution: Solved): Promise<boolean> {
  const text = btoa(JSON.stringify({ challenge: task, solution }));
  return (await quietly("/g/grant", { solution: text }))?.ok === true;
}

/** Hand in a pass of the vault's. Whether it was good: the cookie is out of sight of scripts. */
export async function redeemPass(profile: string, pass: string): Promise<boolean> {
  return (await quietly("/g/pass", { profile, pass }))?.ok === true;
}

/** Where pictures are; null when a grant is needed first. */
export async function fetchAddresses(wanted: Wanted): Promise<Told | null> {
  const answer = await quietly("/g/addresses", wanted);
  if (answer?.ok !== true) return NOT_NOW;
  const told = (await answer.json()) as Told & { readonly needs_grant?: boolean };
  return told.needs_grant === true ? null : told;
}

async function quietly(address: string, body?: object): Promise<Response | null> {
  const sent: RequestInit = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return await fetch(address, { ...sent, credentials: "same-origin" }).catch(() => null);
}
