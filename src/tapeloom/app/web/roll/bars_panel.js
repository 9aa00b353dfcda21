// What is done to chosen bars: other chords from a lead-sheet line, or these bars of a part anew.

import { post } from "../api.js";
import { attempt, button, field, fill, h, select } from "../dom.js";
import { player } from "../player.js";
import { chordLine, takeBars } from "./regions.js";
import { notesFrom } from "./score_draft.js";

const ENGINES = [
  ["theory", "Theory"],
  ["transformer", "Model"],
  ["hybrid", "Hybrid"],
];
const HARMONY = new Set(["keys", "pad", "guitar"]);
const SEEDS = 1_000_000;
const ROLLED = new Set(["melody", "keys", "pad", "guitar", "bass", "drums"]);
const plural = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;

/** Return { element, update }. */
export function barsPanel({ editor, record }) {
  const number = (words) =>
    h("input", {
      type: "number",
      min: 1,
      max: editor.timeline.bars.length,
      step: 1,
      "aria-label": words,
      inputmode: "numeric",
      onchange: takeNumbers,
    });
  const [first, last] = [number("First bar"), number("Last bar")];
  const title = h("h2", {}, "Bars");
  const line = h("input", {
    type: "text",
    autocomplete: "off",
    spellcheck: false,
    maxlength: 4000,
    placeholder: "Am7 | Dm7 G7 | Cmaj7",
  });
  const follow = ["chords", "bass"].map((name) =>
    h("input", { type: "checkbox", checked: true, value: name }),
  );
  const engine = select(ENGINES, { value: "theory" });
  const seed = h("input", {
    type: "number",
    min: 0,
    max: SEEDS,
    step: 1,
    value: drawSeed(),
    inputmode: "numeric",
  });
  const told = h("div", { class: "stack tight roll-told", role: "status" });
  const which = h("p", { class: "small quiet" });
  const change = h("button", { class: "main" }, "Put these chords");
  const roll = button("Re-roll these bars", { picture: "dice", kind: "main" });
  const dice = button("Another seed", {
    picture: "dice",
    quietly: true,
    onclick: () => (seed.value = drawSeed()),
  });
  const loop = button("Loop in the record", { picture: "loop", onclick: loopBars });
  const whole = button("Select none", { kind: "faint", onclick: () => editor.chooseBars(null) });
  let lineOf = "";

  function takeNumbers() {
    if (first.value || last.value)
      editor.chooseBars(Number(first.value || last.value), Number(last.value || first.value));
  }

  function loopBars() {
    const { from, to } = editor.span;
    player.setLoop(
      editor.timeline.tickToSeconds(from),
      Math.min(editor.timeline.tickToSeconds(to), player.duration_s),
    );
    if (!player.isPlaying) player.seek(player.loop?.start_s ?? 0);
    player.play();
  }

  async function putChords() {
    const { from } = editor.span;
    const begin = editor.bars.first;
    const rewrite = follow.filter((box) => box.checked).map((box) => box.value);
    const before = editor.score;
    const answer = await post("/v1/scores/chords", {
      score: before,
      first_bar: begin,
      chords: line.value,
      rewrite,
    });
    const count = Math.max(1, countBars(line.value));
    const { to } = editor.timeline.span(begin, begin + count - 1);
    const parts = new Set(
      before.parts
        .filter(
          (part) =>
            (rewrite.includes("chords") && HARMONY.has(part.role)) ||
            (rewrite.includes("bass") && part.role === "bass"),
        )
        .map((part) => part.name),
    );
    const taken = keep(before, answer.score, { from, to, parts, withChords: true });
    if (!taken) return;
    editor.chooseBars(begin, begin + count - 1);
    report(`Bars ${begin} to ${begin + count - 1} have these chords.`, taken, answer.notes);
  }

  async function rollBars() {
    const part = editor.currentPart;
    const { from, to } = editor.span;
    const before = editor.score;
    const asked = {
      score: before,
      role: part.role,
      first_bar: editor.bars.first,
      last_bar: editor.bars.last,
      engine: engine.value,
      seed: Number(seed.value),
    };
    const answer = await post("/v1/scores/infill", asked);
    const taken = keep(before, answer.score, { from, to, parts: new Set([part.name]), withChords: false });
    if (!taken) return;
    const count = notesFrom(taken.score, editor.part, from, to).length;
    report(`${part.name} has ${plural(count, "note")} in these bars by seed ${seed.value}.`, taken);
    seed.value = drawSeed();
  }

  /** Take the bars of an answer into the draft, unless the draft went on meanwhile. */
  function keep(before, after, asked) {
    if (editor.score !== before) {
      fill(told, h("p", {}, "You went on editing, so the answer was not taken. Ask again."));
      return null;
    }
    const taken = takeBars(before, after, asked);
    editor.replace(taken.score, taken);
    return taken;
  }

  function report(sentence, { added, removed, strays }, notes = []) {
    const swap = `${plural(removed.length, "note")} out, ${added.length} in.`;
    const rest = strays.length ? strays : ["All else is the same to the tick."];
    fill(
      told,
      h("p", {}, `${capital(sentence)} ${swap}`),
      [...rest, ...notes.map(capital)].map((one) => h("p", { class: "small" }, one)),
    );
  }

  const run = (control, work) => async (event) => {
    event?.preventDefault();
    control.disabled = true;
    control.classList.add("busy");
    await attempt(work);
    control.classList.remove("busy");
    update();
  };
  roll.addEventListener("click", run(roll, rollBars));

  const needsBars = h(
    "div",
    { class: "columns roll-actions" },
    h(
      "form",
      { class: "stack", onsubmit: run(change, putChords) },
      field("Chords, a bar each between |", line, {
        hint: "A dot is one more beat, % goes on, - is silence.",
      }),
      h(
        "fieldset",
        { class: "row" },
        h("legend", { class: "unseen" }, "What follows the chords"),
        h("label", { class: "check" }, follow[0], "Rewrite the chord parts"),
        h("label", { class: "check" }, follow[1], "Rewrite the bass"),
      ),
      h("div", {}, change),
    ),
    h(
      "div",
      { class: "stack" },
      h("div", { class: "row roll-dice" }, field("Engine", engine), field("Seed", seed), dice),
      which,
      h("div", {}, roll),
    ),
  );
  const hint = h(
    "p",
    { class: "quiet" },
    "Choose bars: drag over their numbers in the roll, press a section's name, or write them here.",
  );
  const element = h(
    "section",
    { class: "card roll-bars", "aria-label": "Bars" },
    h(
      "div",
      { class: "row between" },
      title,
      h(
        "div",
        { class: "row tight roll-range" },
        h("span", { class: "label" }, "From"),
        first,
        h("span", { class: "label" }, "to"),
        last,
        loop,
        whole,
      ),
    ),
    hint,
    needsBars,
    told,
  );

  function update() {
    const { bars, currentPart: part } = editor;
    title.textContent = !bars
      ? "Bars"
      : bars.first === bars.last
        ? `Bar ${bars.first}`
        : `Bars ${bars.first} to ${bars.last}`;
    [first.value, last.value] = bars ? [bars.first, bars.last] : ["", ""];
    needsBars.hidden = whole.hidden = !bars;
    loop.hidden = !bars || player.record !== record.id;
    hint.hidden = Boolean(bars);
    if (!bars) return;
    const now = chordLine(editor.score.chords, editor.timeline.bars.slice(bars.first - 1, bars.last));
    // What is being written stays until other bars or other chords are there.
    if (now !== lineOf || !line.value) line.value = now;
    lineOf = now;
    const isFirst = editor.score.parts.find((one) => one.role === part.role) === part;
    const can = isFirst && ROLLED.has(part.role);
    roll.disabled = !can;
    change.disabled = false;
    which.textContent = can
      ? `Writes ${part.name} anew in these bars so that it fits both sides; the rest stays.`
      : "This part can be written by hand only. Choose another to re-roll.";
  }
  return { element, update };
}

const drawSeed = () => Math.floor(Math.random() * SEEDS);
const capital = (words) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`.replace(/\.\.$/, ".");

/** How many bars a line fills: as the service reads it. */
function countBars(text) {
  const plain = text.trim();
  if (!plain.includes("|")) return plain.split(/\s+/).filter(Boolean).length;
  return plain.replace(/^\|+|\|+$/g, "").split("|").length;
}
