// The settings of a master as master.json has them: which are shown, in what range, what changed.

export const GROUPS = [
  [
    "Level",
    [
      ["target_lufs", "Loudness", { unit: "LUFS", min: -24, max: -6, step: 0.1 }],
      ["ceiling_dbtp", "Ceiling", { unit: "dBTP", min: -6, max: -0.1, step: 0.1 }],
      ["most_limiting_db", "Limiting, at most", { unit: "dB", min: 0, max: 15, step: 0.5 }],
      ["release_ms", "Limiter's release", { unit: "ms", min: 20, max: 1000, step: 1, isRatio: true }],
    ],
  ],
  [
    "Tone",
    [
      ["slope_db_per_octave", "Slope", { unit: "dB/oct", min: -9, max: -3, step: 0.1 }],
      ["air_db", "Air", { unit: "dB", min: -6, max: 6, step: 0.1 }],
      ["low_cut_hz", "Low cut", { unit: "Hz", min: 0, max: 120, step: 1, none: "off" }],
      ["high_cut_hz", "High cut", { unit: "Hz", min: 0, max: 20000, step: 100, none: "off" }],
    ],
  ],
  [
    "Body",
    [
      ["glue", "Glue", { min: 0, max: 1, step: 0.01 }],
      ["density", "Density", { min: 0, max: 1, step: 0.01 }],
      ["drive_db", "Drive", { unit: "dB", min: 0, max: 12, step: 0.1, none: "off" }],
    ],
  ],
  [
    "Space",
    [
      ["width", "Width", { min: 0, max: 2, step: 0.01 }],
      ["mono_below_hz", "Mono below", { unit: "Hz", min: 0, max: 300, step: 5, none: "off" }],
    ],
  ],
];

/** The preset whose settings these are, or null. */
export function presetOf(settings, presets) {
  return presets.find((preset) => isSame(settings, preset.settings))?.name ?? null;
}

/** Settings of a preset in the place of those that are there. */
export function withPreset(settings, preset) {
  return { ...settings, ...preset.settings };
}

export function isSame(one, other) {
  return Object.entries(other).every(
    ([name, value]) => name === "format" || JSON.stringify(one[name]) === JSON.stringify(value),
  );
}

/** Why a preset is as it is, as a sentence; the grades of its sources are for developers. */
export function reasonOf({ about }) {
  const plain = about.replace(/ \([ABC]\)/g, "");
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.`;
}
