/** Addresses of pictures, with a grant fetched quietly whenever one is needed. */
import { fetchAddresses, fetchTask, redeemTask, type Told } from "../../api/public.ts";
import type { Solved } from "../../crypto/puzzle.ts";
import { startWorker } from "../../vault/trusted-types.ts";

const NOTHING: Told = { addresses: {}, wait: 5, guarded: false };
const GESTURES = ["pointerdown", "pointermove", "touchstart", "wheel", "keydown"] as const;

/** When our grant ends, so that a newcomer's page need not ask whether it has one. The grant itself is out of sight. */
const ENDS = "grant-ends";
const GRANT_MILLISECONDS = 3_500_000;

let hasMoved = false;
let granting: Promise<boolean> | null = null;

/** Look out for somebody: scripts that only load a page make none of these. */
export function watchForGestures(): void {
  const note = (event: Event): void => {
    hasMoved ||= event.isTrusted;
  };
  for (const gesture of GESTURES) addEventListener(gesture, note, { passive: true, capture: true });
}

/** Where these photos are in a size (long edge in pixels), as far as they may be shown now. */
export async function askFor(profile: string, photos: readonly string[], size: number): Promise<Told> {
  const ask = async (): Promise<Told | null> => await fetchAddresses({ profile, photos, size, moved: hasMoved });
  const isAtHand = Number(sessionStorage.getItem(ENDS) ?? 0) > Date.now();
  const told = isAtHand ? await ask() : null;
  if (told !== null) return told;
  return (await getGrant()) ? ((await ask()) ?? NOTHING) : NOTHING;
}

/** One at a time, whoever asks. */
async function getGrant(): Promise<boolean> {
  granting ??= earnGrant();
  try {
    return await granting;
  } finally {
    granting = null;
  }
}

async function earnGrant(): Promise<boolean> {
  const worker = startWorker("grant");
  try {
    const task = await fetchTask();
    if (task === null) return false;
    const solved = await new Promise<Solved | null>((resolve) => {
      worker.addEventListener("message", (event: MessageEvent<Solved | null>) => {
        resolve(event.data);
      });
      worker.addEventListener("error", () => {
        resolve(null);
      });
      worker.postMessage(task.parameters);
    });
    if (solved === null || !(await redeemTask(task, solved))) return false;
    sessionStorage.setItem(ENDS, String(Date.now() + GRANT_MILLISECONDS));
    return true;
  } finally {
    worker.terminate();
  }
}

export async function pause(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
