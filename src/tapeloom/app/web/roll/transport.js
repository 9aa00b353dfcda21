// Where the record or its sketch plays, in ticks.

import { player } from "../player.js";

export class Transport {
  constructor(record, timeline, sketch) {
    Object.assign(this, { record, timeline, sketch });
  }

  get #isLoaded() {
    return player.state !== "empty" && player.record === this.record;
  }

  get isPlaying() {
    return this.sketch.isPlaying || (this.#isLoaded && player.isPlaying);
  }

  get tick() {
    if (this.sketch.isPlaying || !this.#isLoaded) return this.sketch.tick;
    return player.isPlaying ? this.timeline.secondsToTick(player.time_s) : this.sketch.place;
  }

  /** The player moved or stopped: the sketch takes its place. */
  takePlace() {
    if (this.sketch.isPlaying || !this.#isLoaded) return;
    this.sketch.place = this.timeline.secondsToTick(player.time_s);
  }

  /** The sketch stopped: the player takes its place. */
  givePlace() {
    if (!this.sketch.isPlaying && this.#isLoaded && !player.isPlaying) {
      player.seek(this.timeline.tickToSeconds(this.sketch.place));
    }
  }

  seek(tick) {
    this.sketch.seek(tick);
    if (this.#isLoaded) player.seek(this.timeline.tickToSeconds(tick));
  }
}
