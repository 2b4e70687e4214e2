// <fumi-suggest data-src="…"> around a search input: suggestions while typing. Without it the form is a plain form.
// A combobox after the WAI-ARIA pattern: the text stays with the reader, arrows walk, Enter takes, Escape closes.
const PAUSE = 140;

class Suggest extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.list = document.createElement("ul");
    this.list.id = `${this.input.id}-list`;
    this.list.className = "suggest";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", document.querySelector(`label[for="${this.input.id}"]`)?.textContent ?? "");
    this.list.hidden = true;
    this.append(this.list);
    const input = this.input;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    input.setAttribute("aria-expanded", "false");
    input.addEventListener("input", (event) => {
      if (!event.isComposing) this.wait();
    });
    input.addEventListener("compositionend", () => this.wait());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    // The field must keep the focus, or its blur would close the list before the choice is heard.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.take(option);
    });
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const text = this.input.value.trim();
    this.asked?.abort();
    if (!text) return this.close();
    this.asked = new AbortController();
    try {
      const answer = await fetch(`${this.dataset.src}?q=${encodeURIComponent(text)}`, { signal: this.asked.signal });
      if (!answer.ok) return this.close();
      const { suggestions } = await answer.json();
      if (this.input.value.trim() === text && document.activeElement === this.input) this.show(suggestions);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(suggestions) {
    this.list.replaceChildren(
      ...suggestions.map((suggestion, number) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${number}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.text = suggestion.text;
        option.append(suggestion.text);
        const kind = this.dataset[suggestion.kind];
        if (kind) {
          const label = document.createElement("span");
          label.className = "tag";
          label.textContent = kind;
          option.append(label);
        }
        if (suggestion.reading) {
          const reading = document.createElement("span");
          reading.className = "small faint";
          reading.textContent = suggestion.reading;
          option.append(reading);
        }
        return option;
      }),
    );
    this.list.hidden = suggestions.length === 0;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    if (event.isComposing) return;
    const options = [...this.list.children];
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (event.key === "ArrowDown" && this.list.hidden) {
      this.wait();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      // One place more than there are options: the text itself.
      const places = options.length + 1;
      const next = (now + 1 + (event.key === "ArrowDown" ? 1 : places - 1)) % places;
      this.mark(options, next - 1);
    } else if (event.key === "Enter" && now >= 0 && !this.list.hidden) {
      event.preventDefault();
      this.take(options[now]);
    }
  }

  mark(options, chosen) {
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === chosen)));
    if (chosen < 0) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  }

  take(option) {
    this.input.value = option.dataset.text;
    this.close();
    this.input.form.requestSubmit();
  }
}

customElements.define("fumi-suggest", Suggest);
