/** HEIC, and AVIF that the browser does not know, by libheif, which turns and mirrors as the file says. */
import { isDecodable, NoPicture } from "../no-picture.ts";
import type { PhotoKind } from "../strip/kind.ts";

interface HeifImage {
  get_width(): number;
  get_height(): number;
  display(target: { data: Uint8ClampedArray; width: number; height: number }, done: (result: object | null) => void): void;
  free(): void;
}

interface Heif {
  readonly HeifDecoder: new () => { decode(bytes: Uint8Array): readonly HeifImage[] };
}

let heif: Promise<Heif> | null = null;

async function start(load: () => Promise<ArrayBuffer>): Promise<Heif> {
  const [{ default: make }, wasmBinary] = await Promise.all([import("libheif-js/libheif-wasm/libheif.js"), load()]);
  return (make as unknown as (options: { wasmBinary: ArrayBuffer }) => Heif)({ wasmBinary });
}

/** The first picture of a file. `load` fetches the WebAssembly when the first one comes. @throws NoPicture. */
export async function decodeHeif(bytes: Uint8Array, kind: PhotoKind, load: () => Promise<ArrayBuffer>): Promise<ImageData> {
  heif ??= start(load);
  const { HeifDecoder } = await heif.catch((error: unknown) => {
    heif = null;
    throw error;
  });
  const [image, ...others] = new HeifDecoder().decode(bytes);
  for (const other of others) other.free();
  if (image === undefined) throw new NoPicture("broken_picture");
  try {
    const [width, height] = [image.get_width(), image.get_height()];
    isDecodable(kind, width, height);
    const pixels = new ImageData(width, height);
    const result = await new Promise<object | null>((resolve) => { image.display(pixels, resolve); });
    if (result === null) throw new NoPicture("broken_picture");
    return pixels;
  } finally {
    image.free();
  }
}
