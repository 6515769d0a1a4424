/**
 * The pages that are shown when there is no connection, and when other code than was published came; and the
 * files they are made of.
 *
 * They are kept together, in a cache of their release, or not at all: a page names its files by
 * their content, so they always fit.
 */
const PAGE = "/offline";
const OTHER_CODE = "/other-code";
/** Stands in the kept page where it says what was seen. */
const SEEN = "<!-- seen -->";
const PREFIX = "pocketvault-offline-";
const NAMED = /\b(?:href|src)="(\/static\/[\w./-]+-[0-9A-Z]{8}\.[a-z0-9]+)(?:#[\w-]*)?"/g;

/** Keep pages and files. Throws, and keeps nothing in force, unless all of them came. */
export async function keepOfflinePage(release: string): Promise<void> {
  const cache = await caches.open(PREFIX + release);
  for (const address of [PAGE, OTHER_CODE]) {
    const page = await fetch(address, { cache: "reload", credentials: "omit", redirect: "error" });
    if (!page.ok) throw new TypeError("A page that is to be kept did not come.");
    const named = new Set(Array.from((await page.clone().text()).matchAll(NAMED), ([, file]) => file ?? ""));
    await cache.addAll([...named].map((file) => new Request(file, { credentials: "omit" })));
    await cache.put(address, page);
  }
}

/** The kept page that says that other code came, with what it was. */
export async function otherCodePage(release: string, what: string): Promise<Response> {
  const kept = await (await caches.open(PREFIX + release)).match(OTHER_CODE);
  if (kept === undefined) return Response.error();
  const named = what.replaceAll(/[&<>"']/g, (sign) => `&#${String(sign.charCodeAt(0))};`);
  const headers = new Headers(kept.headers);
  headers.set("Cache-Control", "no-store");
  return new Response((await kept.text()).replace(SEEN, () => named), { headers });
}

/** Throw away what other releases kept. */
export async function forgetOlder(release: string): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== PREFIX + release).map((name) => caches.delete(name)));
}

/** The page that was asked for, or the kept one when nothing answers; what a form sends gets no page instead. */
export async function offlinePageOr(request: Request, release: string): Promise<Response> {
  if (request.method !== "GET") return await fetch(request);
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(PREFIX + release)).match(PAGE);
    if (kept === undefined) throw error;
    return kept;
  }
}

/** Whether a request is for a file that the page could be made of: ours, and named by its content. */
export function isOfThePage(request: Request): boolean {
  const { origin, pathname } = new URL(request.url);
  return origin === location.origin && /^\/static\/(?!workers\/)[\w./-]+-[0-9A-Z]{8}\.[a-z0-9]+$/.test(pathname);
}

/** A kept file, or the one from the network. A name with a hash means the same bytes in both. */
export async function keptFileOr(request: Request, release: string): Promise<Response> {
  const kept = isOfThePage(request) ? await (await caches.open(PREFIX + release)).match(request.url) : undefined;
  return kept ?? (await fetch(request));
}
