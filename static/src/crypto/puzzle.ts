/**
 * ALTCHA's proof of work, version 2, for PBKDF2: which number, put behind the nonce, leads to a key
 * that begins as the task says? There is no way but to try, and the browser's own SubtleCrypto tries
 * as fast as anybody's program.
 */
import { toHex, type Bytes } from "./bytes.ts";

/** A task as the server signed it; only what solving needs is named here. */
export interface Puzzle {
  readonly algorithm: string;
  /** Rounds of PBKDF2 for each try. */
  readonly cost: number;
  readonly keyLength: number;
  /** What the key must begin with, in hexadecimal digits. */
  readonly keyPrefix: string;
  readonly nonce: string;
  readonly salt: string;
}

export interface Solved {
  readonly counter: number;
  readonly derivedKey: string;
}

const ALGORITHM = "PBKDF2/SHA-256";
const MOST_TRIES = 100_000;

function fromHex(text: string): Bytes {
  const bytes = new Uint8Array(text.length >> 1);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

/** The smallest number that solves a task; null for a task of another kind, or one without an end. */
export async function solvePuzzle(puzzle: Puzzle): Promise<Solved | null> {
  if (puzzle.algorithm !== ALGORITHM) return null;
  const nonce = fromHex(puzzle.nonce);
  const salt = fromHex(puzzle.salt);
  for (let counter = 0; counter < MOST_TRIES; counter += 1) {
    const password = new Uint8Array(nonce.length + 4);
    password.set(nonce);
    new DataView(password.buffer).setUint32(nonce.length, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const rounds = { name: "PBKDF2", hash: "SHA-256", salt, iterations: puzzle.cost };
    const derivedKey = toHex(new Uint8Array(await crypto.subtle.deriveBits(rounds, key, puzzle.keyLength * 8)));
    if (derivedKey.startsWith(puzzle.keyPrefix)) return { counter, derivedKey };
  }
  return null;
}
