import assert from "node:assert/strict";
import test from "node:test";

import { errorWords, nameOf, stagesOf, stageWords } from "../../src/tapeloom/app/web/parts/stages.js";

const phases = (job) => Object.fromEntries(stagesOf(job).map((one) => [one.name, one.phase]));
const make = (state, stage, progress) => ({ kind: "make", state, stage, progress, payload: {} });

test("what came before is done, what comes is to come", () => {
  const job = make("running", "mix", 0.97 * 0.48);
  assert.deepEqual(phases(job), {
    compose: "done", perform: "done", render: "done", mix: "now", master: "next", cover: "next",
    words: "next", publish: "next",
  });
  const mix = stagesOf(job).find((one) => one.name === "mix");
  assert.ok(Math.abs(mix.part - 0.5) < 1e-9); // 0.33 before it, 0.3 of its own
  assert.equal(stageWords(job), "Mix");
});

test("the cover is painted while the master is made, whichever of them spoke last", () => {
  for (const stage of ["master", "cover", "thumbnail"]) {
    const found = phases(make("running", stage, 0.8));
    assert.deepEqual([found.mix, found.master, found.cover, found.words], ["done", "now", "now", "next"]);
  }
});

test("a job stands where it was left", () => {
  assert.equal(phases(make("paused", "render", 0.2)).render, "held");
  assert.equal(phases(make("failed", "render", 0.2)).render, "broken");
  assert.equal(phases(make("cancelled", "render", 0.2)).mix, "next");
  assert.ok(Object.values(phases(make("queued", "", 0))).every((one) => one === "next"));
  assert.ok(Object.values(phases(make("done", "publish", 1))).every((one) => one === "done"));
});

test("putting the files away is the rest of the progress", () => {
  const last = stagesOf(make("running", "publish", 0.985)).at(-1);
  assert.equal(last.phase, "now");
  assert.ok(Math.abs(last.part - 0.5) < 1e-9);
});

test("each part stays between nothing and all", () => {
  for (const progress of [0, 0.3, 0.97, 1]) {
    for (const { part } of stagesOf(make("running", "render", progress))) {
      assert.ok(part >= 0 && part <= 1);
    }
  }
});

test("an unknown kind has no stages, and still a name", () => {
  assert.deepEqual(stagesOf({ kind: "batch", state: "running", stage: "", progress: 0 }), []);
  assert.equal(nameOf({ kind: "batch", payload: { items: 3 } }), "Batch of 3");
  assert.equal(nameOf({ kind: "make", payload: { words: "rain" } }), "rain");
  assert.equal(nameOf({ kind: "make", payload: { words: "rain" }, result: { title: "Rain" } }), "Rain");
  assert.equal(nameOf({ kind: "make", payload: {} }), "Record");
});

test("an error is a sentence", () => {
  assert.equal(errorWords("the disk is full; free some room"), "The disk is full; free some room.");
  assert.equal(errorWords(null), "It failed.");
});
