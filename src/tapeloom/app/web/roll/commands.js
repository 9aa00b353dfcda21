// What can be done to the chosen notes, under its key: for the keyboard and for the buttons.

import * as draft from "./score_draft.js";
import { stepped } from "./harmony.js";
import { kitRows } from "./names.js";
import { PPQ } from "./timeline.js";

const { DURATION, PITCH, START, VELOCITY } = draft;
const isDrums = (editor) => editor.currentPart.role === "drums";

/** Move by grid steps and rows; without a choice the cursor moves. */
function nudge(editor, steps, semitones) {
  const { timeline, chosen, cursor } = editor;
  if (!chosen.size) {
    const tick = steps ? timeline.step(cursor.tick, editor.grid, steps) : cursor.tick;
    return editor.moveCursor(tick, rowAway(editor, cursor.pitch, semitones));
  }
  const first = draft.ordered(chosen)[0];
  const ticks = steps ? timeline.step(first[START], editor.grid, steps) - first[START] : 0;
  editor.apply((score, part, notes) => draft.move(score, part, notes, { ticks, semitones }, timeline.end));
}

/** In a kit, up and down go from piece to piece. */
function rowAway(editor, pitch, by) {
  if (!isDrums(editor)) return pitch + by;
  const rows = kitRows(editor.score.parts);
  const at = rows.indexOf(pitch);
  return rows[Math.min(rows.length - 1, Math.max(0, (at < 0 ? 0 : at) + Math.sign(by)))];
}

function pitchUp(editor, semitones) {
  if (!isDrums(editor) || !editor.chosen.size) return nudge(editor, 0, semitones);
  editor.apply((score, part, notes) =>
    draft.repitch(score, part, notes, (note) => rowAway(editor, note[PITCH], semitones)),
  );
}

function step(editor, steps) {
  if (isDrums(editor)) return pitchUp(editor, steps);
  editor.apply((score, part, notes) =>
    draft.repitch(score, part, notes, (note) => stepped(score, note, steps)),
  );
}

function resize(editor, steps) {
  const ticks = steps * (editor.grid || PPQ / 16);
  editor.apply((score, part, notes) =>
    draft.lengthen(score, part, notes, ticks, editor.timeline.end, Math.min(PPQ / 16, Math.abs(ticks))),
  );
}

const louder = (editor, amount) =>
  editor.apply((score, part, notes) => draft.louder(score, part, notes, amount));

/** Select the note under the cursor, or write one of the grid's length there. */
export function writeAtCursor(editor) {
  const { cursor, grid, timeline } = editor;
  const there = editor.currentPart.notes.find(
    (note) =>
      note[PITCH] === cursor.pitch &&
      note[START] <= cursor.tick &&
      note[START] + note[DURATION] > cursor.tick,
  );
  if (there) return editor.choose([there]);
  write(editor, cursor.tick, cursor.pitch, Math.min(grid || PPQ / 4, timeline.end - cursor.tick));
}

export function write(editor, tick, pitch, duration) {
  editor.apply((score, part) => draft.add(score, part, [[tick, duration, pitch, editor.velocity]]));
}

/** Choose the note behind or before the last chosen one, or the one next to the cursor. */
function walk(editor, direction, isMore) {
  const { notes } = editor.currentPart;
  if (!notes.length) return;
  const ends = draft.ordered(editor.chosen);
  const from = direction > 0 ? ends.at(-1) : ends[0];
  let at = notes.indexOf(from) + direction;
  if (!from)
    at = Math.max(
      0,
      notes.findIndex((note) => note[START] >= editor.cursor.tick),
    );
  const next = notes[Math.min(notes.length - 1, Math.max(0, at))];
  editor.choose(isMore ? [...editor.chosen, next] : [next]);
}

function remove(editor) {
  editor.apply(draft.remove);
}

/** What is pasted goes to the first chosen bar, else to the cursor. */
const placeOfPaste = (editor) =>
  editor.bars ? editor.span.from : editor.timeline.floor(editor.cursor.tick, editor.grid);

function quantise(editor) {
  editor.apply((score, part, notes) =>
    draft.quantise(score, part, notes.size ? notes : inBars(editor), editor.timeline, editor.grid),
  );
}

function inBars(editor) {
  const { from, to } = editor.span;
  return new Set(draft.notesFrom(editor.score, editor.part, from, to));
}

const duplicate = (editor) =>
  editor.apply((score, part, notes) =>
    draft.duplicate(score, part, notes, editor.grid || PPQ, editor.timeline.end),
  );

