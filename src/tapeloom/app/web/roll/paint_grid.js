// The paper under the notes: rows, beats, chords, sections, keys.

import { readChord } from "./chord_tones.js";
import { isBlack, pieceName, pitchName } from "./names.js";
import { HEAD } from "./viewport.js";

// How much wider than its room a text may be: "Gm9" cut to "Gm" would be another chord.
const SQUEEZE = 1.5;
const FONT = '"Manrope", system-ui, sans-serif';

/** Paint what lies behind the notes. */
export function paintGrid(context, { viewport, editor, palette }) {
  const { width, height, keys, foot } = viewport;
  context.fillStyle = palette.sheet;
  context.fillRect(0, 0, width, height);
  inside(context, keys, HEAD, width - keys, foot - HEAD, () => {
    rows(context, viewport, palette);
    if (editor.view.shade && !viewport.isKit) chordTones(context, viewport, editor, palette);
    chosenBars(context, viewport, editor, palette, HEAD, foot);
  });
  inside(context, keys, HEAD, width - keys, height - HEAD, () => beats(context, viewport, editor, palette));
}

function inside(context, x, y, width, height, paint) {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  paint();
  context.restore();
}

function rows(context, viewport, palette) {
  for (const pitch of shownRows(viewport)) {
    const y = viewport.yOf(pitch);
    const isDark = viewport.isKit ? viewport.rows.indexOf(pitch) % 2 : isBlack(pitch);
    context.fillStyle = palette.sunken;
    if (isDark) context.fillRect(viewport.keys, y, viewport.width, viewport.row_height);
    const isC = !viewport.isKit && pitch % 12 === 0;
    if (isC) line(context, palette.line, viewport.keys, y + viewport.row_height, viewport.width, 0);
  }
}

function shownRows(viewport) {
  const first = Math.max(0, Math.floor(viewport.top / viewport.row_height));
  return viewport.rows.slice(first, first + Math.ceil(viewport.body / viewport.row_height) + 1);
}

/** A hair line: to the right by dx, or down by dy. */
function line(context, colour, x, y, dx, dy) {
  context.fillStyle = colour;
  context.fillRect(Math.round(x), Math.round(y), dx || 1, dy || 1);
}

function chordTones(context, viewport, editor, palette) {
  context.fillStyle = palette["tape-wash"];
  for (const [start, end, text] of editor.score.chords) {
    const tones = readChord(text)?.tones;
    if (!tones || end < viewport.left || start > viewport.right) continue;
    for (const pitch of shownRows(viewport)) {
      if (!tones.has(pitch % 12)) continue;
      context.fillRect(
        viewport.xOf(start),
        viewport.yOf(pitch),
        (end - start) * viewport.scale,
        viewport.row_height,
      );
    }
  }
}

function chosenBars(context, viewport, editor, palette, top, bottom) {
  if (!editor.bars) return;
  const { from, to } = editor.span;
  context.globalAlpha = 0.1;
  context.fillStyle = palette.tape;
  context.fillRect(viewport.xOf(from), top, (to - from) * viewport.scale, bottom - top);
  context.globalAlpha = 1;
}

function beats(context, viewport, editor, palette) {
  const { timeline, grid } = editor;
  const [from, to] = [viewport.left, viewport.right];
  const height = viewport.height - HEAD;
  const found = timeline.beats(from, to);
  if (grid && grid * viewport.scale >= 9) {
    context.globalAlpha = 0.5;
    for (
      let tick = timeline.floor(from, grid);
      tick < to && tick < timeline.end;
      tick = timeline.step(tick, grid, 1)
    ) {
      line(context, palette.line, viewport.xOf(tick), HEAD, 0, height);
    }
    context.globalAlpha = 1;
  }
  const isRoomy = found.length < viewport.width / 12;
  const isTight = found.filter((one) => one.isBar).length > viewport.width / 10;
  for (const { tick, isBar } of found) {
    if (!isBar && !isRoomy) continue;
    if (isTight && (timeline.place(tick).bar - 1) % 4) continue;
    context.globalAlpha = isBar ? 0.6 : 0.8;
    line(context, isBar ? palette.edge : palette.line, viewport.xOf(tick), HEAD, 0, height);
  }
  context.globalAlpha = 1;
  line(context, palette.edge, viewport.xOf(timeline.end), HEAD, 0, height);
}

