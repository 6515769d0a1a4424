/**
 * Views whose code is fetched when somebody goes there, so that the first one is there sooner.
 *
 * Once the first view stands, the others are fetched too, one after the other. Then the whole vault is in memory,
 * as it has to be when the connection goes, or when a newer release takes the place of this one's files.
 */
type Load<Module> = () => Promise<Module>;

/** Leaves the network and the processor to what is in sight. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_WAIT_MS = 5_000;

const coming: Load<unknown>[] = [];

/** The code of a view could not be fetched. */
export class NotArrivedError extends Error {
  override readonly name = "NotArrivedError";
}

/** Wrap the import of a view. The wrapped one throws NotArrivedError. */
export function later<Module>(load: Load<Module>): Load<Module> {
  coming.push(load);
  return async () => {
    try {
      return await load();
    } catch (error) {
      throw new NotArrivedError("A part of the page did not come.", { cause: error });
    }
  };
}

/** Fetch whatever was not needed so far, while there is nothing else to do. What does not come is asked for when it is needed. */
export async function fetchTheRest(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS));
  for (const load of coming.splice(0)) {
    await untilIdle();
    await load().catch(() => undefined);
  }
}

async function untilIdle(): Promise<void> {
  await new Promise<void>((resolve) => {
    // Safari has none.
    if (typeof requestIdleCallback !== "function") setTimeout(resolve, 0);
    else requestIdleCallback(() => { resolve(); }, { timeout: LONGEST_WAIT_MS });
  });
}
