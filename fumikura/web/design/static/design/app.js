// Everything here is a comfort. Without it every page still works.
const root = document.documentElement;

// Colours: the form works by itself; with a script the page need not be read again.
function paint(colour) {
  delete root.dataset.theme;
  delete root.dataset.contrast;
  if (colour === "light" || colour === "dark") root.dataset.theme = colour;
  if (colour === "more") root.dataset.contrast = "more";
}
for (const form of document.querySelectorAll("[data-colours]")) {
  form.addEventListener("submit", async (event) => {
    const pressed = event.submitter;
    if (!pressed) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form));
    body.set("colour", pressed.value);
    try {
      await fetch(form.action, { method: "POST", body, redirect: "manual" });
    } catch {
      // No line: the choice holds for this page.
    }
    paint(pressed.value);
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === pressed));
    for (const now of document.querySelectorAll("[data-colour-now]")) now.textContent = pressed.textContent.trim();
    const menu = form.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// An open menu closes with Escape and when one looks elsewhere.
for (const menu of document.querySelectorAll("[data-menu]")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

// Facets open by themselves where there is room for them.
const wide = matchMedia("(min-width: 60rem)");
function fold() {
  for (const details of document.querySelectorAll("[data-fold]")) details.open = wide.matches;
}
wide.addEventListener("change", fold);
fold();

// A form that has been sent says so, and is not sent twice by an impatient finger.
addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  }
});

// A long shelf opens at the book one is looking at.
for (const spine of document.querySelectorAll(".spine[aria-current]")) {
  const shelf = spine.closest(".spines");
  const place = spine.getBoundingClientRect().left - shelf.getBoundingClientRect().left;
  shelf.scrollLeft += place - (shelf.clientWidth - spine.clientWidth) / 2;
}
