/**
 * Decoding behind a wall: each picture in a worker that is ended when it breaks or takes too long.
 */
import type { DecodeRequest } from "../photo/decode.ts";
import { NoPicture } from "../photo/no-picture.ts";
import type { Derived } from "../photo/thumbnails.ts";
import { LibraryError, type Bridge, type Remote } from "../vault/library/bridge.ts";

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

/** What a whole picture is written as. */
export type PictureType = "image/jpeg" | "image/png";

export interface DecodeWorker {
  derive(job: DecodeJob): Promise<Derived>;
  /** All of the picture, upright. */
  convert(job: DecodeJob, type: PictureType): Promise<Blob>;
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
    return this.#inTurn((worker) => worker.derive({ request, addresses: this.#ports.addresses }));
  }

  /** As {@link derive}: the whole picture, in a format that opens everywhere. */
  convert(request: DecodeRequest, type: PictureType): Promise<Blob> {
    return this.#inTurn((worker) => worker.convert({ request, addresses: this.#ports.addresses }, type));
  }

  close(): void {
    this.#seat?.link.abandon({ code: "aborted", sentence: "This was cancelled." });
    this.#end();
  }

  #inTurn<T>(act: (worker: Remote<DecodeWorker>) => Promise<T>): Promise<T> {
    const made = this.#turn.then(() => this.#behindWall(act));
    this.#turn = made.catch(() => undefined);
    return made;
  }

  async #behindWall<T>(act: (worker: Remote<DecodeWorker>) => Promise<T>): Promise<T> {
    this.#seat ??= this.#ports.start();
    const { link } = this.#seat;
    const timer = setTimeout(() => {
      const { code, message } = new NoPicture("too_slow");
      link.abandon({ code, sentence: message });
    }, this.#ports.timeLimitMs);
    try {
      return await act(link.remote);
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
