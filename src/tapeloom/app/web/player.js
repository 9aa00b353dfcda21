// One transport for the whole studio: many tracks in step, to the sample.
//
// Each track is cut into pieces of PIECE_S, fetched a little ahead and started on the one clock of
// the AudioContext, so that stems, versions and masters stay together however long the record is,
// and muting, soloing and comparing are only changes of gain.

import { ask } from "./api.js";

const RATE = 44100;
const PIECE_S = 4;
const AHEAD_S = 9; // how far pieces are fetched and started before they sound
const KEPT = 60; // decoded pieces: 4 s of stereo are 1.4 MB
const FADE_S = 0.012; // of every change of gain, against clicks

const toGain = (db) => 10 ** (db / 20);

class Player extends EventTarget {
  constructor() {
    super();
    this.context = null;
    this.title = "";
    this.record = null; // the id whose sound is loaded
    this.tracks = []; // { name, record, file, gain_db, offset_db, muted, soloed, node, started }
    this.duration_s = 0;
    this.state = "empty"; // empty, stopped, waiting, playing
    this.loop = null; // { start_s, end_s }
    this.volume = 1;
    this.pieces = new Map(); // "record/file#number": Promise of AudioBuffer
    this.position_s = 0; // while not playing
    this.origin = 0; // the context's frame at which second 0 of the record would have sounded
    this.sources = new Set();
    this.turn = 0; // grows with each start and stop: late answers of earlier ones are dropped
  }

  /**
   * Load tracks. The place is kept where `keep` is true, so that a new version takes over.
   * tracks  [{ name, record, file, gain_db?, offset_db?, muted?, soloed?, audible? }]
   */
  load({ title, record, tracks, duration_s, keep = false }) {
    const was = { playing: this.isPlaying, at: keep ? Math.min(this.time_s, duration_s) : 0 };
    this.#silence();
    for (const track of this.tracks) track.node?.disconnect();
    Object.assign(this, { title, record, duration_s, loop: null, position_s: was.at });
    this.tracks = tracks.map((track) => ({
      gain_db: 0, offset_db: 0, muted: false, soloed: false, ...track, node: null,
      started: new Set(),
    }));
    this.state = "stopped";
    this.#changed();
    if (was.playing && keep) this.play();
  }

  unload() {
    this.#silence();
    Object.assign(this, { title: "", record: null, tracks: [], duration_s: 0, state: "empty" });
    this.#changed();
  }

  get isPlaying() {
    return this.state === "playing" || this.state === "waiting";
  }

  get time_s() {
    if (this.state !== "playing") return this.position_s;
    const passed = this.context.currentTime - this.origin / RATE - this.#latency();
    return Math.min(this.duration_s, Math.max(this.position_s, passed));
  }

