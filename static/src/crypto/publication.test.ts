import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOf, loadVectors } from "../../../tests/vectors/load.ts";
import { toBase64Url } from "./bytes.ts";
import { decryptStream } from "./decrypt.ts";
import { encryptBytes } from "./encrypt.ts";
import { CryptoError } from "./errors.ts";
import { keyFromBytes, newContentKey } from "./keys.ts";
import { copyContext, readPublication, signPublication, toTheSecond, type PublicationStatement } from "./publication.ts";
import { identityFromBytes } from "./signature.ts";

interface Refused {
  readonly name: string;
  readonly statement: string;
  readonly signature: string;
  readonly code: string;
}

interface Vectors {
  readonly owner: string;
  readonly publication: string;
  readonly seed: string;
  readonly identity: string;
  readonly said: { album: string; position: number; caption: string; copy: string; creator: string; image: string; licence: string; made_at: string; number: number; watermark: number };
  readonly statement: string;
  readonly signature: string;
  readonly loose: { statement: string; signature: string };
  readonly unplaced: { statement: string; signature: string };
  readonly refused: readonly Refused[];
}

const vectors = loadVectors<Vectors>("publication");
const { owner, publication } = vectors;
const signer = identityFromBytes(bytesOf(vectors.identity));
const seed = keyFromBytes("identity-seed", bytesOf(vectors.seed));
const { made_at: madeAt, watermark, album, position, caption, copy, creator, image, licence, number } = vectors.said;
const said: PublicationStatement = { caption, copy, creator, image, licence, madeAt, number, isWatermarked: watermark === 1, place: { albumId: album, position } };

test("a statement is spelled and signed as everywhere else", () => {
  const { statement, signature } = signPublication(said, { owner, publication }, seed);
  assert.equal(toBase64Url(statement), vectors.statement);
  assert.equal(toBase64Url(signature), vectors.signature);
});

test("a statement under no heading, and one from before places were signed, are spelled and read alike", () => {
  for (const [vector, place] of [[vectors.loose, { albumId: null, position: 0 }], [vectors.unplaced, null]] as const) {
    const signed = { statement: bytesOf(vector.statement), signature: bytesOf(vector.signature) };
    assert.deepEqual(readPublication(signed, { owner, publication }, signer), { ...said, place });
    assert.deepEqual(signPublication({ ...said, place }, { owner, publication }, seed), signed);
  }
});

test("a statement says what its owner said", () => {
  const signed = { statement: bytesOf(vectors.statement), signature: bytesOf(vectors.signature) };
  assert.deepEqual(readPublication(signed, { owner, publication }, signer), said);
});

for (const refused of vectors.refused) {
  test(`not believed: ${refused.name}`, () => {
    const signed = { statement: bytesOf(refused.statement), signature: bytesOf(refused.signature) };
    assert.throws(() => readPublication(signed, { owner, publication }, signer), (error) => error instanceof CryptoError && error.code === refused.code);
  });
}

test("what nobody could read is not signed", () => {
  const wrong: readonly Partial<PublicationStatement>[] = [{ copy: "AAAA" }, { image: "photo-1" }, { madeAt: "yesterday" }, { number: 0 }];
  for (const change of wrong) assert.throws(() => signPublication({ ...said, ...change }, { owner, publication }, seed), CryptoError);
});

test("a moment is spelled to the second", () => {
  assert.equal(toTheSecond(new Date("2026-11-27T14:00:00.999Z")), "2026-11-27T14:00:00Z");
});

test("a copy opens as the copy of its publication, and as nothing else", async () => {
  const key = newContentKey();
  const plain = new TextEncoder().encode("a picture without its places");
  const sealed = await encryptBytes(plain, key, copyContext({ owner, publication }));
  const opened = async (place: Parameters<typeof copyContext>[0]): Promise<string> => {
    let text = "";
    for await (const piece of decryptStream(new Blob([sealed]).stream(), key, copyContext(place))) text += new TextDecoder().decode(piece);
    return text;
  };
  assert.equal(await opened({ owner, publication }), "a picture without its places");
  await assert.rejects(opened({ owner, publication: image }), CryptoError);
});
