import assert from "node:assert/strict";
import test from "node:test";

import { kindOf, progressWords } from "../../src/tapeloom/app/web/parts/stages.js";
import { onFrom, versionWords } from "../../src/tapeloom/app/web/parts/versions.js";

test("a version is told by what is new in it; its title only where nothing else is", () => {
  assert.equal(versionWords({ base: null, changed: [] }), "");
  assert.equal(versionWords({ base: "a", changed: ["master"] }), "new master");
  assert.equal(versionWords({ base: "a", changed: ["mix", "score", "title"] }), "new mix and notes");
  assert.equal(versionWords({ base: "a", changed: ["title"] }), "new title");
  assert.equal(versionWords({ base: "a", changed: [] }), "a version");
  assert.equal(versionWords({ base: null, changed: ["cover"] }), "new cover"); // its base is removed
});

test("a title that a record was given goes along into its versions", () => {
  const record = { id: "a", title: "Rain", facts: { title: "Rain" } };
  assert.deepEqual(onFrom(record), { base: "a" });
  assert.deepEqual(onFrom({ ...record, title: "Snow" }), { base: "a", title: "Snow" });
  assert.equal(onFrom({ ...record, title: "x".repeat(200) }).title.length, 120);
});

test("a job says in a word what it is at", () => {
  assert.equal(progressWords({ kind: "make", state: "queued" }), "Waits for a worker.");
  assert.equal(progressWords({ kind: "make", state: "running", stage: "mix" }), "Mix …");
  assert.equal(progressWords({ kind: "make", state: "running", stage: "" }), "At work …");
  assert.equal(kindOf({ kind: "make", payload: { base: "a" } }), "Version");
  assert.equal(kindOf({ kind: "make", payload: {} }), "Record");
});
