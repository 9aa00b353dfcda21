// What a note is in its key and over its chord: said gently, for those who want to know.

import { readChord, rootOf } from "./chord_tones.js";
import { DURATION, PITCH, START } from "./score_draft.js";
import { lastAtMost, PPQ } from "./timeline.js";

const MODES = {
  major: [0, 2, 4, 5, 7, 9, 11],
  minor: [0, 2, 3, 5, 7, 8, 10],
  dorian: [0, 2, 3, 5, 7, 9, 10],
  phrygian: [0, 1, 3, 5, 7, 8, 10],
  lydian: [0, 2, 4, 6, 7, 9, 11],
  mixolydian: [0, 2, 4, 5, 7, 9, 10],
  locrian: [0, 1, 3, 5, 6, 8, 10],
};
const LONG = PPQ / 2; // what passes more quickly rubs against nothing

/** A key as { tonic, steps: Set of pitch classes }; null where the text is none. */
export function readKey(text) {
  const [tonic, mode] = text.split(" ");
  if (!MODES[mode]) return null;
  const root = rootOf(tonic);
  return { tonic: root, steps: new Set(MODES[mode].map((step) => (root + step) % 12)) };
}

export function keyAt(score, tick) {
  const at = lastAtMost(score.keys, tick, (one) => one[0]);
  return score.keys.length ? readKey(score.keys[Math.max(0, at)][1]) : null;
}

export function chordAt(score, tick) {
  const span = score.chords[lastAtMost(score.chords, tick, (one) => one[0])];
  return span && tick < span[1] ? readChord(span[2]) : null;
}

/**
 * "outside" where a note lies in neither key nor chord; "clash" where it stays a semitone above a
 * tone of the chord that it is not part of (an avoid note); else null.
 */
export function colourOf(score, note) {
  const chord = chordAt(score, note[START]);
  const key = keyAt(score, note[START]);
  const step = note[PITCH] % 12;
  if (chord?.tones.has(step)) return null;
  if (chord && note[DURATION] >= LONG && isAvoid(chord, step)) return "clash";
  return key && !key.steps.has(step) ? "outside" : null;
}

function isAvoid(chord, step) {
  if (!chord.tones.has((step + 11) % 12)) return false;
  const has = (above) => chord.tones.has((chord.root + above) % 12);
  // Over a dominant every tension is welcome but the fourth beside its third.
  if (has(4) && has(10)) return (step - chord.root + 12) % 12 === 5;
  return true;
}

/** The pitch that lies so many steps of the key away; semitones where no key is known. */
export function stepped(score, note, steps) {
  const key = keyAt(score, note[START]);
  const direction = Math.sign(steps);
  let pitch = note[PITCH];
  for (let left = Math.abs(steps); left > 0; left--) {
    do pitch += direction;
    while (key && !key.steps.has(((pitch % 12) + 12) % 12));
  }
  return pitch < 0 || pitch > 127 ? note[PITCH] : pitch;
}
