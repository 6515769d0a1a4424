/**
 * Decrypted pictures for the page, as URLs: object URLs, but for small ones.
 *
 * Opened pictures stay in a cache of bounded bytes; one that is shown (its handle not released)
 * is never dropped. Askers for the same picture share one fetch, which ends when none is left.
 */
import { LibraryError } from "./bridge.ts";
import type { MediaRequest, Picture } from "./contract.ts";
import { placeholderUrl } from "./placeholder.ts";
import type { Library } from "./library.ts";
import type { Part } from "./wire.ts";

export interface MediaHandle {
  readonly url: string;
  readonly mediaType: string;
  readonly bytes: number;
  /** Say that the picture is no longer shown. Twice is harmless. */
  release(): void;
}

export type Priority = "visible" | "soon";

export interface MediaOptions {
  readonly signal?: AbortSignal;
  readonly priority?: Priority;
}

/** Fetches and decrypts; the media workers behind a small queue. */
export interface MediaSource {
  show(request: MediaRequest, priority: Priority, signal: AbortSignal): Promise<Picture>;
}

/** Makes and revokes object URLs. */
export interface ObjectUrls {
  create(blob: Blob): string;
  revoke(url: string): void;
}

interface Kept {
  readonly url: string;
  readonly mediaType: string;
  readonly bytes: number;
  users: number;
}

interface Underway {
  readonly opened: Promise<Kept>;
  readonly abort: AbortController;
  askers: number;
}

/** Formats every browser shows by itself. */
const SHOWN_BY_BROWSERS: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);

const NO_PICTURE = new LibraryError("no_thumbnail", "No picture could be made of this file. The original is safe and can be downloaded.");

const aborted = (): DOMException => new DOMException("This was cancelled.", "AbortError");

/** Says how to reach the parts of photos. */
export type PhotoPlaces = Pick<Library, "mediaRequest" | "byId">;

/** Whatever hands out pictures to be shown. */
export type Pictured = Pick<Media, "thumbnail" | "preview" | "original" | "placeholder">;

export class Media {
  readonly #library: PhotoPlaces;
  readonly #source: MediaSource;
  readonly #urls: ObjectUrls;
  readonly #limitBytes: number;
  readonly #kept = new Map<string, Kept>();
  readonly #underway = new Map<string, Underway>();
  #keptBytes = 0;

  constructor(library: PhotoPlaces, source: MediaSource, urls: ObjectUrls, limitBytes: number) {
    this.#library = library;
    this.#source = source;
    this.#urls = urls;
    this.#limitBytes = limitBytes;
  }

  /** About 320 px. @throws LibraryError "no_thumbnail", "cannot-open", "offline" ...; AbortError. */
  async thumbnail(id: string, options: MediaOptions = {}): Promise<MediaHandle> {
    return await this.#get(this.#request(id, ["thumbnail"]), options);
  }

  /** About 1600 px; the original where there is no preview and the browser can show it. */
  async preview(id: string, options: MediaOptions = {}): Promise<MediaHandle> {
    const request = this.#request(id, ["preview", "original"]);
    if (request.part === "original" && !SHOWN_BY_BROWSERS.has(request.mediaType)) throw NO_PICTURE;
    return await this.#get(request, options);
  }

  /** The file itself, with its own media type. */
  async original(id: string, options: MediaOptions = {}): Promise<MediaHandle> {
    return await this.#get(this.#request(id, ["original"]), options);
  }

  /** A blurred stand-in as a `data:` URL, at once; null when the photo has none. */
  placeholder(id: string): string | null {
    const thumbhash = this.#library.byId(id)?.thumbhash;
    return thumbhash ? placeholderUrl(thumbhash) : null;
  }

  /** Drop everything, as when the vault is locked. */
  clear(): void {
    for (const { abort } of this.#underway.values()) abort.abort();
    for (const { url } of this.#kept.values()) this.#drop(url);
    this.#underway.clear();
    this.#kept.clear();
    this.#keptBytes = 0;
  }

  /** A `data:` URL goes with whoever holds it. */
  #drop(url: string): void {
    if (!url.startsWith("data:")) this.#urls.revoke(url);
  }

  #request(id: string, parts: readonly Part[]): MediaRequest {
    for (const part of parts) {
      const request = this.#library.mediaRequest(id, part);
      if (request !== null) return request;
    }
    throw NO_PICTURE;
  }

