// The pointer on the stage: which drag begins where, pinches, wheels, and the shape of the cursor.

import * as drags from "./drags.js";
import { DURATION, PITCH, START } from "./score_draft.js";
import { HEAD } from "./viewport.js";

const EDGE = 8; // pixels at a note's end that resize it

/** Listen to an element's pointers; returns nothing, as the listeners go with the element. */
export function listenToPointer(element, stage) {
  const { editor, viewport } = stage;
  const fingers = new Map();
  let drag = null;
  let pinch = null;

  function pointOf(event) {
    const box = element.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return {
      x,
      y,
      tick: viewport.tickAt(x),
      pitch: viewport.pitchAt(y),
      shift: event.shiftKey,
      alt: event.altKey,
    };
  }

  element.addEventListener("pointerdown", (event) => {
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    const point = pointOf(event);
    fingers.set(event.pointerId, point);
    if (fingers.size === 2) {
      editor.cancel();
      drag = null;
      pinch = spreadOf(fingers);
      return;
    }
    if (fingers.size > 2 || event.button > 1) return;
    drag = beginAt(stage, point, event);
    stage.changed();
  });

  element.addEventListener("pointermove", (event) => {
    const point = pointOf(event);
    if (!fingers.has(event.pointerId)) return shapeCursor(element, stage, point);
    fingers.set(event.pointerId, point);
    if (pinch && fingers.size === 2) {
      const now = spreadOf(fingers);
      viewport.scroll(pinch.x - now.x, pinch.y - now.y);
      viewport.zoom(now.wide / pinch.wide, now.x);
      pinch = now;
      stage.changed();
    } else if (drag) {
      if (drag.pulls) pull(point);
      drag.move?.(point);
    }
  });

  /** Beyond the edge, the paper comes along. */
  function pull({ x, y }) {
    const beyond = (at, low, high) => (at < low ? at - low : at > high ? at - high : 0);
    const [dx, dy] = [beyond(x, viewport.keys, viewport.width), beyond(y, HEAD, viewport.foot)];
    if (!dx && !dy) return;
    viewport.scroll(dx / 3, dy / 3);
    stage.changed();
  }

  function lift(event) {
    if (!fingers.delete(event.pointerId)) return;
    if (fingers.size < 2) pinch = null;
    if (event.type === "pointercancel") editor.cancel();
    else drag?.end?.(pointOf(event));
    drag = null;
    stage.guide(null);
    stage.changed();
  }
  element.addEventListener("pointerup", lift);
  element.addEventListener("pointercancel", lift);

  element.addEventListener("dblclick", (event) => {
    const point = pointOf(event);
    if (viewport.areaAt(point.x, point.y) !== "notes" || editor.view.tool !== "select") return;
    if (!stage.noteAt(point.x, point.y)) drags.writing(stage, point).end();
  });

  element.addEventListener(
    "wheel",
    (event) => {
      const point = pointOf(event);
      const was = [viewport.left, viewport.top, viewport.scale, viewport.row_height];
      const pixels = event.deltaMode === 1 ? 18 : 1;
      const [x, y] = [event.deltaX * pixels, event.deltaY * pixels];
      const factor = Math.exp(-y * 0.0022);
      if ((event.ctrlKey || event.metaKey) && event.shiftKey) viewport.zoomRows(factor, point.y);
      else if (event.ctrlKey || event.metaKey) viewport.zoom(factor, point.x);
      else if (event.shiftKey && !x) viewport.scroll(y, 0);
      else viewport.scroll(x, y);
      const now = [viewport.left, viewport.top, viewport.scale, viewport.row_height];
      // Where nothing is left to scroll, the page goes on.
      if (event.ctrlKey || event.metaKey || now.some((value, at) => value !== was[at]))
        event.preventDefault();
      stage.changed();
    },
    { passive: false },
  );
}

function spreadOf(fingers) {
  const [a, b] = [...fingers.values()];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, wide: Math.max(20, Math.hypot(a.x - b.x, a.y - b.y)) };
}

function beginAt(stage, point, event) {
  const { viewport, editor } = stage;
  if (event.button === 1) return drags.panning(stage, point);
  switch (viewport.areaAt(point.x, point.y)) {
    case "keys":
      stage.hear(point.pitch, 90);
      return null;
    case "sections":
      return chooseSection(editor, point.tick);
    case "ruler":
    case "chords":
      return drags.barring(stage, point);
    case "velocity":
      return drags.levelling(stage, point);
    default:
      return onPaper(stage, point, event);
  }
}

function chooseSection(editor, tick) {
  const section = editor.score.sections.find((one) => one.start <= tick && tick < one.end);
  if (!section) return null;
  const { timeline } = editor;
  editor.chooseBars(timeline.barAt(section.start).number, timeline.barAt(section.end - 1).number);
  return null;
}

function onPaper(stage, point, event) {
  const { editor } = stage;
  const { tool } = editor.view;
  if (tool === "erase") return drags.erasing(stage, point);
  const note = stage.noteAt(point.x, point.y);
  if (note) return onNote(stage, point, note);
  if (tool === "draw") return drags.writing(stage, point);
  return event.pointerType === "touch" ? drags.panning(stage, point) : drags.framing(stage, point);
}

function onNote(stage, point, note) {
  const { editor } = stage;
  if (point.shift) {
    const chosen = new Set(editor.chosen);
    if (!chosen.delete(note)) chosen.add(note);
    editor.choose(chosen);
    return null;
  }
  if (!editor.chosen.has(note)) editor.choose([note]);
  stage.hear(note[PITCH], note[3]);
  return isAtEnd(stage.viewport, point, note)
    ? drags.sizing(stage, point, note)
    : drags.moving(stage, point, note);
}

function isAtEnd(viewport, point, note) {
  const width = note[DURATION] * viewport.scale;
  const end = viewport.xOf(note[START] + note[DURATION]);
  return point.x > end - Math.min(EDGE, width / 3);
}

function shapeCursor(element, stage, point) {
  const { viewport, editor } = stage;
  const area = viewport.areaAt(point.x, point.y);
  const note = area === "notes" ? stage.noteAt(point.x, point.y) : null;
  const tool = { draw: "crosshair", erase: "not-allowed", select: "default" }[editor.view.tool];
  let cursor =
    {
      velocity: "ns-resize",
      ruler: "col-resize",
      chords: "col-resize",
      sections: "pointer",
      keys: "pointer",
    }[area] ?? tool;
  if (note && editor.view.tool !== "erase") cursor = isAtEnd(viewport, point, note) ? "ew-resize" : "move";
  element.style.setProperty("cursor", cursor);
}
