// What the record's page makes of presets, files and jobs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { EACH_ANOTHER, variants } from "../../src/tapeloom/app/web/parts/record/cover_variants.js";
import { sizeOf, sorted } from "../../src/tapeloom/app/web/parts/record/file_names.js";
import {
  isSame,
  presetOf,
  reasonOf,
  withPreset,
} from "../../src/tapeloom/app/web/parts/record/master_edit.js";

const PRESETS = [
  { name: "streaming", settings: { target_lufs: -14, bands: [] } },
  { name: "club", settings: { target_lufs: -7, bands: [] } },
];

test("a preset is known by its settings, and laid over what is there", () => {
  const made = withPreset({ format: 1, target_lufs: -9, width: 1.2, bands: [{}] }, PRESETS[1]);
  assert.deepEqual(made, { format: 1, target_lufs: -7, width: 1.2, bands: [] });
  assert.equal(presetOf(made, PRESETS), "club");
  assert.equal(presetOf({ ...made, target_lufs: -8 }, PRESETS), null);
  assert.ok(isSame(made, { format: 2, target_lufs: -7, bands: [] }));
});

test("a preset's reason is a sentence without the grades of its sources", () => {
  assert.equal(reasonOf({ about: "discs are loud (B); peaks live" }), "Discs are loud; peaks live.");
});

test("files stand in the group in which they are looked for, each once", () => {
  const names = [
    "master.flac",
    "master.json",
    "mix.json",
    "stems/bass.flac",
    "dry/bass_75bpm.flac",
    "score.mid",
    "score.json",
    "cover.png",
    "record.json",
    "premix.flac",
  ];
  const groups = sorted(names.map((name) => ({ name, bytes: 1 })));
  assert.deepEqual(
    Object.fromEntries(groups.map(({ words, files }) => [words, files.map((file) => file.name)])),
    {
      Music: ["master.flac", "premix.flac"],
      Stems: ["stems/bass.flac"],
      "Stems before the mix": ["dry/bass_75bpm.flac"],
      Notes: ["score.json", "score.mid"],
      "Pictures and video": ["cover.png"],
      "Settings and facts": ["master.json", "mix.json", "record.json"],
    },
  );
});

test("sizes are told as stores count them", () => {
  assert.deepEqual([999, 1500, 8_786_266].map(sizeOf), ["999 B", "2 kB", "8.8 MB"]);
});

test("covers differ in what is left to each, and keep what is wished", () => {
  const choices = {
    scene: ["beach", "cafe", "city"],
    time: ["dawn", "day", "dusk", "night"],
    side: ["left", "right"],
  };
  const made = variants({ scene: "cafe", time: EACH_ANOTHER, side: "" }, choices, 5, 4);
  assert.deepEqual(
    made.map(({ seed }) => seed),
    [5, 6, 7, 8],
  );
  assert.ok(made.every(({ fields }) => fields.scene === "cafe" && !("side" in fields)));
  assert.ok(new Set(made.map(({ fields }) => fields.time)).size > 1);
});
