import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { bytesOf, loadVectors } from "../../../tests/vectors/load.ts";
import { toBase64Url } from "./bytes.ts";
import type { Context } from "./context.ts";
import { deriveBytes, deriveWrappingKey, holdKey, type Label } from "./derive.ts";
import { CryptoError, type CryptoErrorCode } from "./errors.ts";
import { keyFromBytes, newAccountKey, newAlbumKey, newContentKey, newDeviceKey, type WrappedKey } from "./keys.ts";
import { unwrapHeldKey, unwrapKey, wrapKey, wrappedKeyFromBytes, WRAPPED_KEY_BYTES } from "./wrap.ts";

const vectors = loadVectors<{
  under: string;
  key: string;
  context: Context<"content-key">;
  wrapped: string;
  refused: { name: string; wrapped: string; context: Context<"content-key">; code: CryptoErrorCode }[];
}>("wrap");

const failsWith = (code: CryptoErrorCode) => (error: unknown) =>
  error instanceof CryptoError && error.code === code;

const under = () => deriveWrappingKey(keyFromBytes("account-key", bytesOf(vectors.under)));
const context = vectors.context;

describe("a wrapped key", () => {
  test("opens to what the vectors say", async () => {
    const wrapped = wrappedKeyFromBytes("content-key", bytesOf(vectors.wrapped));
    assert.equal(toBase64Url(await unwrapKey(wrapped, await under(), context)), vectors.key);
  });

  for (const refused of vectors.refused) {
    test(`is refused with ${refused.name}`, async () => {
      const wrapped = bytesOf(refused.wrapped) as WrappedKey<"content-key">;
      await assert.rejects(unwrapKey(wrapped, await under(), refused.context), failsWith(refused.code));
      await assert.rejects(unwrapHeldKey(wrapped, await under(), refused.context), failsWith(refused.code));
    });
  }

  test("does not open with any one bit changed", async () => {
    const wrappingKey = await under();
    const wrapped = await wrapKey(newContentKey(), wrappingKey, context);
    assert.equal(wrapped.length, WRAPPED_KEY_BYTES);
    for (let bit = 0; bit < wrapped.length * 8; bit++) {
      const damaged = wrapped.slice() as WrappedKey<"content-key">;
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await assert.rejects(unwrapKey(damaged, wrappingKey, context), CryptoError);
    }
  });

  test("does not open under another key", async () => {
    const wrapped = await wrapKey(newContentKey(), await under(), context);
    const another = await deriveWrappingKey(newAlbumKey());
    await assert.rejects(unwrapKey(wrapped, another, context), failsWith("cannot-open"));
  });

  test("is different every time", async () => {
    const [key, wrappingKey] = [newContentKey(), await under()];
    const [first, second] = [await wrapKey(key, wrappingKey, context), await wrapKey(key, wrappingKey, context)];
    assert.notDeepEqual(first, second);
  });
});

describe("a held key", () => {
  const accountContext: Context<"account-key"> = { purpose: "account-key", owner: "a", record: "a", part: "device", version: 1 };

  test("does all that its bytes do, and cannot be read", async () => {
    const accountKey = newAccountKey();
    const device = await deriveWrappingKey(await holdKey(newDeviceKey()));
    const held = await unwrapHeldKey(await wrapKey(accountKey, device, accountContext), device, accountContext);
    const wrapped = await wrapKey(newContentKey(), await deriveWrappingKey(held), context);
    await unwrapKey(wrapped, await deriveWrappingKey(accountKey), context);
    await assert.rejects(crypto.subtle.exportKey("raw", held));
  });

  test("yields wrapping keys that cannot be read either", async () => {
    await assert.rejects(crypto.subtle.exportKey("raw", await deriveWrappingKey(newAccountKey())));
  });
});

describe("derived keys", () => {
  test("are what the vectors say", async () => {
    const derived = loadVectors<{ secret: string; label: Label; derived: string }[]>("derive");
    for (const vector of derived) {
      assert.equal(toBase64Url(await deriveBytes(bytesOf(vector.secret), vector.label)), vector.derived);
    }
    assert.ok(derived.length > 0);
  });

  test("do not come from keys of the wrong length", async () => {
    assert.throws(() => keyFromBytes("album-key", new Uint8Array(31)), failsWith("malformed"));
    const short = new Uint8Array(16) as ReturnType<typeof newAlbumKey>;
    await assert.rejects(deriveWrappingKey(short), failsWith("malformed"));
  });
});
