// One job whole: its stages, what was ordered, what came of it.

import { artefact, get } from "../api.js";
import { ago, attempt, button, clock, fill, h, say } from "../dom.js";
import { isFinal, jobs, know, listen } from "../events.js";
import { FIELDS } from "./brief.js";
import { itemWords } from "./jobrow.js";
import { jobList } from "./joblist.js";
import { making } from "./making.js";
import { errorWords, kindOf, nameOf, STATES } from "./stages.js";
import { acts } from "./steer.js";
import { go } from "../router.js";

/** Say a size as one would: 740 kB, 6.0 MB. */
export function sizeWords(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** The address of the make page with an order's fields, on another seed. */
function likeIt(payload) {
  const told = FIELDS.filter((name) => name !== "seed" && payload[name] !== undefined);
  return `#/?${new URLSearchParams(told.map((name) => [name, payload[name]]))}`;
}

const leaveFor = () => go("jobs");

/** Show a job in `root`; returns what leaves it. */
export async function jobView(root, id) {
  let job;
  try {
    job = know(await get(`/v1/jobs/${id}`));
  } catch (error) {
    root.append(h("h1", {}, "Job"), h("div", { class: "empty" }, h("p", {}, error.message),
      h("a", { class: "button", href: "#/jobs" }, "All jobs")));
    return () => {};
  }
  const title = h("h1", {}, nameOf(job));
  const state = h("span", { class: "state" });
  const facts = h("dl", { class: "facts" });
  const files = h("section", { class: "card" });
  const buttons = h("div", { class: "row" });
  const isBatch = job.kind === "batch";
  const work = isBatch ? null : making(id, { onDeleted: leaveFor });
  const items = isBatch ? jobList({ parent: id, empty: "This batch has no items any more." }) : null;
  const whole = isBatch ? h("progress", { max: 1, class: "whole", "aria-label": "Progress" }) : null;
  root.append(h("div", { class: "stack" },
    h("p", {}, h("a", { href: "#/jobs" }, "All jobs"), job.parent
      ? [" · ", h("a", { href: `#/jobs/${job.parent}` }, "its batch")] : null),
    h("div", { class: "head" }, h("div", { class: "stack tight" }, title, state), buttons),
    whole, work?.element, items?.element,
    h("div", { class: "columns wide" },
      h("section", { class: "card" }, h("h2", {}, "Facts"), facts),
      isBatch ? null : h("section", { class: "card" },
        h("div", { class: "row between" }, h("h2", {}, "Order"),
          button("Copy", { kind: "faint small", onclick: copy })),
        h("pre", { class: "payload", tabindex: 0 }, JSON.stringify(job.payload, null, 2)))),
    files));

  async function copy() {
    await attempt(async () => {
      await navigator.clipboard.writeText(JSON.stringify(job.payload, null, 2));
      say("The order is copied.");
    });
  }

  let stood = "";
  function update() {
    job = jobs.get(id) ?? job;
    title.textContent = nameOf(job);
    state.textContent = isBatch ? `${STATES[job.state]} · ${itemWords(job)}` : STATES[job.state];
    state.dataset.state = job.state;
    if (whole) whole.value = job.progress;
    const key = `${job.state} ${job.artefacts?.length ?? 0} ${job.attempt} ${job.stages?.length ?? 0}`;
    if (stood === key) return;
    stood = key;
    fill(buttons, isBatch ? acts(job, { onDeleted: leaveFor }) : null,
      job.kind === "make" && !job.payload.base
        ? h("a", { class: "button", href: likeIt(job.payload) }, "Make another like it") : null,
      job.kind === "make" && job.state === "done"
        ? h("a", { class: "button main", href: `#/records/${id}` }, "Open the record") : null);
    showFacts();
    showFiles();
  }

  function showFacts() {
    const rows = [
      ["Kind", kindOf(job)], ["Ordered", ago(job.created_at)],
      ["Waited", job.started_at && clock(job.started_at - job.created_at)],
      ["Took", job.started_at && job.finished_at && clock(job.finished_at - job.started_at)],
      ["Attempt", job.attempt > 1 && String(job.attempt)], ["Priority", job.priority && String(job.priority)],
      ["Error", job.error && errorWords(job.error)], ["Id", h("code", {}, id)],
    ];
    fill(facts, rows.filter(([, value]) => value)
      .map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
  }

  function showFiles() {
    const made = job.artefacts ?? [];
    files.hidden = !made.length;
    fill(files, h("div", { class: "row between" }, h("h2", {}, "Files"),
      h("a", { class: "button", href: `/v1/jobs/${id}/archive.zip`, download: "" }, "Download all as zip")),
    h("div", { class: "scroller" }, h("table", { class: "files" },
      h("thead", {}, h("tr", {}, h("th", {}, "File"), h("th", {}, "Size"))),
      h("tbody", {}, made.map((one) => h("tr", {},
        h("td", {}, h("a", { href: artefact(id, one.name), download: one.name.split("/").pop() }, one.name)),
        h("td", { class: "number" }, sizeWords(one.bytes))))))));
  }

  /** Events hold neither times of stages nor files: ask once more when it has ended. */
  const leave = listen((changed) => {
    if (changed && changed.id !== id) return;
    if (changed && isFinal(changed) && changed.state !== stood.split(" ")[0]) {
      get(`/v1/jobs/${id}`).then(know, () => {});
    }
    update();
  });
  update();
  return () => {
    leave();
    work?.leave();
    items?.leave();
  };
}
