// Orders given while the service is away: kept in the browser, sent once it is back, each once.

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

/** Order now, or as soon as the service is back; returns the job, or null where it waits. */
export async function submit(path, json) {
  const key = crypto.randomUUID();
  try {
    return know(await order(path, json, key));
  } catch (error) {
    if (error.status !== 0) throw error;
    write([...read(), { path, json, key, at: Date.now() / 1000 }]);
    say("The order is kept, and sent when the service is back.");
    return null;
  }
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
        know(await order(entry.path, entry.json, entry.key));
        discard(entry.key);
      } catch (error) {
        if (error.status === 0) return;
        discard(entry.key);
        say(`An order that was kept is refused: ${error.message}`, { kind: "error" });
      }
    }
  } finally {
    isSending = false;
  }
}
