// The notes on the paper: the chosen part on top, the others as ghosts; only what is seen.

import { colourOf } from "./harmony.js";
import { rowWords } from "./names.js";
import { colourName } from "./palette.js";
import { DURATION, PITCH, START, VELOCITY } from "./score_draft.js";
import { lastAtMost } from "./timeline.js";
import { HEAD } from "./viewport.js";

const LEAST = 3; // pixels that a note is wide at least
const longest = new WeakMap(); // of each list of notes, so that what rings into the view is found

/** The notes of a part that are seen, by two look-ups in their order. */
export function seen(notes, from, to) {
  if (!longest.has(notes))
    longest.set(
      notes,
      notes.reduce((most, note) => Math.max(most, note[DURATION]), 0),
    );
  const first = lastAtMost(notes, from - longest.get(notes), (note) => note[START]) + 1;
  const last = lastAtMost(notes, to, (note) => note[START]) + 1;
  return notes.slice(Math.max(0, first - 1), last).filter((note) => note[START] + note[DURATION] >= from);
}

export function paintNotes(context, scene) {
  const { viewport, editor } = scene;
  context.save();
  context.beginPath();
  context.rect(viewport.keys, HEAD, viewport.width - viewport.keys, viewport.body);
  context.clip();
  editor.score.parts.forEach((part, at) => {
    const isKit = part.role === "drums";
    if (at !== editor.part && isKit === Boolean(viewport.isKit)) ghosts(context, scene, part);
  });
  chosenPart(context, scene);
  context.restore();
  velocities(context, scene);
}

function shape(viewport, note) {
  const y = viewport.yOf(note[PITCH]);
  if (y === null || y > viewport.foot || y + viewport.row_height < HEAD) return null;
  const x = viewport.xOf(note[START]);
  const width = Math.max(LEAST, note[DURATION] * viewport.scale - 1);
  return { x, y: y + 1, width, height: viewport.row_height - 2 };
}

function ghosts(context, { viewport, palette }, part) {
  context.globalAlpha = 0.26;
  context.fillStyle = palette[colourName(part.role)];
  for (const note of seen(part.notes, viewport.left, viewport.right)) {
    const box = shape(viewport, note);
    if (box) context.fillRect(box.x, box.y + box.height * 0.15, box.width, box.height * 0.7);
  }
  context.globalAlpha = 1;
}

function chosenPart(context, scene) {
  const { viewport, editor, palette } = scene;
  const part = editor.currentPart;
  const colour = palette[colourName(part.role)];
  const hasHints = editor.view.hints && !viewport.isKit;
  for (const note of seen(part.notes, viewport.left, viewport.right)) {
    const box = shape(viewport, note);
    if (!box) continue;
    const isChosen = editor.chosen.has(note);
    context.globalAlpha = 0.45 + 0.55 * (note[VELOCITY] / 127);
    context.fillStyle = colour;
    fillRound(context, box);
    context.globalAlpha = 1;
    if (isChosen) outline(context, box, palette.ink, 2);
    if (hasHints) hint(context, box, colourOf(editor.score, note), palette);
    if (box.height >= 11 && box.width > 26 && !viewport.isKit) {
      context.font = `600 ${Math.min(11, box.height - 2)}px "Manrope", sans-serif`;
      context.textBaseline = "middle";
      context.textAlign = "left";
      context.fillStyle = palette["tape-ink"];
      context.fillText(rowWords(part, note[PITCH]), box.x + 5, box.y + box.height / 2 + 0.5, box.width - 8);
    }
  }
}

function fillRound(context, { x, y, width, height }) {
  if (width < 6) return context.fillRect(x, y, width, height);
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(4, height / 3));
  return context.fill();
}

function outline(context, { x, y, width, height }, colour, thickness) {
  context.lineWidth = thickness;
  context.strokeStyle = colour;
  context.beginPath();
  context.roundRect(x, y, width, height, Math.min(4, height / 3));
  context.stroke();
}

/** A dot at a note's end: hollow outside the key, full where it rubs against the chord. */
function hint(context, { x, y, width, height }, kind, palette) {
  if (!kind || width < 5) return;
  context.beginPath();
  context.arc(x + width - Math.min(6, width / 2), y + height / 2, Math.min(2.6, height / 4), 0, 2 * Math.PI);
  context.lineWidth = 1.4;
  context.strokeStyle = palette.sheet;
  context.fillStyle = palette.sheet;
  if (kind === "clash") context.fill();
  else context.stroke();
}

function velocities(context, { viewport, editor, palette }) {
  const { keys, foot, lane, height } = viewport;
  context.save();
  context.beginPath();
  context.rect(keys, foot, viewport.width - keys, lane);
  context.clip();
  context.fillStyle = palette.sunken;
  context.globalAlpha = 0.5;
  context.fillRect(keys, foot, viewport.width, lane);
  const part = editor.currentPart;
  const notes = seen(part.notes, viewport.left, viewport.right);
  for (const isChosen of [false, true]) {
    context.fillStyle = isChosen ? palette.ink : palette[colourName(part.role)];
    context.globalAlpha = isChosen || !editor.chosen.size ? 1 : 0.55;
    for (const note of notes) {
      if (editor.chosen.has(note) !== isChosen) continue;
      const x = viewport.xOf(note[START]);
      const tall = viewport.heightOf(note[VELOCITY]);
      context.fillRect(x, height - 4 - tall, 2, tall);
      context.fillRect(x - 2, height - 4 - tall, 6, 4);
    }
  }
  context.restore();
  context.globalAlpha = 1;
}

/** Outline what a moment ago was written anew, and where that which went had been. */
export function paintFlash(context, { viewport, editor, palette }, now) {
  const { added, removed, until } = editor.flash;
  const left = (until - now) / 1000;
  if (left <= 0) return false;
  context.globalAlpha = Math.min(1, left);
  for (const [part, note] of removed) {
    const box = part === editor.part && shape(viewport, note);
    if (!box || box.x < viewport.keys - box.width) continue;
    context.setLineDash([3, 3]);
    outline(context, box, palette.soft, 1);
    context.setLineDash([]);
  }
  for (const part of editor.score.parts) {
    for (const note of seen(part.notes, viewport.left, viewport.right)) {
      const box = added.has(note) && shape(viewport, note);
      if (box)
        outline(
          context,
          { x: box.x - 2, y: box.y - 2, width: box.width + 4, height: box.height + 4 },
          palette.tape,
          2,
        );
    }
  }
  context.globalAlpha = 1;
  return true;
}
