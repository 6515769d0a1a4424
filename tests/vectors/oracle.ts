/**
 * The browser's cryptography behind a pipe, so that Python can ask it. Node only, tests only.
 *
 * Reads one JSON request a line, answers one JSON line: `{"ok": ...}` or `{"code": ...}`.
 * Bytes travel as base64url; streams travel as files, because they may be large.
 */
import { openAsBlob } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";

import { fromBase64Url, toBase64Url, type Bytes } from "../../static/src/crypto/bytes.ts";
import type { Context } from "../../static/src/crypto/context.ts";
import { decryptRange, decryptSegments, decryptStream } from "../../static/src/crypto/decrypt.ts";
import { deriveWrappingKey } from "../../static/src/crypto/derive.ts";
import { encryptSegments, encryptStream } from "../../static/src/crypto/encrypt.ts";
import { exchangeKeyFromBytes, openFrom, sealTo } from "../../static/src/crypto/exchange.ts";
import { keysFromPassword } from "../../static/src/crypto/kdf.ts";
import { keyFromBytes } from "../../static/src/crypto/keys.ts";
import { openRecord, sealRecord, type JsonValue, type RecordPurpose } from "../../static/src/crypto/record.ts";
import { newStreamHeader } from "../../static/src/crypto/segments.ts";
import { identityFromBytes, signStatement, verifyStatement } from "../../static/src/crypto/signature.ts";
import { sourceFrom } from "../../static/src/crypto/source.ts";
import { unwrapKey, wrapKey, wrappedKeyFromBytes } from "../../static/src/crypto/wrap.ts";
import { recoverWith } from "./oracle-recovery.ts";
import { shareWith } from "./oracle-sharing.ts";

interface Request {
  readonly operation: string;
  readonly key: string;
  readonly data: string;
  readonly extra: string;
  readonly context: Context;
  readonly value: JsonValue;
  readonly from: string;
  readonly to: string;
  readonly start: number;
  readonly end: number;
}

type Answer = JsonValue | Bytes | undefined;

const contentKey = (request: Request) => keyFromBytes("content-key", fromBase64Url(request.key));
const contentContext = (request: Request) => ({ ...request.context, purpose: "content" }) as const;
const recordContext = (request: Request) => request.context as Context<RecordPurpose>;
const keyContext = (request: Request) => ({ ...request.context, purpose: "content-key" }) as const;

const operations: Readonly<Record<string, (request: Request) => Promise<Answer>>> = {
  encryptContent: async (request) =>
    await write(request.to, encryptStream(await openAsBlob(request.from), contentKey(request), contentContext(request))),
  decryptContent: async (request) =>
    await write(request.to, decryptStream(await readAll(request.from), contentKey(request), contentContext(request))),
  decryptContentRange: async (request) => {
    const blob = await openAsBlob(request.from);
    const fetchRange = async (start: number, end: number) =>
      new Uint8Array(await blob.slice(start, end).arrayBuffer());
    const { start, end } = request;
    return await decryptRange(fetchRange, blob.size, contentKey(request), contentContext(request), start, end);
  },
  encryptBare: async (request) => {
    const source = sourceFrom(await openAsBlob(request.from));
    const pieces = encryptSegments(source, contentKey(request), request.context, newStreamHeader(), 0);
    return await write(request.to, pieces);
  },
  decryptBare: async (request) =>
    await write(request.to, decryptSegments(await readAll(request.from), contentKey(request), request.context)),
  wrapKey: async (request) =>
    await wrapKey(keyFromBytes("content-key", fromBase64Url(request.data)), await wrapping(request), keyContext(request)),
  unwrapKey: async (request) => {
    const wrapped = wrappedKeyFromBytes("content-key", fromBase64Url(request.data));
    return await unwrapKey(wrapped, await wrapping(request), keyContext(request));
  },
  sealRecord: async (request) =>
    await sealRecord(request.value, keyFromBytes("record-key", fromBase64Url(request.key)), recordContext(request)),
  openRecord: async (request) => {
    const key = keyFromBytes("record-key", fromBase64Url(request.key));
    return (await openRecord(fromBase64Url(request.data), key, recordContext(request))) as JsonValue;
  },
  sealTo: async (request) =>
    await sealTo(exchangeKeyFromBytes(fromBase64Url(request.key)), fromBase64Url(request.data), request.context),
  openFrom: async (request) => {
    const seed = keyFromBytes("exchange-seed", fromBase64Url(request.key));
    return await openFrom(fromBase64Url(request.data), seed, request.context);
  },
  signStatement: (request) => {
    const seed = keyFromBytes("identity-seed", fromBase64Url(request.key));
    return Promise.resolve(signStatement(fromBase64Url(request.data), seed, request.context));
  },
  verifyStatement: (request) => {
    const signer = identityFromBytes(fromBase64Url(request.key));
    verifyStatement(fromBase64Url(request.extra), fromBase64Url(request.data), signer, request.context);
    return Promise.resolve(undefined);
  },
  keysFromPassword: async (request) => {
    const salt = fromBase64Url(request.data);
    const parameters = { scheme: 1, memoryKib: request.start, iterations: request.end, parallelism: 1, salt };
    const keys = await keysFromPassword(request.extra, parameters);
    return { authKey: toBase64Url(keys.authKey), keyEncryptionKey: toBase64Url(keys.keyEncryptionKey) };
  },
};

const wrapping = (request: Request) =>
  deriveWrappingKey(keyFromBytes("account-key", fromBase64Url(request.key)));

async function readAll(path: string): Promise<ReadableStream<Uint8Array>> {
  return (await openAsBlob(path)).stream();
}

async function write(path: string, pieces: AsyncIterable<Bytes>): Promise<undefined> {
  const file = await open(path, "w");
  try {
    for await (const piece of pieces) await file.write(piece);
  } finally {
    await file.close();
  }
}

async function answer(line: string): Promise<string> {
  const request = JSON.parse(line) as Request;
  try {
    const result = await (operations[request.operation]?.(request) ?? shareWith(request.operation, request.value) ??
      recoverWith(request.operation, request.value));
    if (result === undefined && !(request.operation in operations)) throw new Error(`There is no operation ${request.operation}.`);
    return JSON.stringify({ ok: result instanceof Uint8Array ? toBase64Url(result) : (result ?? null) });
  } catch (error) {
    return JSON.stringify({ code: error instanceof Error && "code" in error ? error.code : String(error) });
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${await answer(line)}\n`);
}
