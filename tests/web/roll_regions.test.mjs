// "Keep the rest": of an answer only the bars and the parts asked for are taken.

import assert from "node:assert/strict";
import { test } from "node:test";
import { chordLine, takeBars } from "../../src/tapeloom/app/web/roll/regions.js";
import { scoreOf } from "../../src/tapeloom/app/web/roll/score_draft.js";
import { Timeline } from "../../src/tapeloom/app/web/roll/timeline.js";
import { Q, sheet } from "./roll_sheet.mjs";

const BEFORE = scoreOf(sheet());
const TIME = new Timeline(sheet());
const BAR_2 = { from: 4 * Q, to: 8 * Q };
const answer = (change) => {
  const made = structuredClone(BEFORE);
  change(made);
  return made;
};
const part = (score, name) => score.parts.find((one) => one.name === name);
const rolled = answer((score) => {
  part(score, "melody").notes[3] = [6 * Q, Q, 71, 88];
});
const asked = { ...BAR_2, parts: new Set(["melody"]), withChords: false };

test("the bars asked for are taken and told, the rest is the very same", () => {
  const { score, added, removed, strays } = takeBars(BEFORE, rolled, asked);
  assert.deepEqual(strays, []);
  assert.deepEqual(added, [[0, [6 * Q, Q, 71, 88]]]);
  assert.deepEqual(removed, [[0, [5 * Q + 100, Q, 67, 64]]]);
  assert.equal(score.parts[1], BEFORE.parts[1]);
  for (const at of [0, 1, 2]) assert.equal(score.parts[0].notes[at], BEFORE.parts[0].notes[at]);
});

test("an answer that is the same changes nothing", () => {
  const { score, added, removed, strays } = takeBars(BEFORE, structuredClone(BEFORE), asked);
  assert.deepEqual([score, added, removed, strays], [BEFORE, [], [], []]);
});

test("what an answer changes outside is not taken, and told", () => {
  const wrong = answer((score) => {
    part(score, "melody").notes[0][3] = 1;
    part(score, "keys").notes.pop();
    score.tempo = [[0, "90"]];
    score.chords[0][2] = "C6";
  });
  const { score, strays } = takeBars(BEFORE, wrong, asked);
  assert.deepEqual(score, BEFORE);
  assert.equal(strays.length, 4);
  assert.match(strays[0], /1 note of melody outside these bars/);
  assert.match(strays[1], /1 note of keys;/);
});

test("a part that the answer lost is kept", () => {
  const { score, strays } = takeBars(
    BEFORE,
    answer((one) => one.parts.pop()),
    asked,
  );
  assert.equal(score.parts.length, 3);
  assert.match(strays[0], /lacks the part drums/);
});

test("a part that rings into the bars may be cut where they begin, and no earlier", () => {
  const cut = (length) =>
    answer((score) => {
      part(score, "keys").notes[1][1] = length;
    });
  const ofKeys = { ...BAR_2, parts: new Set(["keys"]), withChords: true };
  const good = takeBars(BEFORE, cut(2 * Q), ofKeys);
  assert.deepEqual(good.strays, []);
  assert.deepEqual(part(good.score, "keys").notes[1], [2 * Q, 2 * Q, 52, 60]);
  const bad = takeBars(BEFORE, cut(Q), ofKeys);
  assert.equal(bad.strays.length, 1);
  assert.deepEqual(part(bad.score, "keys").notes, part(BEFORE, "keys").notes);
});

test("chords are changed inside only, where they are asked for", () => {
  const changed = answer((score) => {
    score.chords = [
      [0, 4 * Q, "Cmaj7"],
      [4 * Q, 8 * Q, "Fmaj9"],
      [8 * Q, 16 * Q, "Am7"],
    ];
  });
  const taken = takeBars(BEFORE, changed, { ...asked, withChords: true });
  assert.deepEqual(taken.score.chords, changed.chords);
  assert.deepEqual(takeBars(BEFORE, changed, asked).score.chords, BEFORE.chords);
});

test("a chord over the edge is split there", () => {
  const changed = answer((score) => {
    score.chords = [...score.chords.slice(0, 3), [8 * Q, 12 * Q, "F"], [12 * Q, 16 * Q, "Am7"]];
  });
  const taken = takeBars(BEFORE, changed, { ...asked, from: 8 * Q, to: 12 * Q, withChords: true });
  assert.deepEqual(
    [taken.strays, taken.score.chords.slice(3)],
    [
      [],
      [
        [8 * Q, 12 * Q, "F"],
        [12 * Q, 16 * Q, "Am7"],
      ],
    ],
  );
});

test("the chords of bars are a line that the service reads back", () => {
  assert.equal(chordLine(BEFORE.chords, TIME.bars), "Cmaj7 | Dm7 G7 | Am7 | % | - | -");
  assert.equal(chordLine(BEFORE.chords, TIME.bars.slice(3, 4)), "Am7");
  const uneven = [
    [0, 3 * Q, "C"],
    [3 * Q, 4 * Q, "G7"],
  ];
  assert.equal(chordLine(uneven, TIME.bars.slice(0, 1)), "C . . G7");
});