/** name: { words, keys, run(editor), needs: "notes" where it works on chosen ones } */
export const COMMANDS = {
  undo: { words: "Undo", picture: "undo", keys: ["Mod+z"], run: (editor) => editor.undo() },
  redo: { words: "Redo", picture: "redo", keys: ["Mod+Shift+z", "Mod+y"], run: (editor) => editor.redo() },
  all: { words: "Select all in the bars", keys: ["Mod+a"], run: (editor) => editor.choose(inBars(editor)) },
  none: {
    words: "Select none",
    keys: ["Escape"],
    run: (editor) => (editor.shown ? editor.cancel() : editor.choose([])),
  },
  copy: { words: "Copy", keys: ["Mod+c"], needs: "notes", run: (editor) => editor.copy() },
  cut: { words: "Cut", keys: ["Mod+x"], needs: "notes", run: (editor) => (editor.copy(), remove(editor)) },
  paste: {
    words: "Paste",
    keys: ["Mod+v"],
    needs: "clip",
    run: (editor) => editor.paste(placeOfPaste(editor)),
  },
  duplicate: { words: "Duplicate", keys: ["Mod+d"], needs: "notes", run: duplicate },
  remove: { words: "Delete", picture: "bin", keys: ["Delete", "Backspace"], needs: "notes", run: remove },
  quantise: { words: "Quantise", keys: ["q"], run: quantise },
  up: { words: "Semitone up", keys: ["ArrowUp"], run: (editor) => pitchUp(editor, 1) },
  down: { words: "Semitone down", keys: ["ArrowDown"], run: (editor) => pitchUp(editor, -1) },
  octaveUp: { words: "Octave up", keys: ["Shift+ArrowUp"], run: (editor) => pitchUp(editor, 12) },
  octaveDown: { words: "Octave down", keys: ["Shift+ArrowDown"], run: (editor) => pitchUp(editor, -12) },
  stepUp: { words: "Scale step up", keys: ["Mod+ArrowUp"], needs: "notes", run: (editor) => step(editor, 1) },
  stepDown: {
    words: "Scale step down",
    keys: ["Mod+ArrowDown"],
    needs: "notes",
    run: (editor) => step(editor, -1),
  },
  later: { words: "Later", keys: ["ArrowRight"], run: (editor) => nudge(editor, 1, 0) },
  earlier: { words: "Earlier", keys: ["ArrowLeft"], run: (editor) => nudge(editor, -1, 0) },
  longer: { words: "Longer", keys: ["Shift+ArrowRight"], needs: "notes", run: (editor) => resize(editor, 1) },
  shorter: {
    words: "Shorter",
    keys: ["Shift+ArrowLeft"],
    needs: "notes",
    run: (editor) => resize(editor, -1),
  },
  louder: { words: "Louder", keys: ["Alt+ArrowUp"], needs: "notes", run: (editor) => louder(editor, 4) },
  softer: { words: "Softer", keys: ["Alt+ArrowDown"], needs: "notes", run: (editor) => louder(editor, -4) },
  next: { words: "Next note", keys: ["."], run: (editor) => walk(editor, 1, false) },
  previous: { words: "Previous note", keys: [","], run: (editor) => walk(editor, -1, false) },
  nextToo: { words: "Next note as well", keys: [">"], run: (editor) => walk(editor, 1, true) },
  previousToo: { words: "Previous note as well", keys: ["<"], run: (editor) => walk(editor, -1, true) },
  write: { words: "Write a note, or select the one there", keys: ["Enter"], run: writeAtCursor },
  nextPart: {
    words: "Next part",
    keys: ["]"],
    run: (editor) => editor.choosePart((editor.part + 1) % editor.score.parts.length),
  },
  previousPart: {
    words: "Previous part",
    keys: ["["],
    run: (editor) =>
      editor.choosePart((editor.part + editor.score.parts.length - 1) % editor.score.parts.length),
  },
  select: {
    words: "Select",
    picture: "select",
    keys: ["v"],
    run: (editor) => editor.look({ tool: "select" }),
  },
  draw: { words: "Draw", picture: "pencil", keys: ["b"], run: (editor) => editor.look({ tool: "draw" }) },
  erase: { words: "Erase", picture: "eraser", keys: ["e"], run: (editor) => editor.look({ tool: "erase" }) },
};

/** Whether a command can do anything now. */
export function canRun(name, editor) {
  if (name === "undo") return editor.history.past.length > 0;
  if (name === "redo") return editor.history.future.length > 0;
  const { needs } = COMMANDS[name];
  return needs === "notes" ? editor.chosen.size > 0 : needs === "clip" ? editor.clip !== null : true;
}

/** The velocity that chosen notes share; null where they differ or none are chosen. */
export function sharedVelocity(editor) {
  const found = new Set([...editor.chosen].map((note) => note[VELOCITY]));
  return found.size === 1 ? [...found][0] : null;
}
