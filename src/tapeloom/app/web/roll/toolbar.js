// The tools above the stage: parts, tools, grid, what can be done, how it is looked at, the sketch.

import { button, colour, fill, h, icon, select } from "../dom.js";
import { canRun, COMMANDS, sharedVelocity } from "./commands.js";
import { setVelocity } from "./score_draft.js";
import { GRIDS } from "./timeline.js";

const TOOLS = ["select", "draw", "erase"];
const CHANGES = [
  ["quantise", "duplicate", "copy", "cut", "paste"],
  ["up", "down", "octaveUp", "octaveDown", "stepUp", "stepDown"],
  ["longer", "shorter", "louder", "softer"],
  ["all", "none"],
];
const ARROWS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };
const SIGNS = { Mod: "ctrl", Escape: "esc", ...ARROWS };

/** Keys as they are told: "Mod+Shift+z" is ctrl shift z. */
export function keyWords(keys) {
  return keys.split("+").map((one) => SIGNS[one] ?? one.toLowerCase());
}

function command(name, editor, options = {}) {
  const { words, picture, keys, run } = COMMANDS[name];
  const hint = `${words} (${keyWords(keys[0]).join(" ")})`;
  const made = button(words, { picture, quietly: Boolean(picture), onclick: () => run(editor), ...options });
  made.title = hint;
  return made;
}

/** Return { element, update }. */
export function toolbar({ editor, viewport, stage, sketch }) {
  const buttons = new Map();
  const put = (name, options) => {
    const made = command(name, editor, options);
    buttons.set(name, made);
    return made;
  };
  const parts = h("div", { class: "row tight roll-parts", role: "group", "aria-label": "Part" });
  const grid = select(
    GRIDS.map(([name, , words]) => [name, words]),
    {
      "aria-label": "Grid",
      title: "Grid",
      value: editor.view.grid,
      onchange: () => editor.look({ grid: grid.value }),
    },
  );
  const zoom = (words, picture, run) =>
    button(words, {
      picture,
      quietly: true,
      onclick: () => (run(), stage.changed()),
    });
  const velocity = h("input", {
    type: "range",
    min: 1,
    max: 127,
    "aria-label": "Velocity of the selected notes",
    oninput: () =>
      editor.apply(
        (score, part, notes) => setVelocity(score, part, notes, Number(velocity.value)),
        "velocity",
      ),
  });
  const level = h("output", { class: "figures" });
  const levelRow = h("label", { class: "row tight roll-velocity" }, "Velocity", velocity, level);

  const element = h(
    "div",
    { class: "roll-tools" },
    h("div", { class: "row between roll-top" }, parts, sketchRow(sketch)),
    h(
      "div",
      { class: "row roll-bar", role: "group", "aria-label": "Tools" },
      h(
        "div",
        { class: "row tight roll-group" },
        TOOLS.map((name) => put(name)),
      ),
      h("label", { class: "row tight" }, "Grid", grid),
      h("div", { class: "row tight roll-group" }, put("undo"), put("redo"), put("remove")),
      menu(
        "Change",
        CHANGES.map((names) =>
          h(
            "div",
            { class: "roll-menu-group" },
            names.map((name) => put(name, { kind: "faint" })),
          ),
        ),
      ),
      menu("View", viewChoices(editor, zoom, viewport)),
      h(
        "div",
        { class: "row tight roll-group" },
        zoom("Zoom out", "minus", () => viewport.zoom(1 / 1.5)),
        zoom("Zoom in", "plus", () => viewport.zoom(1.5)),
      ),
      levelRow,
      keyList(),
    ),
  );

  function update() {
    const { score, part } = editor;
    if (parts.childElementCount !== score.parts.length)
      fill(
        parts,
        score.parts.map((one, at) => partButton(one, at, editor)),
      );
    [...parts.children].forEach((one, at) => one.setAttribute("aria-pressed", String(at === part)));
    for (const [name, made] of buttons) {
      if (TOOLS.includes(name)) made.setAttribute("aria-pressed", String(editor.view.tool === name));
      else made.disabled = !canRun(name, editor);
    }
    grid.value = editor.view.grid;
    velocity.disabled = !editor.chosen.size;
    const shared = sharedVelocity(editor);
    if (shared !== null) velocity.value = shared;
    level.textContent = velocity.disabled ? "–" : (shared ?? "mixed");
  }
  return { element, update };
}

function partButton(part, at, editor) {
  return h(
    "button",
    { type: "button", class: "roll-part", onclick: () => editor.choosePart(at), title: part.instrument },
    h("i", { "aria-hidden": "true", style: { background: colour(part.role) } }),
    part.name,
  );
}

/** Choices that open below a word, and close when something else is pressed. */
function menu(words, children, kind = "") {
  const made = h(
    "details",
    { class: `roll-menu ${kind}` },
    h("summary", {}, words),
    h("div", { class: "roll-menu-sheet" }, children),
  );
  made.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !made.contains(event.relatedTarget)) made.open = false;
  });
  made.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !made.open) return;
    event.stopPropagation();
    made.open = false;
    made.firstChild.focus();
  });
  return made;
}

function check(words, isOn, onchange) {
  const box = h("input", { type: "checkbox", checked: isOn, onchange: () => onchange(box.checked) });
  return h("label", { class: "check" }, box, words);
}

function viewChoices(editor, zoom, viewport) {
  const { view } = editor;
  return h(
    "div",
    { class: "stack tight" },
    h(
      "div",
      { class: "row tight" },
      "Height of rows",
      zoom("Lower rows", "minus", () => viewport.zoomRows(1 / 1.25)),
      zoom("Higher rows", "plus", () => viewport.zoomRows(1.25)),
    ),
    check("Follow what plays", view.follow, (follow) => editor.look({ follow })),
    check("Shade the chords' tones", view.shade, (shade) => editor.look({ shade })),
    check("Mark notes outside the key (ring) or against the chord (dot)", view.hints, (hints) =>
      editor.look({ hints }),
    ),
  );
}

function sketchRow(sketch) {
  const play = button("Play the sketch", { picture: "play", onclick: () => sketch.toggle() });
  function show() {
    const words = sketch.isPlaying ? "Stop the sketch" : "Play the sketch";
    fill(play, icon(sketch.isPlaying ? "stop" : "play"), words);
  }
  sketch.addEventListener("change", show);
  play.title = "Shift and space; chosen bars are played round";
  return h(
    "div",
    { class: "row roll-sketch" },
    play,
    check("Metronome", sketch.metronome, (on) => (sketch.metronome = on)),
    check("Solo", sketch.onlyPart, (on) => (sketch.onlyPart = on)),
  );
}

function keyList() {
  const rows = Object.values(COMMANDS).map(({ words, keys }) => [
    h(
      "dt",
      {},
      keyWords(keys[0]).map((one) => h("kbd", {}, one)),
    ),
    h("dd", {}, words),
  ]);
  const more = [
    ["space", "Play the record"],
    ["shift space", "Play the sketch"],
    ["+ −", "Zoom"],
    ["home end", "First bar, last bar"],
  ];
  const list = h(
    "dl",
    { class: "keys" },
    more.map(([keys, words]) => [
      h(
        "dt",
        {},
        keys.split(" ").map((one) => h("kbd", {}, one)),
      ),
      h("dd", {}, words),
    ]),
    rows,
  );
  return menu(
    "Keys",
    [h("p", { class: "small quiet" }, "They work while the roll has the focus."), list],
    "last",
  );
}
