/**
 * What waits, as photos to be looked at before anything is decided.
 *
 * They never enter the library. What their guests' devices say of them is cut to what a picture can be; where
 * pictures are opened, their bytes are held against it once more.
 */
import { fromBase64Url } from "../../crypto/bytes.ts";
import { BOUNDS } from "../../photo/strangers-picture.ts";
import { isPhotoKind, mediaTypeOf } from "../../photo/strip/kind.ts";
import type { MediaRequest } from "../library/contract.ts";
import type { MetadataDocument } from "../library/documents.ts";
import { CLOSED_RECORD, rowOf, type Row } from "../library/entry.ts";
import { placeholderUrl } from "../library/placeholder.ts";
import { ColumnView, itemOf, type Item, type View } from "../library/view.ts";
import { PARTS, type Part, type PartSizes } from "../library/wire.ts";
import { plainLine, type Drop } from "./drops.ts";

/** What one guest brought by one link. */
export interface Bundle {
  readonly from: string | null;
  readonly linkId: string | null;
  readonly drops: readonly Drop[];
}

const LONGEST_SIDE = 100_000;
/** Whole hashes have no more. */
const HASH_BYTES = 64;

/** By guest and link, in the order in which their first photos came. */
export function bundled(drops: readonly Drop[]): readonly Bundle[] {
  const found = new Map<string, Bundle>();
  for (const drop of drops) {
    const [from, linkId] = [drop.from, drop.wire.link_id];
    const key = JSON.stringify([from, linkId]);
    found.set(key, { from, linkId, drops: [...(found.get(key)?.drops ?? []), drop] });
  }
  return [...found.values()];
}

/** Rows go by the id of the drop: two guests may call their photos by one, or by that of a photo of one's own. */
export class DroppedPhotos {
  #drops: ReadonlyMap<string, Drop> = new Map();
  #rows: ReadonlyMap<string, Row> = new Map();
  readonly #listeners = new Set<() => void>();

  get drops(): readonly Drop[] {
    return [...this.#drops.values()];
  }

  /** What waits now. */
  show(drops: readonly Drop[]): void {
    this.#drops = new Map(drops.map((drop) => [drop.wire.id, drop]));
    this.#rows = new Map(drops.map((drop) => [drop.wire.id, droppedRow(drop)]));
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  drop(id: string): Drop | null {
    return this.#drops.get(id) ?? null;
  }

  byId(id: string): Item | null {
    const row = this.#rows.get(id);
    return row === undefined ? null : itemOf(row);
  }

  /** Those of one bundle that still wait. */
  view({ from, linkId }: Pick<Bundle, "from" | "linkId">): View {
    const theirs = this.drops.filter((drop) => drop.from === from && drop.wire.link_id === linkId);
    return new ColumnView(theirs.flatMap(({ wire }) => this.#rows.get(wire.id) ?? []));
  }

  mediaRequest(id: string, part: Part): MediaRequest | null {
    const [drop, row] = [this.#drops.get(id), this.#rows.get(id)];
    if (drop === undefined || drop.opened === null || row?.parts[part] === undefined) return null;
    const mediaType = part === "original" ? row.mediaType : "image/webp";
    return { id: drop.wire.image_id, version: 1, wrappedContentKey: drop.opened.wrappedContentKey, part, mediaType, drop: id };
  }
}

function droppedRow({ wire, opened }: Drop): Row {
  return rowOf({
    id: wire.id, storedAt: wire.made_at, verifiedAt: null, binnedAt: null, purgeAt: null, version: 1,
    parts: opened === null ? {} : sizesOf(wire.parts), digests: {}, isDamaged: false, wrappedContentKey: "", wrappedRecordKey: "",
    marksNumber: 0, revision: 0, albums: [], ...CLOSED_RECORD,
    metadata: opened && believable(opened.metadata, wire.parts.original.bytes),
  });
}

/** One that is larger than such a picture needs to be is not fetched. */
function sizesOf(parts: Drop["wire"]["parts"]): PartSizes {
  return Object.fromEntries(PARTS.flatMap((part) => {
    const bytes = parts[part]?.bytes ?? Infinity;
    return bytes > BOUNDS[part].bytes ? [] : [[part, bytes]];
  }));
}

function believable(said: MetadataDocument, size: number): MetadataDocument {
  const kind = isPhotoKind(said.kind) ? said.kind : "unknown";
  const isSize = said.width > 0 && said.height > 0 && Math.max(said.width, said.height) <= LONGEST_SIDE;
  const [width, height] = isSize ? [Math.ceil(said.width), Math.ceil(said.height)] : [0, 0];
  const [name, title, camera] = [plainLine(said.name), plainLine(said.title), plainLine(said.camera)];
  return { ...said, kind, mediaType: mediaTypeOf(kind), size, width, height, name, title, camera, description: "", keywords: [], thumbhash: isHash(said.thumbhash) ? said.thumbhash : "" };
}

function isHash(thumbhash: string): boolean {
  try {
    const bytes = fromBase64Url(thumbhash);
    return bytes.length <= HASH_BYTES && placeholderUrl(bytes) !== null;
  } catch {
    return false;
  }
}
