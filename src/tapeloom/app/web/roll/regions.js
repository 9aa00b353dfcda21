// The law of "keep the rest": of an answer only the bars asked for are taken, and what else it
// changed is told.

import { DURATION, isSameNote, ordered, PITCH, START } from "./score_draft.js";

const textOf = JSON.stringify;
const inside = (tick, { from, to }) => tick >= from && tick < to;

/**
 * Take the bars from `from` to `to` of the named parts out of an answer; all else stays.
 *
 * before, after  scores
 * asked          { from, to, parts: Set of part names, withChords }
 * Returns { score, added, removed, strays }: notes as [part index, note], and sentences.
 */
export function takeBars(before, after, asked) {
  const [added, removed, strays] = [[], [], []];
  const parts = before.parts.map((part, at) => {
    const answer = after.parts.find((one) => one.name === part.name);
    if (!answer) {
      strays.push(`The answer lacks the part ${part.name}; it is kept.`);
      return part;
    }
    const may = asked.parts.has(part.name);
    const told = strayOf(part, answer, may ? asked : null);
    if (told) strays.push(told);
    if (!may) return part;
    const made = takePart(part, answer, asked);
    const stayed = new Set(made.notes);
    const were = new Set(part.notes);
    added.push(...made.notes.filter((note) => !were.has(note)).map((note) => [at, note]));
    removed.push(...part.notes.filter((note) => !stayed.has(note)).map((note) => [at, note]));
    return made;
  });
  for (const field of ["tempo", "meters", "keys", "sections"]) {
    if (textOf(before[field]) !== textOf(after[field]))
      strays.push(`The answer changed ${field}; yours are kept.`);
  }
  if (textOf(outside(before.chords, asked)) !== textOf(outside(after.chords, asked))) {
    strays.push("The answer changed chords outside these bars; yours are kept.");
  }
  const chords = asked.withChords
    ? [...outside(before.chords, asked), ...within(after.chords, asked)].sort((a, b) => a[0] - b[0])
    : before.chords;
  return { score: { ...before, parts, chords }, added, removed, strays };
}

function takePart(part, answer, asked) {
  const known = new Map(part.notes.map((note) => [textOf(note), note]));
  const same = (note) => known.get(textOf(note)) ?? note;
  const notes = ordered([
    ...part.notes.filter((note) => !inside(note[START], asked)).map((note) => cutAt(note, answer, asked)),
    ...answer.notes.filter((note) => inside(note[START], asked)).map(same),
  ]);
  const both = (name) =>
    [
      ...part[name].filter(([tick]) => !inside(tick, asked)),
      ...answer[name].filter(([tick]) => inside(tick, asked)),
    ].sort((a, b) => a[0] - b[0]);
  return { ...part, notes, marks: both("marks"), controls: both("controls"), bends: both("bends") };
}

/** A note that rang into the bars may end where they begin. */
function cutAt(note, answer, { from }) {
  if (note[START] >= from || note[START] + note[DURATION] <= from) return note;
  const cut = answer.notes.find(
    (one) => one[START] === note[START] && one[PITCH] === note[PITCH] && one[START] + one[DURATION] === from,
  );
  return cut ?? note;
}

function strayOf(part, answer, asked) {
  const stays = (note) => !asked || !inside(note[START], asked);
  const given = answer.notes.filter(stays);
  const wanted = part.notes.filter(stays);
  const fits = (note, other) =>
    other &&
    (isSameNote(note, other) || (asked && isSameNote(cutAt(note, { notes: [other] }, asked), other)));
  let wrong = Math.abs(given.length - wanted.length);
  if (!wrong) wrong = wanted.filter((note, index) => !fits(note, given[index])).length;
  if (!wrong) return null;
  const where = asked ? `${part.name} outside these bars` : part.name;
  return `The answer changed ${wrong} ${wrong === 1 ? "note" : "notes"} of ${where}; yours are kept.`;
}

function outside(spans, { from, to }) {
  return spans
    .flatMap(([start, end, text]) => [
      [start, Math.min(end, from), text],
      [Math.max(start, to), end, text],
    ])
    .filter(([start, end]) => start < end);
}

function within(spans, { from, to }) {
  return spans
    .map(([start, end, text]) => [Math.max(start, from), Math.min(end, to), text])
    .filter(([start, end]) => start < end);
}

/**
 * The chords of bars as a lead-sheet line, a bar each between |: % goes on with the one before, a
 * dot is a further beat where the chords of a bar don't share it evenly.
 */
export function chordLine(chords, bars) {
  return bars
    .map((bar) => {
      const here = within(chords, { from: bar.tick, to: bar.end });
      if (!here.length) return "-";
      const goesOn = here.length === 1 && chords.some(([start, end]) => start < bar.tick && end >= bar.end);
      if (goesOn && bar !== bars[0]) return "%";
      const lengths = here.map(([start, end]) => end - start);
      const isEven =
        lengths.every((length) => length === lengths[0]) && lengths[0] * here.length === bar.end - bar.tick;
      if (isEven) return here.map((span) => span[2]).join(" ");
      return here
        .map(([, , text], at) =>
          [text, ...Array(Math.max(0, Math.round(lengths[at] / bar.unit_ticks) - 1)).fill(".")].join(" "),
        )
        .join(" ");
    })
    .join(" | ");
}
