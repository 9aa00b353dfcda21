// What can be done to a job as it stands: pause, resume, cancel, retry, delete.

import { post, send } from "../api.js";
import { attempt, button, confirmed } from "../dom.js";
import { jobs, know } from "../events.js";
import { nameOf } from "./stages.js";

const ACTS = {
  queued: ["pause", "cancel"], running: ["pause", "cancel"], paused: ["resume", "cancel"],
  failed: ["retry", "delete"], cancelled: ["retry", "delete"], done: ["delete"],
};
const WORDS = {
  pause: ["Pause", "pause"], resume: ["Resume", "play"], cancel: ["Cancel", "stop"],
  retry: ["Try again", "redo"], delete: ["Delete", "bin"],
};

/** The names of what can be done now; a record is deleted as a record, not as its job. */
export function actsOf(job) {
  const isRecord = job.kind === "make" && job.state === "done";
  return (ACTS[job.state] ?? []).filter((act) => !(act === "delete" && isRecord));
}

/** Do one of them; `onDeleted` runs once the job is gone. */
export async function act(job, name, onDeleted = () => {}) {
  if (name === "cancel" && !(await confirmed(`Cancel “${nameOf(job)}”?`, "Cancel it"))) return;
  if (name !== "delete") {
    await attempt(async () => know(await post(`/v1/jobs/${job.id}/${name}`)));
    return;
  }
  const what = job.kind === "batch"
    ? "Delete this batch with every record that it made?" : `Delete the job “${nameOf(job)}”?`;
  if (!(await confirmed(what, "Delete"))) return;
  await attempt(async () => {
    await send("DELETE", `/v1/jobs/${job.id}`);
    jobs.delete(job.id);
    onDeleted();
  });
}

/** Buttons of what can be done; `quietly` shows pictures alone. */
export function acts(job, { quietly = false, onDeleted } = {}) {
  return actsOf(job).map((name) => {
    const [words, picture] = WORDS[name];
    return button(quietly ? `${words}: ${nameOf(job)}` : words, {
      picture, quietly, kind: quietly ? "" : "faint", onclick: () => act(job, name, onDeleted),
    });
  });
}
