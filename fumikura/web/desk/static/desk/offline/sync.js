// The way home: is the line there, what time is it really, send what waits, let it be entered, take a fresh snapshot along.

import { signed, stretch, waiting } from "./list.js";
import { keepSnapshot, snapshotTag } from "./snapshot.js";
import { emptyThrough, keep, lastLine, recall } from "./store.js";

const PATIENCE = 6000; // ms for the house to say what time it is
const LONG = 120_000; // ms for everything else
export const AGE = 1_800_000; // ms after which a fresh snapshot is asked for

export class Refused extends Error {
  constructor(body) {
    super(body.words || body.refused || "");
    this.body = body;
  }
}

async function ask(address, options = {}, patience = LONG) {
  const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(patience), ...options });
  if (answer.status === 422) throw new Refused(await answer.json());
  if (!answer.ok && answer.status !== 304) throw new Error(`${address} answered ${answer.status}`);
  return answer;
}

const post = async (address, body) =>
  (await ask(address, { method: "POST", credentials: "omit", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).json();

// Who is signed in here, and how far this clock is ahead: half of the way there and back is taken as the way.
export async function hearTheHouse(addresses) {
  const before = Date.now();
  const said = await (await ask(addresses.now, {}, PATIENCE)).json();
  const ahead = (before + Date.now()) / 2 - Date.parse(said.now);
  const heard = { ahead: Math.round(ahead), at: Date.parse(said.now) };
  await keep("heard", heard);
  return { ...said, ...heard };
}

async function signedQuestion(terminal, what, ahead) {
  const at = new Date(Date.now() - ahead).toISOString();
  // As a line of its own after an empty link: the same way of signing as the list.
  return { terminal: terminal.code, at, signature: await signed(terminal, `\n${what} ${terminal.code} ${at}`) };
}

// Everything that waits, stretch after stretch, then entered until nothing is left. Broken off anywhere, it goes on later.
export async function sendAll(addresses, terminal, ahead, told = () => {}) {
  let next = (await recall("next")) ?? 1;
  for (;;) {
    const one = await stretch(terminal, next, Math.round(ahead / 1000));
    if (!one) break;
    told({ sending: await waiting(next) });
    const answer = await post(addresses.lists, one).catch((error) => {
      if (error instanceof Refused && error.body.next && error.body.next < next) return { next: error.body.next };
      throw error;
    });
    if (answer.quarantined) throw new Refused({ refused: answer.quarantined, words: answer.words });
    if (answer.next === next) throw new Error("the list did not move");
    next = answer.next;
    await keep("next", next);
  }
  const entered = (await recall("entered")) ?? 0;
  if (next - 1 <= entered) return null;
  for (;;) {
    const answer = await post(addresses.replays, await signedQuestion(terminal, "replays", ahead));
    told({ entering: answer.left });
    if (answer.left) continue;
    await emptyThrough(next - 1);
    await keep("entered", next - 1);
    await keep("synced", Date.now() - ahead);
    await keep("settle", answer.to_settle);
    return answer;
  }
}

export async function freshSnapshot(addresses, terminal, ahead) {
  const question = new URLSearchParams(await signedQuestion(terminal, "snapshot", ahead));
  const tag = await snapshotTag();
  const answer = await ask(`${addresses.snapshot}?${question}`, { credentials: "omit", headers: tag ? { "If-None-Match": tag } : {} });
  await keep("fetched", Date.now() - ahead);
  if (answer.status === 304) return false;
  await keepSnapshot(answer.headers.get("ETag"), new Uint8Array(await answer.arrayBuffer()));
  return true;
}

export async function state() {
  const [next, entered, heard, synced, fetched, settle, last] = await Promise.all([
    recall("next"), recall("entered"), recall("heard"), recall("synced"), recall("fetched"), recall("settle"), lastLine(),
  ]);
  return { next: next ?? 1, entered: entered ?? 0, ahead: heard?.ahead ?? 0, synced, fetched, settle: settle ?? 0, last: last?.n ?? 0 };
}
