/**
 * Decoding behind a wall: each picture in a worker that is ended when it breaks or takes too long.
 */
import type { DecodeRequest } from "../photo/decode.ts";
import { NoPicture } from "../photo/no-picture.ts";
import type { Derived } from "../photo/thumbnails.ts";
import { LibraryError, type Bridge } from "../vault/library/bridge.ts";

/** The slowest honest picture, a large HEIC on a slow phone, takes a fraction of this. */
export const TIME_LIMIT_MS = 45_000;

/** The WebAssembly of each decoder that has one. */
export interface DecoderAddresses {
  readonly heif: string;
  readonly jxl: string;
}

export interface DecodeJob {
  readonly request: DecodeRequest;
  /** Where the decoders lie; a worker does not know. */
  readonly addresses: DecoderAddresses;
}

export interface DecodeWorker {
  derive(job: DecodeJob): Promise<Derived>;
}

/** One running decode worker. */
export interface DecodeSeat {
  readonly link: Bridge<DecodeWorker>;
  end(): void;
}

export interface DecoderPorts {
  readonly start: () => DecodeSeat;
  readonly addresses: DecoderAddresses;
  readonly timeLimitMs: number;
}

/** Takes turns on one worker: decoding is bound by memory before it is bound by cores. */
export class Decoders {
  readonly #ports: DecoderPorts;
  #seat: DecodeSeat | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(ports: DecoderPorts) {
    this.#ports = ports;
  }

  /** @throws NoPicture or LibraryError; the page and the other pictures are unharmed. */
  derive(request: DecodeRequest): Promise<Derived> {
    const derived = this.#turn.then(() => this.#derive(request));
    this.#turn = derived.catch(() => undefined);
    return derived;
  }

  close(): void {
    this.#seat?.link.abandon({ code: "aborted", sentence: "This was cancelled." });
    this.#end();
  }

  async #derive(request: DecodeRequest): Promise<Derived> {
    this.#seat ??= this.#ports.start();
    const { link } = this.#seat;
    const timer = setTimeout(() => {
      const { code, message } = new NoPicture("too_slow");
      link.abandon({ code, sentence: message });
    }, this.#ports.timeLimitMs);
    try {
      return await link.remote.derive({ request, addresses: this.#ports.addresses });
    } catch (error) {
      // A worker that met a refusal of ours is sound; after anything else it is not trusted again.
      const isSound = error instanceof LibraryError && error.code !== "too_slow" && error.code !== "worker_failed" && error.code !== "unexpected";
      if (!isSound) this.#end();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #end(): void {
    this.#seat?.end();
    this.#seat = null;
  }
}
