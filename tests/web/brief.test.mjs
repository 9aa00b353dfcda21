import assert from "node:assert/strict";
import test from "node:test";

import {
  briefWords, curvePoints, curveText, orderOf,
} from "../../src/tapeloom/app/web/parts/brief.js";

test("what is left out stays out", () => {
  assert.deepEqual(orderOf({ words: " rain ", bpm: "", key: "", seed: "0" }),
    { order: { words: "rain", seed: 0 }, problems: {} });
});

test("numbers lie where the service takes them", () => {
  const wrong = (fields) => Object.keys(orderOf(fields).problems);
  assert.deepEqual(wrong({ bpm: "39" }), ["bpm"]);
  assert.deepEqual(wrong({ bpm: "40" }), []);
  assert.deepEqual(wrong({ bpm: "fast" }), ["bpm"]);
  assert.deepEqual(wrong({ bars: "8.5" }), ["bars"]);
  assert.deepEqual(wrong({ minutes: "0.5" }), []);
  assert.deepEqual(wrong({ seed: "-1" }), ["seed"]);
  assert.deepEqual(wrong({ engine: "magic" }), ["engine"]);
  assert.deepEqual(wrong({ energy_curve: "0.2 1.4" }), ["energy_curve"]);
  assert.deepEqual(wrong({ energy_curve: "0:0.2 16:0.7" }), []);
  assert.deepEqual(wrong({ words: "x".repeat(501) }), ["words"]);
});

test("the length is told once", () => {
  assert.match(orderOf({ minutes: "2", bars: "8" }).problems.bars, /not both/);
  assert.match(orderOf({ form: "A8 B8", bars: "8" }).problems.form, /tells the length/);
});

test("a curve that was drawn reads back", () => {
  assert.equal(curveText([0.2, 0.349, 1]), "0.2 0.35 1");
  assert.deepEqual(curvePoints("0.2 0.35 1"), [0.2, 0.35, 1]);
  assert.equal(curvePoints("0:0.2 16:0.7"), null);
  assert.equal(curvePoints(""), null);
});

test("a brief in a line", () => {
  assert.equal(briefWords({ bpm: 75, key: "A minor", bars: 8, meter: "4/4", seed: 0 }),
    "75 bpm · A minor · 8 bars · seed 0");
  assert.equal(briefWords({}), "");
});
