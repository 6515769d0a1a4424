import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { bytesOf, loadVectors } from "../../../tests/vectors/load.ts";
import { readerOf, entryOf, type HistoryVector } from "../../../tests/vectors/sharing.ts";
import { randomBytes, toBase64Url } from "./bytes.ts";
import { canonicalText, readCanonical } from "./canonical.ts";
import { commitmentOf } from "./commitment.ts";
import type { Context } from "./context.ts";
import { deriveWrappingKey } from "./derive.ts";
import { CryptoError } from "./errors.ts";
import { exchangePublicKey } from "./exchange.ts";
import { linkSecretFromBytes } from "./hierarchy.ts";
import { keysFromLink } from "./link-keys.ts";
import { HistoryError } from "./history-error.ts";
import { readHistory } from "./history.ts";
import type { HistoryState } from "./history-state.ts";
import { checkPart, newItem, openItem, sealItem, vouchedFields, type ItemFields } from "./item.ts";
import { keyFromBytes, newExchangeSeed, newIdentitySeed, newKey, type WrappedKey } from "./keys.ts";
import { acceptChangedKeys, markVerified, meetKeys, NOBODY_KNOWN, openKnownKeys, pinOf, requireNewest, sealKnownKeys } from "./known-keys.ts";
import { ChangedKeyError, OldKnownKeysError } from "./known-keys-error.ts";
import { keepLink, openKeptKey, openKeptSecret, readLinkFragment, unwrapFromLink, wrapForLink, writeLinkFragment } from "./link.ts";
import { deriveDocumentKey } from "./record.ts";
import { openRemark, sealRemark, type RemarkPlace } from "./remark.ts";
import { safetyNumber } from "./safety.ts";
import { identityFromBytes, identityPublicKey } from "./signature.ts";

type RemarkVector = RemarkPlace & { key: string; identity: string; image: string | null; text: string; sealed: string };

const vectors = loadVectors<{
  item: { key: string; context: Context; fields: ItemFields; text: string; salt: string; commitment: string; sealed: string };
  link: {
    secret: string; fingerprint: string; fragment: string; refused: string[]; linkKey: string; albumKey: string;
    album: string; owner: string; link: string; generation: number; wrapped: string; accountKey: string;
    kept: { secret: string; key: string };
  };
  safety: { one: string; other: string; words: string; hex: string }[];
  remarks: RemarkVector[];
}>("sharing");

const refused = (code: string) => (error: unknown) =>
  (error instanceof CryptoError || error instanceof HistoryError) && error.code === code;

async function stateWith(items: Record<string, string>): Promise<HistoryState> {
  const album = loadVectors<HistoryVector[]>("history")[1];
  assert.ok(album);
  const { state } = await readHistory(album.entries.map(entryOf), readerOf(album));
  return { ...state, items: { ...state.items, ...items } };
}

describe("a shared photo", () => {
  const { item } = vectors;
  const place = { album: item.context.record, owner: item.context.owner };
  const { image } = item.fields;
  const open = async (sealed: string) =>
    await openItem(bytesOf(sealed), await deriveDocumentKey(keyFromBytes("album-key", bytesOf(item.key))), place, image, 3);

  test("says what the vectors say, once the history vouches for it", async () => {
    const opening = await open(item.sealed);
    assert.equal(opening.text, item.text);
    assert.equal(canonicalText(item.fields as never), item.text);
    assert.equal(toBase64Url(commitmentOf(opening)), item.commitment);
    const state = await stateWith({ [item.commitment]: item.fields.owner });
    assert.deepEqual(vouchedFields(opening, image, state), item.fields);
  });

  test("is refused when nobody, or somebody else, added it, or it stands for another", async () => {
    const opening = await open(item.sealed);
    const other = crypto.randomUUID();
    const added = await stateWith({ [item.commitment]: item.fields.owner });
    const byAnother = await stateWith({ [item.commitment]: other });
    const nobody = await stateWith({});
    assert.throws(() => vouchedFields(opening, image, nobody), refused("wrong-commitment"));
    assert.throws(() => vouchedFields(opening, other, added), refused("wrong-commitment"));
    assert.throws(() => vouchedFields(opening, image, byAnother), refused("not-allowed"));
    const retold = { ...opening, text: opening.text.replace("4032", "4033") };
    assert.throws(() => vouchedFields(retold, image, added), refused("wrong-commitment"));
  });

  test("is known by its ciphertext where its adder named that", () => {
    const { fields } = item;
    assert.equal(checkPart(fields, "thumbnail", new Uint8Array(32)), true);
    assert.equal(checkPart(fields, "original", randomBytes(32)), false);
    assert.throws(() => checkPart(fields, "thumbnail", randomBytes(32)), refused("wrong-commitment"));
  });

  test("of another shape is not read", async () => {
    const key = await deriveDocumentKey(newKey("album-key"));
    const changes: object[] = [
      { bytes: -1 }, { source: "raw" }, { place: { lat: 1.5, lon: 1 } }, { digests: { x: "y" } }, { digests: null },
      { image: "1" }, { title: 7 }, { type: null }, { version: true },
    ];
    for (const change of changes) {
      const made = newItem({ ...item.fields, ...change });
      const opening = await openItem(await sealItem(made, key, place, image, 1), key, place, image, 1);
      const state = await stateWith({ [toBase64Url(commitmentOf(made))]: item.fields.owner });
      assert.throws(() => vouchedFields(opening, image, state), refused("malformed"), JSON.stringify(change));
    }
  });
});

