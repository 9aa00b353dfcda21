// The draft's own line: how far it is from the record, and how it becomes a version.

import { post, uploadJson } from "../api.js";
import { attempt, button, confirmed, fill, h } from "../dom.js";
import { ended } from "../events.js";
import { submit } from "../outbox.js";
import { beforeAfter } from "../parts/record/before_after.js";
import { progressWords } from "../parts/stages.js";
import { onFrom } from "../parts/versions.js";

/**
 * Return { element, compared, update, resume, clean }; `compared` is the place of before and after.
 *
 * onOrdered  called with { id, score } of a job, so that a later visit can follow it; null when it failed
 * onDiscard  called when the draft is over: discarded, or its version kept
 */
export function making({ editor, record, onOrdered, onDiscard }) {
  const words = h("span", {});
  const discard = button("Discard", { kind: "faint", onclick: () => attempt(ask) });
  const make = button("Make this version", { kind: "main", onclick: () => attempt(begin) });
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Making the version" });
  const stage = h("span", { class: "small quiet" });
  const progress = h("div", { class: "roll-progress stack tight", hidden: true }, bar, stage);
  const problems = h("div", { class: "stack tight", role: "alert", hidden: true });
  const element = h(
    "div",
    { class: "roll-draft" },
    h("p", { role: "status" }, words),
    h("div", { class: "row" }, discard, make),
    progress,
    problems,
  );
  const compared = h("div", {});
  const left = new AbortController();
  let leaveCompared = () => {};
  let isMaking = false;
  let accepted = null; // the score whose problems were seen and are to be made nevertheless

  async function ask() {
    if (!(await confirmed("Discard this draft? The record stays as it is.", "Discard"))) return;
    editor.discard();
    await onDiscard();
  }

  async function begin() {
    const { score } = editor;
    isMaking = true;
    fill(problems);
    problems.hidden = true;
    update();
    try {
      const checked = await post("/v1/scores/check", { score });
      if (checked.problems.length && (accepted !== score || !checked.score))
        return void tellProblems(checked, score);
      const upload = await uploadJson("score.json", checked.score);
      const job = await submit("/v1/make", { ...onFrom(record), files: { "score.json": upload } });
      if (!job) return; // it waits in the outbox, which said so
      const ordered = { id: job.id, score };
      await onOrdered(ordered);
      await follow(ordered);
    } finally {
      isMaking = false;
      update();
    }
  }

  /** See a job through to its record; leaving the page leaves it to itself. */
  async function follow(ordered) {
    isMaking = true;
    progress.hidden = false;
    update();
    try {
      await ended(ordered.id, showJob, left.signal);
    } catch (error) {
      if (error.name === "AbortError") return;
      await onOrdered(null);
      throw error;
    } finally {
      isMaking = false;
      progress.hidden = true;
      update();
    }
    leaveCompared();
    leaveCompared = await beforeAfter(compared, {
      record,
      job: ordered,
      tab: "notes",
      // A draft that went on meanwhile stays with the record that it is of.
      onKept: () => (editor.score === ordered.score ? onDiscard() : onOrdered(null)),
      onDiscarded: () => onOrdered(null),
    });
    if (left.signal.aborted) leaveCompared();
  }

  function tellProblems({ problems: found, score: whole }, score) {
    problems.hidden = false;
    const where = ({ part, bar: number }) => [part, number && `bar ${number}`].filter(Boolean).join(", ");
    const again = button("Make it nevertheless", {
      onclick: () => {
        accepted = score;
        attempt(begin);
      },
    });
    fill(
      problems,
      h("p", {}, whole ? "Before it is made, look at this:" : "This can't be made as it is:"),
      h(
        "ul",
        {},
        found
          .slice(0, 8)
          .map((one) => h("li", {}, where(one) ? `${where(one)}: ${one.problem}` : one.problem)),
      ),
      whole ? h("div", {}, again) : null,
    );
  }

  function showJob(job) {
    bar.value = job.progress ?? 0;
    stage.textContent = progressWords(job);
  }

  function update() {
    const steps = editor.history.past.length;
    element.classList.toggle("changed", steps > 0);
    words.textContent = isMaking
      ? "The version is being made. You can go on listening or leave."
      : steps
        ? `A draft, ${steps} ${steps === 1 ? "step" : "steps"} from the record. It is kept in this browser.`
        : "This is the record as it was made. What you change becomes a draft.";
    discard.disabled = !steps || isMaking;
    make.disabled = !steps || isMaking;
  }
  function clean() {
    left.abort();
    leaveCompared();
  }
  return { element, compared, update, resume: (job) => attempt(() => follow(job)), clean };
}
