// The notes of the chosen bars as a table: the roll for those who would rather read and type.

import { button, fill, h } from "../dom.js";
import { pieceName, pitchName, readPitch } from "./names.js";
import * as draft from "./score_draft.js";
import { PPQ } from "./timeline.js";

const { DURATION, PITCH, START, VELOCITY } = draft;
const MOST = 120; // rows; more bars can be chosen one after the other
const rounded = (value) => Number(value.toFixed(3));

/** Return { element, update }. */
export function notesList({ editor, stage }) {
  const body = h("tbody");
  const told = h("p", { class: "small quiet" });
  const summary = h("summary", {}, "Notes as a list");
  const element = h(
    "details",
    { class: "card roll-list", ontoggle: () => update() },
    summary,
    told,
    h(
      "div",
      { class: "scroller", tabindex: 0, role: "group", "aria-label": "Notes" },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["Bar", "Beat", "Pitch", "Beats", "Velocity", "Remove"].map((one) =>
              h("th", { scope: "col" }, one),
            ),
          ),
        ),
        body,
      ),
    ),
  );

  function change(note, field, value) {
    editor.choose([note]);
    editor.apply((score, part, notes) =>
      draft.changeNotes(score, part, notes, (one) => one.map((old, at) => (at === field ? value : old))),
    );
    stage.viewport.reveal(editor.cursor.tick, editor.cursor.pitch);
    stage.changed();
  }

  function cell(words, value, take, attributes = {}) {
    const input = h("input", {
      type: "text",
      value,
      autocomplete: "off",
      "aria-label": words,
      ...attributes,
      onchange: () => {
        if (take(input.value) === false) input.value = value;
      },
    });
    return h("td", {}, input);
  }

  function row(note, at) {
    const { timeline, currentPart: part } = editor;
    const place = timeline.place(note[START]);
    const isKit = part.role === "drums";
    const named = isKit ? pieceName(note[PITCH]) : pitchName(note[PITCH]);
    const of = `of note ${at + 1}, ${named}`;
    const toPlace = (bar, beat) => {
      const tick = timeline.tickOf(Number(bar), Number(beat));
      return tick === null || !(tick >= 0 && tick + note[DURATION] <= timeline.end)
        ? false
        : change(note, START, tick);
    };
    const number = { inputmode: "decimal" };
    return h(
      "tr",
      { "aria-current": editor.chosen.has(note) ? "true" : null },
      cell(`Bar ${of}`, place.bar, (text) => toPlace(text, place.beat), number),
      cell(`Beat ${of}`, rounded(place.beat), (text) => toPlace(place.bar, text), number),
      isKit
        ? h("td", {}, named)
        : cell(`Pitch ${of}`, named, (text) => {
            const pitch = readPitch(text);
            return pitch === null ? false : change(note, PITCH, pitch);
          }),
      cell(
        `Beats ${of}`,
        rounded(note[DURATION] / PPQ),
        (text) => {
          const ticks = Math.round(Number(text) * PPQ);
          return ticks >= 1 && note[START] + ticks <= timeline.end ? change(note, DURATION, ticks) : false;
        },
        number,
      ),
      cell(
        `Velocity ${of}`,
        note[VELOCITY],
        (text) => {
          const velocity = Math.round(Number(text));
          return velocity >= 1 && velocity <= 127 ? change(note, VELOCITY, velocity) : false;
        },
        number,
      ),
      h(
        "td",
        {},
        button(`Remove note ${at + 1}, ${named}`, {
          picture: "bin",
          quietly: true,
          onclick: () => {
            editor.choose([note]);
            editor.apply(draft.remove);
          },
        }),
      ),
    );
  }

  let waiting = 0;
  // A field tells its change before the focus goes on: the rows are made when it has arrived.
  function update() {
    clearTimeout(waiting);
    waiting = setTimeout(show);
  }

  function show() {
    const { from, to } = editor.span;
    const notes = draft.notesFrom(editor.score, editor.part, from, to);
    const { bars, currentPart: part } = editor;
    const where = !bars
      ? "the whole record"
      : bars.first === bars.last
        ? `bar ${bars.first}`
        : `bars ${bars.first} to ${bars.last}`;
    summary.textContent = `Notes as a list: ${part.name}, ${where} (${notes.length})`;
    if (!element.open || editor.shown) return;
    const held = [...body.querySelectorAll("input, button")].indexOf(document.activeElement);
    told.hidden = notes.length <= MOST && notes.length > 0;
    told.textContent = notes.length
      ? `The first ${MOST} are listed; choose fewer bars to see the others.`
      : "No notes here.";
    fill(body, notes.slice(0, MOST).map(row));
    if (held >= 0) [...body.querySelectorAll("input, button")][held]?.focus();
  }
  return { element, update };
}
