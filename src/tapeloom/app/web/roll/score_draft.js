// A score that is edited, as a value: each operation returns a new one and shares what stayed.
//
// A note is what score.json holds, [start, duration, pitch, velocity, moves?], never changed in
// place: a selection is a Set of such notes. Operations return { score, notes }: the new score, and
// the notes that took the place of the chosen ones. Marks lie at a tick and a pitch, and go along.

export const [START, DURATION, PITCH, VELOCITY] = [0, 1, 2, 3];
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const placeOf = (start, pitch) => `${start}/${pitch}`;

/** What the service calls a score: the answer of /score without what is only told. */
export function scoreOf(sheet) {
  const { bars: _bars, duration_s: _duration, ...score } = sheet;
  return score;
}

export function isSameNote(a, b) {
  return a === b || (a.length === b.length && JSON.stringify(a) === JSON.stringify(b));
}

export function ordered(notes) {
  return [...notes].sort((a, b) => a[START] - b[START] || a[PITCH] - b[PITCH]);
}

function withPart(score, at, part) {
  return { ...score, parts: score.parts.map((old, index) => (index === at ? part : old)) };
}

/** Put what `change(note)` returns in the place of each chosen note; null takes it away. */
export function changeNotes(score, at, chosen, change) {
  const part = score.parts[at];
  const [kept, made, moved] = [[], new Set(), new Map()];
  for (const note of part.notes) {
    if (!chosen.has(note)) {
      kept.push(note);
      continue;
    }
    const changed = change(note);
    const next = changed && isSameNote(changed, note) ? note : changed;
    moved.set(placeOf(note[START], note[PITCH]), next);
    if (next) made.add(next);
  }
  const notes = ordered([...kept, ...made]);
  if (notes.length === part.notes.length && notes.every((note, index) => note === part.notes[index])) {
    return { score, notes: made };
  }
  const marks = marksAlong(part.marks, kept, moved);
  return { score: withPart(score, at, { ...part, notes, marks }), notes: made };
}

function marksAlong(marks, kept, moved) {
  const stay = new Set(kept.map((note) => placeOf(note[START], note[PITCH])));
  const along = marks.flatMap((mark) => {
    const place = placeOf(mark[0], mark[1]);
    if (!moved.has(place)) return [mark];
    const note = moved.get(place);
    if (note) return [[note[START], note[PITCH], mark[2]]];
    return stay.has(place) ? [mark] : [];
  });
  return along.sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1));
}

function altered(note, changes) {
  const made = [...note];
  for (const [field, value] of changes) made[field] = value;
  return made;
}

/** Add notes; one that begins where another of its pitch does is left out. */
export function add(score, at, notes, marks = []) {
  const part = score.parts[at];
  const there = new Set(part.notes.map((note) => placeOf(note[START], note[PITCH])));
  const made = notes.filter((note) => !there.has(placeOf(note[START], note[PITCH])));
  if (!made.length) return { score, notes: new Set() };
  const next = {
    ...part,
    notes: ordered([...part.notes, ...made]),
    marks: marksAlong([...part.marks, ...marks], [], new Map()),
  };
  return { score: withPart(score, at, next), notes: new Set(made) };
}

export function remove(score, at, chosen) {
  return changeNotes(score, at, chosen, () => null);
}

function bounds(chosen) {
  let [first, last, low, high] = [Infinity, 0, 127, 0];
  for (const note of chosen) {
    first = Math.min(first, note[START]);
    last = Math.max(last, note[START] + note[DURATION]);
    low = Math.min(low, note[PITCH]);
    high = Math.max(high, note[PITCH]);
  }
  return { first, last, low, high };
}

/** How far chosen notes can go together: inside 0..end and the pitches 0..127. */
export function reach(chosen, { ticks = 0, semitones = 0 }, end) {
  const { first, last, low, high } = bounds(chosen);
  return {
    ticks: clamp(ticks, -first, Math.max(0, end - last)),
    semitones: clamp(semitones, -low, 127 - high),
  };
}