  #latency() {
    return this.context.outputLatency || 0;
  }

  toggle() {
    return this.isPlaying ? this.pause() : this.play();
  }

  async play() {
    if (this.state === "empty" || this.isPlaying) return;
    this.#open();
    if (this.position_s >= this.duration_s - 0.05) this.position_s = this.loop?.start_s ?? 0;
    await this.#start(this.position_s);
  }

  pause() {
    this.position_s = this.time_s;
    this.#silence();
    if (this.state !== "empty") this.state = "stopped";
    this.#changed();
  }

  seek(time_s) {
    const at = Math.min(Math.max(0, time_s), Math.max(0, this.duration_s - 0.01));
    const wasPlaying = this.isPlaying;
    this.#silence();
    this.position_s = at;
    if (this.state !== "empty") this.state = "stopped";
    this.#changed();
    if (wasPlaying) this.#start(at);
  }

  setLoop(start_s, end_s) {
    this.loop = end_s - start_s > 0.1 ? { start_s, end_s } : null;
    if (this.isPlaying) this.seek(this.loop ? this.loop.start_s : this.time_s);
    else this.#changed();
  }

  clearLoop() {
    if (!this.loop) return;
    const at = this.time_s;
    this.loop = null;
    this.seek(at);
  }

  setVolume(volume) {
    this.volume = Math.min(1, Math.max(0, volume));
    if (this.master) this.#glide(this.master.gain, this.volume);
    this.#changed();
  }

  /** Change a track's gain_db, offset_db, muted or soloed. */
  set(name, changes) {
    const track = this.tracks.find((one) => one.name === name);
    if (!track) return;
    Object.assign(track, changes);
    this.#level();
    this.#changed();
  }

  /** Sound one track alone: A or B, stems or master. */
  only(name) {
    for (const track of this.tracks) track.muted = track.name !== name;
    this.#level();
    this.#changed();
  }

  /** The level of what sounds now, as RMS of the last block, 0..1; for meters. */
  level() {
    if (!this.analyser || this.state !== "playing") return 0;
    this.analyser.getFloatTimeDomainData(this.block);
    let sum = 0;
    for (const value of this.block) sum += value * value;
    return Math.sqrt(sum / this.block.length);
  }

  #open() {
    if (this.context) return;
    this.context = new AudioContext({ sampleRate: RATE, latencyHint: "playback" });
    this.master = new GainNode(this.context, { gain: this.volume });
    this.analyser = new AnalyserNode(this.context, { fftSize: 2048 });
    this.block = new Float32Array(this.analyser.fftSize);
    this.master.connect(this.analyser).connect(this.context.destination);
  }

  #isAudible(track) {
    const anySolo = this.tracks.some((one) => one.soloed);
    return !track.muted && (!anySolo || track.soloed);
  }

  #level() {
    for (const track of this.tracks) {
      if (!track.node) continue;
      const gain = this.#isAudible(track) ? toGain(track.gain_db + track.offset_db) : 0;
      this.#glide(track.node.gain, gain);
    }
  }

  #glide(parameter, value) {
    const now = this.context.currentTime;
    parameter.cancelScheduledValues(now);
    parameter.setTargetAtTime(value, now, FADE_S / 3);
  }

  async #start(at_s) {
    const turn = ++this.turn;
    this.state = "waiting";
    this.position_s = at_s;
    this.#changed();
    for (const track of this.tracks) {
      if (!track.node) {
        track.node = new GainNode(this.context, { gain: 0 });
        track.node.connect(this.master);
      }
      track.started.clear();
    }
    this.#level();
    try {
      await this.context.resume();
      await Promise.all(this.tracks.map((track) => this.#piece(track, at_s)));
    } catch (error) {
      if (turn !== this.turn) return;
      this.state = "stopped";
      this.#changed();
      this.dispatchEvent(new CustomEvent("fault", { detail: error }));
      return;
    }
    if (turn !== this.turn) return;
    const now = Math.ceil((this.context.currentTime + 0.06) * RATE);
    this.origin = now - Math.round(at_s * RATE);
    this.state = "playing";
    this.#changed();
    this.#tick(turn);
  }

  /** Start what is due, fetch what comes, and see to loops and the end. */
  #tick(turn) {
    if (turn !== this.turn) return;
    const at = this.time_s;
    const end = this.loop ? this.loop.end_s : this.duration_s;
    if (at >= end - 0.02) {
      if (this.loop) return void this.#restart(this.loop.start_s);
      this.pause();
      this.position_s = 0;
      this.dispatchEvent(new Event("ended"));
      return void this.#changed();
    }
    const last = Math.floor(Math.min(end - 0.001, at + AHEAD_S) / PIECE_S);
    for (let number = Math.floor(at / PIECE_S); number <= last; number++) {
      for (const track of this.tracks) this.#prepare(track, number, turn);
    }
    setTimeout(() => this.#tick(turn), 120);
  }

  #restart(at_s) {
    this.#silence();
    this.position_s = at_s;
    this.#start(at_s);
  }

  async #prepare(track, number, turn) {
    if (track.started.has(number)) return;
    track.started.add(number);
    let buffer;
    try {
      buffer = await this.#piece(track, number * PIECE_S);
    } catch (error) {
      if (turn !== this.turn) return;
      this.pause();
      this.dispatchEvent(new CustomEvent("fault", { detail: error }));
      return;
    }
    if (turn !== this.turn || !buffer) return;
    const begins = (this.origin + number * PIECE_S * RATE) / RATE;
    const late = this.context.currentTime + 0.005 - begins;
    if (late > 0.25 && this.time_s - number * PIECE_S > 0.25 && !this.#isFirst(number)) {
      // The network was slower than the music: hold all tracks until this one is here again.
      return void this.#restart(this.time_s);
    }
    const source = new AudioBufferSourceNode(this.context, { buffer });
    source.connect(track.node);
    this.sources.add(source);
    source.addEventListener("ended", () => this.sources.delete(source));
    const skip = Math.max(0, this.#firstFrame(number), late > 0 ? Math.ceil(late * RATE) : 0);
    if (skip >= buffer.length) return;
    const stop = this.loop ? this.loop.end_s - number * PIECE_S : Infinity;
    source.start(begins + skip / RATE, skip / RATE);
    if (stop < PIECE_S) source.stop(begins + stop);
  }

  #isFirst(number) {
    return Math.floor(this.position_s / PIECE_S) === number;
  }

  /** The frame of a piece at which playing began, where it began within it. */
  #firstFrame(number) {
    return this.#isFirst(number) ? Math.round((this.position_s - number * PIECE_S) * RATE) : 0;
  }

  #piece(track, at_s) {
    const number = Math.floor(at_s / PIECE_S);
    const key = `${track.record}/${track.file}#${number}`;
    let found = this.pieces.get(key);
    if (found) {
      this.pieces.delete(key); // put it last: the longest unused goes first
    } else {
      found = this.#fetched(track, number);
      found.catch(() => this.pieces.delete(key));
    }
    this.pieces.set(key, found);
    const most = Math.max(KEPT, this.tracks.length * 6);
    for (const old of this.pieces.keys()) {
      if (this.pieces.size <= most) break;
      this.pieces.delete(old);
    }
    return found;
  }

  async #fetched(track, number) {
    const query = new URLSearchParams({
      file: track.file, start_s: String(number * PIECE_S), seconds: String(PIECE_S),
    });
    try {
      const answer = await ask(`/v1/records/${track.record}/audio?${query}`);
      return await this.context.decodeAudioData(await answer.arrayBuffer());
    } catch (error) {
      if (error.status === 416) return null; // this track is shorter than the others
      throw error;
    }
  }

  #silence() {
    this.turn++;
    for (const source of this.sources) {
      try {
        source.stop();
      } catch {
        // it had not begun
      }
      source.disconnect();
    }
    this.sources.clear();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

export const player = new Player();
