// The card works without a line once its page was opened; leaving takes it away again.
if ("serviceWorker" in navigator && location.pathname.endsWith("/card"))
  navigator.serviceWorker.register("/my/card-worker.js", { scope: "/my/card" }).catch(() => {});
for (const form of document.querySelectorAll("form[action$='/sign-out']"))
  form.addEventListener("submit", async () => {
    if (!("caches" in globalThis)) return;
    for (const name of await caches.keys()) if (name.startsWith("card-")) await caches.delete(name);
  });
for (const button of document.querySelectorAll("[data-door='my'] [data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
