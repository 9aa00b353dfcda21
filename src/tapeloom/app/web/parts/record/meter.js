// A meter of left and right: the level of the last moment, its peak held for a while.

import { h } from "../../dom.js";
import { player } from "../../player.js";
import { decibels, figure, meterShare, SILENT_DB } from "./level.js";
import { onFrame } from "./paint.js";

const HOLD_MS = 1500;
const SILENT = "−∞ dB";

/** Show the levels of a track, or of all. Returns { element, leave }. */
export function meter({ name = null, words = "Level", figures = true } = {}) {
  const sides = ["Left", "Right"].map(() => {
    const rms = h("i", { class: "rms" });
    const hold = h("i", { class: "hold" });
    return { rms, hold, held_db: SILENT_DB, at: 0, element: h("span", { class: "side" }, rms, hold) };
  });
  const told = figures ? h("span", { class: "figures small" }, SILENT) : null;
  const element = h(
    "div",
    { class: "levels", role: "img", "aria-label": words },
    figures ? h("span", { class: "small quiet" }, "Level") : null,
    h(
      "div",
      { class: "sides" },
      sides.map((side) => side.element),
    ),
    told,
  );

  const leave = onFrame(() => {
    const now = performance.now();
    let most = SILENT_DB;
    player.levels(name).forEach((level, at) => {
      const side = sides[at];
      const peak_db = decibels(level.peak);
      if (peak_db >= side.held_db || now - side.at > HOLD_MS)
        Object.assign(side, { held_db: peak_db, at: now });
      most = Math.max(most, side.held_db);
      side.rms.style.setProperty("--share", meterShare(decibels(level.rms)).toFixed(3));
      side.hold.style.setProperty("--share", meterShare(side.held_db).toFixed(3));
      side.hold.hidden = side.held_db <= -60;
    });
    const text = most <= -60 ? SILENT : figure(most, "dB");
    if (told && told.textContent !== text) told.textContent = text;
  });
  return { element, leave };
}
