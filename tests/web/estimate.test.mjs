import assert from "node:assert/strict";
import test from "node:test";

import {
  about, alike, estimate, estimateWords, musicSeconds,
} from "../../src/tapeloom/app/web/parts/estimate.js";

const done = (id, music_s, work_s, more = {}) => ({
  id, kind: "make", state: "done", started_at: 100, finished_at: 100 + work_s, attempt: 1,
  payload: {}, result: { duration_s: music_s }, ...more,
});
const fresh = (payload, more = {}) => ({
  id: "new", kind: "make", state: "queued", progress: 0, attempt: 1, started_at: null, payload, ...more,
});

test("a brief tells its length in minutes, bars or a form", () => {
  assert.equal(musicSeconds({}), 180);
  assert.equal(musicSeconds({ minutes: 2 }), 120);
  assert.equal(musicSeconds({ bars: 8, bpm: 60 }), 32);
  assert.equal(musicSeconds({ bars: 8, bpm: 60, meter: "6/8" }), 24);
  assert.equal(musicSeconds({ form: "intro8 A16 outro8", bpm: 120 }), 64);
});

test("without an earlier record nothing is claimed", () => {
  assert.equal(estimate(fresh({ minutes: 1 }), [], 0), null);
  assert.match(estimateWords(null), /No earlier record/);
});

test("an earlier record of half the length took half as long", () => {
  const found = estimate(fresh({ minutes: 2 }), [done("a", 60, 30)], 0);
  assert.deepEqual(found, { left_s: 60, judged: 1 });
  assert.match(estimateWords(found), /one earlier record/);
});

test("the job's own speed counts the more, the further it is", () => {
  const job = fresh({ minutes: 1 }, { state: "running", started_at: 100, progress: 0.5 });
  assert.equal(estimate(job, [done("a", 60, 30)], 130).left_s, 15); // 30 s expected, 60 s by its speed
  assert.deepEqual(estimate(job, [], 130), { left_s: 30, judged: 0 });
});

test("it is never below nothing", () => {
  const job = fresh({ minutes: 1 }, { state: "running", started_at: 100, progress: 0.01 });
  assert.equal(estimate(job, [done("a", 60, 30)], 900).left_s, 0);
});

test("only whole first attempts of the same kind are compared, the most alike first", () => {
  const known = [
    done("long", 3600, 900), done("near", 70, 30), done("again", 60, 999, { attempt: 2 }),
    done("edit", 60, 5, { payload: { base: "x" } }), done("other", 60, 9, { kind: "compose" }),
    done("broken", 60, 9, { state: "failed" }),
  ];
  assert.deepEqual(alike(fresh({ minutes: 1 }), known).map((one) => one.music_s), [70, 3600]);
});

test("lengths of time are said as one would", () => {
  assert.deepEqual([2, 12, 54, 61, 600, 7200].map(about), [
    "a few seconds", "about 15 s", "about 55 s", "about 1 min", "about 10 min", "about 2.0 h",
  ]);
});
