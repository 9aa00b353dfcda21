// A mix is edited as a value: curves move as a whole, mutes are shut faders, undo steps are drags.

import assert from "node:assert/strict";
import { test } from "node:test";
import { controlsOf, named, placeOf, valueAt } from "../../src/tapeloom/app/web/parts/record/effects.js";
import { History } from "../../src/tapeloom/app/web/parts/record/history.js";
import { decibels, equalOffsets, meterShare, signed } from "../../src/tapeloom/app/web/parts/record/level.js";
import {
  changedFiles,
  opened,
  preview,
  put,
  stripsOf,
  toggled,
  valueOf,
  withValue,
  written,
} from "../../src/tapeloom/app/web/parts/record/mix_edit.js";

const CURVE = {
  type: "Curve",
  points: [
    [0, -2],
    [10, -8],
  ],
};
const MIX = {
  format: 1,
  channels: [
    { name: "melody", fader_db: 0, pan: 0.2, group: null },
    { name: "keys", fader_db: 1, pan: -0.1, group: "band" },
    { name: "rain", fader_db: -120, pan: 0, group: null },
  ],
  groups: [{ name: "band", fader_db: CURVE, pan: 0, group: null }],
  returns: [{ name: "reverb", fader_db: 0, pan: 0, group: null }],
};
const SCORE = { parts: [{ name: "melody", instrument: "flute", notes: [] }] };

test("a curve is moved as a whole", () => {
  assert.deepEqual(withValue(CURVE, 1, "db").points, [
    [0, 1],
    [10, -5],
  ]);
  assert.deepEqual(
    withValue(
      {
        points: [
          [0, 1000],
          [1, 500],
        ],
      },
      2000,
      "hz",
    ).points,
    [
      [0, 2000],
      [1, 1000],
    ],
  );
  assert.deepEqual(
    withValue(
      {
        points: [
          [0, 0.5],
          [1, 0.9],
        ],
      },
      0.8,
      "pan",
    ).points.map(([, v]) => v.toFixed(2)),
    ["0.80", "1.00"],
  );
  assert.equal(withValue(3, 1, "db"), 1);
  assert.equal(valueOf(CURVE), -2);
});

test("put changes one value and shares the rest", () => {
  const made = put(MIX, ["channels", 0, "pan"], -1);
  assert.equal(made.channels[0].pan, -1);
  assert.equal(MIX.channels[0].pan, 0.2);
  assert.equal(made.channels[1], MIX.channels[1]);
});

test("strips are parts, then groups, then returns", () => {
  assert.deepEqual(
    stripsOf(MIX).map(({ name }) => name),
    ["melody", "keys", "rain", "band", "reverb"],
  );
});

test("a shut fader is a mute, and is written as one again", () => {
  const first = opened(MIX, SCORE);
  assert.deepEqual(first.muted, ["rain"]);
  assert.deepEqual(written(first), MIX);
  assert.equal(written({ ...first, muted: [] }).channels[2].fader_db, 0);
});

test("only what was changed is sent", () => {
  const first = opened(MIX, SCORE);
  assert.deepEqual(changedFiles(first, first), {});
  const louder = { ...first, mix: put(first.mix, ["channels", 0, "fader_db"], 2) };
  assert.deepEqual(Object.keys(changedFiles(first, louder)), ["mix.json"]);
  const back = { ...louder, mix: put(louder.mix, ["channels", 0, "fader_db"], 0) };
  assert.deepEqual(changedFiles(first, back), {});
  const other = { ...first, score: put(SCORE, ["parts", 0, "instrument"], "sax:far") };
  assert.equal(changedFiles(first, other)["score.json"].parts[0].instrument, "sax:far");
});

test("a preview adds what the groups do", () => {
  const first = opened(MIX, SCORE);
  let mix = put(first.mix, ["channels", 1, "fader_db"], 4);
  mix = put(mix, ["groups", 0, "fader_db"], withValue(CURVE, -5, "db"));
  const now = { ...first, mix, muted: toggled(first.muted, "band") };
  assert.deepEqual(preview(first, now, "keys"), { gain_db: 0, pan: 0, muted: true });
  assert.deepEqual(preview(first, now, "melody"), { gain_db: 0, pan: 0, muted: false });
});

test("a drag is one step of undo", () => {
  const history = new History(0);
  history.set(1, "fader", 0);
  history.set(2, "fader", 100);
  history.set(9, "pan", 150);
  assert.ok(history.undo());
  assert.equal(history.value, 2);
  assert.ok(history.undo());
  assert.equal(history.value, 0);
  assert.ok(!history.undo());
  assert.ok(history.redo());
  assert.equal(history.value, 2);
  history.set(5, "fader", 5000);
  assert.ok(!history.canRedo);
});

test("sounds are made as loud as the quietest, unknown ones are left", () => {
  assert.deepEqual(equalOffsets([-14, -20]), [-6, 0]);
  assert.deepEqual(equalOffsets([-14, null]), [0, 0]);
});

test("levels read as people write them", () => {
  assert.equal(signed(-1.25), "−1.3");
  assert.equal(signed(0.04), "0.0");
  assert.equal(Math.round(decibels(0.5)), -6);
  assert.equal(meterShare(-60), 0);
  assert.equal(meterShare(-20), 0.5);
  assert.equal(meterShare(3), 1);
});

test("effects show their main settings, and bands theirs", () => {
  const press = { type: "Compressor", threshold_db: -20, ratio: 2, makeup_db: 1, mix: 1, knee_db: null };
  assert.deepEqual(
    controlsOf(press).map(({ path }) => path[0]),
    ["threshold_db", "ratio", "makeup_db", "mix"],
  );
  const bands = [
    { kind: "high_pass", cutoff_hz: 60, gain_db: 0 },
    { kind: "bell", cutoff_hz: 300, gain_db: -2 },
  ];
  assert.deepEqual(
    controlsOf({ type: "Equalizer", bands }).map(({ path }) => path.join(".")),
    ["bands.0.cutoff_hz", "bands.1.cutoff_hz", "bands.1.gain_db"],
  );
  assert.deepEqual(
    controlsOf({ type: "New", seed: 3, depth_ms: 4, name: "x" }).map(({ words }) => words),
    ["Depth"],
  );
  assert.deepEqual(named("release_ms"), ["Release", "ms"]);
});

test("a control by ratios finds its way back", () => {
  const range = { min: 20, max: 20000, step: 1 };
  for (const value of [20, 60, 1000, 20000]) {
    assert.ok(Math.abs(valueAt(placeOf(value, range), range) / value - 1) < 0.01);
  }
});
