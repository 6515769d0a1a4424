/** When there is nothing else to do. */
const LONGEST_WAIT_MS = 5_000;

/** Resolves as soon as the browser has a moment to spare, or at last when it never has one. */
export async function untilIdle(): Promise<void> {
  await new Promise<void>((resolve) => {
    // Safari has none.
    if (typeof requestIdleCallback !== "function") setTimeout(resolve, 0);
    else requestIdleCallback(() => { resolve(); }, { timeout: LONGEST_WAIT_MS });
  });
}
