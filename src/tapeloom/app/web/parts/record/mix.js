// Mix: faders, places, instruments and effects, heard as they move, then rendered and compared.

import { artefact, get } from "../../api.js";
import { attempt, button, fill, h } from "../../dom.js";
import { player } from "../../player.js";
import { keepingFocus } from "./focus.js";
import { History } from "./history.js";
import { drawBus, drawStrip } from "./inspector.js";
import { changedFiles, look, opened, preview, put, stripsOf, toggled, withValue } from "./mix_edit.js";
import { remake } from "./remake.js";
import { ensureStems, MASTER, stemNames } from "./sound.js";
import { drawStrips } from "./strips.js";
import { undoing } from "./undo.js";

const BUS = { name: "bus", kind: "bus", path: [] };

export async function tab(root, record) {
  const [mix, score, instruments] = await Promise.all([
    get(artefact(record.id, "mix.json")),
    get(artefact(record.id, "score.json")).catch(() => null),
    get("/v1/instruments").catch(() => null),
  ]);
  const history = new History(opened(mix, score));
  const names = stemNames(record);
  const soloed = new Set();
  let strip = stripsOf(mix)[0] ?? BUS;
  let leaveStrips = () => {};
  let isPreviewed = false;

  const desk = {
    soloed,
    get opened() {
      return strip.name;
    },
    set(path, value, kind, mark) {
      const { value: state } = history;
      change({ ...state, mix: put(state.mix, path, withValue(look(state.mix, path), value, kind)) }, mark);
    },
    mute(name) {
      const { value: state } = history;
      change({ ...state, muted: toggled(state.muted, name) });
      return history.value.muted.includes(name);
    },
    solo(name) {
      if (!soloed.delete(name)) soloed.add(name);
      listen();
      return soloed.has(name);
    },
    instrument(at, name) {
      const { value: state } = history;
      change({ ...state, score: put(state.score, ["parts", at, "instrument"], name) });
      keepingFocus(inspector, showStrip);
    },
    open(wanted) {
      strip = wanted;
      for (const one of mixer.querySelectorAll("[data-strip]")) {
        one.setAttribute("aria-pressed", String(one.dataset.strip === strip.name));
      }
      busKey.setAttribute("aria-pressed", String(strip === BUS));
      showStrip();
      inspector.scrollIntoView({ block: "nearest" });
    },
  };

  const made = remake(record, {
    tab: "mix",
    words: "Render this mix",
    fits: ({ files = {}, rerolls = [] }) => !rerolls.length && ("mix.json" in files || "score.json" in files),
    payload: () => ({ files: changedFiles(history.first, history.value) }),
  });
  const steps = undoing(history, () => {
    keepingFocus(mixer, showStrips);
    keepingFocus(inspector, showStrip);
    showState();
    listen();
  });
  const busKey = button("Bus", { "aria-pressed": "false", onclick: () => desk.open(BUS) });
  const told = h(
    "p",
    { class: "quiet small" },
    "Levels, places and mutes are heard at once. Effects and instruments are heard when the mix is rendered.",
  );
  const mixer = h("div", {
    class: "scroller mixer-scroller",
    tabindex: "0",
    role: "group",
    "aria-label": "Strips",
  });
  const inspector = h("section", { class: "card inspector", "aria-live": "off" });
  root.append(
    h(
      "section",
      { class: "card", "aria-label": "Mixer" },
      h("div", { class: "row between" }, h("div", { class: "row" }, steps.buttons, busKey), made.order),
      told,
      mixer,
    ),
    made.element,
    inspector,
  );

  function change(state, mark = null) {
    history.set(state, mark);
    showState();
    listen();
  }
  function showState() {
    steps.showState();
    made.ready(Object.keys(changedFiles(history.first, history.value)).length > 0);
  }
  function showStrips() {
    leaveStrips();
    const drawn = drawStrips(history.value, desk, names);
    leaveStrips = drawn.leave;
    fill(mixer, drawn.element);
  }
  function showStrip() {
    const title = strip === BUS ? "Bus" : strip.name.replace(/_/g, " ");
    const blocks =
      strip === BUS ? drawBus(history.value, desk) : drawStrip(history.value, strip, desk, instruments);
    const kept = blocks.filter(Boolean);
    inspector.setAttribute("aria-label", `Settings of ${title}`);
    fill(
      inspector,
      h("h2", { class: "strip-name" }, title),
      kept.length
        ? h("div", { class: "blocks" }, kept)
        : h("p", { class: "quiet" }, "Only a fader and a place."),
    );
  }

  /** Let the stems sound as the faders stand. */
  async function listen() {
    isPreviewed = true;
    if ((await attempt(() => ensureStems(record))) === undefined) return;
    player.set(MASTER, { muted: true, soloed: false });
    for (const name of names) {
      const { gain_db, pan, muted } = preview(history.first, history.value, name);
      player.set(name, { gain_db, pan, muted, soloed: soloed.has(name) });
    }
  }

  showStrips();
  showStrip();
  showState();
  return () => {
    steps.leave();
    leaveStrips();
    made.leave();
    if (isPreviewed && player.tracks.some((track) => track.name === MASTER && track.record === record.id)) {
      player.only(MASTER);
    }
  };
}
