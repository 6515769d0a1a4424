/** What a public page asks in the background. It never fails loudly: who gets nothing shows the blurred picture. */
import type { Puzzle, Solved } from "../crypto/puzzle.ts";
import { isRecord } from "./shape.ts";

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

/** What an owner signed, as it travels: the statement as text, the signature and the key as base64url. */
export interface SignedText {
  readonly statement: string;
  readonly signature: string;
}

/** Whose word it is, and the key that it is told to be signed with. */
export interface SignedBy {
  readonly account: string;
  readonly identityKey: string;
}

export type SignedWords = SignedText & SignedBy;
export type SignedPhotos = SignedBy & { readonly photos: Readonly<Record<string, SignedText>> };

/** What was signed about a profile itself; null when it cannot be had now. */
export async function fetchWords(profile: string): Promise<SignedWords | null> {
  return signedWords(await signedAnswer(`/u/${profile}/statement`));
}

/** What was signed about each photo of a page of a profile; null when it cannot be had now. */
export async function fetchStatements(profile: string, page: number): Promise<SignedPhotos | null> {
  const answer = await signedAnswer(`/u/${profile}/statements?page=${page}`);
  const by = signedBy(answer);
  const photos = isRecord(answer) && isRecord(answer["photos"]) ? Object.entries(answer["photos"]) : null;
  if (by === null || photos === null) return null;
  return { ...by, photos: Object.fromEntries(photos.flatMap(([id, each]) => { const said = signedText(each); return said === null ? [] : [[id, said]]; })) };
}

/** What was signed about one photo; null when it cannot be had now. */
export async function fetchStatement(profile: string, photo: string): Promise<SignedPhotos | null> {
  const said = signedWords(await signedAnswer(`/u/${profile}/${photo}/statement`));
  return said === null ? null : { ...said, photos: { [photo]: said } };
}

async function signedAnswer(address: string): Promise<unknown> {
  const answer = await quietly(address);
  return answer?.ok === true ? await (answer.json() as Promise<unknown>).catch(() => null) : null;
}

function signedWords(answer: unknown): SignedWords | null {
  const [by, said] = [signedBy(answer), signedText(answer)];
  return by === null || said === null ? null : { ...by, ...said };
}

function signedBy(answer: unknown): SignedBy | null {
  if (!isRecord(answer) || typeof answer["account"] !== "string" || typeof answer["identity_key"] !== "string") return null;
  return { account: answer["account"], identityKey: answer["identity_key"] };
}

function signedText(answer: unknown): SignedText | null {
  if (!isRecord(answer) || typeof answer["statement"] !== "string" || typeof answer["signature"] !== "string") return null;
  return { statement: answer["statement"], signature: answer["signature"] };
}
