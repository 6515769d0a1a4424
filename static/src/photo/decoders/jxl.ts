/** JPEG XL by libjxl, which turns the picture as the file says and brings its colours to sRGB. */
import { NoPicture } from "../no-picture.ts";

interface Jxl {
  /** Null for a file that is broken, or asks for more memory than the 2 GiB this module may have. */
  decode(bytes: Uint8Array): ImageData | null;
}

let jxl: Promise<Jxl> | null = null;

async function start(load: () => Promise<ArrayBuffer>): Promise<Jxl> {
  const [{ default: make }, wasmBinary] = await Promise.all([import("@jsquash/jxl/codec/dec/jxl_dec.js"), load()]);
  return (await make({ wasmBinary, noInitialRun: true })) as unknown as Jxl;
}

/** The first frame of a file. `load` fetches the WebAssembly when the first one comes. @throws NoPicture. */
export async function decodeJxl(bytes: Uint8Array, load: () => Promise<ArrayBuffer>): Promise<ImageData> {
  jxl ??= start(load);
  const { decode } = await jxl.catch((error: unknown) => {
    jxl = null;
    throw error;
  });
  let picture: ImageData | null = null;
  try {
    picture = decode(bytes);
  } catch {
    // It aborted, for want of memory as a rule; what is left of it must not meet the next picture.
  }
  if (picture !== null) return picture;
  jxl = null;
  throw new NoPicture("broken_picture");
}
