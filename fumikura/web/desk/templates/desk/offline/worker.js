// Keeps the offline counter in the browser, and shows it when a page of the counter cannot be had.
const VERSION = "fumikura-offline-{{ version }}";
const PAGE = "{{ page }}";
const SCOPE = "{{ scope }}";
const PATIENCE = 4000; // ms for a page of the counter to arrive

self.addEventListener("install", (event) => event.waitUntil(keepAll().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(forgetOld().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname.startsWith(SCOPE)) event.respondWith(page(request, url));
  else if (/\.(js|css|svg|woff2)$/.test(url.pathname)) event.respondWith(file(request));
});

async function keepAll() {
  const answer = await fetch(PAGE, { credentials: "omit", cache: "no-cache" });
  if (!answer.ok) throw new Error(`the page answered ${answer.status}`);
  const html = await answer.clone().text();
  const files = new Set([...html.matchAll(/<(?:link|script)[^>]+(?:href|src)="(\/[^"]+)"/g)].map((found) => found[1]));
  const cache = await caches.open(VERSION);
  await Promise.all([...files].map(async (name) => {
    const got = await fetch(name, { cache: "no-cache" });
    if (!got.ok) throw new Error(`${name} answered ${got.status}`);
    await cache.put(name, got);
  }));
  await cache.put(PAGE, answer);
}

async function forgetOld() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("fumikura-offline-") && name !== VERSION).map((name) => caches.delete(name)));
}

// The counter itself always from the browser, so that it opens at once; other pages from the house while it answers.
async function page(request, url) {
  const cache = await caches.open(VERSION);
  if (url.pathname === PAGE) return (await cache.match(PAGE)) ?? fetch(request);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    return await fetch(request, { signal: stop.signal });
  } catch {
    return Response.redirect(PAGE);
  } finally {
    clearTimeout(timer);
  }
}

async function file(request) {
  const cache = await caches.open(VERSION);
  return (await cache.match(request)) ?? fetch(request);
}
