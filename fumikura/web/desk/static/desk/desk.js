// The counter's comfort: without it every form is a plain POST. It sends scans one after another, keeps the focus in
// the field, plays the tones, and presses the button that bears the key. It decides nothing.

import { isQuiet, setQuiet, sound } from "./offline/tones.js";

const main = document.querySelector("[data-counter]");
const form = main?.querySelector("[data-scan]"); // the look-up pages have the keys, but no counter
const field = form?.querySelector("#scan");
const regions = ["work", "patron", "keys", "disaster"];

const ONE_SCAN = 3000; // ms: the same number read again within this time is one scan
const SCANNER = 35; // ms between keys: nobody types as fast
const PATIENCE = 90_000; // ms until the patron leaves the screen
const TRIES = 4;

const mute = document.querySelector("[data-mute]");

function showMute() {
  if (!mute) return;
  mute.hidden = false;
  mute.setAttribute("aria-pressed", String(!isQuiet()));
}
mute?.addEventListener("click", () => {
  setQuiet(!isQuiet());
  showMute();
  sound("ok");
  field.focus();
});

// ── sending: one after another; a broken line is tried again under the same request key, so nothing happens twice ──
const waiting = [];
let busy = false;
let last = { code: "", at: 0 };
let left;

const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
const asking = () => Boolean(main.dataset.question);
const isAnswer = (code) => /^(はい|いいえ|hai|iie|yes|no|ok)$/i.test(code) || (code && code === main.dataset.yes);

function hear(code) {
  code = code.trim();
  const now = performance.now();
  if (!code || (code === last.code && now - last.at < ONE_SCAN && !isAnswer(code))) return;
  last = { code, at: now };
  if (asking() && !isAnswer(code)) {
    waiting.push(code); // never lost, never guessed: it waits where everybody sees it
    sound("stop");
  } else if (isAnswer(code)) waiting.unshift(code);
  else waiting.push(code);
  showWaiting();
  pump();
}

async function pump() {
  if (busy) return;
  busy = true;
  while (waiting.length && (!asking() || isAnswer(waiting[0]))) {
    const body = new FormData(form);
    const code = waiting.shift();
    body.set("scanned", code);
    showWaiting(code);
    await send(form.action, body);
  }
  rest();
}

// A visit that was ended while a scan was on its way ends after it.
const ENDS = new Set(["slip-form", "next-form"]);
let ending = "";

function rest() {
  busy = false;
  showWaiting();
  const id = ending;
  ending = "";
  if (id && asking()) sound("stop");
  else document.getElementById(id)?.requestSubmit();
}

async function send(action, body) {
  body.set("request_key", newKey());
  for (let tried = 1; tried <= TRIES; tried++) {
    try {
      const answer = await fetch(action, { method: "POST", body, headers: { Accept: "text/html", "X-Desk": "part" } });
      if (answer.redirected || answer.status === 403) return location.reload();
      if (answer.ok) return show(await answer.text());
      if (answer.status >= 500 && tried === TRIES) return fault(answer.headers.get("X-Request-Id"));
    } catch {
      // The line is broken: say so below, and try again.
    }
    trouble(tried);
    await new Promise((again) => setTimeout(again, 400 * tried));
  }
  return trouble(TRIES + 1);
}

function trouble(tried) {
  sayOfTheLine(tried > TRIES ? "given-up" : "trying");
  if (tried > TRIES) sound("stop");
}

function fault(note) {
  sayOfTheLine("fault");
  document.querySelector("#line [data-note]").textContent = note || "—";
  sound("stop");
}

function sayOfTheLine(what) {
  const box = document.querySelector("#line");
  box.hidden = false;
  for (const one of ["trying", "given-up", "fault"]) box.querySelector(`[data-${one}]`).hidden = one !== what;
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const next = page.querySelector("[data-counter]");
  if (!next) return location.reload();
  for (const name of [...Object.keys(main.dataset)]) if (!(name in next.dataset)) delete main.dataset[name];
  Object.assign(main.dataset, next.dataset);
  for (const id of regions) document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  form.elements.visit.value = page.querySelector("#scan-form [name=visit]").value;
  document.querySelector("#line").hidden = true;
  const said = document.querySelector("#said");
  document.querySelector("#spoken").textContent = said.innerText;
  sound(said.dataset.is);
  settle();
  focusNext();
}

