/** Looking again: when a page comes back into view, and every so often while it is. */
const EVERY_MS = 15_000;

/** Answers how to stop. */
export function whileSeen(look: () => void): () => void {
  const stop = new AbortController();
  const lookIfSeen = (): void => {
    if (document.visibilityState === "visible") look();
  };
  const timer = setInterval(lookIfSeen, EVERY_MS);
  document.addEventListener("visibilitychange", lookIfSeen, { signal: stop.signal });
  return () => {
    clearInterval(timer);
    stop.abort();
  };
}
