// What the terminal took along: who may borrow, by hashed number; until when. Opened in memory only.

import { forget, keep, recall } from "./store.js";
import { unseal } from "./list.js";

const HASH = 6;
const PERSON = HASH + 5;
const THING = HASH + 1;
const DAY = 86_400_000;
export const STATUS = ["ok", "expired", "blocked", "overdue", "stopped"];
export const MANY = 255;

export const keepSnapshot = (tag, data) => keep("snapshot", { tag, data });
export const snapshotTag = async () => (await recall("snapshot"))?.tag ?? "";

export async function openSnapshot(terminal) {
  const kept = await recall("snapshot");
  if (!kept) return null;
  const plain = await unseal(terminal, kept.data);
  const view = new DataView(plain);
  const length = view.getUint32(0);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(plain, 4, length)));
  return new Snapshot(terminal, head, new Uint8Array(plain, 4 + length));
}

export class Snapshot {
  constructor(terminal, head, data) {
    this.terminal = terminal;
    this.head = head;
    this.peopleAt = 0;
    this.itemsAt = head.people * PERSON;
    this.data = data;
  }

  // Cards older than three days say nothing any more, and are forgotten.
  arePeopleOld(now) {
    return now >= Date.parse(this.head.people_until);
  }

  async forgetPeople() {
    this.data = this.data.slice(this.itemsAt);
    this.itemsAt = 0;
    this.head.people = 0;
    await forget("snapshot");
  }

  async hidden(number) {
    const digest = await crypto.subtle.sign("HMAC", this.terminal.numbers, new TextEncoder().encode(number));
    return new Uint8Array(digest, 0, HASH);
  }

  find(hidden, start, width, count) {
    let low = 0;
    let high = count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const at = start + middle * width;
      let order = 0;
      for (let i = 0; i < HASH && !order; i++) order = this.data[at + i] - hidden[i];
      if (!order) return at;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  async person(number) {
    const at = this.find(await this.hidden(number), 0, PERSON, this.head.people);
    if (at < 0) return null;
    const [status, left, goodFor, high, low] = this.data.subarray(at + HASH, at + PERSON);
    return { number, status: STATUS[status], left, goodFor, band: high * 256 + low };
  }

  async classOf(number) {
    const at = this.find(await this.hidden(number), this.itemsAt, THING, this.head.items);
    return at < 0 ? 0 : this.data[at + HASH];
  }

  dayNumber(today) {
    return Math.round((Date.parse(`${today}T00:00:00Z`) - Date.parse(`${this.head.first_day}T00:00:00Z`)) / DAY);
  }

  // An ISO day; "" when nobody can say; null when such a thing is not lent to such a reader.
  async due(number, band, today) {
    const row = this.head.rows[this.head.cells[band]?.[await this.classOf(number)] ?? -1];
    if (!row) return "";
    if (!row.length) return null;
    const day = row[this.dayNumber(today)];
    if (day === undefined) return "";
    return new Date(Date.parse(`${this.head.first_day}T00:00:00Z`) + day * DAY).toISOString().slice(0, 10);
  }

  lastDay() {
    return new Date(Date.parse(`${this.head.first_day}T00:00:00Z`) + (this.head.days - 1) * DAY).toISOString().slice(0, 10);
  }

  hasShape(shapes, number) {
    return shapes.some(([length, begins]) => number.length === length && number.startsWith(begins));
  }

  looksLikeCard(number) {
    return this.hasShape(this.head.card_shapes, number) && !this.hasShape(this.head.item_shapes, number);
  }

  looksLikeItem(number) {
    return this.hasShape(this.head.item_shapes, number) && !this.hasShape(this.head.card_shapes, number);
  }
}
