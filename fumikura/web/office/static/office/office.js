// A page that follows something running reads itself again, so that nobody has to press a link. Without it the link does.
const PAUSE = 1000;

async function follow() {
  const here = document.querySelector("[data-follow]");
  if (!here) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = next.querySelector("[data-follow]");
    if (answer.redirected || !now) {
      location.replace(answer.url);
      return;
    }
    here.replaceWith(now);
  } catch {
    // No line just now: ask again.
  }
  setTimeout(follow, PAUSE);
}
setTimeout(follow, PAUSE);
