/** What is to be shared: an album, or photos that become an album of their own once they are. */
import type { Library } from "../../vault/library/library.ts";

export interface ShareTarget {
  /** Null for photos that are no album yet. */
  readonly albumId: string | null;
  readonly ids: readonly string[];
}

export function albumTarget(albumId: string, library: Library): ShareTarget {
  const view = library.view({ albumId, place: "kept" });
  return { albumId, ids: Array.from({ length: view.count }, (_, index) => view.idAt(index)) };
}

/** The same photos shared before are the same album: who has access is then seen at once. */
export function photosTarget(ids: readonly string[], library: Library): ShareTarget {
  const chosen = new Set(ids);
  const same = library.albums().find(({ id, isDirect, isShared, count }) => {
    if (!isDirect || !isShared || count !== chosen.size) return false;
    return albumTarget(id, library).ids.every((each) => chosen.has(each));
  });
  return { albumId: same?.id ?? null, ids: [...chosen] };
}
