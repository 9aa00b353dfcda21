// A job on a record, shown where it was ordered: how far it is, to cancel, or why it failed.

import { get, post } from "../../api.js";
import { attempt, button, fill, h } from "../../dom.js";
import { isFinal, jobs, know, listen } from "../../events.js";
import { progressWords } from "../stages.js";
import { remember, settle, waitingOf } from "./undecided.js";

/** Whether a job was ordered on this record. */
export function isOn(job, record) {
  const { base, records = [] } = job.payload ?? {};
  return base === record || records.includes(record);
}

/**
 * Follow the newest job on `record` that `fits`, also one that was ordered before a reload.
 * onDone(job) is called once for each that is done and not yet settled.
 */
export function work(record, { fits, onDone, onBusy = () => {} }) {
  const root = h("div", { class: "work", hidden: true });
  const told = h("span", { role: "status" });
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress" });
  const cancel = button("Cancel", {
    kind: "faint",
    onclick: () => attempt(() => post(`/v1/jobs/${current.id}/cancel`, {})),
  });
  let current = null;
  let shown = "";
  const done = new Set();
  const seen = new Set(); // under way while the page was open, ordered here or elsewhere

  function find() {
    const waiting = waitingOf(record);
    return (
      [...jobs.values()]
        .filter((job) => job.kind !== "batch" && isOn(job, record) && fits(job))
        .filter((job) => !isFinal(job) || waiting.includes(job.id) || seen.has(job.id))
        .sort((one, other) => (one.id < other.id ? 1 : -1))[0] ?? null
    );
  }

  function show() {
    current = find();
    const isBusy = Boolean(current) && !isFinal(current);
    if (isBusy) seen.add(current.id);
    onBusy(isBusy);
    root.hidden = !current || current.state === "done";
    if (!current) return;
    if (current.state === "done") {
      if (!done.has(current.id) && current.artefacts?.length) {
        done.add(current.id);
        onDone(current);
      }
    } else if (isBusy) {
      told.textContent = progressWords(current);
      bar.value = current.progress ?? 0;
      if (shown !== current.id) fill(root, h("div", { class: "row between" }, told, cancel), bar);
      shown = current.id;
    } else {
      shown = "";
      const job = current.id;
      const words = current.state === "cancelled" ? "It was cancelled." : current.error;
      fill(
        root,
        h(
          "div",
          { class: "row between" },
          h("p", { class: "fault", role: "status" }, words || "The job failed."),
          button("Close", {
            picture: "close",
            quietly: true,
            onclick: () => {
              settle(record, job);
              seen.delete(job);
              show();
            },
          }),
        ),
      );
    }
  }

  const leave = listen((job) => {
    if (!job || isOn(job, record)) show();
  });
  for (const id of waitingOf(record)) {
    get(`/v1/jobs/${id}`).then(know, (error) => error.status === 404 && settle(record, id));
  }
  show();
  return {
    element: root,
    get isBusy() {
      return Boolean(current) && !isFinal(current);
    },
    /** Follow a job that was just ordered. */
    follow(job) {
      if (!job) return;
      remember(record, job.id);
      know(job);
    },
    leave,
  };
}
