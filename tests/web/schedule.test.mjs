// Runs on the clock: loops join without a frame between, pieces meet, what is late is left out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { endOf, extended, firstRun, piecesOf, placeAt, placed } from "../../src/tapeloom/app/web/schedule.js";

const PIECE = 1000;
const LOOP = { from: 500, to: 1700 };

/** The record's frames in the order in which pieces put them on the clock. */
function heard(runs, until) {
  const sound = new Map();
  for (const run of runs) {
    for (const number of piecesOf(run, 0, until, PIECE)) {
      const place = placed(run, number, PIECE, 0, PIECE);
      for (let at = 0; at < place.duration; at++) {
        assert.ok(!sound.has(place.when + at), "two pieces sound at once");
        sound.set(place.when + at, number * PIECE + place.offset + at);
      }
    }
  }
  return sound;
}

test("a record sounds from a place to its end, every frame once", () => {
  const runs = [firstRun(40, 1234, null, 4321)];
  const sound = heard(runs, 10_000);
  assert.equal(sound.size, 4321 - 1234);
  for (const [frame, place] of sound) assert.equal(place, 1234 + frame - 40);
  assert.equal(endOf(runs), 40 + 4321 - 1234);
});

test("a loop follows itself without a gap, and its first run begins where playing does", () => {
  const runs = extended([firstRun(100, 900, LOOP, 4000)], LOOP, 4000, 5000);
  assert.ok(endOf(runs) >= 5000);
  const sound = heard(runs, 5000);
  for (let frame = 100; frame < 4900; frame++) {
    const passed = 900 + frame - 100;
    const place = passed < 1700 ? passed : 500 + ((passed - 1700) % 1200);
    assert.equal(sound.get(frame), place);
    assert.equal(placeAt(runs, frame), place);
  }
});

test("playing from behind a loop begins the loop", () => {
  assert.deepEqual(firstRun(0, 1700, LOOP, 4000), { begins: 0, from: 500, to: 1700 });
});

test("a loop ends where the record does", () => {
  assert.equal(firstRun(0, 600, { from: 500, to: 9000 }, 4000).to, 4000);
});

test("what should have sounded before is left out, and the rest stays in time", () => {
  const run = firstRun(0, 0, null, 4000);
  assert.deepEqual(placed(run, 1, PIECE, 1300, PIECE), { when: 1300, offset: 300, duration: 700, late: 300 });
  assert.equal(placed(run, 1, PIECE, 2000, PIECE), null);
});

test("a short last piece ends where its sound does", () => {
  assert.equal(placed(firstRun(0, 0, null, 4000), 3, 120, 0, PIECE).duration, 120);
});

test("only pieces that are due are asked for", () => {
  const run = firstRun(0, 500, null, 9000);
  assert.deepEqual(piecesOf(run, 0, 1600, PIECE), [0, 1, 2]);
  assert.deepEqual(piecesOf(run, 700, 1600, PIECE), [1, 2]);
  assert.deepEqual(piecesOf(run, 9000, 9999, PIECE), []);
});

test("the place is held within the run before it begins and after it ends", () => {
  const runs = [firstRun(100, 500, null, 900)];
  assert.equal(placeAt(runs, 0), 500);
  assert.equal(placeAt(runs, 9999), 900);
});
