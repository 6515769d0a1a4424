/**
 * The service worker. It shows our own page when there is no connection, and looks at the code that is handed out.
 *
 * It never sees to it that anything of a vault is kept: answers of the API, photos and the vault's own
 * page go past it. What it keeps is two pages and the hashed files that they name, and which code it knows.
 */
import { bringsCode, knownFile, knownPage, learnRelease, OtherCodeError } from "../../api/known-code.ts";
import { forgetOlder, isOfThePage, keepOfflinePage, keptFileOr, offlinePageOr, otherCodePage } from "../../api/offline-page.ts";

declare const self: ServiceWorkerGlobalScope;

/** What was refused to a page that is open or on its way. It is told the next time a page is asked for. */
let refused: OtherCodeError | undefined;

self.addEventListener("install", (event) => {
  // Files are named by their content, so a page that is open and this newer worker cannot mix releases up.
  event.waitUntil(keepOfflinePage(RELEASE).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const known = learnRelease().catch(() => undefined);
  event.waitUntil(Promise.all([forgetOlder(RELEASE), known]).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (request.method !== "GET") return;
  else if (bringsCode(request)) event.respondWith(code(request));
  else if (isOfThePage(request)) event.respondWith(keptFileOr(request, RELEASE));
});

async function page(request: Request): Promise<Response> {
  const told = refused;
  refused = undefined;
  if (told !== undefined) return await otherCodePage(RELEASE, told.what);
  const answer = await offlinePageOr(request, RELEASE);
  try {
    return await knownPage(answer);
  } catch (error) {
    if (!(error instanceof OtherCodeError)) throw error;
    return await otherCodePage(RELEASE, error.what);
  }
}

async function code(request: Request): Promise<Response> {
  const answer = await keptFileOr(request, RELEASE);
  try {
    return await knownFile(answer, request.url);
  } catch (error) {
    if (!(error instanceof OtherCodeError)) throw error;
    refused = error;
    await sayIt();
    return Response.error();
  }
}

/** Whatever page is open asks for itself again, and is told. What it had decrypted is gone with it. */
async function sayIt(): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  await Promise.allSettled(pages.map((each) => each.navigate(each.url)));
}
