// What of the roll is seen: ticks to x, rows to y, zoom and scroll. Pixels are CSS pixels.

import { kitRows } from "./names.js";
import { PPQ } from "./timeline.js";

const clamp = (value, low, high) => Math.min(Math.max(low, value), Math.max(low, high));
const PITCHES = Array.from({ length: 128 }, (_, at) => 127 - at);
const [SECTIONS, RULER, CHORDS] = [20, 24, 26]; // heights of the head's three lines
export const HEAD = SECTIONS + RULER + CHORDS;
const [LEAST_ROW, MOST_ROW] = [7, 36];
const MOST_PER_QUARTER = 480;

export class Viewport {
  constructor(timeline) {
    this.timeline = timeline;
    this.rows = PITCHES; // from the top
    this.left = 0; // the tick at the left edge
    this.top = 0; // pixels that are scrolled away above
    this.row_height = 15;
    this.scale = 0; // pixels a tick; 0 until the size is known
    this.resize(0, 0);
  }

  resize(width, height) {
    Object.assign(this, { width, height });
    const isSmall = width < 560;
    this.keys = isSmall ? 46 : 76;
    this.lane = height < 380 ? 48 : 76; // of velocities
    if (!this.scale && width > this.keys) {
      const shown = Math.min(this.timeline.end, (isSmall ? 2 : 8) * 4 * PPQ);
      this.scale = (width - this.keys) / shown;
    }
    this.#clamp();
  }

  /** Show a part's rows: the pieces of the kit, or all pitches with its notes in the middle. */
  showPart(score, part) {
    const { role, notes } = score.parts[part];
    const isKit = role === "drums";
    this.rows = isKit ? kitRows(score.parts).reverse() : PITCHES;
    this.isKit = isKit;
    this.row_height = isKit
      ? clamp(Math.floor(this.body / this.rows.length), 18, 32)
      : Math.min(this.row_height, 18);
    const pitches = notes.map((note) => note[2]).sort((a, b) => a - b);
    const middle = pitches.length ? (pitches[0] + pitches.at(-1)) / 2 : 60;
    this.top = isKit ? 0 : (127.5 - middle) * this.row_height - this.body / 2;
    const isEmpty = !notes.some((note) => note[0] < this.right && note[0] + note[1] > this.left);
    const first = notes.find((note) => note[0] >= this.left) ?? notes[0];
    if (isEmpty && first) this.left = this.timeline.barAt(first[0]).tick;
    this.#clamp();
  }

  get body() {
    return Math.max(0, this.height - HEAD - this.lane);
  }

  get foot() {
    return this.height - this.lane;
  }

  get right() {
    return this.left + (this.width - this.keys) / this.scale;
  }

  lines() {
    return { sections: [0, SECTIONS], ruler: [SECTIONS, SECTIONS + RULER], chords: [SECTIONS + RULER, HEAD] };
  }

  xOf(tick) {
    return this.keys + (tick - this.left) * this.scale;
  }

  tickAt(x) {
    return clamp(this.left + (x - this.keys) / this.scale, 0, this.timeline.end);
  }

  /** The upper edge of a pitch's row; null where the kit has no such piece. */
  yOf(pitch) {
    const row = this.isKit ? this.rows.indexOf(pitch) : 127 - pitch;
    return row < 0 ? null : HEAD + row * this.row_height - this.top;
  }

  pitchAt(y) {
    const row = Math.floor((y - HEAD + this.top) / this.row_height);
    return this.rows[clamp(row, 0, this.rows.length - 1)];
  }

  /** Which area a point lies in: keys, sections, ruler, chords, notes or velocity. */
  areaAt(x, y) {
    if (y >= this.foot) return "velocity";
    if (y < HEAD)
      return Object.entries(this.lines()).find(([, [from, to]]) => y >= from && y < to)?.[0] ?? "sections";
    return x < this.keys ? "keys" : "notes";
  }

  velocityAt(y) {
    return clamp(Math.round(((this.height - 4 - y) / (this.lane - 10)) * 127), 1, 127);
  }

  heightOf(velocity) {
    return (velocity / 127) * (this.lane - 10);
  }

  /** Zoom time by a factor; the tick under x stays where it is. */
  zoom(factor, x = (this.width + this.keys) / 2) {
    const tick = this.left + (x - this.keys) / this.scale;
    const least = (this.width - this.keys) / this.timeline.end;
    this.scale = clamp(this.scale * factor, least, MOST_PER_QUARTER / PPQ);
    this.left = tick - (x - this.keys) / this.scale;
    this.#clamp();
  }

  /** Zoom rows by a factor; what lies at y stays there. */
  zoomRows(factor, y = HEAD + this.body / 2) {
    const row = (y - HEAD + this.top) / this.row_height;
    this.row_height = clamp(this.row_height * factor, LEAST_ROW, MOST_ROW);
    this.top = row * this.row_height - (y - HEAD);
    this.#clamp();
  }

  scroll(x, y) {
    this.left += x / this.scale;
    this.top += y;
    this.#clamp();
  }

  /** Scroll as little as shows a place; returns whether anything moved. */
  reveal(tick, pitch = null) {
    const was = [this.left, this.top];
    const shown = this.right - this.left;
    if (tick < this.left || tick > this.right - shown * 0.05) this.left = tick - shown * 0.2;
    const y = pitch === null ? null : this.yOf(pitch);
    if (y !== null && y < HEAD) this.top -= HEAD - y + this.row_height;
    if (y !== null && y + this.row_height > this.foot) this.top += y + 2 * this.row_height - this.foot;
    this.#clamp();
    return was[0] !== this.left || was[1] !== this.top;
  }

  /** Turn the page when what plays leaves it. */
  follow(tick) {
    if (tick >= this.left && tick < this.right) return false;
    const was = this.left;
    this.left = this.timeline.barAt(tick).tick;
    this.#clamp();
    return was !== this.left;
  }

  #clamp() {
    if (!this.scale) return;
    const shown = (this.width - this.keys) / this.scale;
    this.left = clamp(this.left, 0, this.timeline.end - shown * 0.98);
    this.top = clamp(this.top, 0, this.rows.length * this.row_height - this.body);
  }
}
