// Putting the counter's answers on the page. Every word comes with the page.

import { MANY } from "./snapshot.js";

export const facts = JSON.parse(document.querySelector("#facts").textContent);
export const words = facts.words;
export const find = (selector) => document.querySelector(selector);
const isJapanese = facts.language === "ja";

export const fill = (sentence, figures) => sentence.replace(/\{(\w+)\}/g, (_, name) => figures[name] ?? "");
export const grouped = (number) => (/^\d+$/.test(number) ? number.match(/.{1,4}/g).join(" ") : number);

export function day(iso) {
  const on = new Date(`${iso}T00:00:00Z`);
  if (!isJapanese) return new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "short", day: "numeric", month: "long" }).format(on);
  return `${on.getUTCMonth() + 1}月${on.getUTCDate()}日（${"日月火水木金土"[on.getUTCDay()]}）`;
}

const clock = new Intl.DateTimeFormat(isJapanese ? "ja-JP" : "en-GB", { timeZone: facts.zone, hour: "2-digit", minute: "2-digit" });
const dayOf = (at) => new Intl.DateTimeFormat("en-CA", { timeZone: facts.zone, dateStyle: "short" }).format(new Date(at));
export const time = (at) => clock.format(new Date(at));
export const moment = (at) => `${day(dayOf(at))} ${time(at)}`;

const icon = (name) => find(`template[data-icon="${name}"]`).content.firstElementChild.cloneNode(true);

function element(tag, options = {}, ...children) {
  const { text, ...attributes } = options;
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}

// ── the large answer ──
export function outcome(answer) {
  const said = facts.outcomes[answer.code];
  const figures = { number: grouped(answer.number ?? ""), due: answer.due ? day(answer.due) : "", why: words[`card-${answer.why}`] };
  const box = find("#said");
  Object.assign(box.dataset, { is: said.shape, what: answer.code });
  box.querySelector("svg").replaceWith(icon(said.icon));
  box.querySelector("[data-word]").textContent = fill(said.word, figures);
  box.querySelector("[data-what-read]").textContent = said.word.includes("{number}") ? "" : figures.number;
  const note = box.querySelector("[data-note]");
  note.hidden = !said.note;
  note.replaceChildren(element("p", { text: fill(said.note, figures) }));
  find("#spoken").textContent = box.innerText;
  const asked = find("#question");
  asked.hidden = !answer.isQuestion;
  asked.querySelector("[data-yes]").textContent = answer.code === "next-patron" ? words["yes-next"] : words["yes-lend"];
  asked.querySelector("[data-no]").textContent = words.no;
  return said.shape;
}

// ── who stands here: no name, only what the card says ──
export function patron(counter) {
  const box = find("#patron");
  const who = counter.patron;
  box.hidden = !["lend", "hold"].includes(counter.mode);
  if (!who) return box.replaceChildren(element("p", { class: "desk__nobody soft", text: words.nobody }));
  const kind = { ok: "ok", new: "ok" }[who.status] ?? "wait";
  const parts = [
    element("p", { class: "patron__name digits", text: grouped(who.number) }),
    element("p", {}, element("span", { class: `tag tag--${kind}`, text: words[`card-${who.status}`] })),
  ];
  if (who.left !== MANY) parts.push(element("p", { class: "num", text: fill(words.left, { count: who.left }) }));
  if (who.goodFor < MANY && counter.snapshot) {
    const last = new Date(Date.parse(`${counter.snapshot.head.first_day}T00:00:00Z`) + who.goodFor * 86_400_000);
    parts.push(element("p", { class: "small soft", text: fill(words["good-until"], { day: day(last.toISOString().slice(0, 10)) }) }));
  }
  return box.replaceChildren(element("section", { class: "panel patron stack", "data-gap": "3", "aria-label": words["card-ok"] }, ...parts));
}