/** Move notes together; durations, velocities and what lies between them stay. */
export function move(score, at, chosen, by, end) {
  if (!chosen.size) return { score, notes: chosen };
  const { ticks, semitones } = reach(chosen, by, end);
  return changeNotes(score, at, chosen, (note) =>
    altered(note, [
      [START, note[START] + ticks],
      [PITCH, note[PITCH] + semitones],
    ]),
  );
}

/** Give each note the pitch that `pitchOf(note)` says, within 0..127. */
export function repitch(score, at, chosen, pitchOf) {
  return changeNotes(score, at, chosen, (note) => altered(note, [[PITCH, clamp(pitchOf(note), 0, 127)]]));
}

/** Lengthen notes by ticks; each keeps at least `least` ticks and ends by `end`. */
export function lengthen(score, at, chosen, ticks, end, least = 1) {
  return changeNotes(score, at, chosen, (note) => {
    const longest = Math.max(note[DURATION], end - note[START]);
    const shortest = Math.min(least, note[DURATION]);
    return altered(note, [[DURATION, clamp(note[DURATION] + ticks, shortest, longest)]]);
  });
}

export function louder(score, at, chosen, amount) {
  return changeNotes(score, at, chosen, (note) =>
    altered(note, [[VELOCITY, clamp(Math.round(note[VELOCITY] + amount), 1, 127)]]),
  );
}

export function setVelocity(score, at, chosen, velocity) {
  return changeNotes(score, at, chosen, (note) =>
    altered(note, [[VELOCITY, clamp(Math.round(velocity), 1, 127)]]),
  );
}

/** Put beginnings on the grid, by `amount` 0..1 of the way; both ends are rounded, then subtracted. */
export function quantise(score, at, chosen, timeline, grid, amount = 1) {
  if (!grid) return { score, notes: chosen };
  return changeNotes(score, at, chosen, (note) => {
    const near = Math.min(timeline.snap(note[START], grid), timeline.end - 1);
    const start = Math.round(note[START] + (near - note[START]) * amount);
    const until = Math.round(start + note[DURATION]);
    return altered(note, [
      [START, start],
      [DURATION, Math.max(1, Math.min(until, timeline.end) - start)],
    ]);
  });
}

/** What can be pasted: notes with ticks from `origin`, and their marks. */
export function copied(score, at, chosen, origin) {
  const places = new Set([...chosen].map((note) => placeOf(note[START], note[PITCH])));
  return {
    notes: ordered(chosen).map((note) => altered(note, [[START, note[START] - origin]])),
    marks: score.parts[at].marks
      .filter((mark) => places.has(placeOf(mark[0], mark[1])))
      .map(([tick, pitch, name]) => [tick - origin, pitch, name]),
  };
}

/** Put copied notes at a tick; what would not fit before `end` is left out. */
export function paste(score, at, clip, tick, end) {
  const fits = (note) => note[START] + tick >= 0 && note[START] + note[DURATION] + tick <= end;
  const notes = clip.notes.filter(fits).map((note) => altered(note, [[START, note[START] + tick]]));
  const places = new Set(notes.map((note) => placeOf(note[START], note[PITCH])));
  const marks = clip.marks
    .map(([at_, pitch, name]) => [at_ + tick, pitch, name])
    .filter((mark) => places.has(placeOf(mark[0], mark[1])));
  return add(score, at, notes, marks);
}

/** The chosen notes again, right behind themselves by whole steps of `step` ticks. */
export function duplicate(score, at, chosen, step, end) {
  if (!chosen.size) return { score, notes: chosen };
  const { first, last } = bounds(chosen);
  const length = Math.max(step, Math.ceil((last - first) / step) * step);
  return paste(score, at, copied(score, at, chosen, first), first + length, end);
}

/** The notes of a part that sound from one tick to another. */
export function notesBetween(score, at, from, to) {
  return score.parts[at].notes.filter((note) => note[START] < to && note[START] + note[DURATION] > from);
}

/** The notes of a part that begin from one tick to another. */
export function notesFrom(score, at, from, to) {
  return score.parts[at].notes.filter((note) => note[START] >= from && note[START] < to);
}
