/** An album's photos wrapped again under its next key, a long history read, and a key sealed to somebody. */
import { randomBytes, toBase64Url } from "../../static/src/crypto/bytes.ts";
import { digestOf, rootOf } from "../../static/src/crypto/commitment.ts";
import { keyCheckOf, keyFromDelivery, readDelivery, sealDelivery, type DeliveryTerms } from "../../static/src/crypto/delivery.ts";
import { hashOfEntry, START, writeEntry, type HistoryEntry, type Subject } from "../../static/src/crypto/entry.ts";
import { MOST_ITEMS, type HistoryEvent } from "../../static/src/crypto/event.ts";
import { exchangePublicKey } from "../../static/src/crypto/exchange.ts";
import { readHistory } from "../../static/src/crypto/history.ts";
import { newItem, sealItem } from "../../static/src/crypto/item.ts";
import { newAlbumKey, newContentKey, newExchangeSeed, newIdentitySeed } from "../../static/src/crypto/keys.ts";
import { albumCiphers, contentKeyContext, rewrapItems, type AlbumCiphers, type SealedItem } from "../../static/src/crypto/rewrap.ts";
import { identityPublicKey } from "../../static/src/crypto/signature.ts";
import { wrapKey } from "../../static/src/crypto/wrap.ts";
import { interleaved, type Samples } from "./rounds.ts";
import { answerWith } from "./worker.ts";

interface Options {
  readonly photos: number;
  readonly rounds: number;
}

const owner = crypto.randomUUID();
const album = crypto.randomUUID();
const place = { album, owner };
const seed = newIdentitySeed();
const identity = toBase64Url(identityPublicKey(seed));
const keys = { identity, fingerprint: toBase64Url(randomBytes(32)) };

async function photo(ciphers: AlbumCiphers): Promise<SealedItem> {
  const image = crypto.randomUUID();
  const digest = toBase64Url(randomBytes(32));
  const said = newItem({
    image, owner, version: 1, source: "content", type: "image/jpeg", bytes: 4_100_123, width: 4032, height: 3024,
    thumbhash: "1QcSHQRnh493V4dIh4eXh1h4kJUI", digests: { original: digest, preview: digest, thumbnail: digest },
  });
  const [key, fields] = await Promise.all([
    wrapKey(newContentKey(), ciphers.wrapping, contentKeyContext(place, image, 1, "content")),
    sealItem(said, ciphers.documents, place, image, ciphers.generation),
  ]);
  return { image, version: 1, source: "content", generation: ciphers.generation, key, fields };
}

/** One batch after the other, as they are sent. */
async function rotation(photos: number): Promise<() => Promise<void>> {
  const before = await albumCiphers(newAlbumKey(), 1);
  const after = await albumCiphers(newAlbumKey(), 2);
  const items: SealedItem[] = [];
  for (let at = 0; at < photos; at += 1) items.push(await photo(before));
  return async () => {
    for (let at = 0; at < photos; at += MOST_ITEMS) {
      const batch = await rewrapItems(items.slice(at, at + MOST_ITEMS), place, [before], after);
      if (batch.some(({ generation }) => generation !== 2)) throw new Error("an old generation");
    }
  };
}

async function history(photos: number): Promise<() => Promise<void>> {
  const key = newAlbumKey();
  const subject: Subject & { kind: "album" } = { kind: "album", id: album, owner };
  const ciphers = await albumCiphers(key, 1);
  const entries: HistoryEntry[] = [];
  const append = async (event: HistoryEvent, items: Uint8Array<ArrayBuffer>[] = []) => {
    const last = entries.at(-1);
    const head = last ? { seq: last.seq, hash: hashOfEntry(last, subject) } : START;
    const author = { account: owner, seed };
    entries.push(await writeEntry(event, subject, head, author, { generation: 1, documentKey: ciphers.documents }, items));
  };
  const key_check = toBase64Url(await keyCheckOf(key));
  await append({ event: "created", generation: 1, key_check, ...keys, number: 1, digest: toBase64Url(digestOf([])) });
  for (let at = 0; at < photos; at += MOST_ITEMS) {
    const items = Array.from({ length: Math.min(MOST_ITEMS, photos - at) }, () => randomBytes(32));
    await append({ event: "items-added", count: items.length, root: toBase64Url(rootOf(items)) }, items);
  }
  return async () => {
    const reader = { subject, keys: new Map([[1, key]]), known: new Map([[owner, keys]]) };
    const { state } = await readHistory(entries, reader);
    if (Object.keys(state.items).length !== photos) throw new Error("photos are missing");
  };
}

async function delivery(): Promise<{ seal: () => Promise<void>; open: () => Promise<void> }> {
  const [key, recipient] = [newAlbumKey(), newExchangeSeed()];
  const terms: DeliveryTerms<"album"> = {
    kind: "album", owner, subject: album, generation: 1, granter: owner, recipient: crypto.randomUUID(),
  };
  const sealed = await sealDelivery(key, terms, seed, exchangePublicKey(recipient));
  const theirs = exchangePublicKey(recipient);
  return {
    seal: async () => { await sealDelivery(key, terms, seed, theirs); },
    open: async () => { keyFromDelivery(await readDelivery(sealed, terms, recipient), identityPublicKey(seed)); },
  };
}

answerWith(async ({ photos, rounds }: Options): Promise<Record<string, Samples>> => {
  const rotate = await rotation(photos);
  const read = await history(photos);
  const { seal, open } = await delivery();
  return {
    rotation: await interleaved(rounds, { vault: rotate }),
    history: await interleaved(rounds, { vault: read }),
    delivery: await interleaved(rounds * 10, { seal, open }),
  };
});