describe("canonical JSON", () => {
  test("has one spelling", () => {
    const odd = { b: [1, { d: null, c: "é\u2028\u007f\u0001\"\\/" }], a: true };
    const text = canonicalText(odd);
    assert.deepEqual(readCanonical(text), odd);
    for (const other of [JSON.stringify(odd), ` ${text}`, '{"a":1,"a":2}', '{"a":1.0}', "[]", '"a"', "{", ""]) {
      assert.throws(() => readCanonical(other), refused("malformed"), other);
    }
  });
});

describe("a link", () => {
  const { link } = vectors;
  const place = { album: link.album, owner: link.owner };
  const linkKey = keyFromBytes("link-key", bytesOf(link.linkKey));

  test("is written and read as the vectors say", () => {
    const parts = { secret: linkSecretFromBytes(bytesOf(link.secret)), fingerprint: bytesOf(link.fingerprint) };
    assert.equal(writeLinkFragment(parts), link.fragment);
    assert.deepEqual(readLinkFragment(`#${link.fragment}`), parts);
    assert.deepEqual(readLinkFragment(link.fragment), parts);
    for (const fragment of link.refused) assert.throws(() => readLinkFragment(fragment), refused("malformed"));
  });

  test("leads to the key of its album, of that generation, and by that link only", async () => {
    const wrapped = bytesOf(link.wrapped) as WrappedKey<"album-key">;
    const albumKey = keyFromBytes("album-key", bytesOf(link.albumKey));
    assert.deepEqual(await unwrapFromLink(wrapped, linkKey, place, link.link, 3), albumKey);
    const made = await wrapForLink(albumKey, linkKey, place, link.link, 4);
    assert.deepEqual(await unwrapFromLink(made, linkKey, place, link.link, 4), albumKey);
    await assert.rejects(unwrapFromLink(made, linkKey, place, link.link, 3), refused("cannot-open"));
    await assert.rejects(unwrapFromLink(made, linkKey, place, "another", 4), refused("cannot-open"));
    await assert.rejects(unwrapFromLink(made, linkKey, { ...place, album: "another" }, link.link, 4), refused("cannot-open"));
  });

  test("is kept for its owner, secret and key", async () => {
    const account = await deriveWrappingKey(keyFromBytes("account-key", bytesOf(link.accountKey)));
    const where = { link: link.link, owner: link.owner };
    const secret = linkSecretFromBytes(bytesOf(link.secret));
    assert.deepEqual((await keysFromLink(secret)).linkKey, linkKey);
    const [keptSecret, keptKey] = [link.kept.secret, link.kept.key].map((each) => bytesOf(each) as WrappedKey<"link-key">);
    assert.ok(keptSecret && keptKey);
    const mine = await keepLink(secret, linkKey, account, where);
    for (const kept of [{ secret: keptSecret, key: keptKey }, mine]) {
      assert.deepEqual(await openKeptSecret(kept.secret, account, where), secret);
      assert.deepEqual(await openKeptKey(kept.key, account, where), linkKey);
      await assert.rejects(openKeptKey(kept.secret, account, where), refused("cannot-open"));
    }
  });
});

describe("a safety number", () => {
  test("is what the vectors say, whoever looks", async () => {
    for (const { one, other, words, hex } of vectors.safety) {
      assert.deepEqual(await safetyNumber(bytesOf(one), bytesOf(other)), { words, hex });
      assert.deepEqual(await safetyNumber(bytesOf(other), bytesOf(one)), { words, hex });
      assert.equal(words.split(" ").length, 12);
    }
    await assert.rejects(safetyNumber(randomBytes(31), randomBytes(32)), refused("malformed"));
  });
});

