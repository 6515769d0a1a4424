/** What the oracle can do with sharing: histories, deliveries, items, remarks, safety numbers. Tests only. */
import { fromBase64Url, toBase64Url } from "../../static/src/crypto/bytes.ts";
import { commitmentOf } from "../../static/src/crypto/commitment.ts";
import { keyFromDelivery, readDelivery, sealDelivery, type DeliveryTerms } from "../../static/src/crypto/delivery.ts";
import { writeEntry, type Subject } from "../../static/src/crypto/entry.ts";
import type { HistoryEvent } from "../../static/src/crypto/event.ts";
import { exchangeKeyFromBytes } from "../../static/src/crypto/exchange.ts";
import { readHistory } from "../../static/src/crypto/history.ts";
import { newItem, openItem, sealItem, type ItemFields } from "../../static/src/crypto/item.ts";
import { keyFromBytes } from "../../static/src/crypto/keys.ts";
import { deriveDocumentKey, type JsonValue } from "../../static/src/crypto/record.ts";
import { openRemark, sealRemark, type RemarkPlace } from "../../static/src/crypto/remark.ts";
import { safetyNumber } from "../../static/src/crypto/safety.ts";
import { identityFromBytes } from "../../static/src/crypto/signature.ts";
import { entryOf, readerOf, vectorOf, type EntryVector, type ReaderVector } from "./sharing.ts";

/** Everything a request may bring along, in `value`. */
interface Material extends ReaderVector {
  readonly entries: readonly EntryVector[];
  readonly event: HistoryEvent;
  readonly head: { readonly seq: number; readonly hash: string };
  readonly author: string;
  readonly seed: string;
  readonly key: string;
  readonly generation: number;
  readonly subject: Subject;
  readonly terms: DeliveryTerms<"album">;
  readonly granter: string;
  readonly recipient: string;
  readonly sealed: string;
  readonly fields: ItemFields;
  readonly place: RemarkPlace;
  readonly image: string | null;
  readonly text: string;
}

const asJson = (value: unknown): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
const albumKey = ({ key }: Material) => keyFromBytes("album-key", fromBase64Url(key));
const seedOf = ({ seed }: Material) => keyFromBytes("identity-seed", fromBase64Url(seed));

const operations: Readonly<Record<string, (material: Material) => Promise<JsonValue>>> = {
  readHistory: async (material) => {
    const { state, keys } = await readHistory(material.entries.map(entryOf), readerOf(material));
    const found = [...keys].sort(([one], [other]) => one - other).map(([generation, key]) => [generation, toBase64Url(key)]);
    return asJson({ state: { ...state, links: [...state.links].sort() }, keys: Object.fromEntries(found) });
  },
  writeEntry: async (material) => {
    const head = { seq: material.head.seq, hash: fromBase64Url(material.head.hash) };
    const author = { account: material.author, seed: seedOf(material) };
    const key = { generation: material.generation, documentKey: await deriveDocumentKey(albumKey(material)) };
    return asJson(vectorOf(await writeEntry(material.event, material.subject, head, author, key)));
  },
  sealDelivery: async (material) => {
    const recipient = exchangeKeyFromBytes(fromBase64Url(material.recipient));
    return toBase64Url(await sealDelivery(albumKey(material), material.terms, seedOf(material), recipient));
  },
  readDelivery: async ({ sealed, terms, seed, granter }) => {
    const delivery = await readDelivery(fromBase64Url(sealed), terms, keyFromBytes("exchange-seed", fromBase64Url(seed)));
    return toBase64Url(keyFromDelivery(delivery, identityFromBytes(fromBase64Url(granter))));
  },
  sealItem: async (material) => {
    const { album, author: owner, id, generation } = material.place;
    const opening = newItem(material.fields);
    const sealed = await sealItem(opening, await deriveDocumentKey(albumKey(material)), { album, owner }, id, generation);
    return { sealed: toBase64Url(sealed), commitment: toBase64Url(commitmentOf(opening)) };
  },
  openItem: async (material) => {
    const { album, author: owner, id, generation } = material.place;
    const key = await deriveDocumentKey(albumKey(material));
    const opening = await openItem(fromBase64Url(material.sealed), key, { album, owner }, id, generation);
    return { text: opening.text, commitment: toBase64Url(commitmentOf(opening)) };
  },
  sealRemark: async (material) => {
    const { image, text, place } = material;
    return toBase64Url(await sealRemark({ image, text }, place, seedOf(material), albumKey(material)));
  },
  openRemark: async (material) => {
    const author = identityFromBytes(fromBase64Url(material.granter));
    return asJson(await openRemark(fromBase64Url(material.sealed), material.place, author, albumKey(material)));
  },
  safetyNumber: async ({ key, sealed }) => asJson(await safetyNumber(fromBase64Url(key), fromBase64Url(sealed))),
};

/** Do what is asked with what came along; undefined for what is not about sharing. */
export function shareWith(operation: string, value: JsonValue): Promise<JsonValue> | undefined {
  return operations[operation]?.(value as unknown as Material);
}
