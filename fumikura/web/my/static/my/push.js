// Lets this browser show notices: asks the reader, makes a subscription with the library's key, and tells the library.
const form = document.querySelector("[data-push]");
if (form && "serviceWorker" in navigator && "PushManager" in window) {
  form.hidden = false;
  const trouble = form.querySelector("[data-trouble]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.textContent = "";
    try {
      if ((await Notification.requestPermission()) !== "granted") return (trouble.textContent = form.dataset.denied);
      await navigator.serviceWorker.register(form.dataset.worker, { scope: form.dataset.scope });
      const kept = await navigator.serviceWorker.ready; // a worker that is still starting cannot subscribe
      const subscription = await kept.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.push });
      const { endpoint, keys } = subscription.toJSON();
      const body = new FormData(form);
      for (const [name, value] of Object.entries({ endpoint, ...keys })) body.set(name, value);
      const answer = await fetch(form.action, { method: "POST", body });
      if (answer.ok) return location.assign(`${form.dataset.scope}?saved=1`);
      trouble.textContent = (await answer.json()).trouble ?? form.dataset.failed;
    } catch {
      trouble.textContent = form.dataset.failed;
    }
  });
}
