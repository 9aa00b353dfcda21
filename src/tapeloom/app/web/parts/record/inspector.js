// What a strip is set to beside its fader: instrument, cuts, sends, effects; and what the bus is.

import { field, h, select } from "../../dom.js";
import { control } from "./control.js";
import { controlsOf, named, spoken } from "./effects.js";
import { isCurve, look, valueOf } from "./mix_edit.js";

const CUTS = [
  ["high_pass_hz", "High-pass", { unit: "Hz", min: 0, max: 1000, step: 5, none: "off" }],
  ["low_pass_hz", "Low-pass", { unit: "Hz", min: 0, max: 20000, step: 50, none: "off" }],
];
const DUCK = ["duck_db", "Duck under the kick", { unit: "dB", min: 0, max: 12, step: 0.1, none: "off" }];
const NOISE = ["crackle_db", "hiss_db", "rumble_db"];

/** Draw the settings of a strip. `instruments` are those of the service; null without any. */
export function drawStrip(state, strip, desk, instruments) {
  const at = look(state.mix, strip.path);
  const set = (path, kind) => (value) =>
    desk.set([...strip.path, ...path], value, kind, `${strip.name} ${path.join(" ")}`);
  const settings = [...CUTS, DUCK]
    .filter(([name]) => at[name] !== undefined)
    .map(([name, words, range]) =>
      control(words, Math.round(valueOf(at[name])), range, set([name], name === "duck_db" ? "db" : "hz"), {
        marks: isCurve(at[name]) ? "moves with time" : "",
      }),
    );
  const sends = (at.sends ?? []).map((send, number) =>
    control(
      `To ${send.to}`,
      valueOf(send.level_db),
      { unit: "dB", min: -48, max: 6, step: 0.5 },
      set(["sends", number, "level_db"], "db"),
    ),
  );
  return [
    instrumentChoice(state, strip, desk, instruments),
    block("Tone", settings),
    block("Sends", sends),
    ...effectBlocks(at.effects ?? [], ["effects"], set),
  ];
}

/** Draw the settings of the bus and of the noise of the medium. */
export function drawBus(state, desk) {
  const set = (path, kind) => (value) => desk.set(path, value, kind, path.join(" "));
  const noise = state.mix.vinyl
    ? NOISE.map((name) =>
        control(
          named(name)[0],
          state.mix.vinyl[name],
          { unit: "dB", min: -90, max: -20, step: 0.5 },
          set(["vinyl", name], "db"),
        ),
      )
    : [];
  return [
    ...effectBlocks(state.mix.bus ?? [], ["bus"], (path, kind) => set(path, kind)),
    block("Surface noise", noise),
  ];
}

function effectBlocks(effects, where, set) {
  return effects.map((effect, number) =>
    block(
      spoken(effect.type ?? "effect"),
      controlsOf(effect).map((one) =>
        control(
          one.group ? `${one.group}: ${one.words.toLowerCase()}` : one.words,
          look(effect, one.path),
          one.range,
          set([...where, number, ...one.path], one.range.unit === "Hz" ? "hz" : "db"),
        ),
      ),
    ),
  );
}

function block(words, controls) {
  if (!controls.length) return null;
  return h("section", { class: "controls" }, h("h3", {}, words), controls);
}

function instrumentChoice(state, strip, desk, instruments) {
  const at = state.score?.parts.findIndex((part) => part.name === strip.name) ?? -1;
  if (at < 0 || !instruments) return null;
  const part = state.score.parts[at];
  const wanted = part.role === "drums" ? "kit" : "pitched";
  const plain = part.instrument.split(":")[0];
  const known = instruments.filter((one) => one.kind === wanted);
  const found = known.find((one) => one.name === plain || one.also.includes(plain));
  const kinds = select(
    [...(found ? [] : [[plain, spoken(plain)]]), ...known.map((one) => [one.name, spoken(one.name)])],
    { value: found?.name ?? plain, onchange: () => desk.instrument(at, kinds.value) },
  );
  const sounds = select(
    [["", "As it is"], ...Object.keys(found?.presets ?? {}).map((name) => [name, spoken(name)])],
    {
      value: part.instrument.split(":")[1] ?? "",
      onchange: () => desk.instrument(at, sounds.value ? `${kinds.value}:${sounds.value}` : kinds.value),
    },
  );
  return h(
    "section",
    { class: "controls" },
    h("h3", {}, "Instrument"),
    h("div", { class: "columns" }, field("Instrument", kinds), field("Its sound", sounds)),
    found?.about ? h("small", {}, `${found.about}.`) : null,
  );
}
