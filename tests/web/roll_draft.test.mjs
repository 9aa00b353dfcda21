// Operations on a draft: what they change, what they keep, and that they can be undone.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as draft from "../../src/tapeloom/app/web/roll/score_draft.js";
import * as histories from "../../src/tapeloom/app/web/roll/history.js";
import { Timeline } from "../../src/tapeloom/app/web/roll/timeline.js";
import { Q, random, sheet } from "./roll_sheet.mjs";

const SCORE = draft.scoreOf(sheet());
const TIME = new Timeline(sheet());
const MELODY = SCORE.parts[0].notes;
const chosen = (...at) => new Set(at.map((one) => MELODY[one]));
const frozen = (value) => {
  if (value && typeof value === "object") Object.values(value).forEach(frozen);
  return Object.freeze(value);
};
frozen(SCORE); // an operation that changes a score in place fails every test below

test("the score is the sheet without what is only told", () => {
  assert.ok(!("bars" in SCORE) && !("duration_s" in SCORE));
  assert.equal(SCORE.ppq, Q);
});

test("moving keeps durations, velocities, and what lies between the notes", () => {
  const { score, notes } = draft.move(SCORE, 0, chosen(0, 1, 2), { ticks: Q, semitones: 3 }, TIME.end);
  assert.deepEqual(
    [...notes].map((note) => note[1]),
    [Q, Q / 2, 2 * Q],
  );
  assert.deepEqual(
    [...notes].map((note) => note[0]),
    [Q, 2 * Q, 3 * Q],
  );
  assert.deepEqual(
    [...notes].map((note) => note[2]),
    [63, 65, 67],
  );
  assert.deepEqual(score.parts[0].notes.length, MELODY.length);
  assert.equal(score.parts[1], SCORE.parts[1]);
});

test("moving there and back is nothing", () => {
  const there = draft.move(SCORE, 0, chosen(1, 3), { ticks: 777, semitones: -5 }, TIME.end);
  const back = draft.move(there.score, 0, there.notes, { ticks: -777, semitones: 5 }, TIME.end);
  assert.deepEqual(back.score, SCORE);
});

test("a group stops together at the edges of the score and of the pitches", () => {
  const left = draft.move(SCORE, 0, chosen(1, 2), { ticks: -50 * Q }, TIME.end);
  assert.deepEqual(
    [...left.notes].map((note) => note[0]),
    [0, Q],
  );
  const right = draft.move(SCORE, 0, chosen(1, 4), { ticks: 99 * Q }, TIME.end);
  assert.equal(Math.max(...[...right.notes].map((note) => note[0] + note[1])), TIME.end);
  const up = draft.move(SCORE, 0, chosen(0, 4), { semitones: 100 }, TIME.end);
  assert.deepEqual(
    [...up.notes].map((note) => note[2]).sort((a, b) => a - b),
    [118, 127],
  );
});

test("marks go along with their note, and go with it", () => {
  const moved = draft.move(SCORE, 0, chosen(0), { ticks: Q / 2, semitones: 1 }, TIME.end).score;
  assert.deepEqual(moved.parts[0].marks, [
    [Q / 2, 61, "ghost"],
    [9 * Q, 69, "roll"],
  ]);
  const removed = draft.remove(SCORE, 0, chosen(4)).score;
  assert.deepEqual(removed.parts[0].marks, [[0, 60, "ghost"]]);
  const pasted = draft.paste(SCORE, 0, draft.copied(SCORE, 0, chosen(4), 9 * Q), 12 * Q, TIME.end).score;
  assert.deepEqual(pasted.parts[0].marks.at(-1), [12 * Q, 69, "roll"]);
});

test("what a finger does on a note goes along", () => {
  const bent = [Q, Q, 70, 80, [[0, "bend", 0.5]]];
  const { score } = draft.add(SCORE, 0, [bent]);
  const moved = draft.move(score, 0, new Set([bent]), { semitones: 2 }, TIME.end);
  assert.deepEqual([...moved.notes][0], [Q, Q, 72, 80, [[0, "bend", 0.5]]]);
});

test("notes stay in order of start, then pitch", () => {
  const draw = random(7);
  let { score } = { score: SCORE };
  for (let turn = 0; turn < 60; turn++) {
    const { notes } = score.parts[0];
    const some = new Set(notes.filter(() => draw(2)));
    score = draft.move(
      score,
      0,
      some,
      { ticks: draw(4 * Q) - 2 * Q, semitones: draw(9) - 4 },
      TIME.end,
    ).score;
  }
  assert.deepEqual(score.parts[0].notes, draft.ordered(score.parts[0].notes));
  assert.equal(score.parts[0].notes.length, MELODY.length);
});

test("an operation that changes nothing gives the same score", () => {
  assert.equal(draft.move(SCORE, 0, chosen(0), {}, TIME.end).score, SCORE);
  assert.equal(draft.setVelocity(SCORE, 0, chosen(0), 80).score, SCORE);
  assert.equal(draft.remove(SCORE, 0, new Set()).score, SCORE);
});

test("a note is not written twice in one place", () => {
  const { score, notes } = draft.add(SCORE, 0, [
    [0, Q, 60, 50],
    [0, Q, 61, 50],
  ]);
  assert.equal(notes.size, 1);
  assert.equal(score.parts[0].notes.length, MELODY.length + 1);
});

