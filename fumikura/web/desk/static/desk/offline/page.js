// The offline counter's page: keys and scans in, answers out, and the way home looked for in the background.

import { Counter, clean } from "./counter.js";
import { exported, keepTerminal, newest, terminalKept } from "./list.js";
import { about, banner, choices, facts, fill, find, lines, outcome, patron, slip, trouble, words } from "./show.js";
import { openSnapshot } from "./snapshot.js";
import { keep, recall } from "./store.js";
import { AGE, Refused, freshSnapshot, hearTheHouse, sendAll, state } from "./sync.js";
import { isQuiet, setQuiet, sound } from "./tones.js";

const OFTEN = 5000; // ms between looks for the line while it is broken or something waits
const SELDOM = 30_000;
const MOST_SHOWN = 30;
const main = find("#main");
const form = find("[data-scan]");
const field = form.querySelector("#scan");
const counter = new Counter(facts);
let isOnline = false;
let house = null; // what the house said last
let isSending = false;
let practised = [];

// ── one thing after another: a scan is answered before the next is heard, and no key is lost meanwhile ──
let turnOf = Promise.resolve();
const later = []; // read while a question was open: heard when it is answered

function inTurn(what) {
  turnOf = turnOf.then(what, what);
  return turnOf;
}

function say(code) {
  if (counter.terminal) inTurn(() => hear(code));
}

async function hear(code) {
  const answer = await counted(() => counter.hear(code));
  if (answer?.code === "answer-first") {
    later.push(answer.number);
    sound("stop");
  } else if (answer?.code === "words-for-hold") {
    find("#hold-words").value = answer.number;
    find("#hold-words").focus();
  } else if (answer) await answered(answer);
  if (!counter.question) for (const waits of later.splice(0)) say(waits);
}

function act(what) {
  return inTurn(async () => {
    const answer = await counted(what);
    if (answer) await answered(answer);
    if (!counter.question) for (const waits of later.splice(0)) say(waits);
  });
}

async function counted(what) {
  try {
    return await what();
  } catch (error) {
    console.error(error);
    return { code: "not-kept" };
  }
}

async function answered(answer) {
  sound(outcome(answer));
  if (answer.line && counter.isPractice) practised.unshift(answer.line);
  patron(counter);
  slip(counter);
  arrange();
  await showLines();
  await showLine();
  focusNext();
}

