/** Copies of somebody's pictures elsewhere: reporting them, stating what the law wants, following what becomes of it. */
import { API, call, send } from "../api/client.ts";
import type { TakedownCase, TakedownLine, TakedownNotice, TakedownRegime } from "../api/types.ts";
import { toBase64Url } from "../crypto/bytes.ts";
import { pdqOf } from "../photo/pdq.ts";

export type { TakedownCase, TakedownLine, TakedownNotice, TakedownRegime } from "../api/types.ts";

export type Answer = "acknowledged" | "refused" | "countered" | "restored" | "reappeared";
/** What `hashPicture` looks at: renderings of more pixels have the same hash. */
const MOST_SIDE = 1024;
/** Below, a picture has too little in it to be known by. */
const LEAST_QUALITY = 50;
export const FORMATS = ["letter.pdf", "letter.txt", "sheet.txt", "xarf.json", "cloudflare.json", "lumen.json"] as const;

/** Newest first. @throws Problem. */
export async function readCases(): Promise<readonly TakedownLine[]> {
  return (await call<{ readonly items: readonly TakedownLine[] }>("GET", "/takedowns")).items;
}

/** The rules a notice can be made under. @throws Problem. */
export async function readRegimes(): Promise<readonly TakedownRegime[]> {
  return (await call<{ readonly items: readonly TakedownRegime[] }>("GET", "/takedown-regimes")).items;
}

/** What is reported: addresses, hashes of pictures of this device, photos of the vault, and whether their deletion ends the case. */
export interface CopyReport {
  readonly urls: readonly string[];
  readonly hashes: readonly Uint8Array<ArrayBuffer>[];
  readonly imageIds: readonly string[];
  readonly endsWithPhoto: boolean;
}

/** One case for each host. Of a picture only its hash is sent. @throws Problem "bad_takedown_address". */
export async function reportCopies({ urls, hashes, imageIds, endsWithPhoto }: CopyReport): Promise<readonly TakedownLine[]> {
  const body = { urls: [...urls], hashes: hashes.map(toBase64Url), image_ids: [...imageIds], ends_with_photo: endsWithPhoto };
  return (await call<{ readonly items: readonly TakedownLine[] }>("POST", "/takedowns", { body })).items;
}

/** Everything in a case. @throws Problem. */
export function readCase(id: string): Promise<TakedownCase> {
  return call<TakedownCase>("GET", `/takedowns/${id}`);
}

/** Keep a draft, complete or not. @throws Problem. */
export function draftNotice(id: string, notice: TakedownNotice): Promise<TakedownCase> {
  return call<TakedownCase>("PUT", `/takedowns/${id}/notice`, { body: { ...notice } });
}

/** Sign with the legal name; asks for a fresh proof. @throws Problem "notice_incomplete", "signature_not_the_name". */
export function signNotice(id: string, signature: string): Promise<TakedownCase> {
  return call<TakedownCase>("POST", `/takedowns/${id}/sign`, { body: { signature } });
}

/** Write down that a receiver's form was filled in. @throws Problem. */
export function noteSent(id: string, contact: number): Promise<TakedownCase> {
  return call<TakedownCase>("POST", `/takedowns/${id}/sent`, { body: { contact } });
}

/** Write down what the other side said. @throws Problem. */
export function noteAnswer(id: string, answer: Answer, note: string): Promise<TakedownCase> {
  return call<TakedownCase>("POST", `/takedowns/${id}/answers`, { body: { answer, note } });
}

/** Let the notice go to a public collection, or no more. @throws Problem "not_for_lumen". */
export function chooseLumen(id: string, isWanted: boolean): Promise<TakedownCase> {
  return call<TakedownCase>("PUT", `/takedowns/${id}/lumen`, { body: { is_wanted: isWanted } });
}

/** Close a case. @throws Problem. */
export async function withdrawCase(id: string): Promise<void> {
  await call("POST", `/takedowns/${id}/withdraw`);
}

/** Add a screenshot, or a page that was saved. @throws Problem. */
export async function addEvidence(id: string, file: Blob): Promise<TakedownCase> {
  const path = `/takedowns/${id}/evidence?type=${encodeURIComponent(file.type)}`;
  const answer = await send({ method: "POST", path, headers: { "Content-Type": "application/octet-stream", "Accept": "application/json" }, body: file });
  return await (answer.json() as Promise<TakedownCase>);
}

/** Where the notice lies in one of its shapes: the browser saves it by itself. */
export const noticeAddress = (id: string, format: string): string => `${API}/takedowns/${id}/notice/${format}`;
export const bundleAddress = (id: string): string => `${API}/takedowns/${id}/evidence`;

/** A picture's perceptual hash, made on this device: the file goes nowhere. Null for what is no picture or shows too little. */
export async function hashPicture(file: ImageBitmapSource): Promise<Uint8Array<ArrayBuffer> | null> {
  const picture = await createImageBitmap(file).catch(() => null);
  if (picture === null) return null;
  const scale = Math.min(1, MOST_SIDE / Math.max(picture.width, picture.height));
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  brush?.drawImage(picture, 0, 0, width, height);
  picture.close();
  const pixels = brush?.getImageData(0, 0, width, height);
  if (pixels === undefined) return null;
  const { hash, quality } = pdqOf(pixels);
  return quality >= LEAST_QUALITY ? hash : null;
}
