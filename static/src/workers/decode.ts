/** A decode worker: one picture at a time, ended from outside when it takes too long. */
import { fetchAsset } from "../api/asset.ts";
import { isCanvasTrusted } from "../photo/canvas-noise.ts";
import { decode } from "../photo/decode.ts";
import { NoPicture } from "../photo/no-picture.ts";
import { makeThumbnails, type Derived } from "../photo/thumbnails.ts";
import type { DecodeJob, DecodeWorker } from "../transfer/decoders.ts";
import { bridge } from "../vault/library/bridge.ts";

let isTrusted: boolean | null = null;

async function derive({ request, addresses }: DecodeJob): Promise<Derived> {
  isTrusted ??= isCanvasTrusted();
  if (!isTrusted) throw new NoPicture("canvas_noise");
  const picture = await decode(request, { heif: () => fetchAsset(addresses.heif), jxl: () => fetchAsset(addresses.jxl) });
  return await makeThumbnails(picture, request.orientation);
}

const worker: DecodeWorker = { derive };
bridge<object>(self as unknown as Parameters<typeof bridge>[0], worker);