test("lengthening has a floor and ends where the score does", () => {
  const short = draft.lengthen(SCORE, 0, chosen(1, 2), -9 * Q, TIME.end, Q / 4);
  assert.deepEqual(
    [...short.notes].map((note) => note[1]),
    [Q / 4, Q / 4],
  );
  const long = draft.lengthen(SCORE, 0, chosen(4), 99 * Q, TIME.end);
  assert.equal([...long.notes][0][1], TIME.end - 9 * Q);
});

test("velocities stay in 1..127", () => {
  assert.deepEqual(
    [...draft.louder(SCORE, 0, chosen(0, 4), 40).notes].map((note) => note[3]),
    [120, 127],
  );
  assert.equal([...draft.louder(SCORE, 0, chosen(1), -200).notes][0][3], 1);
});

test("quantising puts beginnings on the grid, keeps durations, and does nothing twice", () => {
  const once = draft.quantise(SCORE, 0, new Set(MELODY), TIME, Q / 4);
  assert.ok([...once.notes].every((note) => note[0] % (Q / 4) === 0));
  assert.deepEqual(
    [...once.notes].map((note) => note[1]),
    MELODY.map((note) => note[1]),
  );
  assert.equal(draft.quantise(once.score, 0, once.notes, TIME, Q / 4).score, once.score);
  const half = draft.quantise(SCORE, 0, chosen(3), TIME, Q / 4, 0.5);
  assert.equal([...half.notes][0][0], 5 * Q + 50);
  assert.equal(draft.quantise(SCORE, 0, chosen(3), TIME, 0).score, SCORE);
});

test("triplets are exact", () => {
  const third = draft.move(SCORE, 0, chosen(0), { ticks: 3400 }, TIME.end);
  assert.equal([...draft.quantise(third.score, 0, third.notes, TIME, Q / 3).notes][0][0], Q / 3);
});

test("a copy lands whole steps behind and leaves the first alone", () => {
  const { score, notes } = draft.duplicate(SCORE, 0, chosen(0, 1), Q, TIME.end);
  assert.deepEqual(
    [...notes].map((note) => note.slice(0, 3)),
    [
      [2 * Q, Q, 60],
      [3 * Q, Q / 2, 62],
    ],
  );
  assert.ok(MELODY.every((note) => score.parts[0].notes.includes(note)));
});

test("what does not fit before the end is not pasted", () => {
  const clip = draft.copied(SCORE, 0, chosen(0, 2), 0);
  assert.equal(draft.paste(SCORE, 0, clip, TIME.end - 2 * Q, TIME.end).notes.size, 1);
});

test("undo, then redo, is identity; all undone is the beginning", () => {
  const draw = random(3);
  let history = histories.begin({ score: SCORE, chosen: new Set(), part: 0 });
  const begun = history.present;
  for (let turn = 0; turn < 300; turn++) {
    const { score } = history.present;
    const some = new Set(score.parts[0].notes.filter(() => draw(2)));
    const made = draft.move(score, 0, some, { ticks: draw(Q) - Q / 2, semitones: draw(5) - 2 }, TIME.end);
    history = histories.commit(history, { score: made.score, chosen: made.notes, part: 0 });
  }
  const whole = history;
  assert.deepEqual(histories.redo(histories.undo(whole)), whole);
  const steps = history.past.length;
  assert.ok(steps > 200);
  for (let turn = 0; turn < steps; turn++) history = histories.undo(history);
  assert.equal(history.present.score, begun.score);
  assert.equal(histories.undo(history), history);
  for (let turn = 0; turn < steps; turn++) history = histories.redo(history);
  assert.equal(history.present.score, whole.present.score);
});

test("a gesture is one step, and a new step forgets what was undone", () => {
  let history = histories.begin({ score: SCORE, chosen: new Set(), part: 0 });
  for (const velocity of [10, 20, 30]) {
    const made = draft.setVelocity(
      history.present.score,
      0,
      history.present.chosen.size ? history.present.chosen : chosen(0),
      velocity,
    );
    history = histories.commit(history, {
      score: made.score,
      chosen: made.notes,
      part: 0,
      gesture: "velocity",
    });
  }
  assert.equal(history.past.length, 1);
  const undone = histories.undo(history);
  assert.equal(undone.present.score, SCORE);
  const made = draft.remove(undone.present.score, 0, chosen(1));
  assert.equal(histories.commit(undone, { score: made.score, chosen: made.notes, part: 0 }).future.length, 0);
});

test("choosing is no step", () => {
  const history = histories.begin({ score: SCORE, chosen: new Set(), part: 0 });
  const same = histories.commit(history, { score: SCORE, chosen: chosen(1), part: 0 });
  assert.equal(same.past.length, 0);
  assert.deepEqual(same.present.chosen, chosen(1));
});

test("a history that is put away keeps its latest steps", () => {
  const history = { past: [1, 2, 3], present: 4, future: [5, 6, 7] };
  assert.deepEqual(histories.shortened(history, 2), { past: [2, 3], present: 4, future: [5, 6] });
});

test("notes that the states share are still shared in a clone, as the browser keeps it", () => {
  const made = draft.setVelocity(SCORE, 0, chosen(0), 9);
  const history = structuredClone(
    histories.commit(histories.begin({ score: SCORE, chosen: new Set(), part: 0 }), {
      score: made.score,
      chosen: made.notes,
      part: 0,
    }),
  );
  assert.equal(history.past[0].score.parts[0].notes[1], history.present.score.parts[0].notes[1]);
  assert.ok(history.present.score.parts[0].notes.includes([...history.present.chosen][0]));
});
