/** What photos hold besides their pictures, counted from what the vault knows of them. */
import type { Item } from "../../vault/library/view.ts";

export interface Findings {
  readonly photos: number;
  readonly places: number;
  readonly dates: number;
  readonly cameras: readonly string[];
  /** Files that still carry what their camera wrote, a preview among it. */
  readonly whole: number;
}

export function findingsIn(items: readonly Item[]): Findings {
  const cameras = new Set(items.map(({ camera }) => camera).filter((camera) => camera !== ""));
  return {
    photos: items.length,
    places: items.filter(({ place }) => place !== null).length,
    dates: items.filter(({ isTimeKnown }) => isTimeKnown).length,
    cameras: [...cameras].sort(),
    whole: items.filter(({ isWhole }) => isWhole).length,
  };
}
