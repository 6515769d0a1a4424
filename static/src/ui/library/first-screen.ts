/** When the first pictures stand: until then network and processor belong to what is in sight. */
import { untilIdle } from "../idle.ts";
import { whenSettled, type LibrarySession } from "./session.ts";

/** Whatever waits for the first screen goes on after so long: a picture that never comes holds nothing up for good. */
const LONGEST_MS = 20_000;

/** Resolves once the library has said what it holds, or cannot, and the pictures asked for at first are there. Never rejects. */
export async function firstScreen(session: LibrarySession): Promise<void> {
  const limit = new Promise<void>((resolve) => { setTimeout(resolve, LONGEST_MS); });
  await Promise.race([limit, pictured(session)]);
}

async function pictured(session: LibrarySession): Promise<void> {
  await whenSettled(session);
  // In the first frame the grid is told what there is, and in the second it has asked for what is seen of it.
  await frame();
  await frame();
  await session.access.mediaPool.atRest();
  await frame();
  await untilIdle();
}

function frame(): Promise<void> {
  return new Promise((resolve) => {
    // A page in the background draws no frames.
    if (document.visibilityState === "hidden") setTimeout(resolve, 100);
    else requestAnimationFrame(() => { resolve(); });
  });
}
