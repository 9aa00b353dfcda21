// The pitch classes of a chord, from the text that score.json holds ("Bmaj7#11", "Dbmaj7/Ab").

const LETTERS = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const STEPS = { 1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11, 9: 14, 11: 17, 13: 21 };
const STACKS = { 7: [], 9: [9], 11: [9, 11], 13: [9, 13] };
const WHOLE = { quartal: [0, 5, 10], quartal4: [0, 3, 5, 10], quartal5: [0, 3, 5, 8, 10] };
const ROOT = /^([A-G])(##|bb|#|b)?/;
const BASE = /^(augMaj|dimMaj|mMaj|maj|dim|aug|m)?(6\/9|13|11|9|7|6|5)?/;
const ADDITION = "add(?<sign>[b#]?)(?<added>\\d+)";
const ALTERATION = "(?<alter>[b#])(?<number>\\d+)";
const TOKEN = new RegExp(`sus(?<sus>[24])|${ADDITION}|no(?<omitted>\\d+)|(?<alt>alt)|${ALTERATION}`, "g");

const shiftOf = (sign) => ({ "#": 1, b: -1, "##": 2, bb: -2 })[sign] ?? 0;
export const rootOf = (name) => (LETTERS[name[0]] + shiftOf(name.slice(1)) + 12) % 12;

/** Semitones above the root that a symbol's text behind the root asks for, as pitch classes. */
export function tonesAbove(suffix) {
  if (WHOLE[suffix]) return WHOLE[suffix];
  const text = suffix.replace(/[(),]/g, "");
  const [head, family = "", number = ""] = BASE.exec(text);
  let degrees = stacked(family, number);
  const without = (wanted, shift = null) =>
    degrees.filter(([degree, by]) => degree !== wanted || (shift !== null && by !== shift));
  for (const { groups } of text.slice(head.length).matchAll(TOKEN)) {
    if (groups.sus) degrees = [...without(3), [Number(groups.sus), 0]];
    else if (groups.added) degrees.push([Number(groups.added), shiftOf(groups.sign)]);
    else if (groups.omitted) degrees = without(Number(groups.omitted));
    else if (groups.alt) {
      degrees = degrees.filter(([degree]) => degree !== 5 && degree !== 9);
      degrees.push([9, -1], [9, 1], [11, 1], [13, -1]);
    } else {
      const degree = Number(groups.number);
      degrees = [
        ...without(degree, shiftOf(groups.alter)).filter(([one, by]) => one !== degree || by !== 0),
        ...degrees.filter(([one, by]) => one === degree && by !== 0),
        [degree, shiftOf(groups.alter)],
      ];
    }
  }
  return [...new Set(degrees.map(([degree, by]) => (STEPS[degree] + by + 24) % 12))].sort((a, b) => a - b);
}

function stacked(family, number) {
  const isMinor = family.startsWith("m") && family !== "maj";
  const third = isMinor || family.startsWith("dim") ? -1 : 0;
  const fifth = family.startsWith("dim") ? -1 : family.startsWith("aug") ? 1 : 0;
  const degrees = [1, 3, 5].map((degree) => [degree, { 3: third, 5: fifth }[degree] ?? 0]);
  if (number === "5") return degrees.filter(([degree]) => degree !== 3);
  if (number.startsWith("6")) degrees.push([6, 0], ...(number === "6/9" ? [[9, 0]] : []));
  if (!STACKS[number]) return degrees;
  const seventh = /maj$/i.test(family) ? 0 : family === "dim" ? -2 : -1;
  return [...degrees, [7, seventh], ...STACKS[number].map((degree) => [degree, 0])];
}

const known = new Map();

/** A chord as { root, tones: Set of pitch classes }; null where the text is none. */
export function readChord(text) {
  if (!known.has(text)) known.set(text, parsed(text));
  return known.get(text);
}

function parsed(text) {
  const slash = /^(.+)\/([A-G](?:##|bb|#|b)?)$/.exec(text);
  const symbol = slash ? slash[1] : text;
  const name = ROOT.exec(symbol);
  if (!name) return null;
  const root = rootOf(name[0]);
  const tones = new Set(tonesAbove(symbol.slice(name[0].length)).map((step) => (root + step) % 12));
  if (slash) tones.add(rootOf(slash[2]));
  return { root, tones };
}
