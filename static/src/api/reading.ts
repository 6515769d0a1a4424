/** How everything is read from the service, whether a page's own code asks or the little that runs before it. */
export const API = "/api/v1";

/** With the cookie, from this origin alone, and never out of a cache that does not know who is signed in. */
export const READING = { credentials: "same-origin", cache: "no-store", redirect: "error" } as const satisfies RequestInit;

/** The answer to a GET of a path below {@link API}. */
export async function answerTo(path: string): Promise<Response> {
  return await fetch(API + path, { headers: { Accept: "application/json" }, ...READING });
}
