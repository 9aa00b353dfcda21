// The knobs of a brief: fields that are left out until they are told, and say so.

import { button, field, fill, h, select } from "../dom.js";
import { ENGINES, FIELDS, KEYS, METERS, briefWords, orderOf } from "./brief.js";
import { energyCurve } from "./curve.js";

const MOST_SEED = 1_000_000; // of seeds that are thrown; larger ones can be written

/** A knob: its field, with "drawn" beside the label while nothing is told. */
function knob(label, control, { hint = "", told = () => control.value, drawn = "drawn" } = {}) {
  const said = h("span", { class: "left-out-word" }, drawn);
  const element = field(label, control, { hint });
  element.querySelector("label").append(said);
  const update = () => (said.hidden = Boolean(told()));
  control.addEventListener("input", update);
  update();
  return { element, update };
}

/** The knobs; `onChange()` runs when one is turned. The items of a batch have no artist. */
export function knobs(onChange, { hasArtist = true } = {}) {
  const number = (attributes) => h("input", { type: "number", inputmode: "decimal", ...attributes });
  const bpm = number({ min: 40, max: 200, step: "any", placeholder: "60 to 95" });
  const key = select([["", "Any key"], ...KEYS]);
  const length = number({ min: 0.5, max: 5000, step: "any", placeholder: "3" });
  const unit = select([["minutes", "minutes"], ["bars", "bars"]], { "aria-label": "Unit of the length" });
  const meter = h("input", { list: "meters", placeholder: "4/4", autocomplete: "off" });
  const seed = number({ min: 0, step: 1, inputmode: "numeric", placeholder: "any" });
  const form = h("input", { placeholder: "intro8 A16 B8 A16 outro8", autocomplete: "off" });
  const text = (placeholder) => h("input", { placeholder, autocomplete: "off" });
  const artist = text("Tapeloom");
  const grouping = text("2+2+3");
  const clave = text("son32");
  const polyrhythm = text("3:2");
  let curve = "";
  const energy = energyCurve((told) => {
    curve = told;
    energyKnob.update();
    onChange();
  });
  const engine = h("div", { class: "choices", role: "radiogroup", "aria-label": "Engine" },
    ENGINES.map(([name, words, about], at) => h("label", { class: "choice" },
      h("input", { type: "radio", name: "engine", value: name, checked: at === 0 }),
      h("span", {}, words, h("small", {}, about)))));
  const dice = button("Throw a seed", { picture: "dice", quietly: true, onclick: () => {
    seed.value = Math.floor(Math.random() * MOST_SEED);
    seed.dispatchEvent(new Event("input", { bubbles: true }));
  } });

  const controls = { bpm, meter, seed, form, grouping, clave, polyrhythm, key };
  if (hasArtist) controls.artist = artist;
  const lengthKnob = knob("Length", length, { drawn: "3 minutes" });
  lengthKnob.element.append(unit);
  lengthKnob.element.classList.add("with-unit");
  const seedKnob = knob("Seed", seed);
  seedKnob.element.append(dice);
  seedKnob.element.classList.add("with-unit");
  const said = h("span", { class: "left-out-word" }, "drawn");
  const energyKnob = { update: () => (said.hidden = Boolean(curve)) };
  const plain = [
    knob("Tempo", bpm, { hint: "Quarter notes a minute" }), knob("Key", key), lengthKnob,
    knob("Meter", meter, { drawn: "4/4" }), seedKnob,
  ];
  const rest = [
    knob("Form", form, { hint: "Sections and their bars; it tells the length" }),
    knob("Grouping", grouping), knob("Clave", clave), knob("Polyrhythm", polyrhythm, { drawn: "none" }),
    ...(hasArtist ? [knob("Artist", artist, { drawn: "Tapeloom" })] : []),
  ];
  const element = h("div", { class: "stack", oninput: onChange },
    h("div", { class: "columns knobs" }, plain.map((one) => one.element)),
    h("div", { class: "columns wide" },
      h("div", { class: "field" }, h("span", { class: "label" }, "Engine"), engine),
      h("div", { class: "field" }, h("span", { class: "label" }, "Energy", said), energy.element)),
    h("details", {}, h("summary", {}, hasArtist ? "Form, rhythm and name" : "Form and rhythm"),
      h("div", { class: "columns" }, rest.map((one) => one.element))),
    h("datalist", { id: "meters" }, METERS.map((one) => h("option", { value: one }))));

  function fields() {
    const chosen = engine.querySelector(":checked").value;
    return {
      ...Object.fromEntries(Object.entries(controls).map(([name, one]) => [name, one.value])),
      [unit.value]: length.value, energy_curve: curve, engine: chosen === "theory" ? "" : chosen,
    };
  }

  function set(told) {
    for (const [name, control] of Object.entries(controls)) control.value = told[name] ?? "";
    unit.value = told.bars ? "bars" : "minutes";
    length.value = told.bars || told.minutes || "";
    curve = told.energy_curve ?? "";
    energy.set(curve);
    const wanted = engine.querySelector(`[value="${CSS.escape(told.engine || "theory")}"]`);
    if (wanted) wanted.checked = true;
    for (const one of [...plain, ...rest, energyKnob]) one.update();
  }

  return { element, fields, set };
}

const DRAFT = "draft";

/**
 * The whole form of a brief: words, examples, knobs. Its fields are kept in the browser until
 * they are ordered. `order()` returns the order, or null after showing what is wrong with it.
 */
export function briefForm({ examples = [], told = null, hasArtist = true } = {}) {
  const words = h("textarea", {
    rows: 2, maxlength: 500, class: "brief-words", placeholder: "rainy night, peaceful",
  });
  const summary = h("span", { class: "quiet" });
  const problem = h("p", { class: "problem", role: "alert", hidden: true });
  const turned = knobs(changed, { hasArtist });
  const more = h("details", { class: "knobs-drawer" },
    h("summary", {}, "Knobs ", summary), turned.element);
  const label = field("What should it sound like?", words);
  const element = h("div", { class: "stack" }, label,
    examples.length ? h("div", { class: "row examples", role: "group", "aria-label": "Examples" },
      examples.map((one) => button(one, { kind: "tag", onclick: () => {
        words.value = one;
        changed();
        words.focus();
      } }))) : null, more, problem);
  words.addEventListener("input", changed);

  const fields = () => ({ ...turned.fields(), words: words.value.replaceAll(/\s+/g, " ").trim() });

  function changed() {
    const told = orderOf(fields());
    const { words: _, ...rest } = told.order;
    summary.textContent = briefWords(rest) || "all drawn";
    if (!problem.hidden) showProblems(told.problems);
    sessionStorage.setItem(DRAFT, JSON.stringify(fields()));
  }

  function showProblems(problems) {
    const sentences = Object.values(problems);
    problem.hidden = !sentences.length;
    fill(problem, sentences.join(" "));
  }

  function order() {
    const found = orderOf(fields());
    showProblems(found.problems);
    if (!Object.keys(found.problems).length) return found.order;
    if (Object.keys(found.problems).some((one) => one !== "words")) more.open = true;
    return null;
  }

  function set(next) {
    words.value = next.words ?? "";
    turned.set(next);
    changed();
  }

  const kept = told ?? JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}");
  set(Object.fromEntries(FIELDS.map((name) => [name, kept[name] ?? ""])));
  more.open = Boolean(told && Object.keys(told).some((name) => name !== "words"));
  return { element, order, words };
}
