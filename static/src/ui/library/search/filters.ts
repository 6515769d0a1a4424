/** The chips of a search, and how they stand in the address. */
import type { Filter } from "../../../vault/library/filter.ts";

export interface Chosen {
  readonly q: string;
  /** "2026-11-22", as date fields give it; "" for open. */
  readonly from: string;
  readonly to: string;
  readonly cameras: readonly string[];
  readonly kinds: readonly string[];
  readonly albumId: string;
  readonly hasPlace: boolean;
  readonly isFavourite: boolean;
  readonly isLoose: boolean;
  readonly cannotOpen: boolean;
}

const DAY_MS = 86_400_000;

export function chosenFrom(query: URLSearchParams): Chosen {
  const isOn = (name: string): boolean => query.get(name) === "1";
  return {
    q: query.get("q") ?? "",
    from: query.get("from") ?? "",
    to: query.get("to") ?? "",
    cameras: query.getAll("camera"),
    kinds: query.getAll("kind"),
    albumId: query.get("album") ?? "",
    hasPlace: isOn("place"),
    isFavourite: isOn("favourite"),
    isLoose: isOn("loose"),
    cannotOpen: isOn("broken"),
  };
}

/** Behind the `#`, which no browser sends anywhere: what somebody looks for is theirs. */
export function addressOf(chosen: Chosen): string {
  const query = new URLSearchParams();
  const add = (name: string, value: string): void => {
    if (value !== "") query.append(name, value);
  };
  add("q", chosen.q.trim());
  add("from", chosen.from);
  add("to", chosen.to);
  for (const camera of chosen.cameras) add("camera", camera);
  for (const kind of chosen.kinds) add("kind", kind);
  add("album", chosen.albumId);
  add("place", chosen.hasPlace ? "1" : "");
  add("favourite", chosen.isFavourite ? "1" : "");
  add("loose", chosen.isLoose ? "1" : "");
  add("broken", chosen.cannotOpen ? "1" : "");
  const text = query.toString();
  return text === "" ? "/search" : `/search#${text}`;
}

/** Whether anything at all is asked for. */
export function isAsking(chosen: Chosen): boolean {
  return addressOf(chosen) !== "/search";
}

/** What the chips alone ask for. A search looks everywhere but in the bin. */
export function chipFilter(chosen: Chosen): Filter {
  const from = Date.parse(chosen.from);
  const to = Date.parse(chosen.to);
  return {
    ...(!Number.isNaN(from) && { from }),
    ...(!Number.isNaN(to) && { to: to + DAY_MS }),
    ...(chosen.cameras.length > 0 && { cameras: chosen.cameras }),
    ...(chosen.kinds.length > 0 && { kinds: chosen.kinds }),
    ...(chosen.albumId !== "" && { albumId: chosen.albumId }),
    ...(chosen.hasPlace && { hasPlace: true }),
    ...(chosen.isFavourite && { favourite: true }),
    ...(chosen.isLoose && { notInAnyAlbum: true }),
    ...(chosen.cannotOpen && { cannotOpen: true }),
  };
}
