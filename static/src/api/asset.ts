/** Fetching a file that was built and shipped beside the code, such as a decoder. */
import { offlineProblem, Problem } from "./problem.ts";

/** The bytes at an address that `virtual:assets` gave. @throws Problem. */
export async function fetchAsset(address: string): Promise<ArrayBuffer> {
  const response = await fetch(address, { credentials: "omit" }).catch(() => {
    throw offlineProblem();
  });
  if (!response.ok) throw new Problem("unavailable", "A part of this page could not be loaded.", response.status);
  return await response.arrayBuffer();
}
