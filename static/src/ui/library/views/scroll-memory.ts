/** Going back finds the page where it was left. */
const places = new Map<number, number>();
let isReturning = false;
let entry = 0;
let newest = 0;

interface EntryState {
  readonly entry?: number;
}

/** Begin to remember. The browser's own memory does not know pages that grow after they open. */
export function startScrollMemory(): void {
  history.scrollRestoration = "manual";
  mark();
  addEventListener("scroll", () => places.set(entry, scrollY), { passive: true });
  addEventListener("popstate", ({ state }: PopStateEvent) => {
    isReturning = true;
    entry = (state as EntryState | null)?.entry ?? 0;
    setTimeout(() => { isReturning = false; }, 400);
  }, { capture: true });
}

/** Give this entry of the history a number, so that it is known again. */
function mark(): void {
  const state = (history.state ?? {}) as EntryState;
  entry = state.entry ?? (newest += 1);
  newest = Math.max(newest, entry);
  // The browser's own process has to be told, which takes milliseconds.
  if (state.entry !== entry) history.replaceState({ ...state, entry }, "");
}

/** A view was opened: back where it was, if the person came back to it. */
export function keepScroll(element: HTMLElement): void {
  const wasReturning = isReturning;
  if (!wasReturning) mark();
  const top = places.get(entry) ?? 0;
  if (!wasReturning || top === 0) return;
  let frames = 0;
  const restore = (): void => {
    frames += 1;
    scrollTo({ top, behavior: "instant" });
    if (frames < 30 && Math.abs(scrollY - top) > 2 && (element.isConnected || frames < 5)) requestAnimationFrame(restore);
  };
  requestAnimationFrame(restore);
}
