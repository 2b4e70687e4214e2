// The circle of the kiosk: after 60 seconds without a touch nothing of a reader is left on the screen.
const WHOLE = 60;
const ASK_AT = 10;
const body = document.body;
const over = () => location.replace(body.dataset.home);

if ("resets" in body.dataset) {
  let left = WHOLE;
  const dialog = document.querySelector("[data-ask]");
  const shown = document.querySelector("[data-seconds]");
  if (shown) shown.hidden = false;
  const show = () => {
    for (const figure of document.querySelectorAll("[data-figure], [data-figure-ask]")) figure.textContent = left;
  };
  const touched = () => {
    left = WHOLE;
    show();
    if (dialog.open) dialog.close();
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, touched);
  document.querySelector("[data-go-on]").addEventListener("click", touched);
  dialog.addEventListener("close", () => document.querySelector("[autofocus]")?.focus());
  setInterval(() => {
    left -= 1;
    show();
    if (left === ASK_AT && !dialog.open) dialog.showModal();
    if (left <= 0) over();
  }, 1000);
}
// A page that comes back from the browser's own memory is a reader's page: away with it.
addEventListener("pageshow", (event) => event.persisted && over());

// A live region speaks only what changes after the page has loaded.
const answer = document.querySelector("[data-said]");
if (answer) setTimeout(() => (document.querySelector("[data-live]").textContent = answer.textContent), 150);

const read = document.querySelector("[data-read]");
if (read && "speechSynthesis" in window) {
  read.hidden = false;
  read.addEventListener("click", () => {
    speechSynthesis.cancel();
    const words = [...document.querySelectorAll("h1, [data-said] h2, [data-said] p, .tile, .kiosk__scan label")];
    const said = new SpeechSynthesisUtterance(words.map((one) => one.textContent.trim()).join("。"));
    said.lang = document.documentElement.lang;
    speechSynthesis.speak(said);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
