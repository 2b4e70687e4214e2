// The terminal's list: only ever added to, each line chained to the one before by the terminal's key and sealed by another.

import { addLine, keep, lastLine, lineNumbered, linesFrom, recall } from "./store.js";

const utf8 = new TextEncoder();
const text = new TextDecoder();
const MOST = 200; // lines in one stretch

export const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytes = (written) => Uint8Array.from(written.match(/../g), (pair) => parseInt(pair, 16));
const newKey = () => hex(crypto.getRandomValues(new Uint8Array(16)));

// The keys come once, in clear, and are kept so that no script can read them out again.
export async function keepTerminal(given, name) {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const [sign, numbers, seal] = await Promise.all([
    crypto.subtle.importKey("raw", utf8.encode(given.sign), hmac, false, ["sign"]),
    crypto.subtle.importKey("raw", bytes(given.numbers), hmac, false, ["sign"]),
    crypto.subtle.importKey("raw", bytes(given.seal), "AES-GCM", false, ["encrypt", "decrypt"]),
  ]);
  const terminal = { code: given.code, name: given.name || name, site: given.site, siteName: given.site_name, sign, numbers, seal };
  await keep("terminal", terminal);
  return terminal;
}

export const terminalKept = () => recall("terminal");
export const signed = async (terminal, said) => hex(await crypto.subtle.sign("HMAC", terminal.sign, utf8.encode(said)));

export async function seal(terminal, data) {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const cipher = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, terminal.seal, data);
  const whole = new Uint8Array(12 + cipher.byteLength);
  whole.set(nonce);
  whole.set(new Uint8Array(cipher), 12);
  return whole;
}

export async function unseal(terminal, sealed) {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.slice(0, 12) }, terminal.seal, sealed.slice(12));
}

// Two windows of one browser write one list: one after the other.
export function append(terminal, facts) {
  return navigator.locks.request("fumikura-offline-list", async () => {
    const before = await lastLine();
    const n = (before?.n ?? 0) + 1;
    const said = { key: newKey(), at: new Date().toISOString(), ...facts };
    const written = JSON.stringify(said);
    const link = await signed(terminal, `${before?.link ?? ""}\n${written}`);
    await addLine({ n, link, sealed: await seal(terminal, utf8.encode(written)) });
    return { n, ...said };
  });
}

const opened = async (terminal, line) => text.decode(await unseal(terminal, line.sealed));

// The newest lines that can still be read, the newest first.
export async function newest(terminal, most) {
  const last = await lastLine();
  if (!last) return [];
  const found = await linesFrom(Math.max(1, last.n - most + 1), most);
  const read = [];
  for (const line of found) if (line.sealed) read.push({ n: line.n, ...JSON.parse(await opened(terminal, line)) });
  return read.reverse();
}

export async function waiting(next) {
  const last = await lastLine();
  return Math.max(0, (last?.n ?? 0) - next + 1);
}

// What has not been received yet, from line `next`. Null when there is nothing; throws when a line was changed on the disk.
export async function stretch(terminal, next, ahead) {
  const lines = (await linesFrom(next, MOST)).filter((line) => line.sealed);
  if (!lines.length) return null;
  const after = next > 1 ? (await lineNumbered(next - 1)).link : "";
  const written = [];
  for (const line of lines) written.push(await opened(terminal, line));
  const head = JSON.stringify({ terminal: terminal.code, site: terminal.site, first: next, after, ahead_seconds: ahead });
  const signature = await signed(terminal, `${lines.at(-1).link}\n${head}`);
  return { head, lines: written, signature };
}

// All that waits as one file: the terminal's code in clear, everything else sealed.
export async function exported(terminal, next, ahead) {
  const stretches = [];
  for (let from = next; ;) {
    const one = await stretch(terminal, from, ahead);
    if (!one) break;
    stretches.push(one);
    from += one.lines.length;
  }
  const sealed = await seal(terminal, utf8.encode(JSON.stringify(stretches)));
  return new Blob([`fumikura-offline ${terminal.code}\n`, sealed], { type: "application/octet-stream" });
}
