// Keeps the look (not the truth) on the phone: assets come from the cache, pages always from the server; without a network a page says so.
// @ts-check
/// <reference lib="webworker" />
const CACHE = "vestibule-__VERSION__";
const KEPT = ["/assets/offline.html", "/assets/app.css?v=__VERSION__", "/assets/figtree-latin.woff2", "/assets/icons.svg", "/assets/mark.svg"];
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT)).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(async () => (await caches.match("/assets/offline.html")) ?? Response.error()));
    return;
  }
  if (url.pathname.startsWith("/assets/")) {
    event.respondWith(
      caches.match(request, { cacheName: CACHE }).then((kept) => kept ?? fetch(request)),
    );
  }
});
