import assert from "node:assert/strict";
import test from "node:test";

class Stream extends EventTarget {
  static CLOSED = 2;

  constructor() {
    super();
    Stream.last = this;
  }

  close() {}

  say(kind, data) {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }));
  }
}
globalThis.EventSource = Stream;
const asked = [];
globalThis.fetch = async (path) => {
  asked.push(path);
  const id = path.split("/").pop();
  const body = JSON.stringify({ id, kind: "make", state: "done", artefacts: [{ name: "a" }] });
  return new Response(body, { status: 200 });
};
const events = await import("../../src/tapeloom/app/web/events.js");

const told = (job, state, at, more = {}) => ({
  job, state, at, stage: "", progress: 0, error: null, job_kind: "make", parent: null, ...more,
});

test("the first message is the whole state, and later ones change it", () => {
  events.start();
  Stream.last.say("state", { jobs: [{ id: "a", kind: "make", state: "queued", payload: { words: "rain" } }] });
  assert.deepEqual([...events.jobs.keys()], ["a"]);
  Stream.last.say("state", told("a", "running", 50));
  const job = events.jobs.get("a");
  assert.deepEqual([job.state, job.started_at, job.payload.words], ["running", 50, "rain"]);
  Stream.last.say("state", { jobs: [] });
  assert.equal(events.jobs.size, 0);
});

test("the end of a job is timed, and its result asked for", async () => {
  Stream.last.say("state", told("b", "running", 60));
  Stream.last.say("state", told("b", "done", 75, { progress: 1 }));
  assert.equal(events.jobs.get("b").finished_at, 75);
  const job = await events.ended("b");
  assert.equal(job.artefacts.length, 1);
  assert.ok(asked.includes("/v1/jobs/b"));
});

test("items of a batch aren't asked for one by one", () => {
  const before = asked.length;
  Stream.last.say("state", told("c", "queued", 80, { parent: "p" }));
  Stream.last.say("state", told("c", "done", 90, { parent: "p" }));
  assert.equal(asked.length, before);
});

test("a removed job is forgotten, and everybody hears once", async () => {
  Stream.last.say("state", told("d", "failed", 95));
  const heard = [];
  const leave = events.listen((job) => heard.push(job));
  Stream.last.say("removed", { job: "d" });
  Stream.last.say("removed", { job: "c" });
  assert.deepEqual(heard, []);
  await new Promise((resolve) => setTimeout(resolve, 200));
  leave();
  assert.ok(!events.jobs.has("d"));
  assert.deepEqual(heard, [null]);
});

test("the clock is the service's", () => {
  Stream.last.say("progress", told("e", "running", Date.now() / 1000 + 3600));
  assert.ok(Math.abs(events.now() - Date.now() / 1000 - 3600) < 1);
});
