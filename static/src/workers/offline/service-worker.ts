/**
 * The service worker. All it does is show our own page when there is no connection.
 *
 * It never sees to it that anything of a vault is kept: answers of the API, photos and the vault's own
 * page go past it. What it keeps is the page "You are offline" and the hashed files that page names.
 */
import { isOfThePage, keepOfflinePage, offlinePageOr, keptFileOr, forgetOlder } from "../../api/offline-page.ts";

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("install", (event) => {
  // Files are named by their content, so a page that is open and this newer worker cannot mix releases up.
  event.waitUntil(keepOfflinePage(RELEASE).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOlder(RELEASE).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(offlinePageOr(request, RELEASE));
  else if (isOfThePage(request)) event.respondWith(keptFileOr(request, RELEASE));
});
