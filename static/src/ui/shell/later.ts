/**
 * Views whose code is fetched when somebody goes there, so that the first one is there sooner.
 *
 * Once the pictures of the first view stand, the others are fetched too, one after the other. Then the whole vault is in
 * memory, as it has to be when the connection goes, or when a newer release takes the place of this one's files.
 */
import { untilIdle } from "../idle.ts";

type Load<Module> = () => Promise<Module>;

const AGAIN_MS = 10_000;

const coming: Load<unknown>[] = [];
let stopping = new AbortController();
/** What is being fetched, whoever asked for it. */
const underWay = new Set<Promise<unknown>>();

/** The code of a view could not be fetched. */
export class NotArrivedError extends Error {
  override readonly name = "NotArrivedError";
}

/** Wrap the import of a view. The wrapped one throws NotArrivedError. */
export function later<Module>(load: Load<Module>): Load<Module> {
  const followed = (): Promise<Module> => follow(load());
  coming.push(followed);
  return async () => {
    try {
      return await followed();
    } catch (error) {
      throw new NotArrivedError("A part of the page did not come.", { cause: error });
    }
  };
}

function follow<Module>(loading: Promise<Module>): Promise<Module> {
  const settled = loading.then(() => undefined, () => undefined);
  underWay.add(settled);
  void settled.then(() => underWay.delete(settled));
  return loading;
}

/** The same for a part that may be needed before `ui/ground.ts` is there: the build lets it stand without. */
export const apart = later;

/**
 * For a part that nobody asks for and that is needed all the same, as what looks after something in the background: asked for
 * whenever there is a connection, until it is there. Never rejects.
 */
export async function insist<Module>(load: Load<Module>, connected: () => Promise<void>, pause = AGAIN_MS): Promise<Module> {
  for (;;) {
    await connected();
    try {
      return await load();
    } catch {
      await new Promise((resolve) => { setTimeout(resolve, pause); });
    }
  }
}

/** When the rest may be fetched. */
export interface Occasion {
  /** Until then network and processor belong to what is in sight. Never rejects. */
  readonly calm: Promise<void>;
  /** Resolves at once, or when there is a connection again: what cannot come is not asked for. */
  readonly connected: () => Promise<void>;
}

/** Fetch whatever was not needed so far, while there is nothing else to do. What does not come is asked for when it is needed. */
export async function fetchTheRest({ calm, connected }: Occasion): Promise<void> {
  stopping.abort();
  stopping = new AbortController();
  const { signal } = stopping;
  await calm;
  while (coming.length > 0) {
    await connected();
    await untilIdle();
    if (signal.aborted) return;
    await coming.shift()?.().catch(() => undefined);
  }
}

/** Fetch no more of it until {@link fetchTheRest} is called again, as at a lock. Resolves when nothing is on its way, asked for or not. */
export async function leaveTheRest(): Promise<void> {
  stopping.abort();
  await Promise.all(underWay);
}
