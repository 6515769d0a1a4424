/** Starting the decoders of a page, each a worker. */
import { address } from "virtual:assets";

import { bridgeTo } from "../vault/library/open.ts";
import { Decoders, TIME_LIMIT_MS, type DecodeWorker } from "./decoders.ts";

/** Decoders of this page. */
export function newDecoders(): Decoders {
  const start = (): { link: ReturnType<typeof bridgeTo<DecodeWorker>>["link"]; end: () => void } => {
    const { worker, link } = bridgeTo<DecodeWorker>("decode", {});
    return { link, end: () => { worker.terminate(); } };
  };
  return new Decoders({ start, addresses: { heif: address("libheif.wasm"), jxl: address("libjxl.wasm") }, timeLimitMs: TIME_LIMIT_MS });
}
