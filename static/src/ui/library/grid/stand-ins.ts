/**
 * Blurred stand-ins of tiles, a few in each frame: those of a whole screen take longer than all else that its first frame
 * needs, and a picture that is quicker than its stand-in needs none.
 */
const BUDGET_MS = 4;

const waiting: (() => void)[] = [];
let isAsked = false;

/** Call `paint` in one of the next frames, in turn. */
export function paintSoon(paint: () => void): void {
  waiting.push(paint);
  if (!isAsked) requestAnimationFrame(paintSome);
  isAsked = true;
}

function paintSome(): void {
  const until = performance.now() + BUDGET_MS;
  do waiting.shift()?.(); while (waiting.length > 0 && performance.now() < until);
  isAsked = waiting.length > 0;
  if (isAsked) requestAnimationFrame(paintSome);
}
