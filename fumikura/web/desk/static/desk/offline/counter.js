// The flow of the offline counter: one scan in, at most one line written, one answer out. It knows no page and no word.

import { append } from "./list.js";
import { isValid } from "./check_digits.js";
import { MANY } from "./snapshot.js";

const SHOP = ["978", "979", "191", "192", "977", "491"];
const DASHES = /[‐‑‒–—―−ー─﹣－]/g;
const ONE_SCAN = 3000; // ms: the same number read again within this time is one scan

// As kernel.barcodes.clean: what scanners and keyboards add is folded off.
export function clean(scanned) {
  const plain = scanned.replace(DASHES, "-").normalize("NFKC").toUpperCase().replace(/[\s\p{C}]/gu, "");
  const inner = /^[ABCDTNE*]([0-9$:/.+-]*\d[0-9$:/.+-]*)[ABCDTNE*]$/.exec(plain);
  return inner ? inner[1] : plain;
}

export class Counter {
  constructor({ zone }) {
    Object.assign(this, { zone, terminal: null, snapshot: null, staff: "", ahead: 0, next: 1, isPractice: false });
    Object.assign(this, { mode: "lend", patron: null, question: null, acts: [], slip: [], last: { number: "", at: 0 } });
    this.newCards = new Map(); // registered here and not yet entered: number → band
  }

  now() {
    return Date.now() - this.ahead;
  }

  today() {
    return new Intl.DateTimeFormat("en-CA", { timeZone: this.zone, dateStyle: "short" }).format(new Date(this.now()));
  }

  async write(facts) {
    const said = { ...facts, ...(this.staff ? { staff: this.staff } : {}) };
    if (this.isPractice) return { n: 0, key: String(this.acts.length), at: new Date().toISOString(), ...said };
    return append(this.terminal, said);
  }

  change(mode) {
    Object.assign(this, { mode, question: null, slip: [], last: { number: "", at: 0 } });
    if (mode === "return" || mode === "register") this.patron = null;
    return { code: mode === "hold" && this.patron ? "patron-for-hold" : `ready-${mode}` };
  }

  async hear(scanned) {
    const number = clean(scanned);
    const at = performance.now();
    const isStutter = number === this.last.number && at - this.last.at < ONE_SCAN && !this.question;
    this.last = { number, at };
    if (!number || isStutter) return null;
    if (this.question) return this.question.number === number ? this.yes() : { code: "answer-first", number };
    if (number.length > 30 || !/^[0-9A-Z$:/.+-]+$/.test(number)) return { code: "misread", number: number.slice(0, 30) };
    if (/^\d{13}$/.test(number) && SHOP.some((begins) => number.startsWith(begins))) return { code: "shop-barcode", number };
    this.slip = [];
    const person = await this.person(number);
    if (this.mode === "return") return person ? { code: "card-for-item", number } : this.takeBack(number);
    if (person || this.seemsCard(number)) return this.hearCard(number, person);
    return this.mode === "hold" ? { code: "words-for-hold", number } : this.hearItem(number);
  }

  async person(number) {
    if (this.newCards.has(number)) return { number, status: "new", left: MANY, goodFor: MANY, band: this.newCards.get(number) };
    const found = await this.snapshot?.person(number);
    if (found?.status === "ok" && found.goodFor < Math.min(this.snapshot.dayNumber(this.today()), MANY)) found.status = "expired";
    return found;
  }

  seemsCard(number) {
    if (this.snapshot?.looksLikeItem(number)) return false;
    return this.snapshot?.looksLikeCard(number) || !this.patron;
  }

  hearCard(number, person) {
    if (this.patron?.number === number) return { code: "same-patron", number };
    if (person?.status === "stopped") return { code: "card-stopped", number };
    const open = person ?? { number, status: "unknown", left: MANY, goodFor: MANY, band: this.snapshot?.head.categories[0]?.band ?? 0 };
    if (this.patron) return this.ask({ code: "next-patron", number }, () => this.opened(open));
    return this.opened(open);
  }

