// Sound by the piece: fetched, decoded, and the latest of it kept.

import { ask } from "./api.js";

export const PIECE_S = 4;
const KEPT = 60; // decoded pieces: 4 s of stereo are 1.4 MB

export class Pieces {
  #held = new Map(); // "record/file#number": Promise of AudioBuffer

  /** Return a promise of a track's piece; null where the track is shorter than that. */
  get(context, track, number, most = KEPT) {
    const key = `${track.record}/${track.file}#${number}`;
    let found = this.#held.get(key);
    if (found) {
      this.#held.delete(key); // put it last: the longest unused goes first
    } else {
      found = fetched(context, track, number);
      found.catch(() => this.#held.delete(key));
    }
    this.#held.set(key, found);
    for (const old of this.#held.keys()) {
      if (this.#held.size <= Math.max(KEPT, most)) break;
      this.#held.delete(old);
    }
    return found;
  }
}

async function fetched(context, track, number) {
  const query = new URLSearchParams({
    file: track.file,
    start_s: String(number * PIECE_S),
    seconds: String(PIECE_S),
  });
  let sound;
  try {
    const answer = await ask(`/v1/records/${track.record}/audio?${query}`);
    sound = await answer.arrayBuffer();
  } catch (error) {
    if (error.status === 416) return null;
    throw error;
  }
  try {
    return await context.decodeAudioData(sound);
  } catch {
    throw new Error(`This browser can't decode ${track.file}.`);
  }
}
