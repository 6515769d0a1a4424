/**
 * JSON with one spelling: members sorted by name, no spaces.
 *
 * What is signed or committed to is text. Whoever reads such a text insists on the one spelling,
 * so that no two readers ever understand one text differently (a name given twice, say).
 */
import { fromBase64Url, toBase64Url, utf8, type Bytes } from "./bytes.ts";
import { CryptoError } from "./errors.ts";
import type { JsonValue } from "./record.ts";

/** Members of an object whose values are still to be checked. */
export type Members = Readonly<Record<string, unknown>>;

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DIGEST = /^[A-Za-z0-9_-]{43}$/;
export const DIGEST_BYTES = 32;

/** A value in its one spelling. Members that are undefined are left out. */
export function canonicalText(value: JsonValue): string {
  return JSON.stringify(sorted(value));
}

/** The members of an object spelled canonically. @throws CryptoError "malformed". */
export function readCanonical(text: string): Members {
  const value = parsed(text);
  if (!isObject(value) || JSON.stringify(sorted(value as JsonValue)) !== text) throw malformed("its one spelling");
  return value;
}

/** An object's members, when it has these and no others. @throws CryptoError "malformed". */
export function exactly(value: unknown, names: readonly string[]): Members {
  if (!isObject(value)) throw malformed("an object");
  const found = Object.keys(value);
  if (found.length !== names.length || !names.every((name) => Object.hasOwn(value, name))) {
    throw malformed("the members it should have");
  }
  return value;
}

/** An account's, album's or other record's id. @throws CryptoError "malformed". */
export function idIn(value: unknown): string {
  if (typeof value !== "string" || !ID.test(value)) throw malformed("an id");
  return value;
}

/** 32 bytes as canonical base64url, still as text. @throws CryptoError "malformed". */
export function digestIn(value: unknown): string {
  if (typeof value !== "string" || !DIGEST.test(value)) throw malformed("a digest");
  fromBase64Url(value);
  return value;
}

/** A whole number from 1 upwards, or from `least`. @throws CryptoError "malformed". */
export function countIn(value: unknown, least = 1): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) throw malformed("a number");
  return value;
}

/** A text. @throws CryptoError "malformed". */
export function textIn(value: unknown): string {
  if (typeof value !== "string") throw malformed("a text");
  return value;
}

/** One of a few words. @throws CryptoError "malformed". */
export function wordIn<Word extends string>(value: unknown, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw malformed("a known word");
  return found;
}

/** 32 bytes as the text a document spells them with. */
export function digestText(digest: Bytes): string {
  return digestIn(toBase64Url(digest));
}

/** A text as bytes, without lone surrogates, which no two languages treat alike. */
export function wellFormed(text: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(utf8(text));
}

function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(sorted);
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name] as JsonValue)]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformed("JSON");
  }
}

function malformed(what: string): CryptoError {
  return new CryptoError("malformed", `Something shared with you does not have ${what}.`);
}
