// Orders, and what else is told, while the service is away: kept in the browser, sent when it is back.

import { order, reach } from "./api.js";
import { know } from "./events.js";
import { say } from "./dom.js";

const SHELF = "outbox";

function read() {
  try {
    return JSON.parse(localStorage.getItem(SHELF) ?? "[]");
  } catch {
    return [];
  }
}

function write(entries) {
  localStorage.setItem(SHELF, JSON.stringify(entries));
  reach.dispatchEvent(new Event("outbox"));
}

export const waiting = () => read();

async function deliver({ path, json, key, isJob = true }) {
  const answer = await order(path, json, key);
  return isJob ? know(answer) : answer;
}

async function give(entry, sentence) {
  const whole = { ...entry, key: crypto.randomUUID(), at: Date.now() / 1000 };
  try {
    return await deliver(whole);
  } catch (error) {
    if (error.status !== 0) throw error;
    write([...read(), whole]);
    say(sentence);
    return null;
  }
}

/** Order now, or as soon as the service is back; returns the job, or null where it waits. */
export function submit(path, json) {
  return give({ path, json }, "The order is kept, and sent when the service is back.");
}

/** Tell the service what is no order, likewise; returns its answer, or null where it waits. */
export function tell(path, json) {
  return give({ path, json, isJob: false }, "It is kept, and sent when the service is back.");
}

export function discard(key) {
  write(read().filter((one) => one.key !== key));
}

let isSending = false;

/** Send what waits; the idempotency key keeps an answer that got lost from ordering twice. */
export async function flush() {
  if (isSending) return;
  isSending = true;
  try {
    for (const entry of read()) {
      try {
        await deliver(entry);
        discard(entry.key);
      } catch (error) {
        if (error.status === 0) return;
        discard(entry.key);
        say(`What was kept for the service is refused: ${error.message}`, { kind: "error" });
      }
    }
  } finally {
    isSending = false;
  }
}
