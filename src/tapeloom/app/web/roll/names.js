// Notes, kit pieces and places in words.

import { DURATION, PITCH, START, VELOCITY } from "./score_draft.js";
import { PPQ } from "./timeline.js";

const NAMES = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];
const CLASSES = { C: 0, D: 2, E: 4, F: 5, G: 7, A: 9, B: 11 };
const KIT = {
  35: "Kick 2",
  36: "Kick",
  37: "Rim",
  38: "Snare",
  39: "Clap",
  40: "Brush",
  41: "Floor tom",
  42: "Closed hat",
  43: "Floor tom 2",
  44: "Pedal hat",
  45: "Low tom",
  46: "Open hat",
  47: "Mid tom",
  48: "High tom",
  49: "Crash",
  50: "High tom 2",
  51: "Ride",
  52: "China",
  53: "Ride bell",
  54: "Tambourine",
  55: "Splash",
  56: "Cowbell",
  57: "Crash 2",
  59: "Ride 2",
  60: "High bongo",
  61: "Low bongo",
  62: "Mute conga",
  63: "Open conga",
  64: "Low conga",
  69: "Cabasa",
  70: "Shaker",
  75: "Claves",
  76: "Woodblock",
  81: "Triangle",
  82: "Shaker 2",
};
const USUAL = [36, 37, 38, 39, 40, 42, 44, 46, 49, 51, 53, 70];
const LENGTHS = [
  [4 * PPQ, "a whole note"],
  [2 * PPQ, "a half"],
  [PPQ, "a quarter"],
  [PPQ / 2, "an eighth"],
  [PPQ / 4, "a sixteenth"],
  [PPQ / 8, "a thirty-second"],
  [PPQ / 3, "a triplet eighth"],
  [(3 * PPQ) / 2, "a dotted quarter"],
  [(3 * PPQ) / 4, "a dotted eighth"],
  [3 * PPQ, "a dotted half"],
];

export const isBlack = (pitch) => [1, 3, 6, 8, 10].includes(pitch % 12);
export const pitchName = (pitch) => `${NAMES[pitch % 12]}${Math.floor(pitch / 12) - 1}`;
export const pieceName = (pitch) => KIT[pitch] ?? `Drum ${pitch}`;

/** The rows of a kit, from the lowest: what is usual, and what is used besides. */
export function kitRows(parts) {
  const used = parts
    .filter((part) => part.role === "drums")
    .flatMap((part) => part.notes.map((note) => note[PITCH]));
  return [...new Set([...USUAL, ...used])].sort((a, b) => a - b);
}

/** Read "C4", "F#3", "Bb2" or a MIDI number; null where it is none. */
export function readPitch(text) {
  const plain = text.trim().replace("♯", "#").replace("♭", "b");
  if (/^\d{1,3}$/.test(plain)) return Number(plain) <= 127 ? Number(plain) : null;
  const found = /^([A-Ga-g])([#b]?)(-?\d)$/.exec(plain);
  if (!found) return null;
  const shift = { "#": 1, b: -1 }[found[2]] ?? 0;
  const pitch = CLASSES[found[1].toUpperCase()] + shift + 12 * (Number(found[3]) + 1);
  return pitch >= 0 && pitch <= 127 ? pitch : null;
}

export function lengthWords(ticks) {
  const known = LENGTHS.find(([length]) => length === ticks);
  return known ? known[1] : `${Number((ticks / PPQ).toFixed(2))} beats`;
}

export function placeWords(timeline, tick) {
  const { bar, beat } = timeline.place(tick);
  return `bar ${bar}, beat ${Number(beat.toFixed(2))}`;
}

export function rowWords(part, pitch) {
  return part.role === "drums" ? pieceName(pitch) : pitchName(pitch);
}

/** One sentence on what is chosen. */
export function chosenWords(part, chosen, timeline) {
  if (!chosen.size) return "Nothing selected.";
  const notes = [...chosen];
  if (notes.length === 1) {
    const [note] = notes;
    return (
      `${rowWords(part, note[PITCH])}, ${placeWords(timeline, note[START])}, ` +
      `${lengthWords(note[DURATION])}, velocity ${note[VELOCITY]}.`
    );
  }
  const starts = notes.map((note) => note[START]);
  const pitches = notes.map((note) => note[PITCH]);
  return (
    `${notes.length} notes selected, from ${placeWords(timeline, Math.min(...starts))}; ` +
    `${rowWords(part, Math.min(...pitches))} to ${rowWords(part, Math.max(...pitches))}.`
  );
}
