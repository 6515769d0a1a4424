/**
 * The plain tree of an archive, file by file, in the layout of an export: a BagIt bag with every photo
 * byte for byte, its sidecars, its albums, and pages to look at all of it.
 */
import { concat, toHex, utf8, type Bytes } from "../crypto/bytes.ts";
import { runningSha256 } from "../crypto/digest.ts";
import { BAG_DECLARATION, BAG_INFO, bagInfo, DECLARATION, MANIFEST, manifestOf, TAG_MANIFEST, type BagFile } from "../export/bag.ts";
import { ALBUM_METADATA, ALBUMS, PHOTOS } from "../export/layout.ts";
import { FolderNames } from "../export/names.ts";
import { albumDocument, albumMetadata, jsonSidecar, type ExportedAlbum } from "../export/sidecars.ts";
import { isShownByBrowsers, viewerPages, type ViewerPhoto, type ViewerSection } from "../export/viewer.ts";
import { xmpSidecar } from "../export/xmp.ts";
import { readFacts } from "../photo/facts.ts";
import type { Keyring } from "../vault/library/keyring.ts";
import type { Archive } from "./archive.ts";
import { pathOfDocument, pathOfPhoto, placeOf, type Album, type Placed, type Plan } from "./layout.ts";
import { exportedPhoto, openPhoto, originalOf, PhotoError } from "./photos.ts";
import { viewerWords } from "./words.ts";

export const SOFTWARE = "PocketVault open-archive";

/** One file of the tree. */
export interface TreeFile {
  readonly path: string;
  /** May be read more than once. @throws PhotoError. */
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** True where only the end of the chunks proves that the file is whole. */
  readonly isSealed: boolean;
}

export interface Failure {
  readonly name: string;
  readonly reason: string;
}

/** What whoever writes the tree is told, and what they tell. */
export interface Progress {
  photoDone(bytes: number): void;
  failed(failure: Failure): void;
}

/** Writes one file, wholly or not at all. @throws whatever keeps it from being written. */
export type WriteFile = (file: TreeFile) => Promise<void>;

/** Write all of it. What cannot be opened is told and left out; what cannot be written ends it. */
export class PlainTree {
  readonly #payload: BagFile[] = [];
  readonly #shown = new Map<string, ViewerPhoto>();

  constructor(
    private readonly archive: Archive,
    private readonly keyring: Keyring,
    private readonly plan: Plan,
    private readonly writeFile: WriteFile,
    private readonly progress: Progress,
  ) {}

  async write(stop: AbortSignal): Promise<void> {
    const names = new Map(this.plan.albums.map(({ id, name }) => [id, name]));
    for (const photo of this.plan.photos) {
      stop.throwIfAborted();
      await this.photo(photo, names).catch((error: unknown) => this.leaveOut(photo, error));
    }
    await this.albums();
    await this.documents();
    for await (const page of viewerPages(this.sections(), viewerWords(this.archive.askedAt))) {
      await this.add(`data/${page.path}`, utf8(page.text));
    }
    await this.frame();
  }

  private leaveOut(photo: Placed, error: unknown): void {
    if (!(error instanceof PhotoError)) throw error;
    this.progress.failed({ name: placeOf(this.plan, photo.id).name, reason: error.message });
  }

