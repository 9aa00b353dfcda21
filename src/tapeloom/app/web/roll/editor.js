// The draft under the hand: its history, what is chosen, and how it is looked at. No DOM.

import * as draft from "./score_draft.js";
import * as histories from "./history.js";
import { GRIDS } from "./timeline.js";

const { PITCH, START } = draft;
const FLASH_MS = 4000;

export class Editor extends EventTarget {
  /** "change": notes or what is chosen; "view": how they are looked at; "preview": while dragging. */
  constructor(score, timeline, history = null) {
    super();
    this.base = score;
    this.timeline = timeline;
    this.history = history ?? histories.begin({ score, chosen: new Set(), part: firstPart(score) });
    this.shown = null; // what a drag would make, { score, notes }
    this.bars = null; // chosen bars { first, last }, numbers, both included
    this.cursor = { tick: 0, pitch: this.#middle() };
    this.clip = null;
    this.velocity = 80; // of the next note that is written: as the last one touched
    this.flash = { added: new Set(), removed: [], until: 0 };
    this.view = { tool: "select", grid: "1/16", follow: true, shade: false, hints: true };
  }

  get part() {
    return this.history.present.part;
  }

  /** The score as it is seen now. */
  get score() {
    return this.shown?.score ?? this.history.present.score;
  }

  get chosen() {
    return this.shown?.notes ?? this.history.present.chosen;
  }

  get currentPart() {
    return this.score.parts[this.part];
  }

  get isChanged() {
    return this.history.past.length > 0;
  }

  get grid() {
    return GRIDS.find(([name]) => name === this.view.grid)[1];
  }

  /** The chosen bars in ticks; the whole score where none are chosen. */
  get span() {
    if (!this.bars) return { from: 0, to: this.timeline.end };
    return this.timeline.span(this.bars.first, this.bars.last);
  }

  #middle() {
    const notes = this.currentPart?.notes ?? [];
    return notes.length ? notes[Math.floor(notes.length / 2)][PITCH] : 60;
  }

  #tell(name) {
    this.dispatchEvent(new Event(name));
  }

  /** The cursor stands where the first of the notes does, and the next one is as loud. */
  #touch(notes) {
    const first = draft.ordered(notes)[0];
    if (!first) return;
    this.cursor = { tick: first[START], pitch: first[PITCH] };
    this.velocity = first[draft.VELOCITY];
  }

  look(changes) {
    Object.assign(this.view, changes);
    this.#tell("view");
  }

  choosePart(part) {
    const { present } = this.history;
    if (part === present.part || !present.score.parts[part]) return;
    this.history = { ...this.history, present: { ...present, part, chosen: new Set() } };
    this.cursor = { ...this.cursor, pitch: this.#middle() };
    this.#tell("view");
    this.#tell("change");
  }

  chooseBars(first, last) {
    const most = this.timeline.bars.length;
    const inside = (number) => Math.min(most, Math.max(1, Math.round(number)));
    this.bars =
      first === null ? null : { first: inside(Math.min(first, last)), last: inside(Math.max(first, last)) };
    this.#tell("view");
  }

  choose(notes) {
    const { present } = this.history;
    this.history = { ...this.history, present: { ...present, chosen: new Set(notes), gesture: null } };
    this.#touch(notes);
    this.#tell("change");
  }

  moveCursor(tick, pitch) {
    this.cursor = {
      tick: Math.min(Math.max(0, tick), this.timeline.end - 1),
      pitch: Math.min(127, Math.max(0, pitch)),
    };
    this.#tell("view");
  }

  /** Show what an operation would make of the score as it was before the drag. */
  preview(operation) {
    const { score, chosen } = this.history.present;
    this.shown = operation(score, this.part, chosen);
    this.#tell("preview");
  }

  /** Keep what the drag showed. */
  settle() {
    const { shown } = this;
    this.shown = null;
    if (shown) this.keep(shown);
  }

  cancel() {
    this.shown = null;
    this.#tell("change");
  }

  /** Do an operation; one that says the same `gesture` as the last is one step with it. */
  apply(operation, gesture = null) {
    const { score, chosen } = this.history.present;
    this.keep(operation(score, this.part, chosen), gesture);
  }

  keep({ score, notes }, gesture = null) {
    const chosen = new Set(notes);
    this.history = histories.commit(this.history, { score, chosen, part: this.part, gesture });
    this.#touch(chosen);
    this.#tell("change");
  }

  /** Take a new score and show for a moment what in it is new and what went. */
  replace(score, { added, removed }, now = performance.now()) {
    this.keep({ score, notes: added.filter(([part]) => part === this.part).map(([, note]) => note) });
    this.flash = { added: new Set(added.map(([, note]) => note)), removed, until: now + FLASH_MS };
    this.#tell("view");
  }

  undo() {
    this.#turn(histories.undo(this.history));
  }

  redo() {
    this.#turn(histories.redo(this.history));
  }

  #turn(history) {
    if (history === this.history) return;
    this.shown = null;
    this.history = history;
    this.flash = { added: new Set(), removed: [], until: 0 };
    this.#tell("view");
    this.#tell("change");
  }

  /** Back to the record's own score, without a way back. */
  discard() {
    this.#turn(histories.begin({ score: this.base, chosen: new Set(), part: this.part }));
  }

  copy() {
    const { score, chosen } = this.history.present;
    if (!chosen.size) return;
    const first = draft.ordered(chosen)[0][START];
    this.clip = draft.copied(score, this.part, chosen, this.timeline.floor(first, this.grid));
  }

  paste(tick) {
    if (!this.clip) return;
    const { end } = this.timeline;
    this.apply((score, part) => draft.paste(score, part, this.clip, tick, end));
  }
}

function firstPart(score) {
  const melody = score.parts.findIndex((part) => part.role === "melody");
  return Math.max(0, melody);
}
