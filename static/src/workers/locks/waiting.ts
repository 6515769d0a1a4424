/** How upload workers wait: for time and the network, and for other tabs. */

/** Waits, less long when the network comes back. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      self.removeEventListener("online", onOnline);
      signal.removeEventListener("abort", onAbort);
    };
    const onOnline = (): void => { end(); resolve(); };
    const onAbort = (): void => { end(); reject(signal.reason as Error); };
    const timer = setTimeout(onOnline, milliseconds);
    self.addEventListener("online", onOnline);
    signal.addEventListener("abort", onAbort);
  });
}

export async function exclusively<T>(name: string, wait: boolean, job: () => Promise<T>): Promise<T | null> {
  return await navigator.locks.request(name, { ifAvailable: !wait }, async (lock) => (lock === null ? null : await job()));
}

export async function together<T>(name: string, job: () => Promise<T>): Promise<T> {
  return await navigator.locks.request(name, { mode: "shared" }, async () => await job());
}
