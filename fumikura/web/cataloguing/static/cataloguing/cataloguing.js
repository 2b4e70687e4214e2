// Comforts of the editor: what is typed is kept and checked at each pause, keys, look-ups. Without it every button works.
import { picking } from "./picking.js";

const form = document.getElementById("editor");
const PAUSE = 700;

if (form) {
  picking(form);
  let timer = 0;
  let asked = 0;
  let typed = false;
  let leaving = false;

  async function keep() {
    const mine = ++asked;
    typed = false;
    const side = document.getElementById("findings");
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const html = await answer.text();
      if (mine !== asked) return;
      const next = new DOMParser().parseFromString(html, "text/html").body;
      side.replaceChildren(...next.childNodes);
      form.dataset.kept = String(mine);
    } catch {
      typed = true; // the page warns when it is left; the next pause tries again
    }
  }
  form.addEventListener("input", (event) => {
    typed = true;
    oneMore(event.target);
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("beforeunload", (event) => {
    if (typed && !leaving) {
      event.preventDefault();
      event.returnValue = form.dataset.away;
    }
  });

  // The last, empty line of a repeatable field gets another below it as soon as it is used.
  function oneMore(box) {
    const line = box.closest("[data-line]");
    if (!line || line.nextElementSibling || !box.value) return;
    const next = line.cloneNode(true);
    for (const other of next.querySelectorAll("[id], [name], [for], [list]")) {
      for (const name of ["id", "name", "for", "list"]) {
        const value = other.getAttribute(name);
        if (value) other.setAttribute(name, value.replace(/-(\d+)-/, (_all, place) => `-${Number(place) + 1}-`));
      }
      if ("value" in other && other.tagName !== "OPTION") other.value = "";
    }
    next.querySelector("#picks")?.remove();
    line.after(next);
  }

  const boxes = () => [...form.querySelectorAll(".input:not([hidden])")];
  function step(by) {
    const all = boxes();
    const at = all.indexOf(document.activeElement);
    (all[at + by] ?? all[by > 0 ? 0 : all.length - 1])?.focus();
  }

  const marc = document.getElementById("text");
  function lineAtCursor() {
    const start = marc.value.lastIndexOf("\n", marc.selectionStart - 1) + 1;
    const end = marc.value.indexOf("\n", marc.selectionStart);
    return [start, end < 0 ? marc.value.length : end];
  }
  function rewrite(text, cursor) {
    marc.value = text;
    marc.setSelectionRange(cursor, cursor);
    marc.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function moveLine(by) {
    const lines = marc.value.split("\n");
    const before = marc.value.slice(0, marc.selectionStart).split("\n");
    const at = before.length - 1;
    const to = at + by;
    if (to < 0 || to >= lines.length) return;
    [lines[at], lines[to]] = [lines[to], lines[at]];
    rewrite(lines.join("\n"), lines.slice(0, to).join("\n").length + (to ? 1 : 0) + before[at].length);
  }
  function copyLine() {
    if (document.activeElement === marc) {
      const [start, end] = lineAtCursor();
      rewrite(`${marc.value.slice(0, end)}\n${marc.value.slice(start, end)}${marc.value.slice(end)}`, end + 1);
      return;
    }
    const line = document.activeElement.closest("[data-line]");
    if (!line) return;
    const last = line.parentElement.lastElementChild;
    const from = [...line.querySelectorAll(".input")];
    const to = [...last.querySelectorAll(".input")];
    from.forEach((box, n) => { to[n].value = box.value; });
    to[0].focus();
    to[0].dispatchEvent(new Event("input", { bubbles: true }));
  }
  function nextFinding() {
    const links = [...document.querySelectorAll("#findings a")];
    if (!links.length) return;
    const at = Number(form.dataset.finding ?? -1) + 1;
    form.dataset.finding = String(at % links.length);
    document.getElementById(links[at % links.length].hash.slice(1))?.focus();
  }

  addEventListener("keydown", (event) => {
    const writing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
    const inMarc = marc && document.activeElement === marc;
    const acts = {
      ArrowDown: () => (inMarc ? moveLine(1) : step(1)),
      ArrowUp: () => (inMarc ? moveLine(-1) : step(-1)),
      KeyV: () => document.getElementById("switch").click(),
      KeyD: copyLine,
      KeyE: nextFinding,
    };
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyS") {
      event.preventDefault();
      document.getElementById("save").click();
    } else if (event.altKey && !event.ctrlKey && acts[event.code]) {
      event.preventDefault();
      acts[event.code]();
    } else if (event.key === "?" && !writing) {
      const keys = document.getElementById("keys");
      keys.open = true;
      keys.scrollIntoView();
      keys.querySelector("summary").focus();
    }
  });
}
