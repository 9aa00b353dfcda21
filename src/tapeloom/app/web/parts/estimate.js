// How long a record will take to make: judged by earlier ones, then by how fast this one goes.

const COMPARED = 8; // earlier jobs that are looked at: those of the nearest length
const TOLD_FROM = 0.08; // the share of the work after which the job's own speed counts

/** Return how many seconds of music a brief asks for, where it tells; else of three minutes. */
export function musicSeconds(payload) {
  const beatsABar = meterBeats(payload.meter);
  const bar_s = (beatsABar * 60) / (payload.bpm || 76);
  if (payload.form) {
    const bars = [...payload.form.matchAll(/\d+/g)].reduce((sum, [text]) => sum + Number(text), 0);
    if (bars) return bars * bar_s;
  }
  if (payload.bars) return payload.bars * bar_s;
  return (payload.minutes || 3) * 60;
}

function meterBeats(meter) {
  const [, over, under] = /(\d+)\/(\d+)/.exec(meter ?? "") ?? [null, 4, 4];
  return (Number(over) * 4) / Number(under);
}

/** Return earlier jobs of the same kind: [{ work_s, music_s }], the most alike first. */
export function alike(job, known) {
  const wanted = job.result?.duration_s ?? musicSeconds(job.payload ?? {});
  return known
    .filter((one) => one.kind === job.kind && one.state === "done" && one.id !== job.id
      && one.started_at && one.finished_at > one.started_at && one.attempt === 1
      && Boolean(one.payload?.base) === Boolean(job.payload?.base))
    .map((one) => ({
      work_s: one.finished_at - one.started_at,
      music_s: one.result?.duration_s || musicSeconds(one.payload),
    }))
    .sort((a, b) => Math.abs(Math.log(a.music_s / wanted)) - Math.abs(Math.log(b.music_s / wanted)))
    .slice(0, COMPARED);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Return how long a job still takes, or null where nothing tells: { left_s, judged } with the
 * number of earlier jobs that it was judged by, 0 where only by its own speed.
 */
export function estimate(job, known, now_s) {
  const earlier = alike(job, known);
  const wanted = musicSeconds(job.payload ?? {});
  const expected = earlier.length
    ? median(earlier.map((one) => (one.work_s * wanted) / one.music_s)) : null;
  const passed = job.started_at ? Math.max(0, now_s - job.started_at) : 0;
  const part = job.state === "running" ? job.progress : 0;
  const measured = part >= TOLD_FROM && passed > 1 && job.attempt <= 1 ? passed / part : null;
  if (expected === null && measured === null) return null;
  const whole = measured === null ? expected
    : expected === null ? measured : (1 - part) * expected + part * measured;
  return { left_s: Math.max(0, whole - passed), judged: earlier.length };
}

/** Say a length of time as one would: "about 20 s", "about 3 min". */
export function about(seconds) {
  if (seconds < 5) return "a few seconds";
  if (seconds < 55) return `about ${Math.ceil(seconds / 5) * 5} s`;
  if (seconds < 3300) return `about ${Math.max(1, Math.round(seconds / 60))} min`;
  return `about ${(seconds / 3600).toFixed(1)} h`;
}

/** Say an estimate in a sentence, with what it is judged by. */
export function estimateWords(found) {
  if (!found) return "No earlier record to judge the time by";
  const by = found.judged === 0 ? "by its speed so far"
    : found.judged === 1 ? "by one earlier record" : `by ${found.judged} earlier records`;
  return `${about(found.left_s)} left, judged ${by}`;
}
