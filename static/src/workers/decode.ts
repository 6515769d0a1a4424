/** A decode worker: one picture at a time, ended from outside when it takes too long. */
import { fetchAsset } from "../api/asset.ts";
import { isCanvasTrusted } from "../photo/canvas-noise.ts";
import { decode } from "../photo/decode.ts";
import { NoPicture } from "../photo/no-picture.ts";
import { makeThumbnails, wholePicture, type Derived } from "../photo/thumbnails.ts";
import type { DecodeJob, DecodeWorker } from "../transfer/decoders.ts";
import { bridge } from "../vault/library/bridge.ts";

let isTrusted: boolean | null = null;

async function pictureOf({ request, addresses }: DecodeJob): Promise<ImageBitmap> {
  isTrusted ??= isCanvasTrusted();
  if (!isTrusted) throw new NoPicture("canvas_noise");
  return await decode(request, { heif: () => fetchAsset(addresses.heif), jxl: () => fetchAsset(addresses.jxl) });
}

async function derive(job: DecodeJob): Promise<Derived> {
  return await makeThumbnails(await pictureOf(job), job.request.orientation);
}

const worker: DecodeWorker = {
  derive,
  convert: async (job, type) => await wholePicture(await pictureOf(job), job.request.orientation, type),
};
bridge<object>(self as unknown as Parameters<typeof bridge>[0], worker);
