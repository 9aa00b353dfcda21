// Bars, beats and seconds; the viewport; the names; harmony; the editor and its commands.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readChord, tonesAbove } from "../../src/tapeloom/app/web/roll/chord_tones.js";
import { canRun, COMMANDS } from "../../src/tapeloom/app/web/roll/commands.js";
import { Editor } from "../../src/tapeloom/app/web/roll/editor.js";
import { colourOf, stepped } from "../../src/tapeloom/app/web/roll/harmony.js";
import {
  chosenWords,
  kitRows,
  lengthWords,
  pitchName,
  readPitch,
} from "../../src/tapeloom/app/web/roll/names.js";
import { seen } from "../../src/tapeloom/app/web/roll/paint_notes.js";
import { scoreOf } from "../../src/tapeloom/app/web/roll/score_draft.js";
import { Timeline } from "../../src/tapeloom/app/web/roll/timeline.js";
import { Viewport } from "../../src/tapeloom/app/web/roll/viewport.js";
import { Q, random, sheet } from "./roll_sheet.mjs";

const TIME = new Timeline(sheet());
const edited = () => new Editor(scoreOf(sheet()), TIME);
const press = (editor, ...names) => names.forEach((name) => COMMANDS[name].run(editor));
const only = (editor) => [...editor.chosen][0];

test("ticks and seconds are inverse, through a change of tempo and of meter", () => {
  for (let tick = 0; tick <= TIME.end; tick += 997) {
    assert.ok(Math.abs(TIME.secondsToTick(TIME.tickToSeconds(tick)) - tick) < 1e-6);
  }
  assert.equal(TIME.tickToSeconds(4 * Q), 3.2);
  assert.ok(Math.abs(TIME.tickToSeconds(19 * Q) - 15.2) < 1e-9);
  assert.ok(Math.abs(TIME.tickToSeconds(20 * Q) - 16.2) < 1e-9);
});

test("a tempo that changes inside a bar is followed", () => {
  const slow = {
    ...sheet(),
    tempo: [
      [0, "60"],
      [2 * Q, "30"],
    ],
  };
  const time = new Timeline({ ...slow, bars: [{ number: 1, tick: 0, start_s: 0, duration_s: 6, beats: 4 }] });
  assert.deepEqual(
    [1, 2, 3, 4].map((beat) => time.tickToSeconds(beat * Q)),
    [1, 2, 4, 6],
  );
});

test("the grid counts from each bar, and compound beats are dotted", () => {
  assert.equal(TIME.snap(16 * Q + 4000, Q / 2), 16 * Q + 5040);
  assert.equal(TIME.snap(3.99 * Q, Q), 4 * Q);
  assert.equal(TIME.snap(1234.4, 0), 1234);
  assert.equal(TIME.floor(Q + 1, Q / 3), Q);
  assert.equal(TIME.step(Q, Q / 4, 1), Q + Q / 4);
  assert.equal(TIME.step(Q, Q / 4, -1), Q - Q / 4);
  assert.equal(TIME.step(0, Q, -1), 0);
  assert.deepEqual(
    TIME.beats(16 * Q, 19 * Q).map(({ tick, isBar }) => [tick / Q, isBar]),
    [
      [16, true],
      [17.5, false],
    ],
  );
  assert.deepEqual(TIME.place(17.5 * Q), { bar: 5, beat: 2 });
  assert.equal(TIME.tickOf(5, 2), 17.5 * Q);
  assert.equal(TIME.tickOf(99, 1), null);
});

test("bars are ticks, both ends included", () => {
  assert.deepEqual(TIME.span(2, 3), { from: 4 * Q, to: 12 * Q });
  assert.deepEqual(TIME.span(6, 40), { from: 19 * Q, to: 22 * Q });
});

test("the viewport's places are inverse, and zooming keeps the place under the pointer", () => {
  const view = new Viewport(TIME);
  view.resize(1000, 600);
  const tick = view.tickAt(400);
  assert.ok(Math.abs(view.xOf(tick) - 400) < 1e-6);
  view.zoom(3, 400);
  assert.ok(Math.abs(view.tickAt(400) - tick) < 1);
  view.showPart(scoreOf(sheet()), 0);
  assert.equal(view.pitchAt(view.yOf(64) + 1), 64);
  view.zoom(1e-9);
  assert.ok(view.right >= TIME.end);
  view.showPart(scoreOf(sheet()), 2);
  assert.equal(view.pitchAt(view.yOf(38) + 1), 38);
  assert.equal(view.yOf(99), null);
  assert.deepEqual(
    [2, 30, 60, 300, 590].map((y) => view.areaAt(500, y)),
    ["sections", "ruler", "chords", "notes", "velocity"],
  );
});

test("only what is seen is painted, and all of it", () => {
  const draw = random(11);
  const notes = Array.from({ length: 5000 }, () => [draw(900 * Q), 1 + draw(6 * Q), 60, 80]).sort(
    (a, b) => a[0] - b[0],
  );
  for (let turn = 0; turn < 50; turn++) {
    const from = draw(900 * Q);
    const found = seen(notes, from, from + 8 * Q);
    const wanted = notes.filter((note) => note[0] + note[1] >= from && note[0] <= from + 8 * Q);
    assert.deepEqual(found, wanted);
    assert.ok(found.length < 200);
  }
});