describe("a remark", () => {
  for (const remark of vectors.remarks) {
    const { key, identity, image, text, sealed, ...place } = remark;
    const albumKey = keyFromBytes("album-key", bytesOf(key));
    const author = identityFromBytes(bytesOf(identity));

    test(`(${place.kind}) is its author's, and stays where it was made`, async () => {
      assert.deepEqual(await openRemark(bytesOf(sealed), place, author, albumKey), { image, text });
      const others: RemarkPlace[] = [
        { ...place, kind: place.kind === "like" ? "comment" : "like" },
        { ...place, album: crypto.randomUUID() },
        { ...place, author: crypto.randomUUID() },
        { ...place, id: crypto.randomUUID() },
        { ...place, generation: 4 },
      ];
      for (const other of others) {
        await assert.rejects(openRemark(bytesOf(sealed), other, author, albumKey), refused("cannot-open"));
      }
      const stranger = identityPublicKey(newIdentitySeed());
      await assert.rejects(openRemark(bytesOf(sealed), place, stranger, albumKey), refused("cannot-open"));
    });
  }

  test("comes back, without what no language reads alike", async () => {
    const [seed, key] = [newIdentitySeed(), newKey("album-key")];
    const place = { kind: "comment", album: "a", author: "b", id: "c", generation: 1 } as const;
    const sealed = await sealRemark({ image: null, text: "lone \ud800 half" }, place, seed, key);
    const said = await openRemark(sealed, place, identityPublicKey(seed), key);
    assert.deepEqual(said, { image: null, text: "lone \ufffd half" });
    const like = { ...place, kind: "like", id: crypto.randomUUID() } as const;
    const elsewhere = await sealRemark({ image: crypto.randomUUID(), text: "heart" }, like, seed, key);
    await assert.rejects(openRemark(elsewhere, like, identityPublicKey(seed), key), refused("cannot-open"));
  });
});

describe("known keys", () => {
  const someKeys = () => ({ identity: identityPublicKey(newIdentitySeed()), exchange: exchangePublicKey(newExchangeSeed()) });
  const [me, them] = [crypto.randomUUID(), crypto.randomUUID()];

  test("are pinned on first use, and a change stops with both fingerprints", async () => {
    const keys = someKeys();
    const { book, fingerprint } = await meetKeys(NOBODY_KNOWN, them, keys, "2026-11-26T10:00:00Z");
    assert.equal((await meetKeys(book, them, keys, "later")).book, book);
    const trusted = markVerified(book, them, fingerprint);
    const changed = await meetKeys(trusted, them, someKeys(), "later").catch((error: unknown) => error);
    assert.ok(changed instanceof ChangedKeyError);
    assert.deepEqual([changed.account, changed.pinned, changed.wasVerified], [them, fingerprint, true]);
    assert.throws(() => markVerified(book, them, changed.offered), ChangedKeyError);

    const accepted = acceptChangedKeys(trusted, them, changed.offered, "later");
    assert.deepEqual(pinOf(accepted, them), {
      fingerprint: toBase64Url(changed.offered), since: "later", verified: false, former: [toBase64Url(fingerprint)],
    });
    const third = acceptChangedKeys(accepted, them, randomBytes(32), "later");
    const back = acceptChangedKeys(third, them, changed.offered, "later");
    assert.deepEqual(pinOf(third, them)?.former, [toBase64Url(fingerprint), toBase64Url(changed.offered)]);
    assert.deepEqual(pinOf(back, them)?.former, [toBase64Url(fingerprint), pinOf(third, them)?.fingerprint]);
    assert.throws(() => markVerified(NOBODY_KNOWN, them, fingerprint), refused("malformed"));
  });

  test("come back under their number, and never under a lower one", async () => {
    const key = newKey("account-key");
    const { book } = await meetKeys(NOBODY_KNOWN, them, someKeys(), "now");
    const first = await sealKnownKeys(book, key, me);
    const second = await sealKnownKeys(first.book, key, me);
    assert.equal(second.book.number, 2);
    assert.deepEqual(await openKnownKeys(second.sealed, 2, key, me, 2), second.book);
    await assert.rejects(openKnownKeys(first.sealed, 1, key, me, 2), OldKnownKeysError);
    await assert.rejects(openKnownKeys(first.sealed, 2, key, me, 2), refused("cannot-open"));
    assert.throws(() => { requireNewest(0, 2); }, OldKnownKeysError);
  });
});