  opened(person) {
    if (person.status === "unknown") return this.ask({ code: "unknown-card", number: person.number }, () => this.open(person));
    if (["ok", "new"].includes(person.status)) return this.open(person);
    return this.ask({ code: "card-warning", number: person.number, why: person.status }, () => this.open(person));
  }

  open(person) {
    Object.assign(this, { patron: person, acts: [] });
    return { code: this.mode === "hold" ? "patron-for-hold" : "patron-open", number: person.number };
  }

  async hearItem(number) {
    if (!this.patron) return { code: "card-first", number };
    const due = this.snapshot ? await this.snapshot.due(number, this.patron.band, this.today()) : "";
    if (due === null) return this.ask({ code: "not-lent", number }, () => this.lend(number, ""));
    if (this.patron.left === 0) return this.ask({ code: "over-limit", number }, () => this.lend(number, due));
    return this.lend(number, due);
  }

  async lend(number, due) {
    const line = await this.write({ kind: "loan", card: this.patron.number, item: number, ...(due ? { due } : {}) });
    this.acts.push(line);
    if (this.patron.left !== MANY) this.patron.left = Math.max(0, this.patron.left - 1);
    return { code: due ? "lent" : "lent-no-date", number, due, line };
  }

  async takeBack(number) {
    const line = await this.write({ kind: "return", item: number });
    this.acts.push(line);
    return { code: "returned", number, line };
  }

  // Why this cannot be the number of a new card; null when it can.
  async cardTrouble(card) {
    if (!isValid(this.snapshot?.head.card_check ?? "none", card)) return { code: "card-malformed", number: card };
    return (await this.person(card)) ? { code: "card-known", number: card } : null;
  }

  async register(said) {
    const card = clean(said.card);
    const trouble = await this.cardTrouble(card);
    if (trouble) return trouble;
    const facts = Object.fromEntries(Object.entries({ ...said, card }).filter(([, value]) => value));
    const line = await this.write({ kind: "register", ...facts });
    const band = this.snapshot?.head.categories.find((one) => one.code === said.category)?.band ?? 0;
    this.newCards.set(card, band);
    this.mode = "lend";
    this.open({ number: card, status: "new", left: MANY, goodFor: MANY, band });
    this.acts = [line];
    return { code: "registered", number: card, line };
  }

  async hold(words, pickup) {
    const number = clean(words);
    const what = this.snapshot?.looksLikeItem(number) ? { item: number } : { words };
    const line = await this.write({ kind: "hold", card: this.patron.number, ...what, pickup });
    this.acts.push(line);
    return { code: "held", number: "", line };
  }

  ask(answer, go) {
    this.question = { ...answer, go };
    return { ...answer, isQuestion: true };
  }

  async yes() {
    const question = this.question;
    if (!question) return { code: "nothing-asked" };
    this.question = null;
    this.last = { number: "", at: 0 };
    return question.go();
  }

  // Esc: drop the question; when there is none, the patron.
  no() {
    this.last = { number: "", at: 0 };
    if (this.question) {
      this.question = null;
      return { code: "left" };
    }
    Object.assign(this, { patron: null, acts: [], slip: [] });
    return { code: `ready-${this.mode}` };
  }

  finish() {
    this.slip = this.acts.filter((act) => act.kind === "loan" && !act.isTakenBack);
    Object.assign(this, { patron: null, question: null, acts: [] });
    return { code: "finished" };
  }

  // Only what has not been sent yet: then the line and the one that takes it back go home together.
  async undo() {
    const last = this.acts.findLast((act) => !act.isTakenBack && (this.isPractice || act.n >= this.next));
    if (!last) return { code: "nothing-to-undo" };
    const line = await this.write({ kind: "undo", undoes: last.key });
    last.isTakenBack = true;
    if (last.kind === "loan" && this.patron && this.patron.left !== MANY) this.patron.left += 1;
    if (last.kind === "register") {
      this.newCards.delete(last.card);
      this.patron = null;
    }
    this.last = { number: "", at: 0 };
    return { code: "undone", number: last.item ?? last.card ?? "", line };
  }

  practise(isPractice) {
    Object.assign(this, { isPractice, patron: null, question: null, acts: [], slip: [] });
    return { code: `ready-${this.mode}` };
  }
}
