// Levels in decibels, as people read and set them; and how to make two sounds equally loud.

export const SILENT_DB = -120; // a fader at its lower end

/** Offsets in dB that make sounds as loud as the quietest of them; 0 where one is not known. */
export function equalOffsets(lufs) {
  const known = lufs.filter(Number.isFinite);
  const quietest = Math.min(...known);
  return lufs.map((one) => (Number.isFinite(one) ? quietest - one : 0));
}

export function signed(value, digits = 1) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? "−" : "+"}${text}`;
}

export function figure(value, unit, digits = 1) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(digits)} ${unit}`;
}

/** Peak of -1..1 as dBFS, at least -120. */
export function decibels(peak) {
  return Math.max(SILENT_DB, 20 * Math.log10(Math.max(peak, 1e-6)));
}

/** Share 0..1 of a meter from -60 dB to 0 dB; its upper half are the last 20 dB. */
export function meterShare(db) {
  if (db <= -60) return 0;
  return db < -20 ? ((db + 60) / 40) * 0.5 : Math.min(1, 0.5 + ((db + 20) / 20) * 0.5);
}
