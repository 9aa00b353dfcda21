import assert from "node:assert/strict";
import test from "node:test";

import { readTable, rowsOf } from "../../src/tapeloom/app/web/parts/csv.js";

test("quotes keep commas, quotes and line breaks", () => {
  assert.deepEqual(rowsOf('a,"b, c"\r\n"say ""hi""","two\nlines"\n'),
    [["a", "b, c"], ['say "hi"', "two\nlines"]]);
  assert.deepEqual(rowsOf("\ufeffwords\nrain"), [["words"], ["rain"]]);
  assert.deepEqual(rowsOf("a,\n,b"), [["a", ""], ["", "b"]]);
});

test("each line is an order", () => {
  const { lines, problem } = readTable("words,bpm,seed\n\"rain, night\",72,4\ncafe,,\n");
  assert.equal(problem, "");
  assert.deepEqual(lines.map((one) => one.order), [{ words: "rain, night", bpm: 72, seed: 4 }, { words: "cafe" }]);
  assert.deepEqual(lines.map((one) => one.number), [1, 2]);
});

test("a line says what is wrong with it, and the others stay right", () => {
  const { lines } = readTable("words,bpm,priority\nrain,20,1\ncafe,80\nsnow,80,0\nsun,80,1\n");
  assert.deepEqual(lines.map((one) => Boolean(one.problem)), [true, true, true, false]);
  assert.match(lines[1].problem, /2 fields, the first line 3/);
});

test("a table says what is wrong with all of it", () => {
  assert.match(readTable("words,tempo\nrain,2").problem, /tempo is no column/);
  assert.match(readTable("words,words\nrain,2").problem, /named twice/);
  assert.match(readTable("words\n").problem, /no record yet/);
  assert.match(readTable(`words\n${"rain\n".repeat(1001)}`).problem, /1001 lines/);
  assert.equal(readTable("  \n").problem, "");
});
