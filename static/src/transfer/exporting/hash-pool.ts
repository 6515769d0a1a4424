/**
 * Digests and sums made in workers of their own. Chromium makes a digest in the thread that asks for it, so a worker that
 * also opens and writes photos would wait for each: of 4 MB for eight thousandths of a second, and for its sum three more.
 */
import { bridge, Moved, type Bridge } from "../../vault/library/bridge.ts";
import { hashHere, type Hash } from "./hashing.ts";

/** What is smaller is done before a worker has heard of it. */
const WORTH_MOVING_BYTES = 128 * 1024;
/** What the worker `hashing` offers its page. */
export interface HashWorker {
  /** Offer {@link Hashing} on a port. */
  serve(port: MessagePort): void;
}

/** What it offers on such a port. */
export interface Hashing {
  hash: Hash;
}

interface Hand {
  readonly link: Bridge<Hashing>;
  waiting: number;
}

/** Whoever has least to do takes the next. */
export function hashElsewhere(ports: readonly MessagePort[]): Hash {
  const hands = ports.map((port): Hand => ({ link: bridge<Hashing>(port, {}), waiting: 0 }));
  return async (bytes, wantsCrc) => {
    if (bytes.length < WORTH_MOVING_BYTES) return await hashHere(bytes, wantsCrc);
    const hand = hands.reduce<Hand | null>((least, each) => (least === null || each.waiting < least.waiting ? each : least), null);
    if (hand === null) return await hashHere(bytes, wantsCrc);
    hand.waiting += 1;
    try {
      return await hand.link.remote.hash(new Moved(bytes, [bytes.buffer]), wantsCrc);
    } finally {
      hand.waiting -= 1;
    }
  };
}
