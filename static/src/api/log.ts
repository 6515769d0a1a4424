/** The one thing that checking a receipt asks the network for: whose key signs the public log. Nothing goes along. */

const ADDRESS = "/log/key";

/** The text of the log's key as this site says it now; null when it cannot be had. */
export async function fetchLogKey(): Promise<string | null> {
  const answer = await fetch(ADDRESS, { credentials: "omit", cache: "no-store", redirect: "error" }).catch(() => null);
  return answer?.ok === true ? (await answer.text()).trim() : null;
}
