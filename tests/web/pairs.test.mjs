import assert from "node:assert/strict";
import test from "node:test";

import {
  equalLoudness, heardPairs, isAlike, nextPair, pairKey, samePlace,
} from "../../src/tapeloom/app/web/parts/pairs.js";

test("the louder one comes down to the other", () => {
  assert.deepEqual(equalLoudness(-14, -16), { a: -2, b: 0 });
  assert.deepEqual(equalLoudness(-16, -14), { a: 0, b: -2 });
  assert.deepEqual(equalLoudness(-16, null), { a: 0, b: 0 });
});

test("lengths of half a second's difference run side by side", () => {
  assert.ok(isAlike(60, 60.5));
  assert.ok(!isAlike(60, 61));
});

test("the same place is the same share of the record", () => {
  assert.equal(samePlace(30, 60, 120), 60);
  assert.equal(samePlace(60, 60, 30), 30);
  assert.equal(samePlace(1, 0, 30), 0);
});

test("versions of a record come first, then neighbours, each pair once", () => {
  const records = [{ id: "d", base: "b" }, { id: "c" }, { id: "b" }];
  const heard = new Set();
  const met = [];
  for (let pair = nextPair(records, heard); pair; pair = nextPair(records, heard)) {
    met.push(pair);
    heard.add(pairKey(...pair));
  }
  assert.deepEqual(met, [["b", "d"], ["d", "c"], ["c", "b"]]);
  assert.equal(nextPair([{ id: "a" }], new Set()), null);
});

test("a pair is the same whichever side it was on", () => {
  const heard = heardPairs([{ a: { id: "y" }, b: { id: "x" } }]);
  assert.ok(heard.has(pairKey("x", "y")));
  assert.equal(pairKey("a", "b"), pairKey("b", "a"));
});
