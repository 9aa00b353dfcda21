import assert from "node:assert/strict";
import test from "node:test";

import { address, fits } from "../../src/tapeloom/app/web/parts/shelf.js";
import { actsOf } from "../../src/tapeloom/app/web/parts/steer.js";
import { tagsOf } from "../../src/tapeloom/app/web/parts/tags.js";

const record = {
  title: "Rain on Glass", words: "rainy night", key: "A minor", note: "for Ann", tags: ["winter"],
  favourite: true,
};

test("a search that is kept offline finds what the service would", () => {
  assert.ok(fits(record, {}));
  assert.ok(fits(record, { q: "GLASS ann" }));
  assert.ok(!fits(record, { q: "glass snow" }));
  assert.ok(fits(record, { tag: "winter", favourite: true }));
  assert.ok(!fits(record, { tag: "winte" }));
  assert.ok(!fits({ ...record, favourite: false }, { favourite: true }));
});

test("only what is asked for is in the address", () => {
  assert.equal(address({}), "/v1/records?limit=24");
  assert.equal(address({ q: "a b&c", tag: "x", favourite: true, sort: "bpm" }, "id"),
    "/v1/records?limit=24&q=a+b%26c&tag=x&favourite=true&sort=bpm&before=id");
});

test("tags are read from a line, each once", () => {
  assert.deepEqual(tagsOf(" rain,for  sleep,, rain "), ["rain", "for sleep"]);
  assert.equal(tagsOf("x".repeat(99))[0].length, 40);
});

test("a job can be steered as its state allows", () => {
  const of = (state, kind = "make") => actsOf({ state, kind });
  assert.deepEqual(of("running"), ["pause", "cancel"]);
  assert.deepEqual(of("paused"), ["resume", "cancel"]);
  assert.deepEqual(of("failed"), ["retry", "delete"]);
  assert.deepEqual(of("done"), []); // a record is deleted as a record
  assert.deepEqual(of("done", "kit"), ["delete"]);
});
