// Master: where the record is headed, its main settings, made again and compared.

import { artefact, get } from "../../api.js";
import { field, fill, h, select } from "../../dom.js";
import { control } from "./control.js";
import { spoken } from "./effects.js";
import { keepingFocus } from "./focus.js";
import { History } from "./history.js";
import { loudnessFigures } from "./loudness.js";
import { GROUPS, isSame, presetOf, reasonOf, withPreset } from "./master_edit.js";
import { remake } from "./remake.js";
import { undoing } from "./undo.js";

const NAMES = { cd: "CD", lofi: "Lo-fi", apple: "Apple Music" };

export async function tab(root, record) {
  const [own, presets] = await Promise.all([
    get(artefact(record.id, "master.json")).catch((error) => {
      if (error.status === 404) return null; // a record of an earlier version
      throw error;
    }),
    get("/v1/presets"),
  ]);
  const history = new History(own ?? withPreset({}, presets[0]));
  const controls = h("div", { class: "blocks" });
  const about = h("p", { class: "quiet small" });
  const choice = h("div", {});

  const made = remake(record, {
    tab: "master",
    words: "Master again",
    fits: ({ files = {} }) => "master.json" in files && !("mix.json" in files) && !("score.json" in files),
    payload: () => ({ files: { "master.json": history.value } }),
  });
  const steps = undoing(history, () => {
    keepingFocus(controls, showControls);
    showState();
  });

  function change(settings, mark = null) {
    history.set(settings, mark);
    showState();
  }
  function showState() {
    steps.showState();
    made.ready(!own || !isSame(history.value, own));
    showPreset();
  }
  function showPreset() {
    const name = presetOf(history.value, presets);
    const chosen = presets.find((preset) => preset.name === name);
    const wanted = own && isSame(history.value, own) ? "" : (name ?? "");
    const options = [
      ["", own && isSame(history.value, own) ? "As it was made" : "Settings of your own"],
      ...presets.map((preset) => [preset.name, NAMES[preset.name] ?? spoken(preset.name)]),
    ];
    const list = select(options, {
      id: "master-preset",
      value: wanted,
      onchange: () => {
        const preset = presets.find((one) => one.name === list.value);
        change(preset ? withPreset(history.value, preset) : history.first);
        showControls();
        choice.querySelector("select").focus();
      },
    });
    fill(choice, field("Headed for", list));
    about.textContent = chosen ? reasonOf(chosen) : "Each setting can be moved by itself.";
  }
  function showControls() {
    fill(
      controls,
      GROUPS.map(([words, rows]) =>
        h(
          "section",
          { class: "controls" },
          h("h3", {}, words),
          rows
            .filter(([name]) => typeof history.value[name] === "number")
            .map(([name, label, range]) =>
              control(label, history.value[name], range, (value) =>
                change({ ...history.value, [name]: value }, name),
              ),
            ),
        ),
      ),
    );
  }

  const { loudness = {} } = record.facts;
  root.append(
    h(
      "section",
      { class: "card", "aria-label": "Master" },
      h(
        "div",
        { class: "row between" },
        h("h2", {}, "Now"),
        h("div", { class: "row" }, steps.buttons, made.order),
      ),
      loudnessFigures({ ...loudness, loudness_range_lu: loudness.range_lu }),
      made.element,
    ),
    h(
      "section",
      { class: "card", "aria-label": "Settings of the master" },
      h("div", { class: "columns preset" }, choice, about),
      controls,
    ),
  );
  showControls();
  showState();
  return () => {
    steps.leave();
    made.leave();
  };
}