/** Paint what lies over the notes: the head with sections, bars and chords, and the keys. */
export function paintFrame(context, scene) {
  const { viewport, palette } = scene;
  const { width, keys, foot, height } = viewport;
  context.fillStyle = palette.sheet;
  context.fillRect(0, 0, width, HEAD);
  inside(context, keys, 0, width - keys, HEAD, () => head(context, scene));
  context.fillStyle = palette.sheet;
  context.fillRect(0, HEAD, keys, height - HEAD);
  inside(context, 0, HEAD, keys, foot - HEAD, () => keyboard(context, scene));
  context.fillStyle = palette.soft;
  context.font = `500 11px ${FONT}`;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.fillText(keys > 60 ? "Velocity" : "Vel.", keys - 8, foot + viewport.lane / 2);
  line(context, palette.edge, keys, HEAD, 0, height - HEAD);
  line(context, palette.edge, 0, HEAD, width, 0);
  line(context, palette.edge, 0, foot, width, 0);
}

function head(context, { viewport, editor, palette }) {
  const { sections, ruler, chords } = viewport.lines();
  context.textBaseline = "middle";
  context.textAlign = "left";
  for (const section of editor.score.sections) {
    const [x, end] = [viewport.xOf(section.start), viewport.xOf(section.end)];
    if (end < viewport.keys || x > viewport.width) continue;
    context.globalAlpha = 0.2 + 0.5 * section.energy;
    context.fillStyle = palette.tape;
    context.fillRect(x + 1, sections[1] - 3, end - x - 2, 3);
    context.globalAlpha = 1;
    text(
      context,
      section.name,
      Math.max(x, viewport.keys) + 6,
      (sections[0] + sections[1]) / 2,
      end - 4,
      `600 11px ${FONT}`,
      palette.soft,
    );
  }
  barNumbers(context, viewport, editor, palette, ruler);
  for (const [start, end, symbol] of editor.score.chords) {
    const [x, stop] = [viewport.xOf(start), viewport.xOf(end)];
    if (stop < viewport.keys || x > viewport.width || stop - x < 14) continue;
    line(context, palette.line, x, chords[0] + 4, 0, chords[1] - chords[0] - 8);
    text(
      context,
      symbol,
      Math.max(x, viewport.keys) + 6,
      (chords[0] + chords[1]) / 2,
      stop - 3,
      `600 12px ${FONT}`,
      palette.ink,
    );
  }
}

function barNumbers(context, viewport, editor, palette, [top, bottom]) {
  if (editor.bars) {
    const { from, to } = editor.span;
    context.fillStyle = palette["tape-wash"];
    context.fillRect(viewport.xOf(from), top, (to - from) * viewport.scale, bottom - top);
    context.fillStyle = palette.tape;
    context.fillRect(viewport.xOf(from), bottom - 2, (to - from) * viewport.scale, 2);
  }
  const bars = editor.timeline.bars.filter((bar) => bar.end > viewport.left && bar.tick < viewport.right);
  const each = [1, 2, 4, 8, 16, 32, 64].find((step) => (bars.length / step) * 34 < viewport.width) ?? 128;
  context.font = `500 11px ${FONT}`;
  for (const bar of bars) {
    if ((bar.number - 1) % each) continue;
    const x = viewport.xOf(bar.tick);
    line(context, palette.edge, x, bottom - 7, 0, 7);
    context.fillStyle = palette.soft;
    context.fillText(bar.number, x + 6, (top + bottom) / 2);
  }
}

/** Text up to an edge: squeezed a little, else cut with a sign that it is; left out where none fits. */
function text(context, words, x, y, edge, font, colour) {
  const room = edge - x;
  if (room < 12) return;
  context.font = font;
  context.fillStyle = colour;
  const fits = (tried) => context.measureText(tried).width <= room * SQUEEZE;
  let shown = words;
  for (let length = words.length - 1; length > 0 && !fits(shown); length--)
    shown = `${words.slice(0, length)}…`;
  context.fillText(shown, x, y, room);
}

function keyboard(context, { viewport, palette }) {
  const { keys, row_height } = viewport;
  context.textBaseline = "middle";
  context.textAlign = "right";
  context.font = `500 ${Math.min(11, Math.max(9, row_height - 3))}px ${FONT}`;
  for (const pitch of shownRows(viewport)) {
    const y = viewport.yOf(pitch);
    if (!viewport.isKit && isBlack(pitch)) {
      context.fillStyle = palette.sunken;
      context.fillRect(0, y, keys, row_height);
    }
    const isNamed = viewport.isKit || pitch % 12 === 0 || row_height >= 13;
    if (!isNamed) continue;
    context.fillStyle = !viewport.isKit && pitch % 12 === 0 ? palette.ink : palette.soft;
    context.fillText(
      viewport.isKit ? pieceName(pitch) : pitchName(pitch),
      keys - 8,
      y + row_height / 2,
      keys - 12,
    );
  }
}
