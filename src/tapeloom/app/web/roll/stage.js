// The stage: two canvases, one of notes and one of what moves over them, painted when they change.

import { h } from "../dom.js";
import { placeWords } from "./names.js";
import { paintFrame, paintGrid } from "./paint_grid.js";
import { paintFlash, paintNotes } from "./paint_notes.js";
import { readPalette, watchPalette } from "./palette.js";
import { listenToPointer } from "./pointer.js";
import { DURATION, notesBetween, PITCH, START } from "./score_draft.js";
import { HEAD } from "./viewport.js";

const REACH = 3; // pixels around a narrow note that still are it

export class Stage {
  /** transport  { tick, isPlaying, seek(tick) }: where it plays; hear(pitch, velocity): sounds a note */
  constructor({ editor, viewport, transport, hear, onChange }) {
    Object.assign(this, { editor, viewport, transport, hear, onChange });
    this.frame = null; // the marquee
    this.guideTick = null;
    this.under = h("canvas", { "aria-hidden": "true" });
    this.over = h("canvas", { "aria-hidden": "true" });
    this.element = h(
      "div",
      {
        class: "roll-stage",
        role: "application",
        tabindex: 0,
        "aria-roledescription": "piano roll",
      },
      this.under,
      this.over,
    );
    listenToPointer(this.element, this);
    this.isStale = true;
    this.waiting = 0;
    this.watcher = new ResizeObserver(() => this.#resize());
    this.watcher.observe(this.element);
    this.unwatch = watchPalette(() => {
      this.palette = null;
      this.changed();
    });
  }

  clean() {
    this.watcher.disconnect();
    this.unwatch();
    cancelAnimationFrame(this.waiting);
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (!width || !height) return;
    const ratio = devicePixelRatio || 1;
    const isFirst = !this.viewport.scale;
    this.viewport.resize(width, height);
    for (const canvas of [this.under, this.over]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    if (isFirst) this.viewport.showPart(this.editor.score, this.editor.part);
    this.changed();
  }

  /** The notes or the view changed: paint all at the next frame. */
  changed() {
    this.isStale = true;
    this.onChange?.();
    this.wake();
  }

  wake() {
    if (!this.waiting) this.waiting = requestAnimationFrame((now) => this.#paint(now));
  }

  #paint(now) {
    this.waiting = 0;
    if (!this.viewport.scale) return;
    this.palette ??= readPalette(this.element);
    const { transport, editor, viewport } = this;
    if (transport.isPlaying && editor.view.follow && viewport.follow(transport.tick)) this.isStale = true;
    const scene = { viewport, editor, palette: this.palette };
    if (this.isStale) {
      this.isStale = false;
      const context = this.under.getContext("2d", { alpha: false });
      paintGrid(context, scene);
      paintNotes(context, scene);
      paintFrame(context, scene);
    }
    if (this.#paintOver(scene, now) || transport.isPlaying) this.wake();
  }

  #paintOver(scene, now) {
    const { viewport, palette } = scene;
    const context = this.over.getContext("2d");
    context.clearRect(0, 0, viewport.width, viewport.height);
    context.save();
    context.beginPath();
    context.rect(viewport.keys, 0, viewport.width - viewport.keys, viewport.height);
    context.clip();
    const goesOn = paintFlash(context, scene, now);
    this.#paintCursor(context, palette);
    this.#paintGuide(context, palette);
    if (this.frame) this.#paintFrame(context, palette);
    const x = viewport.xOf(this.transport.tick);
    context.fillStyle = palette.tape;
    context.fillRect(x - 0.5, 20, 1.5, viewport.height - 20);
    context.beginPath();
    context.moveTo(x - 5, 20);
    context.lineTo(x + 6, 20);
    context.lineTo(x + 0.5, 28);
    context.fill();
    context.restore();
    return goesOn;
  }

  #paintCursor(context, palette) {
    const { viewport, editor } = this;
    if (document.activeElement !== this.element || editor.chosen.size) return;
    const y = viewport.yOf(editor.cursor.pitch);
    if (y === null || y < HEAD - 4 || y > viewport.foot) return;
    const width = Math.max(6, (editor.grid || 2520) * viewport.scale);
    context.strokeStyle = palette.tape;
    context.lineWidth = 2;
    context.strokeRect(viewport.xOf(editor.cursor.tick), y + 1, width, viewport.row_height - 2);
  }

  #paintGuide(context, palette) {
    if (this.guideTick === null) return;
    const { viewport, editor } = this;
    const x = viewport.xOf(this.guideTick);
    context.fillStyle = palette.moss;
    context.fillRect(x - 0.5, HEAD, 1, viewport.foot - HEAD);
    const words = placeWords(editor.timeline, this.guideTick);
    context.font = '600 11px "Manrope", sans-serif';
    const width = context.measureText(words).width + 12;
    context.fillStyle = palette.ink;
    context.fillRect(x + 4, HEAD + 4, width, 18);
    context.fillStyle = palette.paper;
    context.textBaseline = "middle";
    context.fillText(words, x + 10, HEAD + 13.5);
  }

  #paintFrame(context, palette) {
    const { from, to } = this.frame;
    context.strokeStyle = palette.tape;
    context.lineWidth = 1;
    context.setLineDash([4, 3]);
    context.strokeRect(
      Math.min(from.x, to.x),
      Math.min(from.y, to.y),
      Math.abs(from.x - to.x),
      Math.abs(from.y - to.y),
    );
    context.setLineDash([]);
  }

  guide(tick) {
    this.guideTick = tick;
    this.wake();
  }

  seek(tick) {
    this.transport.seek(tick);
    this.wake();
  }

  /** The note of the chosen part at a point; the last painted lies on top. */
  noteAt(x, y) {
    const { viewport, editor } = this;
    const pitch = viewport.pitchAt(y);
    const [from, to] = [viewport.tickAt(x - REACH), viewport.tickAt(x + REACH)];
    return notesBetween(editor.score, editor.part, from, to + 1).findLast(
      (note) =>
        note[PITCH] === pitch &&
        viewport.xOf(note[START]) + Math.max(REACH, note[DURATION] * viewport.scale) >= x - 1,
    );
  }

  notesIn(a, b) {
    const { viewport, editor } = this;
    const [from, to] = [Math.min(a.tick, b.tick), Math.max(a.tick, b.tick)];
    const [top, bottom] = [Math.min(a.y, b.y), Math.max(a.y, b.y)];
    return notesBetween(editor.score, editor.part, from, to).filter((note) => {
      const y = viewport.yOf(note[PITCH]);
      return y !== null && y < bottom && y + viewport.row_height > top;
    });
  }

  /** How many pitches lie between, by rows: in a kit, rows are pieces. */
  rowsAway(pitch, to, from) {
    const { viewport } = this;
    if (!viewport.isKit) return to - from;
    const rows = viewport.rows;
    const wanted = rows.indexOf(pitch) + rows.indexOf(to) - rows.indexOf(from);
    return rows[Math.min(rows.length - 1, Math.max(0, wanted))] - pitch;
  }
}