  private async photo(placed: Placed, names: ReadonlyMap<string, string>): Promise<void> {
    const entry = await openPhoto(this.archive, placed.record, this.keyring);
    const place = placeOf(this.plan, placed.id);
    const path = pathOfPhoto(place);
    const front = new Front();
    const written = await this.put(path, () => front.watch(originalOf(this.archive, entry, this.keyring)), true);
    const photo = exportedPhoto(entry, names, readFacts(front.bytes, null).orientation);
    await this.add(`${PHOTOS}/${place.folder}/${place.json}`, utf8(jsonSidecar(photo, place.name)));
    await this.add(`${PHOTOS}/${place.folder}/${place.xmp}`, utf8(xmpSidecar(photo)));
    const inside = path.slice("data/".length);
    this.#shown.set(placed.id, {
      path: inside,
      picture: isShownByBrowsers(photo.mediaType) ? inside : null,
      caption: photo.title || photo.name || place.name,
      altText: photo.altText,
      day: photo.capturedLocal?.slice(0, 10) ?? "",
    });
    this.progress.photoDone(written);
  }

  private async albums(): Promise<void> {
    const names = new FolderNames().give(this.plan.albums, (id) => `album-${id.slice(-6)}`);
    for (const album of this.plan.albums) {
      const told = this.told(album);
      const folder = this.plan.layout.folders.get(album.id);
      if (folder !== undefined) await this.add(`${PHOTOS}/${folder}/${ALBUM_METADATA}`, utf8(albumMetadata(told)));
      await this.add(`${ALBUMS}/${names.get(album.id)?.json ?? `${album.id}.json`}`, utf8(albumDocument(told)));
    }
  }

  private told({ id, name, description, cover, sequence }: Album): ExportedAlbum {
    const inside = this.plan.photos.filter(({ albums }) => albums.includes(id)).map((photo) => photo.id);
    const rank = new Map(sequence.map((image, index) => [image, index]));
    const last = sequence.length;
    const ordered = inside.sort((left, right) => (rank.get(left) ?? last) - (rank.get(right) ?? last));
    const pathOf = (image: string): string[] => (this.#shown.has(image) ? [pathOfPhoto(placeOf(this.plan, image))] : []);
    return { id, name, description, cover: cover === null ? null : (pathOf(cover)[0] ?? null), photos: ordered.flatMap(pathOf) };
  }

  /** What the service keeps in plain text goes along as it is. */
  private async documents(): Promise<void> {
    for (const path of this.archive.members.keys()) {
      const target = pathOfDocument(path);
      const content = target === null ? null : await this.archive.content(path);
      if (target !== null && content !== null) await this.put(target, () => pieces(content), false);
    }
  }

  private sections(): ViewerSection[] {
    const inAlbums: ViewerSection[] = this.plan.albums.map((album) => ({
      name: album.name,
      description: album.description,
      photos: this.plan.photos.filter(({ albums }) => albums.includes(album.id)).flatMap(({ id }) => this.#shown.get(id) ?? []),
    }));
    const years = new Map<string, ViewerPhoto[]>();
    for (const { id, year } of this.plan.photos) {
      const shown = this.#shown.get(id);
      const those = years.get(year);
      if (shown === undefined) continue;
      if (those === undefined) years.set(year, [shown]);
      else those.push(shown);
    }
    const byYear = [...years].sort(([left], [right]) => (left < right ? 1 : -1));
    return [...inAlbums, ...byYear.map(([name, photos]) => ({ name, description: "", photos }))];
  }

  private async frame(): Promise<void> {
    const facts = { madeAt: new Date().toISOString(), software: SOFTWARE, description: `A PocketVault archive of ${this.archive.askedAt}, opened.`, since: null };
    const tags: [string, string][] = [
      [DECLARATION, BAG_DECLARATION],
      [BAG_INFO, bagInfo(this.#payload, facts)],
      [MANIFEST, manifestOf(this.#payload)],
    ];
    const files: BagFile[] = [];
    for (const [path, text] of tags) {
      const bytes = utf8(text);
      files.push({ path, bytes: bytes.length, sha256: await hexDigest(bytes) });
      await this.writeFile({ path, chunks: () => [bytes], isSealed: false });
    }
    const last = utf8(manifestOf(files));
    await this.writeFile({ path: TAG_MANIFEST, chunks: () => [last], isSealed: false });
  }

  private async add(path: string, bytes: Bytes): Promise<void> {
    await this.put(path, () => [bytes], false);
  }

  /** Write one file of the payload and note its digest; how many bytes it has. */
  private async put(path: string, chunks: TreeFile["chunks"], isSealed: boolean): Promise<number> {
    let counted = { bytes: 0, sha256: "" };
    const watched = async function* (): AsyncGenerator<Uint8Array> {
      const digest = await runningSha256();
      let bytes = 0;
      for await (const chunk of chunks()) {
        digest.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
      counted = { bytes, sha256: toHex(digest.finish()) };
    };
    await this.writeFile({ path, chunks: watched, isSealed });
    this.#payload.push({ path, ...counted });
    return counted.bytes;
  }
}

/** The beginning of a file that passes by, where a photo says how it is turned. */
class Front {
  static readonly most = 512 * 1024;
  bytes: Bytes = new Uint8Array();

  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.bytes = new Uint8Array();
    for await (const chunk of chunks) {
      if (this.bytes.length < Front.most) this.bytes = concat(this.bytes, chunk).subarray(0, Front.most);
      yield chunk;
    }
  }
}

async function hexDigest(bytes: Bytes): Promise<string> {
  const digest = await runningSha256();
  digest.update(bytes);
  return toHex(digest.finish());
}

async function* pieces(content: Blob): AsyncGenerator<Uint8Array> {
  const reader = content.stream().getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
