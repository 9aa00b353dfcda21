// Listen: the record as waveform with its sections, its stems, its loudness.

import { get, send } from "../../api.js";
import { attempt, button, clock, field, fill, h } from "../../dom.js";
import { player } from "../../player.js";
import { figure } from "./level.js";
import { loudnessChart, loudnessFigures } from "./loudness.js";
import { meter } from "./meter.js";
import { ensureStems, loadMaster } from "./sound.js";
import { applyStems, plainSettings, stems } from "./stems.js";

const ZOOMS = [0, 20, 40, 80, 160]; // pixels for each second; 0 shows all

export async function tab(root, record) {
  const address = `/v1/records/${record.id}`;
  const leaves = [];
  const sections = record.facts.sections ?? [];
  if (player.record === record.id || !player.isPlaying) loadMaster(record);

  const place = h("div", { class: "wave" });
  let drawn = null;
  let zoom = 0;
  const closer = button("Closer", { picture: "plus", quietly: true, onclick: () => zoomTo(zoom + 1) });
  const wider = button("Wider", { picture: "minus", quietly: true, onclick: () => zoomTo(zoom - 1) });
  function zoomTo(next) {
    zoom = Math.min(ZOOMS.length - 1, Math.max(0, next));
    drawn?.zoom(ZOOMS[zoom]);
    wider.disabled = zoom === 0;
    closer.disabled = zoom === ZOOMS.length - 1;
  }
  zoomTo(0);
  const level = meter({ words: "Level of what sounds" });
  leaves.push(level.leave);
  root.append(
    h(
      "section",
      { class: "card", "aria-label": "Waveform" },
      h("div", { class: "row between" }, h("div", { class: "row" }, wider, closer), level.element),
      place,
      sectionList(record, sections, leaves),
    ),
  );

  root.append(stemsCard(record, leaves));
  const figures = h("div", {});
  const curves = h("div", { class: "chart" });
  root.append(
    h("section", { class: "card", "aria-label": "Loudness" }, h("h2", {}, "Loudness"), figures, curves),
    noteCard(record),
  );

  // Waveform and loudness come when they are read; the page doesn't wait for them.
  let isLeft = false;
  showWave().catch((error) => place.replaceChildren(h("p", { class: "quiet" }, error.message)));
  showLoudness().catch((error) => curves.replaceChildren(h("p", { class: "quiet" }, error.message)));
  async function showWave() {
    const [{ wave }, peaks, score] = await Promise.all([
      import("./wave.js"),
      get(`${address}/peaks?points=2400`),
      get(`${address}/score`).catch(() => null),
    ]);
    if (isLeft) return;
    drawn = wave(place, peaks, {
      sections,
      bars: score?.bars ?? [],
      onSection: (one) => ownSound(record, () => player.setLoop(one.start_s, one.end_s)),
    });
    leaves.push(drawn.leave);
  }
  async function showLoudness() {
    const told = await get(`${address}/loudness`);
    if (isLeft) return;
    figures.append(loudnessFigures(told));
    const leave = await loudnessChart(curves, told);
    if (isLeft) leave();
    else leaves.push(leave);
  }
  return () => {
    isLeft = true;
    for (const leave of leaves) leave();
  };
}

/** Do something to this record's sound, which is loaded first where another's is. */
function ownSound(record, run) {
  if (player.record !== record.id) loadMaster(record);
  run();
}

function sectionList(record, sections, leaves) {
  if (!sections.length) return null;
  const rows = sections.map((section) => {
    const at = button(`${section.name} ${clock(section.start_s)}`, {
      onclick: () => ownSound(record, () => player.seek(section.start_s)),
    });
    const loop = button(`Loop ${section.name} at ${clock(section.start_s)}`, {
      picture: "loop",
      quietly: true,
      onclick: () =>
        ownSound(record, () => {
          if (isLooped(section)) player.clearLoop();
          else player.setLoop(section.start_s, section.end_s);
        }),
    });
    return { section, at, loop, element: h("li", { class: "section" }, at, loop) };
  });
  const isLooped = (section) =>
    player.record === record.id &&
    player.loop?.start_s === section.start_s &&
    player.loop?.end_s === section.end_s;
  const show = () => {
    for (const row of rows) row.loop.setAttribute("aria-pressed", String(isLooped(row.section)));
  };
  player.addEventListener("change", show);
  leaves.push(() => player.removeEventListener("change", show));
  show();
  return h(
    "ul",
    { class: "sections", "aria-label": "Sections" },
    rows.map((row) => row.element),
  );
}

function stemsCard(record, leaves) {
  const settings = plainSettings(record);
  const rows = h("div", {});
  const told = h(
    "p",
    { class: "quiet small" },
    "Hear the parts one by one. They sum to the mix before the master.",
  );
  let isStems = false;
  let list = null;
  const choices = [
    ["Master", false],
    ["Stems", true],
  ].map(([words, wants]) =>
    button(words, {
      role: "radio",
      "aria-checked": String(wants === isStems),
      onclick: () => choose(wants),
    }),
  );
  async function choose(wants) {
    isStems = wants;
    choices.forEach((one, at) => {
      one.setAttribute("aria-checked", String(Boolean(at) === isStems));
      one.tabIndex = Boolean(at) === isStems ? 0 : -1;
    });
    if (isStems && !rows.childElementCount) fill(rows, h("p", { class: "quiet" }, "One moment …"));
    const found = await attempt(() => ensureStems(record));
    if (!found) return;
    if (!list) {
      list = stems(record, settings, { louder_db: found.louder_db, onChange: apply });
      leaves.push(list.leave);
      fill(rows, list.element);
    }
    told.textContent =
      found.louder_db > 0.05
        ? `The master is turned down by ${figure(found.louder_db, "dB")}, so that both are equally loud.`
        : "Both are equally loud.";
    apply();
  }
  function apply() {
    applyStems(settings, isStems);
  }
  choices.forEach((one, at) => (one.tabIndex = at ? -1 : 0));
  return h(
    "section",
    { class: "card", "aria-label": "Stems" },
    h(
      "div",
      { class: "row between" },
      h("h2", {}, "Stems"),
      h(
        "div",
        {
          class: "switch",
          role: "radiogroup",
          "aria-label": "Hear",
          onkeydown: (event) => {
            if (!event.key.startsWith("Arrow")) return;
            event.preventDefault();
            event.stopPropagation();
            choose(!isStems);
            choices[Number(isStems)].focus();
          },
        },
        choices,
      ),
    ),
    told,
    rows,
  );
}

function noteCard(record) {
  const text = h("textarea", {
    maxlength: 4000,
    value: record.note ?? "",
    rows: 3,
    onchange: async () => {
      const changed = await attempt(() => send("PATCH", `/v1/records/${record.id}`, { note: text.value }));
      if (changed) record.note = changed.note;
    },
  });
  return h("section", { class: "card", "aria-label": "Note" }, field("Your note on this record", text));
}
