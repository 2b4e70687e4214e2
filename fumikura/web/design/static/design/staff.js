// Every page of staff: "/" finds, F1 helps, F12 shows what I did today. Without a script all three are links and a form.
const find = document.querySelector("#find-anything");
const KEPT = 8;
const key = `fumikura-recent-${document.body.dataset.staff || ""}`;
let before;
const more = document.querySelector("#bar-more");
const WAYS = new Map([["F1", "F1"], ["F2", "F2"], ["F12", "F12"], ["Escape", "Esc"]]);

const isText = (element) => element?.matches("input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select");
// In an empty box for scans or searches nothing begins with "/"; in any other box it is a letter like others.
const isFree = (element) => !isText(element) || (element.value === "" && element.matches("#scan, [name=q]"));

addEventListener(
  "keydown",
  (event) => {
    const here = document.activeElement;
    // On a handheld Escape closes the menu, and tells the counter nothing.
    if (event.key === "Escape" && more?.popover && more.matches(":popover-open")) {
      event.preventDefault();
      event.stopPropagation();
      more.hidePopover();
      return;
    }
    if (event.key === "/" && !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing && find && isFree(here)) {
      event.preventDefault();
      event.stopPropagation();
      before = here;
      find.focus();
      find.select();
      return;
    }
    if (here !== find) return;
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      find.value = find.defaultValue;
      (before ?? document.querySelector("main"))?.focus();
    }
    // What is typed here is for nobody else: a counter would take it for a scan.
    if (!/^F\d/.test(event.key)) event.stopPropagation();
  },
  true,
);

// Along the results with the arrows.
addEventListener("keydown", (event) => {
  const found = [...document.querySelectorAll("[data-found]")];
  if (!found.length || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  const at = found.indexOf(document.activeElement);
  if (at < 0 && document.activeElement !== document.body && !document.activeElement.matches("main")) return;
  event.preventDefault();
  found[Math.max(0, Math.min(found.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))].focus();
});

// Pages with keys of their own have asked for theirs already.
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.isComposing || !WAYS.has(event.key)) return;
  if (event.key === "Escape" && isText(document.activeElement)) return;
  const way = document.querySelector(`a[data-key="${WAYS.get(event.key)}"]`);
  if (!way) return;
  event.preventDefault();
  way.click();
});

// A table that folds on a telephone keeps its headings: each cell behind the first says which it is.
for (const table of document.querySelectorAll(".table--fold:not(.table--slim)")) {
  const heads = [...table.querySelectorAll("thead th")].map((head) => (head.querySelector(".vh") ? "" : head.textContent.trim()));
  for (const row of table.querySelectorAll("tbody tr")) {
    if (row.cells.length !== heads.length) continue;
    [...row.cells].forEach((cell, place) => {
      if (place && heads[place] && !["", "—"].includes(cell.textContent.trim()) && !cell.querySelector(".narrow-head")) cell.dataset.label = heads[place];
    });
  }
}

// Recent pages: in this window only, never one that shows a reader.
function recent() {
  try {
    return JSON.parse(sessionStorage.getItem(key) || "[]");
  } catch {
    return [];
  }
}
const PRIVATE = /^\/(desk\/(readers|loans|patrons|holds|applications|reminders|requests)|staff\/)/;
const list = document.querySelector("[data-recent]");
if (list) {
  const pages = recent();
  list.hidden = !pages.length;
  for (const page of pages) {
    const way = document.createElement("a");
    way.href = page.href;
    way.dataset.found = "";
    way.append(page.title);
    const line = document.createElement("li");
    line.append(way);
    list.querySelector("ul").append(line);
  }
  // The first that was found is one Enter away.
  (document.querySelector("[data-found]") ?? find)?.focus();
} else if (!PRIVATE.test(location.pathname) && document.querySelector("h1, [data-counter]")) {
  const page = { href: location.pathname, title: document.title.replace(/ — [^—]*$/, "") };
  const others = recent().filter((one) => one.href !== page.href);
  sessionStorage.setItem(key, JSON.stringify([page, ...others].slice(0, KEPT)));
}
addEventListener("submit", (event) => {
  if (event.target.action?.endsWith("/staff/sign-out")) sessionStorage.removeItem(key);
});
