/**
 * The account's book of known keys: read, changed, and written back whichever device was first.
 *
 * The highest number seen stays in this browser, so that an older book is noticed.
 */
import { call } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { isRecord, numberOr, textOrNull } from "../../api/shape.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { NOBODY_KNOWN, openKnownKeys, requireNewest, sealKnownKeys, type KnownKeys } from "../../crypto/known-keys.ts";
import type { Vault } from "../state.ts";

const PATH = "/contacts/known-keys";
const ATTEMPTS = 4;

export type BookOwner = Pick<Vault, "accountId" | "accountKey">;

/** What becomes of a book. Answering the same book changes nothing. */
export type Alteration = (book: KnownKeys) => KnownKeys | Promise<KnownKeys>;

/** The book as the server has it. @throws OldKnownKeysError, CryptoError, Problem. */
export async function readBook({ accountId, accountKey }: BookOwner): Promise<KnownKeys> {
  const answer = await call<unknown>("GET", PATH);
  const { number, sealed } = readStored(answer);
  const newest = newestSeen(accountId);
  requireNewest(number, newest);
  const book = sealed === null ? NOBODY_KNOWN : await openKnownKeys(fromBase64Url(sealed), number, accountKey, accountId, newest);
  rememberNewest(accountId, book.number);
  return book;
}

/** Parts of one page change it one after the other, so that they do not stand in each other's way. */
let turn: Promise<unknown> = Promise.resolve();

/** Change the book; when another device was first, change what that one wrote. @throws as {@link readBook}. */
export async function changeBook(owner: BookOwner, alter: Alteration): Promise<KnownKeys> {
  const change = turn.catch(() => undefined).then(() => changeInTurn(owner, alter));
  turn = change;
  return await change;
}

async function changeInTurn(owner: BookOwner, alter: Alteration): Promise<KnownKeys> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await readBook(owner);
    const after = await alter(before);
    if (after === before) return before;
    try {
      return await writeBook(owner, after);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409 || attempt >= ATTEMPTS) throw error;
    }
  }
}

async function writeBook({ accountId, accountKey }: BookOwner, after: KnownKeys): Promise<KnownKeys> {
  const { book, sealed } = await sealKnownKeys(after, accountKey, accountId);
  await call("PUT", PATH, { body: { number: book.number, sealed: toBase64Url(sealed) } });
  rememberNewest(accountId, book.number);
  return book;
}

function readStored(answer: unknown): { readonly number: number; readonly sealed: string | null } {
  const body = isRecord(answer) ? answer : {};
  return { number: numberOr(body["number"], 0), sealed: textOrNull(body["sealed"]) };
}

const placeOf = (accountId: string): string => `pv-known-keys-${accountId}`;

function newestSeen(accountId: string): number {
  return numberOr(Number(localStorage.getItem(placeOf(accountId))), 0);
}

function rememberNewest(accountId: string, number: number): void {
  localStorage.setItem(placeOf(accountId), String(Math.max(number, newestSeen(accountId))));
}
