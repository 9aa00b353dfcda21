// A job being done, stage by stage: what it is at, how far, since when, how long yet.

import { clock, fill, h, icon } from "../dom.js";
import { isFinal, jobs, listen, now } from "../events.js";
import { briefWords } from "./brief.js";
import { estimate, estimateWords } from "./estimate.js";
import { errorWords, nameOf, stagesOf, stageWords } from "./stages.js";
import { acts } from "./steer.js";

const PHASE_WORDS = { done: "done", now: "at work", held: "held", broken: "stopped", next: "to come" };

const rank = (job) => job.priority ?? 50;

/** How many jobs of its kind are before this one; those with the smaller priority go first. */
function before(job) {
  const isBefore = (one) => rank(one) < rank(job) || (rank(one) === rank(job) && one.id < job.id);
  return [...jobs.values()].filter((one) => one.kind === job.kind && one.id !== job.id
    && (one.state === "running" || (one.state === "queued" && isBefore(one)))).length;
}

/** Say how a job stands, in a sentence or two. */
function standing(job) {
  if (job.state === "queued") {
    const ahead = before(job);
    return ahead ? `Waits behind ${ahead === 1 ? "one other" : `${ahead} others`}.`
      : "Waits for a worker.";
  }
  if (job.state === "paused") return "Held. It goes on with the stage that it was at.";
  if (job.state === "failed") return errorWords(job.error);
  if (job.state === "cancelled") return "Cancelled.";
  if (job.state === "done") return `Made in ${clock(job.finished_at - job.started_at)}.`;
  return `${estimateWords(estimate(job, [...jobs.values()], now()))}.`;
}

/** The list of stages; `update(job)` shows how each stands. */
export function stageList() {
  const element = h("ol", { class: "stages" });
  const rows = new Map();
  let of = "";
  return { element, update(job) {
    const stages = stagesOf(job);
    if (of !== job.kind) {
      of = job.kind;
      rows.clear();
      fill(element, stages.map((stage) => {
        const bar = h("progress", { max: 1, "aria-label": stage.words });
        const said = h("small", { class: "unseen" });
        const took = h("small", { class: "figures" });
        const row = h("li", {}, h("span", { class: "stage-mark" }), h("span", {}, stage.words), bar,
          took, said);
        rows.set(stage.name, { row, bar, said, took, mark: row.firstChild, phase: "" });
        return row;
      }));
    }
    for (const stage of stages) {
      const held = rows.get(stage.name);
      held.bar.value = stage.part;
      const seconds = job.stages?.find((one) => one.name === stage.name)?.seconds;
      held.took.textContent = seconds === undefined ? "" : `${seconds.toFixed(1)} s`;
      if (held.phase === stage.phase) continue;
      held.phase = stage.phase;
      held.row.dataset.phase = stage.phase;
      held.said.textContent = PHASE_WORDS[stage.phase];
      if (stage.phase === "now") held.row.setAttribute("aria-current", "step");
      else held.row.removeAttribute("aria-current");
      fill(held.mark, stage.phase === "done" ? icon("check", 16)
        : stage.phase === "broken" ? icon("warning", 16) : null);
    }
  } };
}

/** A card of one job at work; returns { element, leave }. `onDeleted()` runs once it is gone. */
export function making(id, { onDeleted } = {}) {
  const title = h("h2", {}, "One moment …");
  const told = h("small", {});
  const list = stageList();
  const whole = h("progress", { max: 1, class: "whole", "aria-label": "The whole" });
  const passed = h("span", { class: "figures" });
  const sentence = h("span", { class: "standing quiet" });
  const state = h("p", { class: "unseen", role: "status" });
  const buttons = h("div", { class: "row" });
  const element = h("article", { class: "card making" },
    h("div", { class: "row between" }, h("div", { class: "stack tight" }, title, told), buttons),
    whole, h("div", { class: "row between small" }, sentence, passed), list.element, state);
  let stood = "";

  function update() {
    const job = jobs.get(id);
    if (!job) return;
    title.textContent = nameOf(job);
    told.textContent = briefWords(job.payload ?? {});
    whole.value = job.progress;
    list.update(job);
    tick();
    const words = `${job.state} ${stageWords(job)}`;
    if (stood !== words) {
      stood = words;
      element.dataset.state = job.state;
      state.textContent = `${nameOf(job)}: ${job.state === "running" ? stageWords(job) : job.state}`;
      fill(buttons, acts(job, { onDeleted }));
    }
  }

  function tick() {
    const job = jobs.get(id);
    if (!job) return;
    sentence.textContent = standing(job);
    const until = isFinal(job) && job.finished_at ? job.finished_at : now();
    passed.textContent = job.started_at ? clock(until - job.started_at) : "";
  }

  const leaveJobs = listen((job) => (!job || job.id === id || job.state === "queued") && update());
  const beat = setInterval(tick, 1000);
  update();
  return { element, leave: () => (leaveJobs(), clearInterval(beat)) };
}
