// A list of jobs that keeps itself right: the newest first, by state, kind or batch.

import { get } from "../api.js";
import { attempt, button, fill, h } from "../dom.js";
import { jobs, listen } from "../events.js";
import { jobRow } from "./jobrow.js";

const PAGE = 50;

/** Whether a job belongs in a list of these filters. */
export function belongs(job, { state = "", kind = "", parent = null }) {
  return (!state || job.state === state) && (!kind || job.kind === kind) && (job.parent ?? null) === parent;
}

/** A list; `set(filters)` asks anew. */
export function jobList({ parent = null, empty = "No job yet." } = {}) {
  let filters = { state: "", kind: "", parent };
  let cursor = null;
  let turn = 0;
  const rows = new Map(); // id: row
  const leavings = [];
  const list = h("ol", { class: "job-list" });
  const more = button("More", { hidden: true, onclick: () => attempt(next) });
  const none = h("div", { class: "empty", hidden: true }, h("p", {}, empty));
  const element = h("div", { class: "stack" }, none, list, more);

  function items(place) {
    if (place.children.length) return;
    const folded = jobList({ parent: place.closest(".job-row").dataset.id });
    leavings.push(folded.leave);
    place.append(folded.element);
  }

  function row(job) {
    const made = jobRow(job, { items, onDeleted: () => drop(job.id) });
    rows.set(job.id, made);
    return made.element;
  }

  /** The row that is there already, brought up to date; or a new one. */
  function kept(job) {
    if (!rows.has(job.id)) return row(job);
    rows.get(job.id).update(job);
    return rows.get(job.id).element;
  }

  function drop(id) {
    rows.get(id)?.element.remove();
    rows.delete(id);
    none.hidden = rows.size > 0;
  }

  async function page(from) {
    const query = new URLSearchParams({ limit: PAGE });
    for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
    if (from) query.set("cursor", from);
    return get(`/v1/jobs?${query}`);
  }

  async function load() {
    const mine = ++turn;
    try {
      const found = await page(null);
      if (mine !== turn) return;
      const told = new Set(found.jobs.map((job) => job.id));
      for (const id of [...rows.keys()]) if (!told.has(id)) rows.delete(id);
      const elements = found.jobs.map(kept);
      const isSame = elements.length === list.children.length
        && elements.every((one, at) => one === list.children[at]);
      if (!isSame) fill(list, elements); // else what is unfolded or in focus stays so
      cursor = found.cursor;
      fill(none, h("p", {}, empty));
    } catch (error) {
      if (mine !== turn) return;
      rows.clear();
      fill(list);
      fill(none, h("p", {}, error.message), button("Try again", { onclick: load }));
    }
    more.hidden = !cursor;
    none.hidden = rows.size > 0;
  }

  async function next() {
    const found = await page(cursor);
    list.append(...found.jobs.filter((job) => !rows.has(job.id)).map(row));
    cursor = found.cursor;
    more.hidden = !cursor;
  }

  function hear(job) {
    if (!job) return void load();
    const isMine = belongs(job, filters);
    if (rows.has(job.id)) {
      if (isMine) rows.get(job.id).update(job);
      else drop(job.id);
    } else if (isMine && jobs.has(job.id) && job.id > (list.firstChild?.dataset.id ?? "")) {
      list.prepend(row(job));
      none.hidden = true;
    } else if (isMine && filters.state) void load();
  }

  const leave = listen(hear);
  load();
  return { element, set: (next) => {
    filters = { ...filters, ...next };
    return load();
  }, leave: () => {
    leave();
    for (const one of leavings) one();
  } };
}
