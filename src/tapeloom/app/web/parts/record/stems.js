// Stems beside each other: mute, solo and gain of each, and where they sound.

import { get } from "../../api.js";
import { button, colour, h } from "../../dom.js";
import { player } from "../../player.js";
import { toGain } from "../../strip.js";
import { signed } from "./level.js";
import { stemNames } from "./sound.js";
import { wave } from "./wave.js";

const MOST_DB = 12;

/**
 * Rows of stems; `settings` (by name) is kept by the caller. Waveforms are drawn as much higher as
 * the master is louder. Returns { element, leave }.
 */
export function stems(record, settings, { louder_db, onChange }) {
  const waves = [];
  const scale = Math.max(1, toGain(louder_db));
  const watch = new IntersectionObserver((seen) => {
    for (const one of seen) if (one.isIntersecting) draw(one.target);
  });
  async function draw(place) {
    watch.unobserve(place);
    const name = place.dataset.name;
    try {
      const peaks = await get(`/v1/records/${record.id}/peaks?file=stems/${name}.flac&points=600`);
      if (place.isConnected)
        waves.push(wave(place, peaks, { height: 44, colour: colour(name), isQuiet: true, scale }));
    } catch {
      place.textContent = "No picture of this stem.";
    }
  }

  function row(name) {
    const mine = settings[name];
    const toggle = (words, letter, key) =>
      button(
        `${words} ${name}`,
        {
          kind: "small-toggle",
          "aria-label": `${words} ${name}`,
          title: words,
          "aria-pressed": String(mine[key]),
          onclick: (event) => {
            mine[key] = !mine[key];
            event.currentTarget.setAttribute("aria-pressed", String(mine[key]));
            onChange();
          },
        },
        letter,
      );
    const [mute, solo] = [toggle("Mute", "M", "muted"), toggle("Solo", "S", "soloed")];
    mute.textContent = "M";
    solo.textContent = "S";
    const value = h("output", { class: "figures small" }, `${signed(mine.gain_db)} dB`);
    const gain = h("input", {
      type: "range",
      min: -24,
      max: MOST_DB,
      step: 0.5,
      value: mine.gain_db,
      "aria-label": `Gain of ${name}`,
      "aria-valuetext": `${mine.gain_db} dB`,
      oninput: () => {
        mine.gain_db = Number(gain.value);
        value.textContent = `${signed(mine.gain_db)} dB`;
        gain.setAttribute("aria-valuetext", `${mine.gain_db} dB`);
        onChange();
      },
      ondblclick: () => {
        gain.value = 0;
        gain.dispatchEvent(new Event("input"));
      },
    });
    const place = h("div", { class: "stem-wave", dataset: { name } });
    watch.observe(place);
    return h(
      "li",
      { class: "stem", style: { "--part": colour(name) } },
      h("span", { class: "stem-name" }, name.replace(/_/g, " ")),
      h("span", { class: "row stem-keys" }, mute, solo),
      h("span", { class: "row stem-gain" }, gain, value),
      place,
    );
  }

  const element = h("ul", { class: "stems" }, stemNames(record).map(row));
  return {
    element,
    leave() {
      watch.disconnect();
      for (const one of waves) one.leave();
    },
  };
}

/** Settings with which all stems sound as they are. */
export function plainSettings(record) {
  return Object.fromEntries(
    stemNames(record).map((name) => [name, { muted: false, soloed: false, gain_db: 0 }]),
  );
}

/** Let the player sound the master, or the stems as they are set. */
export function applyStems(settings, isStems) {
  player.set("master", { muted: isStems });
  for (const [name, mine] of Object.entries(settings)) {
    player.set(name, { ...mine, muted: !isStems || mine.muted, soloed: isStems && mine.soloed });
  }
}