  async #get(request: MediaRequest, { signal, priority = "visible" }: MediaOptions): Promise<MediaHandle> {
    if (signal?.aborted === true) throw aborted();
    // Two guests may call their photos by one id.
    const name = `${request.drop ?? ""} ${request.id} ${request.version} ${request.part}`;
    const kept = this.#kept.get(name) ?? (await this.#awaited(name, request, priority, signal));
    this.#touch(name, kept);
    kept.users += 1;
    this.#makeRoom();
    return this.#handle(kept);
  }

  #handle(kept: Kept): MediaHandle {
    let isReleased = false;
    const { url, mediaType, bytes } = kept;
    const release = (): void => {
      if (!isReleased) kept.users -= 1;
      isReleased = true;
      this.#makeRoom();
    };
    return { url, mediaType, bytes, release };
  }

  async #awaited(name: string, request: MediaRequest, priority: Priority, signal?: AbortSignal): Promise<Kept> {
    const underway = this.#underway.get(name) ?? this.#begin(name, request, priority);
    underway.askers += 1;
    const leave = (): void => {
      underway.askers -= 1;
      if (underway.askers === 0) underway.abort.abort();
    };
    if (signal === undefined) return await underway.opened;
    return await new Promise<Kept>((resolve, reject) => {
      const onAbort = (): void => {
        leave();
        reject(aborted());
      };
      signal.addEventListener("abort", onAbort, { once: true });
      underway.opened.then(resolve, reject).finally(() => { signal.removeEventListener("abort", onAbort); });
    });
  }

  #begin(name: string, request: MediaRequest, priority: Priority): Underway {
    const abort = new AbortController();
    const opened = this.#source.show(request, priority, abort.signal).then((picture) => this.#keep(name, picture, abort.signal));
    const underway: Underway = { opened, abort, askers: 0 };
    this.#underway.set(name, underway);
    const forget = (): void => {
      if (this.#underway.get(name) === underway) this.#underway.delete(name);
    };
    abort.signal.addEventListener("abort", forget, { once: true });
    opened.then(forget, forget);
    return underway;
  }

  #keep(name: string, picture: Picture, signal: AbortSignal): Kept {
    if (signal.aborted) throw aborted();
    const kept = { ...this.#named(picture), users: 0 };
    this.#kept.set(name, kept);
    this.#keptBytes += kept.bytes;
    return kept;
  }

  #named(picture: Picture): Omit<Kept, "users"> {
    if (typeof picture !== "string") return { url: this.#urls.create(picture), mediaType: picture.type, bytes: picture.size };
    return { url: picture, mediaType: picture.slice("data:".length, picture.indexOf(";")), bytes: picture.length };
  }

  /** The last used goes last out. */
  #touch(name: string, kept: Kept): void {
    if (!this.#kept.delete(name)) return;
    this.#kept.set(name, kept);
  }

  #makeRoom(): void {
    for (const [name, kept] of this.#kept) {
      if (this.#keptBytes <= this.#limitBytes) return;
      if (kept.users > 0) continue;
      this.#kept.delete(name);
      this.#keptBytes -= kept.bytes;
      this.#drop(kept.url);
    }
  }
}

/** The pictures of two lists of photos, each from where it is kept. */
export class EitherMedia implements Pictured {
  readonly #of: (id: string) => Pictured;

  constructor(own: Pictured, others: Pictured, isOthers: (id: string) => boolean) {
    this.#of = (id) => (isOthers(id) ? others : own);
  }

  async thumbnail(id: string, options: MediaOptions = {}): Promise<MediaHandle> {
    return await this.#of(id).thumbnail(id, options);
  }

  async preview(id: string, options: MediaOptions = {}): Promise<MediaHandle> {
    return await this.#of(id).preview(id, options);
  }

  async original(id: string, options: MediaOptions = {}): Promise<MediaHandle> {
    return await this.#of(id).original(id, options);
  }

  placeholder(id: string): string | null {
    return this.#of(id).placeholder(id);
  }
}
