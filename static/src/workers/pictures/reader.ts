/** Handing decrypted pictures to a page: whole, or piece by piece for saving. One for whatever a worker opens. */
import { Moved } from "../../vault/library/bridge.ts";
import type { MediaRequest, MediaWorker, Picture } from "../../vault/library/contract.ts";

type Pieces = AsyncGenerator<Uint8Array<ArrayBuffer>>;

/** `next` moves what it hands over. */
export type PictureReader = Pick<MediaWorker, "open" | "show" | "cancel" | "read"> & {
  readonly next: (ticket: number) => Promise<Moved<Uint8Array<ArrayBuffer>> | null>;
};

type Checked = (picture: Blob, request: MediaRequest) => Promise<Blob>;

const asItIs: Checked = (picture) => Promise.resolve(picture);

/** Thumbnails are a tenth of it. Whatever is larger is better off as a blob. */
const SMALL_BYTES = 65_536;

function picture(blob: Blob): Picture {
  return blob.size > SMALL_BYTES ? blob : new FileReaderSync().readAsDataURL(blob);
}

/** The methods of a worker that decrypts with `pieces`. What is to be shown goes through `checked` first. */
export function pictureReader(pieces: (request: MediaRequest, signal: AbortSignal) => Pieces, checked = asItIs): PictureReader {
  const requests = new Map<number, AbortController>();
  const readers = new Map<number, Pieces>();
  const open = async (request: MediaRequest, ticket: number): Promise<Blob> => {
    const abort = new AbortController();
    requests.set(ticket, abort);
    try {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for await (const piece of pieces(request, abort.signal)) parts.push(piece);
      return await checked(new Blob(parts, { type: request.mediaType }), request);
    } finally {
      requests.delete(ticket);
    }
  };
  return {
    open,
    show: async (request, ticket) => picture(await open(request, ticket)),
    cancel: (ticket) => {
      requests.get(ticket)?.abort();
      requests.delete(ticket);
      // Its end is of no interest to anybody any more.
      readers.get(ticket)?.return(undefined).catch(() => undefined);
      readers.delete(ticket);
    },
    read: (request, ticket) => {
      const abort = new AbortController();
      requests.set(ticket, abort);
      readers.set(ticket, pieces(request, abort.signal));
      return Promise.resolve();
    },
    next: async (ticket) => {
      const step = await readers.get(ticket)?.next();
      if (step === undefined || step.done === true) return null;
      // A piece may be a window into a larger buffer, which must not move with it.
      const whole = step.value.byteLength === step.value.buffer.byteLength ? step.value : step.value.slice();
      return new Moved(whole, [whole.buffer]);
    },
  };
}
