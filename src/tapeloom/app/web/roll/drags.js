// What a pressed pointer does, from where it goes down to where it is let go.
//
// Each begins at a point { x, y, tick, pitch, shift, alt } and returns { move, end, pulls }: `pulls` lets
// the paper come along where the pointer leaves it.

import * as draft from "./score_draft.js";
import { PPQ } from "./timeline.js";

const { DURATION, PITCH, START, VELOCITY } = draft;
const CLICK = 4; // pixels within which a press is no drag
const NEAR = 6; // pixels from a note's beginning that count as its velocity's stem
const noteBy = (note, point, editor) =>
  point.shift ? Math.round(note) : editor.timeline.snap(note, editor.grid);
const isDrag = (from, to) => Math.abs(from.x - to.x) + Math.abs(from.y - to.y) >= CLICK;

/** Move chosen notes by the grabbed one, which goes from grid line to grid line. */
export function moving(stage, begin, grabbed) {
  const { editor } = stage;
  let pitch = grabbed[PITCH];
  let hasMoved = false;
  return {
    pulls: true,
    move(point) {
      if (!hasMoved && !isDrag(begin, point)) return;
      hasMoved = true;
      const start = noteBy(grabbed[START] + point.tick - begin.tick, point, editor);
      const by = {
        ticks: start - grabbed[START],
        semitones: stage.rowsAway(grabbed[PITCH], point.pitch, begin.pitch),
      };
      editor.preview((score, part, chosen) => shifted(stage, score, part, chosen, by, point.alt));
      stage.guide(start);
      const now = grabbed[PITCH] + by.semitones;
      if (now !== pitch) stage.hear(now, grabbed[VELOCITY]);
      pitch = now;
    },
    end: () => editor.settle(),
  };
}

function shifted(stage, score, part, chosen, by, isCopy) {
  const { end } = stage.editor.timeline;
  if (!isCopy) return draft.move(score, part, chosen, by, end);
  const { ticks, semitones } = draft.reach(chosen, by, end);
  const clip = draft.copied(score, part, chosen, 0);
  const up = (note) => note.map((value, field) => (field === PITCH ? value + semitones : value));
  const marks = clip.marks.map(([tick, pitch, name]) => [tick, pitch + semitones, name]);
  return draft.paste(score, part, { notes: clip.notes.map(up), marks }, ticks, end);
}

/** Move the end of the chosen notes by that of the grabbed one. */
export function sizing(stage, begin, grabbed) {
  const { editor } = stage;
  const was = grabbed[START] + grabbed[DURATION];
  return {
    pulls: true,
    move(point) {
      const end = noteBy(was + point.tick - begin.tick, point, editor);
      const least = point.shift ? 1 : editor.grid || PPQ / 48;
      editor.preview((score, part, chosen) =>
        draft.lengthen(score, part, chosen, end - was, editor.timeline.end, least),
      );
      stage.guide(end);
    },
    end: () => editor.settle(),
  };
}

/** Write a note; going on to the right lengthens it. */
export function writing(stage, begin) {
  const { editor } = stage;
  const { timeline, grid } = editor;
  const start = begin.shift ? Math.round(begin.tick) : timeline.floor(begin.tick, grid);
  const least = grid || PPQ / 4;
  const put = (end) =>
    editor.preview((score, part) => {
      const until = Math.min(timeline.end, Math.max(start + least, end));
      return draft.add(score, part, [[start, until - start, begin.pitch, editor.velocity]]);
    });
  put(start);
  stage.hear(begin.pitch, editor.velocity);
  return {
    pulls: true,
    move(point) {
      const end = noteBy(point.tick, point, editor);
      put(end);
      stage.guide(Math.max(start + least, end));
    },
    end: () => editor.settle(),
  };
}

/** Take away what the pointer touches. */
export function erasing(stage, begin) {
  const { editor } = stage;
  const gone = new Set();
  function move(point) {
    const note = stage.noteAt(point.x, point.y);
    if (note) gone.add(note);
    editor.preview((score, part) => draft.remove(score, part, gone));
  }
  move(begin);
  return { move, end: () => editor.settle() };
}

/** Choose what lies in a rectangle; with shift, besides what is chosen. */
export function framing(stage, begin) {
  const { editor } = stage;
  const before = begin.shift ? [...editor.chosen] : [];
  return {
    move(point) {
      stage.frame = isDrag(begin, point) ? { from: begin, to: point } : null;
      stage.wake();
    },
    end(point) {
      stage.frame = null;
      if (!isDrag(begin, point)) {
        if (!begin.shift) editor.choose([]);
        return editor.moveCursor(editor.timeline.floor(begin.tick, editor.grid), begin.pitch);
      }
      return editor.choose([...before, ...stage.notesIn(begin, point)]);
    },
  };
}

/** Draw velocities: of the chosen notes under the pointer, else of all under it. */
export function levelling(stage, begin) {
  const { editor, viewport } = stage;
  const levels = new Map();
  let last = begin;
  function move(point) {
    const [from, to] = [Math.min(last.x, point.x) - NEAR, Math.max(last.x, point.x) + NEAR];
    const { score, chosen } = editor.history.present;
    for (const note of draft.notesFrom(score, editor.part, viewport.tickAt(from), viewport.tickAt(to) + 1)) {
      if (!chosen.size || chosen.has(note)) levels.set(note, viewport.velocityAt(point.y));
    }
    last = point;
    const kept = chosen.size ? chosen : new Set(levels.keys());
    editor.preview((now, part) =>
      draft.changeNotes(now, part, kept, (note) =>
        levels.has(note) ? note.map((value, field) => (field === VELOCITY ? levels.get(note) : value)) : note,
      ),
    );
  }
  move(begin);
  return { move, end: () => editor.settle() };
}

/** Choose bars; a press that goes nowhere says where to play from. */
export function barring(stage, begin) {
  const { editor } = stage;
  const first = editor.timeline.barAt(begin.tick).number;
  return {
    move(point) {
      if (isDrag(begin, point)) editor.chooseBars(first, editor.timeline.barAt(point.tick).number);
    },
    end(point) {
      if (isDrag(begin, point)) return;
      const isInside = editor.bars && first >= editor.bars.first && first <= editor.bars.last;
      if (!isInside) editor.chooseBars(null);
      stage.seek(begin.tick);
    },
  };
}

/** Push the paper along. */
export function panning(stage, begin) {
  let last = begin;
  return {
    move(point) {
      stage.viewport.scroll(last.x - point.x, last.y - point.y);
      last = point;
      stage.changed();
    },
    end(point) {
      if (!isDrag(begin, point)) stage.editor.choose([]);
    },
  };
}
