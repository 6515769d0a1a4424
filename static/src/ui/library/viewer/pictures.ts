/** Brings pictures to the stage: the small one at once, then the preview, the original when zoomed past it. */
import type { Item, View } from "../../../vault/library/view.ts";
import type { MediaHandle, Pictured } from "../../../vault/library/media.ts";

/** Formats every browser can show by itself. */
const SHOWN: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);
/** Originals beyond this are not opened only to be zoomed into. */
const LARGEST_BYTES = 120_000_000;
const EACH_SIDE = 2;

export class Pictures {
  readonly #media: Pictured;
  readonly #image: HTMLImageElement;
  readonly #ahead = new Map<string, { readonly abort: AbortController; handle: MediaHandle | null }>();
  #leaving = new AbortController();
  #handles: MediaHandle[] = [];
  #item: Item | null = null;
  #hasOriginal = false;

  constructor(media: Pictured, image: HTMLImageElement) {
    this.#media = media;
    this.#image = image;
  }

  /** Show a photo. Answers once the preview stands, false when there is none to show. */
  async show(item: Item): Promise<boolean> {
    this.#leave();
    const { signal } = this.#leaving;
    this.#item = item;
    this.#hasOriginal = false;
    this.#image.removeAttribute("src");
    this.#standIn(item);
    const small = item.hasThumbnail ? this.#take(this.#media.thumbnail(item.id, { signal }), signal, false) : Promise.resolve(false);
    const isAnimated = item.kind === "gif";
    const large = await this.#take(isAnimated ? this.#media.original(item.id, { signal }) : this.#media.preview(item.id, { signal }), signal, true);
    return large || (await small);
  }

  /** Open the original when the screen shows more pixels than the preview has. */
  sharpen(devicePixels: number): void {
    const item = this.#item;
    const drawn = this.#image.naturalWidth;
    if (item === null || this.#hasOriginal || drawn === 0 || devicePixels < drawn * 1.15 || item.width <= drawn) return;
    if (!SHOWN.has(item.mediaType) || item.bytes > LARGEST_BYTES || item.state !== "fine") return;
    this.#hasOriginal = true;
    void this.#take(this.#media.original(item.id, { signal: this.#leaving.signal }), this.#leaving.signal, true);
  }

  /** Have the neighbours ready: two each side. */
  preload(view: View, index: number): void {
    const wanted = new Set<string>();
    for (let step = 1; step <= EACH_SIDE; step += 1) {
      for (const at of [index + step, index - step]) if (at >= 0 && at < view.count) wanted.add(view.idAt(at));
    }
    for (const [id, each] of this.#ahead) {
      if (wanted.has(id)) continue;
      each.abort.abort();
      each.handle?.release();
      this.#ahead.delete(id);
    }
    for (const id of wanted) if (!this.#ahead.has(id)) this.#fetchAhead(id);
  }

  end(): void {
    this.#leave();
    for (const { abort, handle } of this.#ahead.values()) {
      abort.abort();
      handle?.release();
    }
    this.#ahead.clear();
  }

  #fetchAhead(id: string): void {
    const waiting = { abort: new AbortController(), handle: null as MediaHandle | null };
    this.#ahead.set(id, waiting);
    this.#media.preview(id, { signal: waiting.abort.signal, priority: "soon" }).then(
      (handle) => {
        if (waiting.abort.signal.aborted) handle.release();
        else waiting.handle = handle;
      },
      () => undefined,
    );
  }

  #standIn(item: Item): void {
    const url = item.rotation === 0 ? this.#media.placeholder(item.id) : null;
    this.#image.style.backgroundImage = url === null ? "" : `url("${url}")`;
  }

  async #take(coming: Promise<MediaHandle>, signal: AbortSignal, isBetter: boolean): Promise<boolean> {
    try {
      const handle = await coming;
      if (signal.aborted) {
        handle.release();
        return false;
      }
      this.#handles.push(handle);
      if (!isBetter && this.#image.hasAttribute("src")) return true;
      await decoded(handle.url);
      if (signal.aborted || (!isBetter && this.#image.hasAttribute("src"))) return true;
      this.#image.src = handle.url;
      return true;
    } catch {
      return false;
    }
  }

  #leave(): void {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    for (const handle of this.#handles) handle.release();
    this.#handles = [];
  }
}

/** Decoded before it is shown, so that the stage never blinks. */
async function decoded(url: string): Promise<void> {
  const image = new Image();
  image.src = url;
  await image.decode();
}
