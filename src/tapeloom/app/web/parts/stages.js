// The stages of a job: which there are, and how far each has come.

/** Of each kind: [stage, words, its share of the work]; the shares are those of app/pipeline.py. */
const PLANS = {
  make: [
    ["compose", "Compose", 0.02], ["perform", "Perform", 0.01], ["render", "Render", 0.3],
    ["mix", "Mix", 0.3], ["master", "Master", 0.32], ["cover", "Cover", 0.05],
    ["words", "Words", 0], ["publish", "Store", 0],
  ],
  compose: [["compose", "Compose", 0.6], ["perform", "Perform", 0.4], ["publish", "Store", 0]],
  analyze: [["analyze", "Analyse", 1], ["publish", "Store", 0]],
  describe: [["describe", "Describe", 1], ["publish", "Store", 0]],
  render: [["render", "Render", 1], ["publish", "Store", 0]],
  master: [["master", "Master", 1], ["publish", "Store", 0]],
  kit: [["kit", "Kit", 1], ["publish", "Store", 0]],
  train: [["learn", "Learn", 1], ["publish", "Store", 0]],
};
const MADE = 0.97; // of the progress that is told; the rest is putting the files away
const SAME = { thumbnail: "cover", video: "words", finish: "publish" };
const BESIDE = new Set(["master", "cover"]); // painted while the master is made
const PHASES = {
  done: "done", running: "now", paused: "held", failed: "broken", cancelled: "broken", queued: "next",
};

export const KINDS = {
  make: "Record", compose: "Composition", analyze: "Analysis", describe: "Words", render: "Stems",
  master: "Master", kit: "Kit", train: "Training", batch: "Batch",
};
export const STATES = {
  queued: "waiting", running: "at work", paused: "paused", done: "done", failed: "failed",
  cancelled: "cancelled",
};

/** Return a job's stages: [{ name, words, phase, part }]; phase: done, now, held, broken or next. */
export function stagesOf(job) {
  const plan = PLANS[job.kind] ?? [];
  const here = SAME[job.stage] ?? job.stage;
  const at = plan.findIndex(([name]) => name === here);
  let before = 0;
  return plan.map(([name, words, share], number) => {
    const begins = before;
    before += share;
    const together = BESIDE.has(name) && BESIDE.has(here) && job.kind === "make";
    if (job.state === "done" || (number < at && !together)) {
      return { name, words, phase: "done", part: 1 };
    }
    if (number !== at && !together) return { name, words, phase: "next", part: 0 };
    const [from, whole] = together ? [0.63, 0.37] : [begins, share];
    const part = whole ? (job.progress / MADE - from) / whole : (job.progress - MADE) / (1 - MADE);
    return {
      name, words, phase: PHASES[job.state] ?? "now",
      part: Math.min(1, Math.max(0, part)),
    };
  });
}

/** Return the words of a job's stage now, such as "Render". */
export function stageWords(job) {
  const here = SAME[job.stage] ?? job.stage;
  return (PLANS[job.kind] ?? []).find(([name]) => name === here)?.[1] ?? "";
}

/** Return an error as a sentence of its own. */
export function errorWords(error) {
  if (!error) return "It failed.";
  const text = error.charAt(0).toUpperCase() + error.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Say how far a job is where there is room for a word or two. */
export function progressWords(job) {
  if (job.state === "queued") return "Waits for a worker.";
  if (job.state === "paused") return "Held.";
  return `${stageWords(job) || "At work"} …`;
}

/** Return what a job makes. */
export function kindOf(job) {
  return job.kind === "make" && job.payload?.base ? "Version" : (KINDS[job.kind] ?? job.kind);
}

/** Return what a job is called: its title, its words, or its kind. */
export function nameOf(job) {
  const { payload = {}, result } = job;
  if (job.kind === "batch") return `Batch of ${payload.items ?? "many"}`;
  return result?.title || payload.title || payload.words || KINDS[job.kind] || job.kind || "Job";
}
