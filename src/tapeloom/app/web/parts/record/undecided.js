// Versions that were made here and wait for a decision, kept or not: they survive a reload.

const SHELF = "undecided";

function read() {
  try {
    return JSON.parse(localStorage.getItem(SHELF) ?? "{}");
  } catch {
    return {};
  }
}

export function waitingOf(record) {
  return read()[record] ?? [];
}

export function remember(record, job) {
  const all = read();
  all[record] = [...new Set([...(all[record] ?? []), job])];
  localStorage.setItem(SHELF, JSON.stringify(all));
}

export function settle(record, job) {
  const all = read();
  all[record] = (all[record] ?? []).filter((one) => one !== job);
  if (!all[record].length) delete all[record];
  localStorage.setItem(SHELF, JSON.stringify(all));
}
