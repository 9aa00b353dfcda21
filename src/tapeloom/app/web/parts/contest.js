// Two records on one transport, equally loud: A or B sounds, at the same place.

import { player } from "../player.js";
import { equalLoudness, isAlike, samePlace } from "./pairs.js";

const MASTER = "master.flac";
const BEAT_MS = 250;

/** Load a pair; `sides` is { a, b } of records. Returns what hears, tells and leaves it. */
export function contest(sides, onChange) {
  const gains = equalLoudness(sides.a.integrated_lufs, sides.b.integrated_lufs);
  const isTogether = isAlike(sides.a.duration_s, sides.b.duration_s);
  const heard_s = { a: 0, b: 0 };
  let side = "a";
  let isOurs = true;

  const track = (name, muted = false) => ({
    name, record: sides[name].id, file: MASTER, offset_db: gains[name], muted,
  });

  /** Only A and B are told, so that the player gives nothing away. */
  function load(tracks, duration_s) {
    player.load({ title: `Comparing: ${side.toUpperCase()}`, record: null, duration_s, tracks });
  }

  function begin() {
    if (isTogether) {
      load([track("a", side !== "a"), track("b", side !== "b")],
        Math.min(sides.a.duration_s, sides.b.duration_s));
    } else load([track(side)], sides[side].duration_s);
  }

  const isLoaded = () => player.tracks.some((one) => one.name === side && one.record === sides[side].id)
    && player.record === null;

  /** Hear a side; where it sounds already, hold it or go on. */
  function hear(name) {
    if (!isLoaded()) {
      side = name;
      begin();
    } else if (name === side) {
      player.toggle();
      return;
    } else {
      const from = sides[side].duration_s;
      side = name;
      if (isTogether) {
        player.title = `Comparing: ${side.toUpperCase()}`;
        player.only(side);
      } else {
        const at = samePlace(player.time_s, from, sides[side].duration_s);
        begin();
        player.seek(at);
      }
    }
    if (!player.isPlaying) player.play();
    onChange();
  }

  const beat = setInterval(() => {
    if (player.state === "playing" && isLoaded()) heard_s[side] += BEAT_MS / 1000;
  }, BEAT_MS);
  const changed = () => isOurs && onChange();
  player.addEventListener("change", changed);
  if (!player.isPlaying) begin(); // what sounds goes on until a side is heard

  return {
    hear, isTogether, gains,
    other: () => hear(side === "a" ? "b" : "a"),
    get side() {
      return side;
    },
    get isSounding() {
      return isLoaded() && player.isPlaying;
    },
    get heard_s() {
      return { ...heard_s };
    },
    leave() {
      isOurs = false;
      clearInterval(beat);
      player.removeEventListener("change", changed);
      if (isLoaded()) player.unload();
    },
  };
}
