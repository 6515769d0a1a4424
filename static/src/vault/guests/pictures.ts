/** The pictures of an album that was opened by link, decrypted in workers. */
import type { Refusal } from "../library/bridge.ts";
import { MediaPool } from "../library/media-pool.ts";
import { Media } from "../library/media.ts";
import { bridgeTo } from "../library/open.ts";
import type { VisitedPictures } from "./picture-worker.ts";
import type { VisitedPhotos } from "./visited-photos.ts";
import type { Visit } from "./visit.ts";

const WORKERS = 2;
const KEPT_BYTES = 120 * 1024 * 1024;

export interface OpenPictures {
  readonly media: Media;
  /** For saving originals: see `transfer/download.ts`. */
  readonly pool: MediaPool;
  /** Ends the workers and forgets everything decrypted. */
  end(): void;
}

/** `onEnded` is told once the server no longer lets the visit in. */
export function openPictures({ token, place, keys }: Visit, photos: VisitedPhotos, onEnded: (refusal: Refusal) => void): OpenPictures {
  const started = Array.from({ length: WORKERS }, () => bridgeTo<VisitedPictures>("visited-pictures", { ended: onEnded }));
  for (const { link } of started) {
    // Of a worker that cannot start, each picture asked of it says so.
    link.remote.start({ token, place, keys }).catch(() => undefined);
    link.remote.learn(photos.contents).catch(() => undefined);
  }
  const pool = new MediaPool(started.map(({ link }) => link.remote));
  const urls = { create: (blob: Blob) => URL.createObjectURL(blob), revoke: (url: string) => { URL.revokeObjectURL(url); } };
  const media = new Media(photos, pool, urls, KEPT_BYTES);
  return {
    media,
    pool,
    end: () => {
      media.clear();
      for (const { worker } of started) worker.terminate();
    },
  };
}
