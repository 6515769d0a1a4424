/** Large pictures: of the photo somebody looks at, and of its two neighbours. */
import { askFor, pause } from "./asking.ts";
import { sharpen } from "./sharpen.ts";

const MIDDLE = 1280;
const LARGE = 2048;
/** A longer wait than this is said in words. */
const SAID_AFTER = 1;

export interface Large {
  readonly profile: string;
  /** The photo first, then its neighbours. */
  readonly photos: readonly string[];
  readonly frame: HTMLElement;
  /** Whether this photo is still the one somebody looks at. */
  readonly isWanted: () => boolean;
  /** Tell why it is not sharp; an empty text when it is. */
  readonly say: (why: "" | "soon" | "guarded") => void;
}

/** Fetch the photo in a size that fits, however long that takes, unless somebody has gone on. */
export async function showLarge(large: Large): Promise<void> {
  const [photo = ""] = large.photos;
  for (let tries = 0; large.isWanted(); tries += 1) {
    const told = await askFor(large.profile, large.photos, sizeFor(large.frame));
    if (!large.isWanted()) return;
    if (told.guarded) {
      large.say("guarded");
      return;
    }
    const address = told.addresses[photo];
    if (address !== undefined && (await sharpen(large.frame, address))) {
      large.say("");
      warm(large.photos.slice(1).flatMap((each) => told.addresses[each] ?? []));
      return;
    }
    if (tries >= SAID_AFTER) large.say("soon");
    await pause(Math.max(1, told.wait));
  }
}

function sizeFor(frame: HTMLElement): number {
  const { width, height } = frame.getBoundingClientRect();
  return Math.max(width, height) * devicePixelRatio <= MIDDLE ? MIDDLE : LARGE;
}

/** Have the neighbours in the browser's own cache. */
function warm(addresses: readonly string[]): void {
  for (const address of addresses) new Image().src = address;
}
