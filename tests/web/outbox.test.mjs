// What is ordered or told while the service is away is kept, and sent once it is back.

import assert from "node:assert/strict";
import test from "node:test";

const kept = new Map();
globalThis.localStorage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text) };
const said = [];
const element = () => ({ append: () => {}, remove: () => {}, setAttribute: () => {}, addEventListener: () => {},
  classList: { add: () => {} }, style: {}, dataset: {} });
globalThis.document = { createElement: element, createElementNS: element,
  querySelector: () => ({ append: (toast) => said.push(toast) }) };
globalThis.EventSource = class extends EventTarget {};
let isAway = true;
const sent = [];
globalThis.fetch = async (path, { body, headers }) => {
  if (isAway) throw new TypeError("away");
  sent.push([path, JSON.parse(body), headers["Idempotency-Key"]]);
  return new Response(JSON.stringify({ id: `made-${sent.length}`, kind: "make", state: "queued" }), { status: 202 });
};
globalThis.setTimeout = () => 0;
const outbox = await import("../../src/tapeloom/app/web/outbox.js");
const events = await import("../../src/tapeloom/app/web/events.js");

test("an order and a preference wait while the service is away, and go once each", async () => {
  assert.equal(await outbox.submit("/v1/make", { words: "rain" }), null);
  assert.equal(await outbox.tell("/v1/preferences", { choice: "a" }), null);
  assert.equal(outbox.waiting().length, 2);
  assert.equal(said.length, 2);
  const keys = outbox.waiting().map((one) => one.key);
  isAway = false;
  await outbox.flush();
  await outbox.flush();
  assert.deepEqual(sent.map(([path, body]) => [path, body]),
    [["/v1/make", { words: "rain" }], ["/v1/preferences", { choice: "a" }]]);
  assert.deepEqual(sent.map(([, , key]) => key), keys);
  assert.equal(outbox.waiting().length, 0);
  assert.deepEqual([...events.jobs.keys()], ["made-1"]); // a preference is no job
});
