// The energy of a record as a line that can be drawn, or set point by point with the arrows.

import { button, h } from "../dom.js";
import { curvePoints, curveText } from "./brief.js";

const POINTS = 9;
const [WIDTH, HEIGHT, EDGE] = [320, 96, 10];
const SVG = "http://www.w3.org/2000/svg";
const SHAPES = [
  ["Rise", (at) => 0.2 + 0.7 * at], ["Arch", (at) => 0.2 + 0.65 * Math.sin(Math.PI * at)],
  ["Waves", (at) => 0.5 + 0.3 * Math.sin(4 * Math.PI * at - Math.PI / 2)], ["Calm", () => 0.3],
];

function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const x = (at) => EDGE + (at * (WIDTH - 2 * EDGE)) / (POINTS - 1);
const y = (value) => EDGE + (1 - value) * (HEIGHT - 2 * EDGE);

/** A curve; `onChange(text)` tells it as the brief has it, "" while it is left out. */
export function energyCurve(onChange) {
  let points = null; // left out until something is drawn
  const area = drawn("path", { class: "curve-area" });
  const line = drawn("path", { class: "curve-line" });
  const dots = Array.from({ length: POINTS }, (_, at) => {
    const dot = drawn("circle", {
      r: 6, tabindex: 0, role: "slider", "aria-valuemin": 0, "aria-valuemax": 1,
      "aria-orientation": "vertical",
      "aria-label": `Energy at ${Math.round((at * 100) / (POINTS - 1))} percent of the record`,
    });
    dot.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 0.05, ArrowDown: -0.05, PageUp: 0.2, PageDown: -0.2 }[event.key];
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1 }[event.key];
      if (step) put(at, values()[at] + step);
      else if (to !== undefined) dots[Math.min(POINTS - 1, Math.max(0, to))].focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    return dot;
  });
  const picture = drawn("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "curve", role: "group", "aria-label": "Energy curve",
  });
  picture.append(area, line, ...dots);
  const clear = button("Leave out", { kind: "faint small", onclick: () => set(null) });
  const element = h("div", { class: "stack tight" }, picture,
    h("div", { class: "row" }, SHAPES.map(([words, shape]) => button(words, {
      kind: "faint small", onclick: () => set(dots.map((_, at) => shape(at / (POINTS - 1)))) })), clear));

  const values = () => points ?? dots.map(() => 0.5);

  function put(at, value) {
    const changed = [...values()];
    changed[at] = Math.min(1, Math.max(0, value));
    set(changed);
  }

  function show() {
    const told = values();
    const path = told.map((value, at) => `${at ? "L" : "M"}${x(at)} ${y(value).toFixed(1)}`).join("");
    line.setAttribute("d", path);
    area.setAttribute("d", `${path}L${x(POINTS - 1)} ${HEIGHT}L${x(0)} ${HEIGHT}z`);
    dots.forEach((dot, at) => {
      dot.setAttribute("cx", x(at));
      dot.setAttribute("cy", y(told[at]));
      dot.setAttribute("aria-valuenow", told[at].toFixed(2));
      dot.setAttribute("aria-valuetext", points ? told[at].toFixed(2) : "left out");
    });
    picture.classList.toggle("left-out", !points);
    clear.disabled = !points;
  }

  function set(next) {
    points = next;
    show();
    onChange(points ? curveText(points) : "");
  }

  function draw(event) {
    const box = picture.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * WIDTH;
    const value = 1 - (((event.clientY - box.top) / box.height) * HEIGHT - EDGE) / (HEIGHT - 2 * EDGE);
    const number = Math.round(((at - EDGE) * (POINTS - 1)) / (WIDTH - 2 * EDGE));
    put(Math.min(POINTS - 1, Math.max(0, number)), value);
  }

  picture.addEventListener("pointerdown", (event) => {
    picture.setPointerCapture(event.pointerId);
    draw(event);
  });
  picture.addEventListener("pointermove", (event) => {
    if (picture.hasPointerCapture(event.pointerId)) draw(event);
  });
  show();
  return { element, set: (text) => {
    const told = text ? curvePoints(text) : null;
    points = told && Array.from({ length: POINTS }, (_, at) => {
      const place = (at * (told.length - 1)) / (POINTS - 1);
      const low = Math.floor(place);
      return told[low] + (place - low) * ((told[low + 1] ?? told[low]) - told[low]);
    });
    show();
  } };
}
