// Pointing at the drawing writes the numbers beside it: bookcases on a floor, a site on the map of the city.
// Without this the numbers are typed. Every step works by keyboard too: arrows move what is chosen, with Shift they size it.
const SVG = "http://www.w3.org/2000/svg";
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SIZES = ["left", "top", "width", "height"];
const USUAL = [44, 4, 12, 4];

function spot(svg, event) {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return [at.x, at.y];
}

function made(name, attributes, text = "") {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
}

class FloorDrawing extends HTMLElement {
  connectedCallback() {
    this.form = document.getElementById("floor-form");
    this.svg = this.querySelector("svg");
    this.said = this.querySelector("[data-said]");
    this.querySelector("[data-how]").hidden = false;
    this.svg.setAttribute("tabindex", "0");
    this.svg.setAttribute("role", "application");
    this.svg.setAttribute("aria-describedby", "drawing-how");
    this.svg.addEventListener("click", (event) => this.pointed(event));
    this.svg.addEventListener("keydown", (event) => this.pressed(event));
    this.form.addEventListener("input", () => this.draw());
    this.form.addEventListener("focusin", (event) => {
      const row = event.target.closest("tr[data-row]");
      if (row) this.choose(row);
    });
    this.draw();
  }

  get rows() {
    return [...this.form.querySelectorAll("tr[data-row]")];
  }

  field(row, name) {
    return row.querySelector(`[name="${name}-${row.dataset.row}"]`);
  }

  sizes(row) {
    return SIZES.map((name) => Number.parseFloat(this.field(row, name).value));
  }

  get depth() {
    return Number.parseInt(this.form.elements.depth.value, 10) || 60;
  }

  draw() {
    this.svg.querySelectorAll("g").forEach((one) => one.remove());
    this.svg.setAttribute("viewBox", `-1 -5 102 ${this.depth + 6}`);
    this.svg.querySelector(".floor__room").setAttribute("height", this.depth);
    for (const row of this.rows) {
      const [left, top, width, height] = this.sizes(row);
      if (![left, top, width, height].every(Number.isFinite)) continue;
      const box = made("g", { class: "floor__case", "data-of": row.dataset.row });
      if (!this.field(row, "location").value) box.setAttribute("data-landmark", "");
      if (row === this.chosen) box.setAttribute("data-here", "");
      box.append(made("rect", { x: left, y: top, width, height, rx: 0.6 }));
      const label = { x: left + width / 2, y: top + height / 2, dy: ".36em", "text-anchor": "middle" };
      box.append(made("text", label, this.field(row, "label").value));
      this.svg.append(box);
    }
  }

  choose(row) {
    this.chosen = row;
    this.draw();
  }

  pointed(event) {
    const box = event.target.closest("g[data-of]");
    this.svg.focus();
    if (box) {
      const row = this.rows.find((one) => one.dataset.row === box.dataset.of);
      return row === this.chosen ? this.letGo() : this.take(row);
    }
    const [x, y] = spot(this.svg, event);
    if (!this.begin()) return undefined;
    const [, , width, height] = this.sizes(this.chosen);
    return this.put(x - width / 2, y - height / 2, width, height);
  }

  take(row) {
    this.choose(row);
    this.say();
  }

  letGo() {
    this.choose(undefined);
    this.said.textContent = "";
  }

  // What is chosen, else a free line, gets the name and the sizes that it lacks.
  begin() {
    const row = this.chosen ?? this.rows.find((one) => !this.field(one, "label").value && !this.field(one, "left").value);
    if (!row) {
      this.said.textContent = this.dataset.full;
      return false;
    }
    this.chosen = row;
    this.field(row, "label").value ||= this.dataset.new;
    this.sizes(row).forEach((value, place) => {
      if (!Number.isFinite(value)) this.field(row, SIZES[place]).value = USUAL[place];
    });
    return true;
  }

  put(left, top, width, height) {
    const fit = (value, most) => Math.max(0, Math.min(Math.round(value * 2) / 2, most));
    const wide = Math.max(1, fit(width, 100));
    const deep = Math.max(1, fit(height, this.depth));
    const numbers = [fit(left, 100 - wide), fit(top, this.depth - deep), wide, deep];
    SIZES.forEach((name, place) => (this.field(this.chosen, name).value = numbers[place]));
    this.draw();
    this.say();
  }

  pressed(event) {
    const rows = this.rows.filter((row) => this.field(row, "label").value);
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (this.chosen) this.field(this.chosen, "label").select();
      else if (this.begin()) this.put(...USUAL);
    } else if (event.key === "Escape") {
      this.letGo();
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      event.preventDefault();
      const step = event.key === "PageDown" ? 1 : -1;
      if (rows.length) this.choose(rows[(rows.indexOf(this.chosen) + step + rows.length) % rows.length]);
      this.say();
    } else if (this.chosen && STEPS[event.key]) {
      event.preventDefault();
      this.begin();
      const [x, y] = STEPS[event.key];
      const [left, top, width, height] = this.sizes(this.chosen);
      if (event.shiftKey) this.put(left, top, width + x, height + y);
      else this.put(left + x, top + y, width, height);
    }
  }

  say() {
    if (!this.chosen) return;
    const heads = [...this.form.querySelectorAll("th")].slice(-4).map((one) => one.textContent);
    const numbers = this.sizes(this.chosen).map((value, place) => `${heads[place]} ${Number.isFinite(value) ? value : "—"}`);
    this.said.textContent = [this.field(this.chosen, "label").value, ...numbers].join("　");
  }
}

class CityDrawing extends HTMLElement {
  connectedCallback() {
    this.svg = this.querySelector("svg");
    this.form = document.getElementById("place-form");
    if (!this.svg) return;
    this.querySelector("[data-how]").hidden = false;
    this.svg.setAttribute("tabindex", "0");
    this.svg.addEventListener("click", (event) => {
      if (event.target.closest("a")) return;
      this.put(...spot(this.svg, event));
    });
    this.svg.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (!step || event.target !== this.svg) return;
      event.preventDefault();
      const dot = this.svg.querySelector("[data-chosen] .city__dot");
      const at = dot ? ["cx", "cy"].map((name) => Number(dot.getAttribute(name))) : [500, this.svg.viewBox.baseVal.height / 2];
      const far = event.shiftKey ? 10 : 1;
      this.put(at[0] + step[0] * far, at[1] + step[1] * far);
    });
  }

  put(x, y) {
    const { west, north, scale, squeeze, left, top } = JSON.parse(this.dataset.frame);
    this.form.elements.longitude.value = (west + (x - left) / (squeeze * scale)).toFixed(5);
    this.form.elements.latitude.value = (north - (y - top) / scale).toFixed(5);
    let mark = this.svg.querySelector("[data-chosen]");
    if (!mark) {
      mark = made("g", { "data-chosen": "", class: "city__spot" });
      for (const [kind, r] of [["city__ring", 20], ["city__dot", 11]]) mark.append(made("circle", { class: kind, r }));
      this.svg.append(mark);
    }
    mark.querySelectorAll("circle").forEach((one) => {
      one.setAttribute("cx", x);
      one.setAttribute("cy", y);
    });
    mark.querySelector("text")?.remove();
    const said = `${this.form.elements.latitude.value}, ${this.form.elements.longitude.value}`;
    this.querySelector("[data-said]").textContent = said;
  }
}

customElements.define("fumi-floor", FloorDrawing);
customElements.define("fumi-city", CityDrawing);
