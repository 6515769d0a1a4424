/**
 * Blurred stand-ins of tiles, a few in each frame: those of a whole screen take longer than all else that its first frame
 * needs, and a picture that is quicker than its stand-in needs none.
 */
const BUDGET_MS = 4;

const waiting = new Set<() => void>();
let isAsked = false;

/** Call `paint` in one of the next frames, in turn; never once `signal` says that the tile shows something else. */
export function paintSoon(paint: () => void, signal: AbortSignal): void {
  waiting.add(paint);
  // A page that is locked while nobody looks at it has no more frames: what it showed is not held on to.
  signal.addEventListener("abort", () => { waiting.delete(paint); }, { once: true });
  if (!isAsked) requestAnimationFrame(paintSome);
  isAsked = true;
}

function paintSome(): void {
  const until = performance.now() + BUDGET_MS;
  for (const paint of waiting) {
    waiting.delete(paint);
    paint();
    if (performance.now() >= until) break;
  }
  isAsked = waiting.size > 0;
  if (isAsked) requestAnimationFrame(paintSome);
}
