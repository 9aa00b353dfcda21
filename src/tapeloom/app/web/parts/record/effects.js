// The main settings of each effect, with the range that a control offers.

const DB = { unit: "dB", step: 0.5 };
const MAIN = {
  Compressor: [
    ["threshold_db", "Threshold", { ...DB, min: -60, max: 0 }],
    ["ratio", "Ratio", { min: 1, max: 20, step: 0.1 }],
    ["makeup_db", "Make-up", { ...DB, min: 0, max: 24 }],
    ["attack_ms", "Attack", { unit: "ms", min: 0.1, max: 200, step: 0.1, isRatio: true }],
    ["release_ms", "Release", { unit: "ms", min: 10, max: 2000, step: 1, isRatio: true }],
    ["mix", "Blend", { min: 0, max: 1, step: 0.01 }],
  ],
  Reverb: [
    ["decay_s", "Decay", { unit: "s", min: 0.2, max: 10, step: 0.05, isRatio: true }],
    ["predelay_ms", "Before it", { unit: "ms", min: 0, max: 150, step: 1 }],
    ["damping", "Damping", { min: 0, max: 1, step: 0.01 }],
    ["low_cut_hz", "Low cut", { unit: "Hz", min: 20, max: 1000, step: 1, isRatio: true }],
    ["high_cut_hz", "High cut", { unit: "Hz", min: 1000, max: 20000, step: 10, isRatio: true }],
  ],
  Saturation: [["drive_db", "Drive", { ...DB, min: 0, max: 24, step: 0.1 }]],
  Tape: [
    ["wow_percent", "Wow", { unit: "%", min: 0, max: 1, step: 0.01 }],
    ["flutter_percent", "Flutter", { unit: "%", min: 0, max: 0.5, step: 0.005 }],
  ],
  Band: [
    ["cutoff_hz", "Frequency", { unit: "Hz", min: 20, max: 20000, step: 1, isRatio: true }],
    ["gain_db", "Gain", { ...DB, min: -18, max: 18 }],
  ],
};
const CUTS = new Set(["high_pass", "low_pass", "band_pass", "notch", "all_pass"]);
const UNITS = { db: "dB", hz: "Hz", ms: "ms", s: "s", percent: "%", lufs: "LUFS", dbtp: "dBTP" };

export function spoken(name) {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replace(/_/g, " ")
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * Controls of an effect: [{ path, words, range, group }]; those of its bands are within it. An
 * effect that is not known here shows its first numbers, with a free range.
 */
export function controlsOf(effect, path = []) {
  if (effect.type === "Equalizer") {
    return effect.bands.flatMap((band, at) =>
      controlsOf({ type: "Band", ...band }, [...path, "bands", at]).map((one) => ({
        ...one,
        group: `${spoken(band.kind ?? "band")} ${at + 1}`,
      })),
    );
  }
  const main = MAIN[effect.type] ?? numbersOf(effect);
  return main
    .filter(([name]) => typeof effect[name] === "number")
    .filter(([name]) => !(name === "gain_db" && CUTS.has(effect.kind)))
    .map(([name, words, range]) => ({ path: [...path, name], words, range, group: "" }));
}

function numbersOf(effect) {
  return Object.keys(effect)
    .filter((name) => typeof effect[name] === "number" && name !== "seed")
    .slice(0, 4)
    .map((name) => {
      const [words, unit] = named(name);
      return [name, words, { unit, step: "any" }];
    });
}

/** "release_ms" as words and unit. */
export function named(name) {
  const [, words, unit] = /^(.*)_(db|hz|ms|s|percent|lufs|dbtp)$/.exec(name) ?? [null, name, ""];
  return [spoken(words), UNITS[unit] ?? ""];
}

/** The place 0..1000 of a value on a control whose steps are ratios, and back. */
export function placeOf(value, { min, max }) {
  return Math.round((1000 * Math.log(Math.max(value, min) / min)) / Math.log(max / min));
}

export function valueAt(place, { min, max, step }) {
  const value = min * (max / min) ** (place / 1000);
  return Number((Math.round(value / step) * step).toFixed(4));
}
