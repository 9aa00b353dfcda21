// A job as a row of a list: what it is, how it stands, how far it is, what can be done.

import { ago, button, clock, fill, h } from "../dom.js";
import { isFinal, now } from "../events.js";
import { errorWords, kindOf, nameOf, stageWords, STATES } from "./stages.js";
import { acts } from "./steer.js";

/** The counts of a batch's items by state, in words. */
export function itemWords(job) {
  const counts = job.result?.items;
  if (!counts) return `${job.payload?.items ?? "?"} records`;
  return Object.entries(counts).map(([state, count]) => `${count} ${STATES[state] ?? state}`).join(", ");
}

/** A row: { element, update(job) }. `onDeleted()` runs once its job is gone. */
export function jobRow(job, { onDeleted, items = null } = {}) {
  const name = h("a", { class: "job-name", href: `#/jobs/${job.id}` });
  const state = h("span", { class: "state" });
  const stage = h("small", {});
  const when = h("small", {});
  const bar = h("progress", { max: 1, "aria-label": "Progress" });
  const error = h("p", { class: "small job-error" });
  const buttons = h("div", { class: "job-acts" });
  const folded = h("div", { class: "job-items", hidden: true });
  const unfold = items && job.kind === "batch"
    ? button("Items", { kind: "faint small", "aria-expanded": "false", onclick: () => {
      folded.hidden = !folded.hidden;
      unfold.setAttribute("aria-expanded", String(!folded.hidden));
      if (!folded.hidden) items(folded);
    } }) : null;
  const element = h("li", { class: "job-row", dataset: { id: job.id } },
    h("div", { class: "stack tight" }, name,
      h("div", { class: "job-told" },
        state, h("small", {}, kindOf(job)), stage, when, unfold)),
    buttons, bar, error, folded);
  let held = job;
  let stood = "";

  /** Events of a batch's items hold no order: what was known of it stays. */
  function update(told) {
    const isBare = !Object.keys(told.payload ?? {}).length;
    const next = { ...held, ...told, payload: isBare ? held.payload : told.payload,
      created_at: held.created_at };
    held = next;
    name.textContent = nameOf(next);
    state.dataset.state = next.state;
    state.textContent = STATES[next.state] ?? next.state;
    stage.textContent = next.kind === "batch" ? itemWords(next)
      : next.state === "running" ? stageWords(next) : "";
    const took = next.started_at && next.finished_at
      ? `, took ${clock(next.finished_at - next.started_at)}` : "";
    when.textContent = `${ago(next.finished_at ?? next.created_at, now())}${took}`;
    bar.value = next.progress;
    bar.hidden = isFinal(next) || next.state === "queued";
    error.textContent = next.error ? errorWords(next.error) : "";
    error.hidden = !next.error;
    if (stood === next.state) return;
    stood = next.state;
    fill(buttons, acts(next, { quietly: true, onDeleted }),
      next.kind === "make" && next.state === "done"
        ? h("a", { class: "button", href: `#/records/${next.id}` }, "Open") : null);
  }

  update(job);
  return { element, update };
}
