// The whole record at a glance, above the stage: every part as specks, and the window of the stage.

import { h } from "../dom.js";
import { colourName, readPalette, watchPalette } from "./palette.js";
import { PITCH, START, DURATION } from "./score_draft.js";

/** Return { element, changed, clean }. */
export function overview({ editor, viewport, onScroll }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const specks = document.createElement("canvas"); // painted once for each score
  const element = h("div", { class: "roll-overview" }, canvas);
  let [width, height, painted, palette, waiting] = [0, 0, null, null, 0];

  const watcher = new ResizeObserver(() => {
    [width, height] = [element.clientWidth, element.clientHeight];
    const ratio = devicePixelRatio || 1;
    for (const one of [canvas, specks]) {
      one.width = Math.round(width * ratio);
      one.height = Math.round(height * ratio);
      one.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    painted = null;
    changed();
  });
  watcher.observe(element);
  const unwatch = watchPalette(() => {
    [palette, painted] = [null, null];
    changed();
  });

  function scroll(event) {
    const box = element.getBoundingClientRect();
    const tick = ((event.clientX - box.left) / width) * editor.timeline.end;
    const shown = viewport.right - viewport.left;
    viewport.scroll((tick - shown / 2 - viewport.left) * viewport.scale, 0);
    onScroll();
  }
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    scroll(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) scroll(event);
  });

  function paintSpecks() {
    const context = specks.getContext("2d");
    const { score, part: current, timeline } = editor;
    context.clearRect(0, 0, width, height);
    const pitches = score.parts.flatMap((part) => part.notes.map((note) => note[PITCH]));
    const [low, high] = [
      pitches.reduce((a, b) => Math.min(a, b), 60) - 2,
      pitches.reduce((a, b) => Math.max(a, b), 72) + 2,
    ];
    const across = width / timeline.end;
    const order = score.parts.map((_, at) => at).sort((a, b) => (a === current) - (b === current));
    for (const at of order) {
      const part = score.parts[at];
      context.fillStyle = palette[colourName(part.role)];
      context.globalAlpha = at === current ? 1 : 0.4;
      for (const note of part.notes) {
        const y = height - 3 - ((note[PITCH] - low) / (high - low)) * (height - 6);
        context.fillRect(note[START] * across, y, Math.max(1, note[DURATION] * across - 0.5), 2);
      }
    }
  }

  function paint() {
    waiting = 0;
    if (!width || !viewport.scale) return;
    palette ??= readPalette(element);
    const key = editor.score;
    if (painted?.score !== key || painted.part !== editor.part) {
      paintSpecks();
      painted = { score: key, part: editor.part };
    }
    const context = canvas.getContext("2d");
    context.fillStyle = palette.sunken;
    context.fillRect(0, 0, width, height);
    const [from, to] = [viewport.left, viewport.right].map((tick) => (tick / editor.timeline.end) * width);
    context.fillStyle = palette.sheet;
    context.fillRect(from, 0, to - from, height);
    if (editor.bars) {
      const span = editor.span;
      context.globalAlpha = 0.18;
      context.fillStyle = palette.tape;
      context.fillRect(
        (span.from / editor.timeline.end) * width,
        0,
        ((span.to - span.from) / editor.timeline.end) * width,
        height,
      );
      context.globalAlpha = 1;
    }
    context.drawImage(specks, 0, 0, width, height);
    context.strokeStyle = palette.edge;
    context.lineWidth = 1;
    context.strokeRect(Math.round(from) + 0.5, 0.5, Math.max(4, Math.round(to - from) - 1), height - 1);
  }

  function changed() {
    if (!waiting) waiting = requestAnimationFrame(paint);
  }
  return {
    element,
    changed,
    clean() {
      watcher.disconnect();
      unwatch();
      cancelAnimationFrame(waiting);
    },
  };
}