// ── the list ──
export function lines(rows, next, ahead) {
  find("#lines").hidden = !rows.length;
  find("[data-lines-count]").textContent = rows.length || "";
  const undone = new Set(rows.map((row) => row.undoes).filter(Boolean));
  find("#lines tbody").replaceChildren(...rows.map((row) => line(row, undone, next, ahead)));
}

function line(row, undone, next, ahead) {
  const isBack = undone.has(row.key) || row.isTakenBack;
  const state = isBack ? words["taken-back"] : row.n && row.n < next ? words.sent : words.kept;
  const number = row.item ?? row.card ?? row.words ?? "";
  return element("tr", {},
    element("td", { class: "num", text: row.n || "—" }),
    element("td", { class: "num", text: time(Date.parse(row.at) - ahead) }),
    element("td", {}, element("b", { text: words[row.kind] })),
    element("td", { class: "digits", text: grouped(number) }),
    element("td", { class: "num", text: row.due ? day(row.due) : "—" }),
    element("td", {}, element("span", { class: `tag${isBack ? "" : " tag--ok"}`, text: state })));
}

// ── the slip ──
export function slip(counter) {
  find("#slip-area").hidden = !counter.slip.length;
  const days = new Map();
  for (const act of counter.slip) days.set(act.due ?? "", (days.get(act.due ?? "") ?? 0) + 1);
  const parts = [...days].sort().flatMap(([due, count]) => [
    element("p", { class: "mid", text: words["due-day"] }),
    element("p", { class: "big", text: due ? day(due) : "—" }),
    element("p", { class: "mid", text: fill(words.count, { count }) }),
    element("hr"),
  ]);
  find("#slip [data-days]").replaceChildren(...parts);
  find("#slip [data-printed]").textContent = moment(counter.now());
}

// ── the line to the house ──
export function banner(is, { waiting, synced, settle, note }) {
  const box = find("#line");
  box.dataset.is = is;
  box.querySelector("[data-state]").textContent = words[is];
  box.querySelector("[data-state-note]").textContent = note ?? words[`${is}-note`] ?? "";
  box.querySelector("[data-waiting]").textContent = waiting ? fill(words.waiting, { count: waiting }) : words["nothing-waiting"];
  box.querySelector("[data-synced]").textContent = synced ? moment(synced) : words.never;
  box.querySelector("[data-settle]").hidden = !settle;
  box.querySelector("[data-settle-words]").textContent = fill(words["to-settle"], { count: settle });
}

export function trouble(sentence) {
  const box = find("[data-trouble]");
  box.hidden = !sentence;
  box.textContent = sentence ?? "";
}

export function about(counter, state) {
  const { terminal, snapshot } = counter;
  find("[data-terminal]").textContent = terminal ? `${terminal.name || terminal.code}（${terminal.siteName} ${terminal.code}）` : "—";
  find("[data-people]").textContent = !snapshot
    ? words["people-none"]
    : snapshot.head.people
      ? fill(words.people, { count: snapshot.head.people.toLocaleString(), when: moment(Date.parse(snapshot.head.built_at)) })
      : words["people-old"];
  find("[data-dates]").textContent = snapshot ? fill(words.until, { day: day(snapshot.lastDay()) }) : "—";
  const seconds = Math.round(Math.abs(state.ahead) / 1000);
  find("[data-clock]").textContent = seconds < 2 ? words["clock-good"] : fill(words[state.ahead > 0 ? "ahead" : "behind"], { seconds });
  for (const place of document.querySelectorAll("[data-site]")) if (terminal) place.textContent = terminal.siteName;
}

export function choices(snapshot) {
  const name = (one) => (isJapanese ? one.name : one.name_en);
  const options = (list, chosen) =>
    list.map((one) => element("option", { value: one.code, text: name(one), ...(one.code === chosen ? { selected: "" } : {}) }));
  find("#register-category").replaceChildren(...options(snapshot?.head.categories ?? []));
  find("#hold-pickup").replaceChildren(...options(snapshot?.head.pickups ?? [], snapshot?.terminal.site));
}
