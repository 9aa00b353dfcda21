// The mixer's strips: a fader, a place between left and right, mute and solo of each.

import { button, colour, h } from "../../dom.js";
import { spoken } from "./effects.js";
import { signed } from "./level.js";
import { meter } from "./meter.js";
import { isCurve, look, stripsOf, valueOf } from "./mix_edit.js";

const KINDS = { group: "group", return: "return" };

/**
 * Draw the strips of a state. The desk is what they call:
 * desk  { set(path, value, kind, mark), mute(name), solo(name), soloed, open(strip), opened }
 */
export function drawStrips(state, desk, stemNames) {
  const meters = [];
  const rows = stripsOf(state.mix).map((strip) => {
    const hasSound = stemNames.includes(strip.name);
    const level = hasSound
      ? meter({ name: strip.name, words: `Level of ${strip.name}`, figures: false })
      : null;
    if (level) meters.push(level);
    return drawn(state, strip, desk, level, hasSound);
  });
  return {
    element: h("ul", { class: "mixer" }, rows),
    leave: () => meters.forEach((one) => one.leave()),
  };
}

function drawn(state, strip, desk, level, hasSound) {
  const { name, kind, path } = strip;
  const words = spoken(name);
  const [faderPath, panPath] = [
    [...path, "fader_db"],
    [...path, "pan"],
  ];
  const fader = look(state.mix, faderPath);
  const pan = look(state.mix, panPath) ?? 0;
  const told = h("output", { class: "figures small" });
  const slide = h("input", {
    type: "range",
    class: "fader",
    min: -36,
    max: 12,
    step: 0.5,
    value: valueOf(fader),
    "aria-label": `Fader of ${words}`,
    title: "Double-click: 0 dB",
    oninput: () => {
      show();
      desk.set(faderPath, Number(slide.value), "db", `fader ${name}`);
    },
    ondblclick: () => {
      slide.value = 0;
      slide.dispatchEvent(new Event("input"));
    },
  });
  function show() {
    told.textContent = `${signed(Number(slide.value))} dB`;
    slide.setAttribute("aria-valuetext", told.textContent);
  }
  show();
  const placed = h("output", { class: "figures small" });
  const place = h("input", {
    type: "range",
    class: "pan",
    min: -1,
    max: 1,
    step: 0.05,
    value: valueOf(pan),
    "aria-label": `Place of ${words}`,
    title: "Double-click: the middle",
    oninput: () => {
      showPlace();
      desk.set(panPath, Number(place.value), "pan", `pan ${name}`);
    },
    ondblclick: () => {
      place.value = 0;
      place.dispatchEvent(new Event("input"));
    },
  });
  function showPlace() {
    const value = Number(place.value);
    const side = value < 0 ? "left" : "right";
    placed.textContent = Math.abs(value) < 0.025 ? "middle" : `${Math.round(Math.abs(value) * 100)} ${side}`;
    place.setAttribute("aria-valuetext", placed.textContent);
  }
  showPlace();
  const isMuted = state.muted.includes(name);
  const mute = button("M", {
    kind: "small-toggle",
    "aria-label": `Mute ${words}`,
    "aria-pressed": String(isMuted),
    title: "Mute",
    onclick: () => mute.setAttribute("aria-pressed", String(desk.mute(name))),
  });
  const solo = hasSound
    ? button("S", {
        kind: "small-toggle",
        "aria-label": `Solo ${words}`,
        title: "Solo, to listen",
        "aria-pressed": String(desk.soloed.has(name)),
        onclick: () => solo.setAttribute("aria-pressed", String(desk.solo(name))),
      })
    : null;
  const more = button(words, {
    kind: "strip-name faint",
    "aria-pressed": String(desk.opened === name),
    title: `Settings of ${words}`,
    dataset: { strip: name },
    onclick: () => desk.open(strip),
  });
  return h(
    "li",
    { class: `strip ${kind}`, style: { "--part": colour(name) } },
    more,
    h("small", { class: "strip-kind" }, isCurve(fader) ? "automated" : (KINDS[kind] ?? "")),
    h("div", { class: "strip-fader" }, slide, level?.element ?? null),
    told,
    h("div", { class: "strip-pan" }, place, placed),
    h("div", { class: "row strip-keys" }, mute, solo),
  );
}
