// A brief as the knobs have it: text in fields, made into an order; what is left out is drawn.

export const EXAMPLES = [
  "rainy night, peaceful", "sunny morning cafe, warm", "late train home, nostalgic",
  "snow outside, fireplace, dreamy", "city after midnight, dark", "study in the library, focused",
  "beach in july, playful", "lullaby for a garden, dreamy",
];
export const KEYS = ["C", "G", "D", "A", "E", "B", "F#", "Db", "Ab", "Eb", "Bb", "F"]
  .flatMap((tonic) => [[`${tonic} major`, `${tonic} major`], [`${tonic} minor`, `${tonic} minor`]])
  .concat([["D dorian", "D dorian"], ["A dorian", "A dorian"], ["G mixolydian", "G mixolydian"],
    ["F lydian", "F lydian"], ["E phrygian", "E phrygian"]]);
export const METERS = ["4/4", "3/4", "6/8", "12/8", "5/4", "7/8"];
export const ENGINES = [
  ["theory", "Theory", "rules of harmony and rhythm; quick, and explains itself"],
  ["hybrid", "Hybrid", "the model writes, theory keeps it in order"],
  ["transformer", "Model", "the neural model alone"],
];
export const FIELDS = [
  "words", "bpm", "key", "minutes", "bars", "meter", "grouping", "clave", "polyrhythm", "form",
  "energy_curve", "seed", "engine", "artist",
];
const NUMBERS = {
  bpm: [40, 200, "Tempo", false], minutes: [0.5, 120, "Minutes", false],
  bars: [4, 5000, "Bars", true], seed: [0, 2 ** 53 - 1, "Seed", true],
};
const MOST_WORDS = 500;

/**
 * Make an order of the fields' text. Returns { order, problems: { field: sentence } }; the order
 * holds only what was told.
 */
export function orderOf(fields) {
  const order = {};
  const problems = {};
  for (const name of FIELDS) {
    const text = String(fields[name] ?? "").trim();
    if (!text) continue;
    if (!(name in NUMBERS)) {
      order[name] = text;
      continue;
    }
    const [low, high, words, isWhole] = NUMBERS[name];
    const number = Number(text);
    if (!Number.isFinite(number) || (isWhole && !Number.isInteger(number))) {
      problems[name] = `${words} is no ${isWhole ? "whole " : ""}number: ${text}.`;
    } else if (number < low || number > high) {
      problems[name] = `${words} must lie between ${low} and ${high}.`;
    } else order[name] = number;
  }
  if ((order.words ?? "").length > MOST_WORDS) {
    problems.words = `The words may have ${MOST_WORDS} characters.`;
  }
  if (order.minutes && order.bars) problems.bars = "Give minutes or bars, not both.";
  if (order.form && (order.minutes || order.bars)) {
    problems.form = "A form tells the length: leave out minutes and bars.";
  }
  if (order.engine && !ENGINES.some(([name]) => name === order.engine)) {
    problems.engine = `Engine is one of ${ENGINES.map(([name]) => name).join(", ")}.`;
  }
  if (order.energy_curve) {
    const points = order.energy_curve.split(/[\s,]+/).map((one) => Number(one.split(":").pop()));
    if (points.some((one) => !(one >= 0 && one <= 1))) {
      problems.energy_curve = "Each point of the energy lies between 0 and 1.";
    }
  }
  return { order, problems };
}

/** Write a drawn curve as the brief has it. */
export function curveText(points) {
  return points.map((one) => String(Math.round(one * 20) / 20)).join(" ");
}

/** Read a curve of plain values; null where it is none, or one with places. */
export function curvePoints(text) {
  const points = text.trim().split(/[\s,]+/).map(Number);
  return points.length > 1 && points.every((one) => one >= 0 && one <= 1) ? points : null;
}

/** Say a brief in a line: "75 bpm, A minor, 3 min". */
export function briefWords(payload) {
  return [
    payload.bpm && `${payload.bpm} bpm`, payload.key, payload.minutes && `${payload.minutes} min`,
    payload.bars && `${payload.bars} bars`, payload.meter !== "4/4" && payload.meter,
    payload.engine && payload.engine !== "theory" && payload.engine,
    payload.seed !== undefined && `seed ${payload.seed}`,
  ].filter(Boolean).join(" · ");
}
