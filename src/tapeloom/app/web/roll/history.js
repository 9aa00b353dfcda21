// What was done, to be undone and done again, without end.

export function begin(present) {
  return { past: [], present, future: [] };
}

/** Go on to a state. One that says the same `gesture` as the last takes its place. */
export function commit(history, state) {
  const { past, present } = history;
  if (state.score === present.score) return { ...history, present: { ...present, ...chosenOf(state) } };
  if (state.gesture && state.gesture === present.gesture) return { past, present: state, future: [] };
  return { past: [...past, present], present: state, future: [] };
}

const chosenOf = (state) => ({ chosen: state.chosen, part: state.part });

export function undo(history) {
  const { past, present, future } = history;
  if (!past.length) return history;
  return { past: past.slice(0, -1), present: past.at(-1), future: [present, ...future] };
}

export function redo(history) {
  const { past, present, future } = history;
  if (!future.length) return history;
  return { past: [...past, present], present: future[0], future: future.slice(1) };
}

/** Keep the latest `most` steps of each side: what is put away for the next visit. */
export function shortened(history, most) {
  return { ...history, past: history.past.slice(-most), future: history.future.slice(0, most) };
}
