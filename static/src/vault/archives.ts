/** Encrypted archives of everything, made by the service: asking for one, following it, removing it. */
import { API, call } from "../api/client.ts";
import type { Archive } from "../api/types.ts";

export type { Archive } from "../api/types.ts";

/** The page that opens archives offline. */
export const OPENER_ADDRESS = "/open-archive.html";

/** All of them, newest first. @throws Problem. */
export async function readArchives(): Promise<readonly Archive[]> {
  return (await call<{ readonly items: readonly Archive[] }>("GET", "/archives")).items;
}

/** Asks for a fresh proof. @throws Problem "step_up_required", "archive_under_way", "too_many_archives". */
export async function askForArchive(): Promise<Archive> {
  return await call<Archive>("POST", "/archives");
}

/** Stop or remove one. @throws Problem. */
export async function removeArchive(id: string): Promise<void> {
  await call("DELETE", `/archives/${id}`);
}

/** Where its bytes are: the browser downloads them by itself, and goes on after a break. */
export const archiveAddress = ({ id }: Archive): string => `${API}/archives/${id}/content`;

/** Whether it is being made. */
export const isUnderWay = ({ state }: Archive): boolean => state === "asked" || state === "building";
