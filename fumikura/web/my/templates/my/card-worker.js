// Keeps the page of the card, and only it, for when there is no line.
const KEPT = "card-{{ digest }}";
const CARD = "{{ card }}";
self.addEventListener("install", (event) => event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll([CARD, "{{ sheet }}"])).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("card-") && name !== KEPT).map((name) => caches.delete(name)))).then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method !== "GET" || (path !== CARD && path !== "{{ sheet }}")) return;
  event.respondWith(
    fetch(event.request)
      .then(async (answer) => {
        const kept = await caches.open(KEPT);
        // Led to the sign-in: this reader has left, and so has the card.
        if (answer.redirected || !answer.ok) await kept.delete(CARD, { ignoreVary: true });
        else await kept.put(event.request, answer.clone());
        return answer;
      })
      .catch(async () => (await caches.match(path, { ignoreVary: true })) ?? Response.error()),
  );
});
