/**
 * Photos that are probably the same, found on the device.
 *
 * The very same file is never stored twice, so what is left are copies that differ: sent through a
 * messenger, saved smaller, edited. Two signs are used, and told apart: the same small picture
 * (equal ThumbHash and shape), and the same second on the same camera in the same shape.
 */
import type { Item } from "../../vault/library/view.ts";

export type Sign = "looks" | "moment";

export interface TwinSet {
  readonly sign: Sign;
  /** The best first: most pixels, then most bytes, then the oldest upload. */
  readonly items: readonly Item[];
}

const RATIO_STEPS = 50;

function shapeOf(item: Item): number {
  return Math.round(Math.log(item.ratio) * RATIO_STEPS);
}

function better(left: Item, right: Item): number {
  return right.width * right.height - left.width * left.height || right.bytes - left.bytes || left.storedAt - right.storedAt;
}

function keysOf(item: Item): readonly (readonly [Sign, string])[] {
  const keys: (readonly [Sign, string])[] = [];
  if (item.thumbhash !== null && item.thumbhash.length > 0) keys.push(["looks", `${item.thumbhash.join()} ${shapeOf(item)}`]);
  if (item.isTimeKnown && item.camera !== "") keys.push(["moment", `${Math.floor(item.time / 1000)} ${item.camera} ${shapeOf(item)}`]);
  return keys;
}

/** Sets of two and more, those that look the same first. A photo is in one set only. */
export function findTwins(items: Iterable<Item>): readonly TwinSet[] {
  const groups: Readonly<Record<Sign, Map<string, Item[]>>> = { looks: new Map(), moment: new Map() };
  for (const item of items) {
    if (item.state === "cannot-open") continue;
    for (const [sign, key] of keysOf(item)) {
      const group = groups[sign].get(key);
      if (group === undefined) groups[sign].set(key, [item]);
      else group.push(item);
    }
  }
  const taken = new Set<string>();
  const sets: TwinSet[] = [];
  for (const sign of ["looks", "moment"] as const) {
    for (const group of groups[sign].values()) {
      const left = group.filter(({ id }) => !taken.has(id));
      if (left.length < 2) continue;
      for (const { id } of left) taken.add(id);
      sets.push({ sign, items: left.sort(better) });
    }
  }
  return sets;
}
