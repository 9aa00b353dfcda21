// A labelled control of a number: a slider beside its figures, or a field where it has no range.

import { h } from "../../dom.js";
import { placeOf, valueAt } from "./effects.js";

let controls = 0;

/**
 * A row: label, slider, figures. `onInput(value)` at each change.
 * range  { min, max, step, unit, isRatio, none }; `none` says what 0 means, such as "off"
 */
export function control(words, value, range, onInput, { marks = "" } = {}) {
  const id = `control-${++controls}`;
  const label = h("label", { for: id }, words, marks ? h("span", { class: "quiet" }, ` ${marks}`) : null);
  if (range.max === undefined) {
    return h(
      "div",
      { class: "control" },
      label,
      h("input", {
        id,
        type: "number",
        step: range.step ?? "any",
        value,
        required: true,
        onchange: (event) => event.target.checkValidity() && onInput(Number(event.target.value)),
      }),
      h("output", { for: id }, range.unit ?? ""),
    );
  }
  const told = h("output", { for: id, class: "figures" });
  const isRatio = range.isRatio && !(range.none !== undefined && range.min <= 0);
  const slider = h("input", {
    id,
    type: "range",
    ...(isRatio ? { min: 0, max: 1000, step: 1 } : { min: range.min, max: range.max, step: range.step }),
    oninput: () => {
      const now = isRatio ? valueAt(Number(slider.value), range) : Number(slider.value);
      show(now);
      onInput(now);
    },
  });
  function show(now) {
    told.textContent = figureOf(now, range);
    slider.setAttribute("aria-valuetext", told.textContent);
  }
  slider.value = isRatio ? placeOf(value, range) : value;
  show(value);
  return h("div", { class: "control" }, label, slider, told);
}

export function figureOf(value, { unit = "", none, step = 1 }) {
  if (none !== undefined && value === 0) return none;
  const digits =
    step === "any" ? 2 : value >= 1000 ? 0 : Math.min(3, (String(step).split(".")[1] ?? "").length);
  return `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(digits)} ${unit}`.trim();
}