function arrange() {
  main.dataset.mode = counter.mode;
  find("#register").hidden = counter.mode !== "register";
  find("#hold").hidden = counter.mode !== "hold" || !counter.patron;
  find("#terminal").hidden = counter.mode !== "terminal";
  find("#help").hidden = counter.mode !== "help";
  find("#prepare").hidden = Boolean(counter.terminal);
  main.toggleAttribute("data-unprepared", !counter.terminal);
  form.hidden = !counter.terminal;
  find("#work").hidden = !counter.terminal;
  for (const link of document.querySelectorAll(".modes a[href^='#']")) {
    if (link.hash === `#${counter.mode}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

async function showLines() {
  const rows = counter.isPractice ? practised.slice(0, MOST_SHOWN) : await newest(counter.terminal, MOST_SHOWN).catch(() => null);
  if (!rows) return trouble(words["sound-tampered"]);
  lines(rows, counter.next, counter.ahead);
}

async function showLine(note) {
  const known = await state();
  const count = known.last - known.entered;
  const is = !counter.terminal ? "unprepared" : counter.isPractice ? "practice" : isOnline ? "online" : "offline";
  const lacks = counter.terminal && !counter.snapshot && words[isOnline ? "people-coming" : "people-missing"];
  banner(is, { waiting: count, synced: known.synced, settle: known.settle, note: note ?? (lacks || undefined) });
  about(counter, known);
}

function focusNext() {
  const here = document.activeElement;
  find("#hold:not([hidden]), #register:not([hidden])")?.scrollIntoView({ block: "nearest" });
  if (counter.mode === "register" && here?.closest("#register")) return;
  if (counter.mode === "hold" && counter.patron && !find("#hold").hidden) return find("#hold-words").focus();
  if (!form.hidden && main.dataset.mode !== "help" && main.dataset.mode !== "terminal") field.focus();
}

// ── modes and keys ──
const PAGES = new Set(["lend", "return", "hold", "register", "terminal", "help"]);

function turn() {
  const mode = PAGES.has(location.hash.slice(1)) ? location.hash.slice(1) : "lend";
  if (mode === "terminal" || mode === "help") {
    counter.mode = mode;
    return arrange();
  }
  return act(() => counter.change(mode));
}
addEventListener("hashchange", turn);

const KEYS = {
  F1: () => (location.hash = "help"),
  F2: () => (location.hash = "lend"),
  F3: () => (location.hash = "return"),
  F4: () => (location.hash = "hold"),
  F6: () => (location.hash = "register"),
  F7: () => (location.hash = "terminal"),
  F9: prepared(() => act(() => counter.yes())),
  F10: prepared(() => (counter.slip.length ? print() : act(() => counter.finish()))),
  "^Z": prepared(() => act(() => counter.undo())),
  Esc: prepared(() => act(() => counter.no())),
};

// A terminal that cannot lend yet does not say that it is done with anybody.
function prepared(go) {
  return () => counter.terminal && go();
}

document.addEventListener("keydown", (event) => {
  const here = document.activeElement;
  const isText = here?.matches("input, select, textarea") && here !== field;
  if (KEYS[event.key] && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    return KEYS[event.key]();
  }
  if (event.key === "Escape" && !event.isComposing) {
    event.preventDefault();
    if (field.value) return (field.value = "");
    return KEYS.Esc();
  }
  if (event.key.toLowerCase() === "z" && event.ctrlKey && !event.shiftKey && !field.value && !isText) {
    event.preventDefault();
    return KEYS["^Z"]();
  }
  const isTyping = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (isTyping && !isText && here !== field && !form.hidden) field.focus();
});

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-key], [data-do], [data-mute]");
  if (!pressed || pressed.href) return;
  if (pressed.dataset.do) return DEEDS[pressed.dataset.do](pressed);
  if ("mute" in pressed.dataset) return mute(pressed);
  KEYS[pressed.dataset.key]?.();
});

function mute(button) {
  setQuiet(!isQuiet());
  button.setAttribute("aria-pressed", String(!isQuiet()));
}

// ── forms ──
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const code = field.value;
  field.value = "";
  if (counter.mode === "register") {
    find("#register-card").value = clean(code);
    return takeCard();
  }
  say(code);
});

function complain(of, sentence) {
  const box = of.querySelector("[data-error]");
  box.hidden = !sentence;
  box.textContent = sentence;
  if (sentence) sound("stop");
  return Boolean(sentence);
}

find("#register").addEventListener("submit", (event) => {
  event.preventDefault();
  const value = (name) => find(`#register-${name}`).value.trim();
  const said = {
    card: value("card"), name: value("name"), reading: value("reading"), phone: value("phone"), born_on: value("born"),
    category: value("category"),
  };
  if (complain(event.target, said.card && said.name ? "" : words["need-name"])) return;
  act(async () => {
    const answer = await counter.register(said);
    if (answer.code === "registered") {
      event.target.reset();
      history.replaceState(null, "", "#lend");
    }
    return answer;
  });
});
find("#register").addEventListener("keydown", (event) => {
  // A scanner ends with Enter: from the card's number on to the name, not off with half a form.
  if (event.key !== "Enter" || event.target.id !== "register-card") return;
  event.preventDefault();
  takeCard();
});

// A wrong number is said while the card is still in the hand, before anything else is written.
function takeCard() {
  const input = find("#register-card");
  act(async () => {
    const trouble = input.value ? await counter.cardTrouble(clean(input.value)) : null;
    if (trouble) input.select();
    else find("#register-name").focus();
    return trouble;
  });
}

find("#hold").addEventListener("submit", (event) => {
  event.preventDefault();
  const said = find("#hold-words").value.trim();
  if (complain(event.target, said ? "" : words["need-words"])) return;
  find("#hold-words").value = "";
  act(() => counter.hold(said, find("#hold-pickup").value));
});

find("#prepare-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = find("#terminal-name").value.trim();
  try {
    house = await hearTheHouse(facts);
    const body = new FormData();
    body.set("name", name);
    const answer = await fetch(facts.terminals, { method: "POST", body, headers: { "X-CSRFToken": house.token } });
    if (!answer.ok || answer.redirected) throw new Refused(answer.status === 422 ? await answer.json() : {});
    counter.terminal = await keepTerminal(await answer.json(), name);
    navigator.storage?.persist?.();
    await begin();
  } catch (error) {
    trouble(error instanceof Refused && error.message ? error.message : words["prepare-failed"]);
  }
});

