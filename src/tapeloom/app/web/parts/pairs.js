// Pairs of records to compare: at which loudness, at which place, and which pair comes next.

const ALIKE_S = 0.5; // up to this difference of length both run side by side

/** The gains in dB that make two records equally loud: the louder one comes down. */
export function equalLoudness(a_lufs, b_lufs) {
  if (!Number.isFinite(a_lufs) || !Number.isFinite(b_lufs)) return { a: 0, b: 0 };
  const least = Math.min(a_lufs, b_lufs);
  return { a: least - a_lufs, b: least - b_lufs };
}

/** Whether two lengths are near enough to play as two tracks of one transport. */
export function isAlike(a_s, b_s) {
  return Math.abs(a_s - b_s) <= ALIKE_S;
}

/** The place in another record that lies where `time_s` does in one of `from_s`. */
export function samePlace(time_s, from_s, to_s) {
  return from_s > 0 ? Math.min(to_s, (time_s / from_s) * to_s) : 0;
}

export const pairKey = (a, b) => [a, b].sort().join(" ");

/**
 * The next pair that nobody was asked about: versions of one record first, then neighbours in the
 * list, then what lies further apart. Returns [a, b] of ids, or null.
 * records  [{ id, base }], the newest first
 * heard    a Set of pairKey
 */
export function nextPair(records, heard) {
  const ids = new Set(records.map((one) => one.id));
  for (const one of records) {
    if (one.base && ids.has(one.base) && !heard.has(pairKey(one.id, one.base))) {
      return [one.base, one.id];
    }
  }
  for (let apart = 1; apart < records.length; apart++) {
    for (let at = 0; at + apart < records.length; at++) {
      const [a, b] = [records[at].id, records[at + apart].id];
      if (!heard.has(pairKey(a, b))) return [a, b];
    }
  }
  return null;
}

/** Preferences as told by the service, as a set of pairs that were heard. */
export function heardPairs(preferences) {
  return new Set(preferences.map((one) => pairKey(idOf(one.a), idOf(one.b))));
}

const idOf = (side) => (typeof side === "string" ? side : side?.id ?? "");
