/** A photo of the vault that somebody found elsewhere: its name, a small picture of it, and its fingerprint, made here. */
import { hashPicture } from "../../vault/takedowns.ts";
import { librarySession, whenReady } from "../library/session.ts";
import { t } from "../text.ts";

export interface ChosenPhoto {
  readonly id: string;
  readonly name: string;
  /** "" where no picture can be shown. */
  readonly url: string;
  /** Null where nothing can be decoded here, or there is too little in it. */
  readonly hash: Uint8Array<ArrayBuffer> | null;
  readonly release: () => void;
}

/** One that cannot be shown is chosen all the same, without a fingerprint. @throws Error for one that is not there. */
export async function choosePhoto(id: string): Promise<ChosenPhoto> {
  const session = await librarySession();
  await whenReady(session);
  const { library, media } = session.access;
  const item = library.byId(id);
  if (item === null) throw new TypeError(t("This photo is not here any more."));
  const name = item.title || item.name || t("Photo");
  const shown = await media.preview(id).catch(() => null);
  if (shown === null) return { id, name, url: "", hash: null, release: () => undefined };
  const picture = new Image();
  picture.src = shown.url;
  const hash = await picture.decode().then(() => hashPicture(picture)).catch(() => null);
  return { id, name, url: shown.url, hash, release: () => { shown.release(); } };
}
