/**
 * Signed notes and checkpoints of the public log (C2SP signed-note, tlog-checkpoint).
 *
 * A note is a text, an empty line, and lines of signatures. Those of keys we do not know are passed over: witnesses
 * sign below the log itself.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equalBytes, owned, toHex, utf8, type Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";

/** Whose signature is looked for. */
export interface VerifierKey {
  readonly name: string;
  /** 32 bytes of Ed25519. */
  readonly publicKey: Bytes;
}

/** What a log says of itself: its name, how many entries it has, and the root over them. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Bytes;
}

const ED25519 = 1;
const KEY_ID_BYTES = 4;
const MOST_SIGNATURES = 16;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const NUMBER = /^(?:0|[1-9][0-9]{0,15})$/;
/** All control characters but the line feed. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/** A key from its text: name, key id and key, joined with `+`. @throws CryptoError "malformed". */
export function readVerifierKey(text: string): VerifierKey {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? [];
  if (name === undefined || encoded === undefined) throw malformed("a key of a log");
  const raw = fromBase64(encoded);
  if (raw.length !== 33 || raw[0] !== ED25519) throw malformed("a key of a log");
  const key = { name, publicKey: owned(raw.slice(1)) };
  if (toHex(keyId(key)) !== id) throw malformed("a key that is what it says");
  return key;
}

/** Four bytes that say which key a signature is of. */
export function keyId({ name, publicKey }: VerifierKey): Bytes {
  return owned(sha256(concat(utf8(`${name}\n`), [ED25519], publicKey)).slice(0, KEY_ID_BYTES));
}

/** The checkpoint that this log signed under its own name. @throws CryptoError "malformed", "cannot-open". */
export function openCheckpoint(note: string, key: VerifierKey): Checkpoint {
  const end = note.lastIndexOf("\n\n");
  const lines = note.slice(end + 2).split("\n");
  if (end < 0 || lines.pop() !== "" || lines.length === 0 || lines.length > MOST_SIGNATURES || CONTROL.test(note)) throw malformed("a signed note");
  const text = note.slice(0, end + 1);
  if (!lines.map(signatureIn).some((signature) => isBy(signature, text, key))) {
    throw new CryptoError("cannot-open", "The checkpoint is not signed by this log.");
  }
  return checkpointIn(text, key.name);
}

/** The bytes of base64 in its one spelling. @throws CryptoError "malformed". */
export function fromBase64(text: string): Bytes {
  if (!BASE64.test(text)) throw malformed("base64");
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (btoa(String.fromCharCode(...bytes)) !== text) throw malformed("base64 in its one spelling");
  return bytes;
}

/** A count spelled in digits, without needless zeros. @throws CryptoError "malformed". */
export function countFrom(text: string | undefined): number {
  const count = NUMBER.test(text ?? "") ? Number(text) : NaN;
  if (!Number.isSafeInteger(count)) throw malformed("a number");
  return count;
}

interface Signature {
  readonly name: string;
  readonly raw: Bytes;
}

function signatureIn(line: string): Signature {
  const [, name, encoded] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
  const raw = fromBase64(encoded ?? "");
  if (name === undefined || raw.length <= KEY_ID_BYTES) throw malformed("a signature");
  return { name, raw };
}

/** @throws CryptoError "cannot-open" for one that claims to be by this key and is not. */
function isBy({ name, raw }: Signature, text: string, key: VerifierKey): boolean {
  if (name !== key.name || !equalBytes(raw.subarray(0, KEY_ID_BYTES), keyId(key))) return false;
  if (isEd25519(raw.subarray(KEY_ID_BYTES), utf8(text), key.publicKey)) return true;
  throw new CryptoError("cannot-open", "The signature under the checkpoint is not the log's.");
}

/** Whether this is a strict signature (RFC 8032) by this key. */
export function isEd25519(signature: Uint8Array, signed: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, signed, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

function checkpointIn(text: string, name: string): Checkpoint {
  const [origin, size, root] = text.split("\n");
  const checkpoint = { origin: origin ?? "", size: countFrom(size), root: fromBase64(root ?? "") };
  if (checkpoint.origin !== name || checkpoint.root.length !== 32) throw malformed("a checkpoint of this log");
  return checkpoint;
}

function malformed(what: string): CryptoError {
  return new CryptoError("malformed", `This does not hold ${what}.`);
}
