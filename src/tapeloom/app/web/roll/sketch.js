// Plays the draft as it stands, by a sketch of its sound: what is edited is heard at once.

import { sound, tock, room } from "./voices.js";
import { DURATION, PITCH, START, VELOCITY } from "./score_draft.js";
import { player } from "../player.js";

const AHEAD_S = 0.25; // how far notes are started before they sound
const EVERY_MS = 60;
const BLIP_S = 0.35; // how long a note sounds while it is moved

export class Sketch extends EventTarget {
  constructor(editor) {
    super();
    this.editor = editor;
    this.context = null;
    this.isPlaying = false;
    this.onlyPart = false;
    this.metronome = false;
    this.place = 0; // the tick, while it doesn't play
  }

  #open() {
    if (!this.context) {
      this.context = new AudioContext({ latencyHint: "interactive" });
      this.volume = new GainNode(this.context, { gain: 1 });
      this.volume.connect(room(this.context));
    }
    this.volume.gain.value = player.volume;
    return this.context.resume();
  }

  /** Sound one note now. */
  async hear(role, pitch, velocity) {
    if (this.isPlaying) return;
    await this.#open();
    sound(this.context, this.volume, role, {
      pitch,
      velocity,
      at: this.context.currentTime + 0.01,
      length: BLIP_S,
    });
  }

  /** The chosen bars, which are played round; null where none are. */
  get loop() {
    return this.editor.bars ? this.editor.span : null;
  }

  get tick() {
    if (!this.isPlaying) return this.place;
    const seconds = this.context.currentTime - this.origin;
    return Math.max(this.begun, this.editor.timeline.secondsToTick(seconds));
  }

  async play(from = this.place) {
    player.pause();
    await this.#open();
    const { loop } = this;
    const isOutside = loop && (from < loop.from || from >= loop.to);
    this.#startAt(isOutside ? loop.from : from >= this.editor.timeline.end - 1 ? 0 : from);
    this.isPlaying = true;
    this.#tell();
    this.#schedule();
  }

  #startAt(tick, at = this.context.currentTime + 0.08) {
    this.bus?.disconnect();
    this.bus = new GainNode(this.context, { gain: 1 });
    this.bus.connect(this.volume);
    this.origin = at - this.editor.timeline.tickToSeconds(tick);
    this.begun = tick;
    this.scheduled = tick;
  }

  stop(place = this.tick) {
    if (!this.isPlaying) return;
    this.place = place;
    this.isPlaying = false;
    clearTimeout(this.timer);
    const { bus } = this;
    bus.gain.setTargetAtTime(0, this.context.currentTime, 0.02);
    setTimeout(() => bus.disconnect(), 200);
    this.#tell();
  }

  toggle() {
    return this.isPlaying ? this.stop() : this.play();
  }

  seek(tick) {
    this.place = Math.max(0, tick);
    if (this.isPlaying) this.#startAt(this.place);
  }

  #schedule() {
    if (!this.isPlaying) return;
    const { timeline } = this.editor;
    const { loop } = this;
    const end = loop && this.scheduled < loop.to ? loop.to : timeline.end;
    const horizon = timeline.secondsToTick(this.context.currentTime + AHEAD_S - this.origin);
    const until = Math.min(end, horizon);
    if (until > this.scheduled) {
      this.#start(this.scheduled, until);
      this.scheduled = until;
    }
    if (this.scheduled >= end && this.tick >= end - 1) {
      if (!loop) return this.stop(0);
      this.#startAt(loop.from, this.origin + timeline.tickToSeconds(end));
    }
    this.timer = setTimeout(() => this.#schedule(), EVERY_MS);
    return undefined;
  }

  #start(from, to) {
    const { score, part, timeline } = this.editor;
    score.parts.forEach((one, at) => {
      if (this.onlyPart && at !== part) return;
      for (const note of one.notes) {
        if (note[START] < from) continue;
        if (note[START] >= to) break;
        const start = timeline.tickToSeconds(note[START]);
        const length = timeline.tickToSeconds(note[START] + note[DURATION]) - start;
        const at_s = Math.max(this.context.currentTime, this.origin + start);
        sound(this.context, this.bus, one.role, {
          pitch: note[PITCH],
          velocity: note[VELOCITY],
          at: at_s,
          length,
        });
      }
    });
    if (!this.metronome) return;
    for (const { tick, isBar } of timeline.beats(from, to)) {
      tock(
        this.context,
        this.bus,
        Math.max(this.context.currentTime, this.origin + timeline.tickToSeconds(tick)),
        isBar,
      );
    }
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }

  clean() {
    this.stop();
    this.context?.close();
  }
}