// ── deeds ──
const DEEDS = {
  sync: () => goHome({ isAsked: true }),
  refresh: () => goHome({ isAsked: true, isFresh: true }),
  practise: (button) => {
    const isOn = !counter.isPractice;
    button.setAttribute("aria-pressed", String(isOn));
    practised = [];
    act(() => counter.practise(isOn));
  },
  print: () => print(),
  export: async () => {
    const { next, ahead } = await state();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await exported(counter.terminal, next, ahead));
    const stamp = new Date(counter.now()).toISOString().slice(0, 16).replace(/[-:T]/g, "");
    link.download = `fumikura-offline-${counter.terminal.code}-${stamp}.fumi`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  },
};

// ── the way home ──
async function goHome({ isFresh = false } = {}) {
  if (isSending) return;
  isSending = true;
  try {
    house = await hearTheHouse(facts);
    isOnline = true;
    counter.ahead = house.ahead;
    if (house.staff) await keep("staff", { ref: house.staff, name: house.name });
    counter.staff = house.staff || counter.staff;
    find("[data-who]").textContent = house.name;
    find("[data-sign-in]").hidden = Boolean(house.staff);
    // One window of the browser sends at a time.
    if (counter.terminal) await navigator.locks.request("fumikura-offline-sync", () => sendAndFetch(isFresh));
    trouble("");
  } catch (error) {
    if (error instanceof Refused) trouble(error.body.refused === "terminal-revoked" ? words.revoked : error.message || words.quarantined);
    else if (error?.name === "OperationError") trouble(words["sound-tampered"]);
    else isOnline = false;
  }
  isSending = false;
  counter.next = (await state()).next;
  if (counter.terminal) await showLines();
  await showLine();
}

async function sendAndFetch(isFresh) {
  await sendAll(facts, counter.terminal, counter.ahead, ({ sending, entering }) =>
    showLine(sending === undefined ? fill(words.entering, { count: entering }) : fill(words.sending, { count: sending })));
  const { fetched } = await state();
  if (!isFresh && counter.snapshot && fetched && counter.now() - fetched < AGE) return;
  if (await freshSnapshot(facts, counter.terminal, counter.ahead)) await takeSnapshot();
}

async function takeSnapshot() {
  counter.snapshot = await openSnapshot(counter.terminal).catch(() => null);
  if (counter.snapshot?.head.people && counter.snapshot.arePeopleOld(counter.now())) await counter.snapshot.forgetPeople();
  choices(counter.snapshot);
}

async function keepLooking() {
  await goHome();
  const { last, entered } = await state();
  const isBusyTime = !isOnline || last > entered;
  setTimeout(keepLooking, isBusyTime ? OFTEN : SELDOM);
}

async function begin() {
  const known = await state();
  Object.assign(counter, { ahead: known.ahead, next: known.next });
  const staff = await recall("staff");
  counter.staff = staff?.ref ?? "";
  find("[data-who]").textContent = staff?.name ?? "";
  if (counter.terminal) {
    await takeSnapshot();
    for (const line of await newest(counter.terminal, 500).catch(() => []))
      if (line.kind === "register") counter.newCards.set(line.card, counter.snapshot?.head.categories.find((one) => one.code === line.category)?.band ?? 0);
  }
  arrange();
  if (counter.terminal) await turn();
  await goHome();
}

async function start() {
  find("[data-mute]").setAttribute("aria-pressed", String(!isQuiet()));
  if (!window.isSecureContext || !crypto.subtle || !navigator.locks) {
    trouble(words.insecure);
    return;
  }
  navigator.serviceWorker?.register(facts.worker, { scope: facts.scope }).catch(console.error);
  navigator.serviceWorker?.ready.then(() => (main.dataset.kept = "yes"));
  counter.terminal = (await terminalKept()) ?? null;
  await begin();
  main.dataset.ready = "yes";
  addEventListener("online", () => goHome());
  addEventListener("offline", () => ((isOnline = false), showLine()));
  setTimeout(keepLooking, OFTEN);
}

start();
