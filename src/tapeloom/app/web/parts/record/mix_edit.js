// A mix as mix.json has it, read and changed as a value; nothing here touches the page.
//
// A setting is a number or a curve over time. A curve is moved as a whole, so that what it does
// stays: faders by dB, places by a step, cut-offs by a ratio.

import { SILENT_DB } from "./level.js";

const MUTED_DB = -60; // a fader at or under it counts as muted

/** The number of a setting: of a curve, the one that it begins with. */
export function valueOf(setting) {
  return isCurve(setting) ? setting.points[0][1] : setting;
}

export function isCurve(setting) {
  return typeof setting === "object" && setting !== null && Array.isArray(setting.points);
}

/** Return a setting whose number is `value`; `kind` is "db", "pan" or "hz". */
export function withValue(setting, value, kind) {
  if (!isCurve(setting)) return value;
  const was = valueOf(setting);
  const moved = {
    db: (one) => one + value - was,
    pan: (one) => Math.min(1, Math.max(-1, one + value - was)),
    hz: (one) => (was > 0 ? (one * value) / was : value),
  }[kind];
  return { ...setting, points: setting.points.map(([at, one]) => [at, moved(one)]) };
}

/** Return `data` with the value at `path` in the place of what is there; the rest is shared. */
export function put(data, path, value) {
  if (!path.length) return value;
  const [key, ...rest] = path;
  const made = Array.isArray(data) ? [...data] : { ...data };
  made[key] = put(data[key], rest, value);
  return made;
}

export function look(data, path) {
  return path.reduce((found, key) => found?.[key], data);
}

/** Every strip of a mix: { name, kind, path }, parts first, then groups and returns. */
export function stripsOf(mix) {
  return [
    ["channels", "part"],
    ["groups", "group"],
    ["returns", "return"],
  ].flatMap(([list, kind]) =>
    (mix[list] ?? []).map((strip, at) => ({ name: strip.name, kind, path: [list, at] })),
  );
}

/** Begin to edit: faders that are shut are mutes, which open where they would stand. */
export function opened(mix, score) {
  const muted = [];
  let made = mix;
  for (const { name, path } of stripsOf(mix)) {
    const fader = look(mix, [...path, "fader_db"]);
    if (isCurve(fader) || fader > MUTED_DB) continue;
    muted.push(name);
    made = put(made, [...path, "fader_db"], 0);
  }
  return { mix: made, score, muted };
}

/** The mix as it is written: what is muted has a shut fader. */
export function written({ mix, muted }) {
  return stripsOf(mix)
    .filter((strip) => muted.includes(strip.name))
    .reduce((made, { path }) => put(made, [...path, "fader_db"], SILENT_DB), mix);
}

export function toggled(names, name) {
  return names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
}

/** Which files differ from those at the beginning: "mix.json", "score.json". */
export function changedFiles(first, now) {
  const files = {};
  if (now.mix !== first.mix || now.muted !== first.muted) {
    const made = written(now);
    if (JSON.stringify(made) !== JSON.stringify(written(first))) files["mix.json"] = made;
  }
  if (JSON.stringify(instruments(now)) !== JSON.stringify(instruments(first))) {
    files["score.json"] = now.score;
  }
  return files;
}

const instruments = ({ score }) => score.parts.map((part) => part.instrument);

/** How a part sounds different from its stem before it is rendered: gain in dB, a step of place. */
export function preview(first, now, name) {
  const path = stripsOf(now.mix).find((strip) => strip.name === name)?.path;
  if (!path) return { gain_db: 0, pan: 0, muted: false };
  const change = (where, key) =>
    valueOf(look(now.mix, [...where, key])) - valueOf(look(first.mix, [...where, key]));
  let gain_db = change(path, "fader_db");
  let muted = now.muted.includes(name);
  let group = look(now.mix, [...path, "group"]);
  for (let depth = 0; group && depth < 8; depth++) {
    const above = (now.mix.groups ?? []).findIndex((one) => one.name === group);
    if (above < 0) break;
    gain_db += change(["groups", above], "fader_db");
    muted ||= now.muted.includes(group);
    group = now.mix.groups[above].group;
  }
  return { gain_db, pan: Math.min(1, Math.max(-1, change(path, "pan"))), muted };
}