test("names of pitches, pieces and lengths", () => {
  assert.deepEqual([60, 61, 58, 0].map(pitchName), ["C4", "C♯4", "B♭3", "C-1"]);
  for (let pitch = 0; pitch < 128; pitch++) assert.equal(readPitch(pitchName(pitch)), pitch);
  assert.deepEqual(["c4", "F#3", "Bb2", "64", "H2", "200"].map(readPitch), [60, 54, 46, 64, null, null]);
  assert.equal(lengthWords(Q / 3), "a triplet eighth");
  assert.ok(kitRows(sheet().parts).includes(80));
  const editor = edited();
  assert.equal(chosenWords(editor.currentPart, editor.chosen, TIME), "Nothing selected.");
  editor.choose([editor.currentPart.notes[1]]);
  assert.equal(
    chosenWords(editor.currentPart, editor.chosen, TIME),
    "D4, bar 1, beat 2, an eighth, velocity 70.",
  );
});

test("chords are their tones", () => {
  assert.deepEqual(tonesAbove("m7b5"), [0, 3, 6, 10]);
  assert.deepEqual(tonesAbove("7alt"), [0, 1, 3, 4, 6, 8, 10]);
  assert.deepEqual(
    [...readChord("Dbmaj7/Ab").tones].sort((a, b) => a - b),
    [0, 1, 5, 8],
  );
  assert.equal(readChord("-"), null);
});

test("a note is outside the key, or rubs against the chord, or neither", () => {
  const score = scoreOf(sheet());
  assert.equal(colourOf(score, [0, Q, 61, 80]), "clash"); // C sharp held over Cmaj7
  assert.equal(colourOf(score, [0, Q, 65, 80]), "clash"); // the fourth over a major third
  assert.equal(colourOf(score, [0, Q / 4, 65, 80]), null); // that passes
  assert.equal(colourOf(score, [0, Q, 66, 80]), "outside"); // the sharp eleventh
  assert.equal(colourOf(score, [6 * Q, Q, 68, 80]), "outside"); // a flat ninth is a dominant's tension
  assert.equal(colourOf(score, [0, Q, 64, 80]), null);
});

test("a scale step stays in the key, and back again is the same note", () => {
  const score = scoreOf(sheet());
  assert.deepEqual(
    [60, 64, 66, 71].map((pitch) => stepped(score, [0, Q, pitch, 80], 1)),
    [62, 65, 67, 72],
  );
  for (const pitch of [60, 62, 64, 65, 67, 69, 71]) {
    assert.equal(stepped(score, [0, Q, stepped(score, [0, Q, pitch, 80], 3), 80], -3), pitch);
  }
  assert.equal(stepped(score, [0, Q, 127, 80], 1), 127);
});

test("by keys alone: two notes are edited, one is written, all is undone", () => {
  const editor = edited();
  press(editor, "next", "up", "next", "longer", "none");
  editor.moveCursor(3 * Q, 72);
  press(editor, "write");
  assert.deepEqual(only(editor), [3 * Q, Q / 4, 72, 70]); // as loud as the last one touched
  assert.equal(editor.history.past.length, 3);
  press(editor, "undo", "undo", "undo");
  assert.equal(editor.score, editor.base);
  assert.ok(!canRun("undo", editor) && canRun("redo", editor));
});

test("arrows without a choice move the cursor; with one, the notes", () => {
  const editor = edited();
  editor.moveCursor(0, 60);
  press(editor, "later", "octaveUp");
  assert.deepEqual(editor.cursor, { tick: Q / 4, pitch: 72 });
  assert.ok(!editor.isChanged);
  editor.choose([editor.currentPart.notes[3]]); // 100 ticks behind the beat: goes to the next line
  press(editor, "later");
  assert.equal(only(editor)[0], 5 * Q + Q / 4);
});

test("in a kit, up is the next piece", () => {
  const editor = edited();
  editor.choosePart(2);
  editor.choose([editor.currentPart.notes[1]]);
  press(editor, "up");
  assert.equal(only(editor)[2], 39);
  press(editor, "down", "down");
  assert.equal(only(editor)[2], 37);
});

test("copied bars are pasted where bars are chosen, with their places in the bar", () => {
  const editor = edited();
  editor.chooseBars(1, 1);
  press(editor, "all", "copy");
  editor.chooseBars(3, 4);
  press(editor, "paste");
  assert.deepEqual(
    [...editor.chosen].map((note) => note[0] / Q),
    [8, 9, 10],
  );
});

test("quantise takes the chosen bars where no note is chosen", () => {
  const editor = edited();
  editor.chooseBars(2, 2);
  press(editor, "quantise");
  assert.equal(only(editor)[0], 5 * Q);
});

test("a drag is one step from what was there before it, and can be left", () => {
  const editor = edited();
  editor.choose([editor.currentPart.notes[0]]);
  const go = (ticks) =>
    editor.preview((score, part, notes) => ({ score: { ...score, moved: ticks }, notes }));
  go(1);
  go(2);
  assert.equal(editor.score.moved, 2);
  editor.cancel();
  assert.equal(editor.score, editor.base);
  go(3);
  editor.settle();
  assert.deepEqual([editor.score.moved, editor.history.past.length], [3, 1]);
});

test("a history that was put away goes on", () => {
  const first = edited();
  press(first, "next", "up");
  const again = new Editor(scoreOf(sheet()), TIME, structuredClone(first.history));
  press(again, "undo");
  assert.deepEqual(again.score, again.base);
  press(again, "redo", "louder");
  assert.equal(only(again)[3], 84);
});
