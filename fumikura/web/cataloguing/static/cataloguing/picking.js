// Names, subjects and classes that are known here, under the box one types in: taken by mouse, finger or keys, with their readings.
// A combobox after the WAI-ARIA pattern. The form hears "input" when something is taken, as if it had been typed.
const PAUSE = 160;

export function picking(form) {
  const list = document.createElement("ul");
  list.id = "picks";
  list.className = "suggest";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  let box = null;
  let found = [];
  let asked = null;
  let timer = 0;
  let taking = false;

  const options = () => [...list.children];
  const chosen = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    box?.setAttribute("aria-expanded", "false");
    box?.removeAttribute("aria-activedescendant");
  }

  async function ask() {
    const text = box.value.trim();
    if (!text) return close();
    asked?.abort();
    asked = new AbortController();
    const address = form.dataset.lookUp.replace(/x$/, box.dataset.pick);
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, { signal: asked.signal });
      if (!answer.ok) return close();
      const told = await answer.json();
      if (document.activeElement === box && box.value.trim() === text) show(told.found);
    } catch (error) {
      if (error.name !== "AbortError") close(); // typed by hand it is the same
    }
  }

  function show(headings) {
    found = headings;
    list.setAttribute("aria-label", document.querySelector(`label[for="${box.id}"]`)?.textContent ?? "");
    list.replaceChildren(...headings.map((heading, number) => {
      const option = document.createElement("li");
      option.id = `pick-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const about = document.createElement("span");
      about.className = "small faint";
      about.textContent = [heading.reading || heading.sound, heading.dates, heading.note].filter(Boolean).join("　");
      option.append(heading.text, about);
      return option;
    }));
    box.after(list);
    list.hidden = headings.length === 0;
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id]]) {
      box.setAttribute(name, value);
    }
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
  }

  function beside(id, value) {
    const other = document.getElementById(id);
    if (!other || other === box || (!value && !other.dataset.picked)) return;
    other.value = value;
    other.dataset.picked = "yes";
  }

  function take(number) {
    const heading = found[number];
    box.value = heading.text;
    beside(`${box.id}-kana`, heading.reading);
    beside(box.id.replace(/-a$/, "-d"), heading.dates);
    close();
    taking = true;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    taking = false;
  }

  function mark(number) {
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === number)));
    if (number < 0) return box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-activedescendant", `pick-${number}`);
    options()[number].scrollIntoView({ block: "nearest" });
  }

  form.addEventListener("input", (event) => {
    if (taking || !event.target.dataset.pick) return;
    box = event.target;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  form.addEventListener("focusout", (event) => {
    if (event.target === box) close();
  });
  // The box must keep the focus, or leaving it would close the list before the choice is heard.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(options().indexOf(option));
  });
  form.addEventListener("keydown", (event) => {
    if (event.target !== box || list.hidden || event.isComposing || event.altKey || event.ctrlKey) return;
    const places = options().length + 1; // one more than there are options: what was typed
    const step = { ArrowDown: 1, ArrowUp: places - 1 }[event.key];
    if (step) mark(((chosen() + 1 + step) % places) - 1);
    else if (event.key === "Enter" && chosen() >= 0) take(chosen());
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
