// What happens to jobs, as the service tells it: one stream for the whole page.

import { get } from "./api.js";

/** Every job that was heard of, by id. */
export const jobs = new Map();
const listeners = new Set();
let source = null;
let ahead_s = 0; // of the service's clock before ours; events come late, never early
let isTimed = false;
let removing = 0;
const REMOVED_MS = 100;

const FINAL = new Set(["done", "failed", "cancelled"]);
export const isFinal = (job) => FINAL.has(job.state);

/** Call `hear(job)` whenever a job changes, and `hear(null)` when all are told anew. */
export function listen(hear) {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

function tell(job) {
  for (const hear of [...listeners]) hear(job);
}

/** Remember a job that an answer told. */
export function know(job) {
  jobs.set(job.id, { ...jobs.get(job.id), ...job });
  tell(jobs.get(job.id));
  return job;
}

/** The service's time now, in seconds since 1970: its clock may differ from the browser's. */
export const now = () => Date.now() / 1000 + ahead_s;

export function start() {
  source?.close();
  source = new EventSource("/v1/events");
  source.addEventListener("state", onState);
  source.addEventListener("progress", onChange);
  source.addEventListener("removed", (event) => {
    jobs.delete(JSON.parse(event.data).job);
    clearTimeout(removing); // the items of a batch go together
    removing = setTimeout(() => tell(null), REMOVED_MS);
  });
  source.addEventListener("error", () => {
    // A browser gives up where the answer is no stream (a proxy's 502): begin again ourselves.
    if (source.readyState === EventSource.CLOSED) setTimeout(start, 1000);
  });
}

export function stop() {
  source?.close();
  source = null;
}

function onState(event) {
  const told = JSON.parse(event.data);
  if (!told.jobs) return onChange(event);
  jobs.clear();
  for (const job of told.jobs) jobs.set(job.id, job);
  return tell(null);
}

function onChange(event) {
  const { job: id, job_kind: kind, at, ...told } = JSON.parse(event.data);
  const early_s = at - Date.now() / 1000;
  ahead_s = isTimed ? Math.max(ahead_s, early_s) : early_s;
  isTimed = true;
  const known = jobs.get(id);
  const job = { id, kind, payload: {}, created_at: at, ...known, ...told, updated_at: at };
  if (job.state === "running") job.started_at ??= at;
  if (isFinal(job)) job.finished_at ??= at;
  else job.finished_at = null; // begun again
  jobs.set(id, job);
  tell(job);
  // Items of a batch are many: their page asks for them together, and the batch for their counts.
  if (kind === "batch") completeSoon(id);
  else if (!job.parent && (!known || (isFinal(job) && !job.artefacts?.length))) complete(id);
}

const soon = new Set();

function completeSoon(id) {
  if (soon.has(id)) return;
  soon.add(id);
  setTimeout(() => {
    soon.delete(id);
    complete(id);
  }, 500);
}

/** Ask for what an event doesn't hold: order and result. */
async function complete(id) {
  const wasKnown = jobs.has(id);
  try {
    const told = await get(`/v1/jobs/${id}`);
    if (!wasKnown || jobs.has(id)) know(told); // else it was removed while the answer was under way
  } catch {
    // removed meanwhile, or the service is away: the next state tells
  }
}

/** Wait until a job ends; `onChange(job)` on the way. Raises its error where it failed. */
export function ended(id, onChange = () => {}, signal = null) {
  return new Promise((resolve, reject) => {
    const leave = listen((changed) => {
      const job = jobs.get(id);
      if (!job || (changed && changed.id !== id)) return;
      onChange(job);
      if (job.state === "done" && job.artefacts?.length) finish(resolve, job);
      else if (job.state === "failed") finish(reject, new Error(job.error || "The job failed."));
      else if (job.state === "cancelled") finish(reject, new Error("The job was cancelled."));
    });
    function finish(how, value) {
      leave();
      how(value);
    }
    signal?.addEventListener("abort", () => finish(reject, new DOMException("left", "AbortError")));
    complete(id);
  });
}
