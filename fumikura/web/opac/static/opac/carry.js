// The list that a reader carries to the library. It lies in this browser only; the numbers of its books are sent to draw
// it, and kept nowhere. Without a script, or where the browser keeps nothing, the link leads to a page that says what to do.
const KEY = "fumikura-carry";
const MOST = 100;

function carried() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(Number.isSafeInteger).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function keep(numbers) {
  if (numbers.length) localStorage.setItem(KEY, JSON.stringify(numbers));
  else localStorage.removeItem(KEY);
}

function isKept() {
  try {
    localStorage.setItem(`${KEY}-trial`, "1");
    localStorage.removeItem(`${KEY}-trial`);
    return true;
  } catch {
    return false;
  }
}

// Another tab changed it, or the reader came back to a page that the browser had put aside.
function whenChanged(draw) {
  addEventListener("storage", draw);
  addEventListener("pageshow", (event) => event.persisted && draw());
}

/* ── on lists of results and pages of titles: a link becomes a button ── */

function becomeButton(link, words, status) {
  const number = Number(link.dataset.carry);
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = link.className;
  button.append(...link.childNodes);
  link.replaceWith(button, said);

  function draw() {
    const numbers = carried();
    const isIn = numbers.includes(number);
    button.querySelector("[data-words]").textContent = isIn ? words.dataset.in : words.dataset.out;
    said.replaceChildren(...(isIn ? [words.content.cloneNode(true)] : []));
    if (isIn) said.querySelector("[data-count]").textContent = numbers.length;
  }

  button.addEventListener("click", () => {
    const numbers = carried();
    const isIn = numbers.includes(number);
    if (!isIn && numbers.length >= MOST) {
      status.textContent = words.dataset.full;
      said.textContent = words.dataset.full;
      return;
    }
    keep(isIn ? numbers.filter((one) => one !== number) : [...numbers, number]);
    status.textContent = isIn ? words.dataset.taken : words.dataset.put;
    dispatchEvent(new Event("carried"));
  });
  addEventListener("carried", draw);
  whenChanged(draw);
  draw();
}

/* ── the page of the list ── */

class Page {
  constructor(root) {
    this.root = root;
    this.part = (name) => root.querySelector(`[data-carry-part="${name}"]`);
    this.emptied = [];
    this.draws = 0;
    root.addEventListener("click", (event) => this.press(event.target.closest("button")));
    whenChanged(() => this.draw());
    this.show("list");
    this.draw();
  }

  show(...names) {
    for (const part of this.root.querySelectorAll("[data-carry-part]")) part.hidden = !names.includes(part.dataset.carryPart);
  }

  press(button) {
    if (!button) return;
    const { drop, act } = button.dataset;
    if (act === "print") print();
    if (act === "empty") this.change([], carried());
    if (act === "back") this.change(this.emptied, []);
    if (drop) this.change(carried().filter((one) => one !== Number(drop)), []);
  }

  change(numbers, emptied) {
    keep(numbers);
    this.emptied = emptied;
    // What was pressed goes away with what it stood beside: the next key starts at the head of the page.
    document.querySelector("h1").focus();
    this.draw();
  }

  async draw() {
    const numbers = carried();
    this.draws += 1;
    const turn = this.draws;
    if (!numbers.length) {
      this.part("list").replaceChildren();
      this.show("none", ...(this.emptied.length ? ["emptied"] : []));
      return;
    }
    const move = this.root.querySelector("[data-carry-move]");
    move?.querySelectorAll('[name="record"]').forEach((old) => old.remove());
    move?.append(...numbers.map((number) => Object.assign(document.createElement("input"), { type: "hidden", name: "record", value: number })));
    try {
      const body = new URLSearchParams({ records: numbers.join(",") });
      const answer = await fetch(this.root.dataset.carryPage, { method: "POST", body, headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (turn !== this.draws) return;
      const drawn = [...page.querySelectorAll(".carried [data-drop]")].map((one) => Number(one.dataset.drop));
      // What left the catalogue is told once, then forgotten.
      if (page.querySelector(".carried")) keep(numbers.filter((one) => drawn.includes(one)));
      this.part("list").replaceChildren(...page.body.childNodes);
      this.show("list", "tools");
    } catch {
      if (turn === this.draws) this.show("failed");
    }
  }
}

if (isKept()) {
  const words = document.getElementById("carry-words");
  const status = document.getElementById("carry-status");
  if (words) for (const link of document.querySelectorAll("a[data-carry]")) becomeButton(link, words, status);
  for (const root of document.querySelectorAll("[data-carry-page]")) new Page(root);
}
