/** Whether the browser believes it is online, and news of it. */
export function isOnline(): boolean {
  return navigator.onLine;
}

/** Call back on every change. Answers how to stop. */
export function watchConnection(listener: (online: boolean) => void): () => void {
  const tell = (): void => {
    listener(navigator.onLine);
  };
  window.addEventListener("online", tell);
  window.addEventListener("offline", tell);
  return () => {
    window.removeEventListener("online", tell);
    window.removeEventListener("offline", tell);
  };
}

/** Resolves at once, or when the browser believes it is online again. */
export async function untilOnline(): Promise<void> {
  if (isOnline()) return;
  await new Promise<void>((resolve) => {
    const stop = watchConnection((online) => {
      if (!online) return;
      stop();
      resolve();
    });
  });
}

/** Whether the service answers. The browser's own "online" says nothing of a service that is down. */
export async function isServiceThere(): Promise<boolean> {
  if (!navigator.onLine) return false;
  try {
    return (await fetch("/healthz", { cache: "no-store", credentials: "omit" })).ok;
  } catch {
    return false;
  }
}
