// What sounds when, in whole frames: runs of a record on the clock of the sound card.
//
// A run { begins, from, to } says: at the clock's frame `begins` the record's frame `from` sounds,
// and so on until `to`. A loop is one run behind another without a frame between them.

/** The run that playing from a frame begins with; one beyond the loop begins the loop anew. */
export function firstRun(begins, from, loop, length) {
  if (!loop) return { begins, from, to: length };
  const to = Math.min(loop.to, length);
  return { begins, from: from >= to ? loop.from : from, to };
}

/** Runs that reach at least to the clock's frame `until`, where a loop goes on that far. */
export function extended(runs, loop, length, until) {
  const made = [...runs];
  while (loop && endOf(made) < until) {
    made.push({ begins: endOf(made), from: loop.from, to: Math.min(loop.to, length) });
  }
  return made;
}

/** The clock's frame at which the last run is over. */
export function endOf(runs) {
  const last = runs.at(-1);
  return last.begins + last.to - last.from;
}

/** The record's frame that sounds at a frame of the clock. */
export function placeAt(runs, frame) {
  let run = runs[0];
  for (const one of runs) if (one.begins <= frame) run = one;
  return Math.min(run.to, Math.max(run.from, run.from + frame - run.begins));
}

/** Numbers of the pieces of a run that sound between two frames of the clock. */
export function piecesOf(run, after, until, piece) {
  const from = Math.max(run.from, run.from + after - run.begins);
  const to = Math.min(run.to, run.from + until - run.begins);
  const numbers = [];
  for (let number = Math.floor(from / piece); number * piece < to; number++) numbers.push(number);
  return from < to ? numbers : [];
}

/**
 * Where a piece of `frames` frames is put: { when, offset, duration }, or null where nothing of it
 * is left. What would have sounded before the clock's frame `earliest` is left out.
 */
export function placed(run, number, frames, earliest, piece) {
  const begin = number * piece;
  const wanted = Math.max(run.from, begin);
  const late = Math.max(0, earliest - (run.begins + wanted - run.from));
  const from = wanted + late;
  const to = Math.min(run.to, begin + frames);
  if (from >= to) return null;
  return { when: run.begins + from - run.from, offset: from - begin, duration: to - from, late };
}