function focusNext() {
  const next = (main.dataset.focus && document.querySelector(main.dataset.focus)) || field;
  if (document.activeElement !== next) next.focus();
}

function showWaiting(code = "") {
  const box = document.querySelector("#waiting");
  box.hidden = !code && !waiting.length;
  box.querySelector("[data-hearing]").textContent = code;
  box.querySelector("[data-count]").textContent = waiting.length || "";
  box.querySelector("[data-list]").textContent = waiting.join("　");
}

// ── the patron leaves the screen by themselves ──
function settle() {
  clearTimeout(left);
  if (main.dataset.patron) left = setTimeout(() => document.querySelector("#leave-form")?.requestSubmit(), PATIENCE);
}

// ── forms ──
document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (!sent.matches("[data-stay]") && sent !== form) return;
  event.preventDefault();
  if (sent === form) {
    const code = field.value;
    field.value = "";
    return hear(code);
  }
  const body = new FormData(sent, event.submitter);
  const unticked = sent.querySelector("input[name=overriding]:not(:checked)");
  if (sent.matches("#yes-form") && unticked) {
    sound("ask");
    return unticked.focus();
  }
  if (busy) {
    if (ENDS.has(sent.id)) ending = sent.id;
    return;
  }
  busy = true;
  send(sent.action, body).finally(() => {
    busy = false;
    showWaiting();
    pump();
  });
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

// ── keys ──
const KEYS = new Set(["F1", "F2", "F3", "F4", "F6", "F7", "F8", "F9", "F10"]);
const isText = (element) => element?.matches("input:not([type=checkbox]):not([type=radio]), textarea, select");
const ticks = () => [...document.querySelectorAll("#work input[type=checkbox], #patron input[type=checkbox]")];

function press(key) {
  if (key === "F10" && document.querySelector("#slip")) return print(); // the visit has ended: once more for the paper
  const button = [...document.querySelectorAll(`[data-key="${key}"]`)].find((one) => one.href || one.form || !one.hasAttribute("form"));
  if (button) button.click();
  else sound("stop");
}

function step(event, by) {
  const boxes = ticks();
  const at = boxes.indexOf(document.activeElement);
  if (!boxes.length || (at < 0 && document.activeElement !== field)) return;
  event.preventDefault();
  (boxes[at + by] ?? field).focus();
}

let run = ""; // what a scanner is typing into a field that is not ours
let lastKeyAt = 0;

document.addEventListener("keydown", (event) => {
  const here = document.activeElement;
  if (KEYS.has(event.key) && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    return press(event.key);
  }
  if (event.key === "Escape" && !event.isComposing) {
    event.preventDefault();
    if (field?.value) return (field.value = "");
    return press("Esc");
  }
  if (!main) return;
  if (event.key.toLowerCase() === "z" && event.ctrlKey && !event.shiftKey && !field.value && (here === field || !isText(here))) {
    event.preventDefault();
    return press("^Z");
  }
  if (event.key === "ArrowDown" || event.key === "ArrowUp") return step(event, event.key === "ArrowDown" ? 1 : -1);
  if (here.matches("textarea")) return; // a stack is typed there, one number a line
  if (here !== field && isText(here)) return fold(event, here);
  const isTyping = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (isTyping && here !== field) field.focus();
});

function fold(event, here) {
  const isQuick = event.timeStamp - lastKeyAt < SCANNER;
  lastKeyAt = event.timeStamp;
  if (event.key === "Enter" && isQuick && run.length >= 6 && here.value.endsWith(run)) {
    event.preventDefault();
    here.value = here.value.slice(0, -run.length);
    hear(run);
    run = "";
  } else if (event.key.length === 1) run = isQuick ? run + event.key : event.key;
  else run = "";
}

// With a Japanese input method on, the scanner's Enter only ends the conversion: it was meant for us.
function hearThroughInputMethod() {
  let lastCode = "";
  field.addEventListener("keydown", (event) => (lastCode = event.code));
  field.addEventListener("compositionend", () => {
    if (/Enter/.test(lastCode) && field.value) setTimeout(() => form.requestSubmit());
  });
}

if (main) {
  hearThroughInputMethod();
  showMute();
  settle();
  sound(document.querySelector("#said").dataset.is);
  focusNext();
}
