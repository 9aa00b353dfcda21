// One transport for the whole studio: many tracks in step, to the sample.
//
// Each track is cut into pieces, fetched a little ahead and started on the one clock of the
// AudioContext, so that stems, versions and masters stay together however long the record is, and
// muting, soloing and comparing are only changes of gain.

import { PIECE_S, Pieces } from "./pieces.js";
import { endOf, extended, firstRun, piecesOf, placeAt, placed } from "./schedule.js";
import { Strip } from "./strip.js";
import { Voices } from "./voices.js";

const RATE = 44100;
const PIECE = PIECE_S * RATE;
const AHEAD_S = 9; // how far pieces are fetched and started before they sound
const LEAD_S = 0.06; // from the decision to play to the first sample
const LATE_S = 0.25; // sound later than that halts all tracks, so that they stay in step
const LOOK_MS = 120;
const frames = (seconds) => Math.round(seconds * RATE);

class Player extends EventTarget {
  context = null;
  title = "";
  record = null; // the id whose sound is loaded
  tracks = []; // strips: name, record, file, gain_db, offset_db, pan, muted, soloed
  duration_s = 0;
  state = "empty"; // empty, stopped, waiting, playing
  loop = null; // { start_s, end_s }
  volume = 1;
  position_s = 0; // while not playing
  #pieces = new Pieces();
  #runs = [];
  #voices = new Voices();
  #turn = 0; // grows with each start and stop: late answers of earlier ones are dropped
  #output = null;

  /**
   * Load tracks. The place, and a loop, are kept where `keep` is true: a new version takes over.
   * tracks  [{ name, record, file, gain_db?, offset_db?, pan?, muted?, soloed? }]
   */
  load({ title, record, tracks, duration_s, keep = false }) {
    const was = { playing: this.isPlaying, at: keep ? Math.min(this.time_s, duration_s) : 0 };
    this.#silence();
    for (const track of this.tracks) track.close();
    Object.assign(this, { title, record, duration_s, position_s: was.at });
    this.loop = keep && this.loop?.end_s <= duration_s ? this.loop : null;
    this.tracks = tracks.map((track) => new Strip(track));
    this.state = "stopped";
    this.#changed();
    if (was.playing && keep) this.play();
  }

  unload() {
    this.load({ title: "", record: null, tracks: [], duration_s: 0 });
    this.state = "empty";
    this.#changed();
  }

  rename(title) {
    this.title = title;
    this.#changed();
  }

  get isPlaying() {
    return this.state === "playing" || this.state === "waiting";
  }

  /** The place that is heard now. */
  get time_s() {
    if (this.state !== "playing") return this.position_s;
    const heard = this.context.currentTime - (this.context.outputLatency || 0);
    return Math.min(this.duration_s, placeAt(this.#runs, heard * RATE) / RATE);
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

  /** Play a stretch again and again; the place is kept where it lies within. */
  setLoop(start_s, end_s) {
    const at = this.time_s;
    this.loop = end_s - start_s > 0.1 ? { start_s, end_s } : null;
    this.seek(this.loop && (at < start_s || at >= end_s) ? start_s : at);
  }

  clearLoop() {
    if (!this.loop) return;
    const at = this.time_s;
    this.loop = null;
    this.seek(at);
  }

  setVolume(volume) {
    this.volume = Math.min(1, Math.max(0, volume));
    this.#output?.set({ volume: this.volume }, true);
    this.#changed();
  }

  /** Change a track's gain_db, offset_db, pan, muted or soloed. */
  set(name, changes) {
    const track = this.tracks.find((one) => one.name === name);
    if (!track) return;
    Object.assign(track, changes);
    this.#level();
    this.#changed();
  }

  /** Sound these tracks alone: A or B, the stems or the master. */
  only(...names) {
    for (const track of this.tracks) track.muted = !names.includes(track.name);
    this.#level();
    this.#changed();
  }

  /** What sounds now, of a track or of all: [{ rms, peak }] of left and right, 0..1. */
  levels(name = null) {
    const strip = name === null ? this.#output : this.tracks.find((one) => one.name === name);
    const silent = { rms: 0, peak: 0 };
    return strip && this.state === "playing" ? strip.levels() : [silent, silent];
  }

  #open() {
    if (this.context) return;
    this.context = new AudioContext({ sampleRate: RATE, latencyHint: "playback" });
    this.#output = new Strip({ name: "output", volume: this.volume });
    this.#output.open(this.context, this.context.destination);
    this.#output.set({}, true);
  }

  #level() {
    const anySolo = this.tracks.some((one) => one.soloed);
    for (const track of this.tracks) track.set({}, !track.muted && (!anySolo || track.soloed));
  }

  async #start(at_s) {
    const turn = ++this.#turn;
    this.state = "waiting";
    this.position_s = at_s;
    this.#changed();
    for (const track of this.tracks) {
      track.open(this.context, this.#output.input);
      track.started.clear();
    }
    this.#level();
    try {
      await this.context.resume();
      await Promise.all(this.tracks.map((track) => this.#piece(track, Math.floor(at_s / PIECE_S))));
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
      return;
    }
    if (turn !== this.#turn) return;
    const now = Math.ceil((this.context.currentTime + LEAD_S) * RATE);
    this.#runs = [firstRun(now, frames(at_s), this.#loopFrames(), frames(this.duration_s))];
    this.state = "playing";
    this.#changed();
    this.#tick(turn);
  }

  #loopFrames() {
    return this.loop && { from: frames(this.loop.start_s), to: frames(this.loop.end_s) };
  }

  /** Start what is due, fetch what comes, and see to loops and the end. */
  #tick(turn) {
    if (turn !== this.#turn) return;
    const now = this.context.currentTime * RATE;
    const until = now + AHEAD_S * RATE;
    this.#runs = extended(this.#runs, this.#loopFrames(), frames(this.duration_s), until).filter(
      (run) => endOf([run]) > now - RATE || !this.loop,
    );
    if (now >= endOf(this.#runs)) return void this.#end();
    for (const run of this.#runs) {
      for (const number of piecesOf(run, now, until, PIECE)) {
        for (const track of this.tracks) this.#prepare(track, run, number, turn);
      }
    }
    setTimeout(() => this.#tick(turn), LOOK_MS);
  }

  #end() {
    this.#silence();
    this.state = "stopped";
    this.position_s = 0;
    this.dispatchEvent(new Event("ended"));
    this.#changed();
  }

  async #prepare(track, run, number, turn) {
    const key = `${run.begins}#${number}`;
    if (track.started.has(key)) return;
    track.started.add(key);
    let buffer;
    try {
      buffer = await this.#piece(track, number);
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
      return;
    }
    if (turn !== this.#turn || !buffer) return;
    const earliest = Math.ceil((this.context.currentTime + 0.005) * RATE);
    const place = placed(run, number, buffer.length, earliest, PIECE);
    if (!place) return;
    if (place.late > LATE_S * RATE) return void this.seek(this.time_s);
    this.#voices.put(this.context, buffer, track, place);
  }

  #piece(track, number) {
    return this.#pieces.get(this.context, track, number, this.tracks.length * 6);
  }

  #fail(error) {
    this.pause();
    this.dispatchEvent(new CustomEvent("fault", { detail: error }));
  }

  #silence() {
    this.#turn++;
    this.#voices.silence();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

export const player = new Player();
