/** The photos behind a link: those that the owner's history vouches for, as rows that grid and viewer know. */
import { call } from "../../api/client.ts";
import type { Body } from "../../api/types.ts";
import { fromBase64Url, toBase64Url } from "../../crypto/bytes.ts";
import { commitmentOf } from "../../crypto/commitment.ts";
import { missingItems, openItem, vouchedFields, type ItemFields } from "../../crypto/item.ts";
import { deriveDocumentKey, type DocumentKey } from "../../crypto/record.ts";
import { localMilliseconds, type AlbumDocument } from "../library/documents.ts";
import type { Row } from "../library/entry.ts";
import type { MediaRequest } from "../library/contract.ts";
import { ColumnView, itemOf, type Item, type View } from "../library/view.ts";
import { PARTS, type Part, type PartSizes } from "../library/wire.ts";
import type { VisitedContent } from "./picture-worker.ts";
import { asVisitor, type Visit } from "./visit.ts";

type VisitedItem = Body<"VisitedItem">;

/** A photo that is vouched for, as the server keeps it. */
interface Vouched {
  readonly wire: VisitedItem;
  readonly wrapped: string;
  readonly fields: ItemFields;
}

/** What a visitor sees of an album. */
export class VisitedPhotos {
  readonly view: View;
  /** How many photos are signed for and not here. */
  readonly missing: number;
  /** What the workers that open pictures need to know. */
  readonly contents: readonly VisitedContent[];
  readonly #rows: ReadonlyMap<string, Row>;

  constructor(vouched: readonly Vouched[], missing: number, { settings }: Visit, nameOf: (number: number) => string) {
    this.missing = missing;
    this.contents = vouched.map(contentOf);
    const rows = inOrder(vouched.map((each, index) => rowOf(each, nameOf(index + 1))), settings);
    this.view = new ColumnView(rows);
    this.#rows = new Map(rows.map((row) => [row.id, row]));
  }

  byId(id: string): Item | null {
    const row = this.#rows.get(id);
    return row === undefined ? null : itemOf(row);
  }

  mediaRequest(id: string, part: Part): MediaRequest | null {
    const row = this.#rows.get(id);
    if (row?.parts[part] === undefined) return null;
    const mediaType = part === "original" ? row.mediaType : "image/webp";
    return { id, version: row.version, wrappedContentKey: row.wrappedContentKey, part, mediaType };
  }
}

/**
 * Every photo of the album, once. One that nobody signed for is left out, as if it were not there; one that is signed for and
 * not there is counted. `nameOf` calls a photo by its number. @throws Problem.
 */
export async function readPhotos(visit: Visit, nameOf: (number: number) => string): Promise<VisitedPhotos> {
  const keys = new Map<number, DocumentKey>();
  for (const [generation, key] of visit.keys) keys.set(generation, await deriveDocumentKey(key));
  const found = new Map<string, Vouched>();
  for (let cursor: string | undefined; ;) {
    const page = await call<Body<"VisitedItems">>("GET", "/visits/items", { ...asVisitor(visit.token), query: { cursor } });
    for (const item of await Promise.all(page.items.map((wire) => vouchedItem(wire, visit, keys)))) if (item !== null) found.set(item.fields.image, item);
    if (page.cursor === null) break;
    cursor = page.cursor;
  }
  const vouched = [...found.values()];
  const missing = missingItems(visit.state, vouched.map(({ wire }) => fromBase64Url(wire.commitment)));
  return new VisitedPhotos(vouched, missing, visit, nameOf);
}

async function vouchedItem(wire: VisitedItem, { place, state }: Visit, keys: ReadonlyMap<number, DocumentKey>): Promise<Vouched | null> {
  const key = keys.get(wire.generation);
  if (key === undefined || wire.fields === null || wire.wrapped_content_key === null) return null;
  try {
    const opening = await openItem(fromBase64Url(wire.fields), key, place, wire.image_id, wire.generation);
    const fields = vouchedFields(opening, wire.image_id, state);
    // Else one photo might be listed in the place of another, which would then not be missed, or as somebody else's.
    if (wire.commitment !== toBase64Url(commitmentOf(opening)) || wire.owner_id !== fields.owner) return null;
    return { wire, wrapped: wire.wrapped_content_key, fields };
  } catch {
    return null;
  }
}

function contentOf({ wire, wrapped, fields }: Vouched): VisitedContent {
  const { image, owner, version, source, digests } = fields;
  return { id: image, owner, version, source, digests, generation: wire.generation, wrapped };
}

function rowOf({ wire, wrapped, fields }: Vouched, name: string): Row {
  const time = fields.taken_at === undefined ? null : localMilliseconds(fields.taken_at.slice(0, 19));
  const kind = fields.type.replace(/^image\//, "");
  return {
    id: fields.image,
    name: `${name}.${kind === "jpeg" ? "jpg" : kind}`,
    title: fields.title ?? "",
    altText: fields.title ?? name,
    // A moving picture is shown by its original; where that is kept back, by its preview like any other.
    kind: wire.parts.original === undefined ? "still" : kind,
    mediaType: fields.type,
    camera: "",
    words: "",
    time: time ?? NaN,
    isTimeKnown: time !== null,
    storedAt: Date.parse(wire.added_at),
    width: fields.width,
    height: fields.height,
    rotation: 0,
    bytes: fields.bytes,
    thumbhash: fields.thumbhash,
    place: null,
    rating: 0,
    isFavourite: false,
    isArchived: false,
    binnedAt: null,
    purgeAt: null,
    albums: [],
    state: "fine",
    isWhole: false,
    version: fields.version,
    parts: sizesOf(wire),
    wrappedContentKey: wrapped,
  };
}

function sizesOf({ parts }: VisitedItem): PartSizes {
  return Object.fromEntries(PARTS.flatMap((part) => (parts[part] === undefined ? [] : [[part, parts[part].bytes]])));
}

/** As the owner laid the album out, as far as a visitor can know: oldest first only where every photo says when it was. */
function inOrder(rows: readonly Row[], { order, sequence }: AlbumDocument): readonly Row[] {
  if (order === "custom") {
    const places = new Map(sequence.map((id, index) => [id, index]));
    const placeOf = (row: Row): number => places.get(row.id) ?? sequence.length;
    return [...rows].sort((left, right) => placeOf(left) - placeOf(right));
  }
  if (order === "captured" && rows.every(({ isTimeKnown }) => isTimeKnown)) return [...rows].sort((left, right) => left.time - right.time);
  return rows;
}
