// Values that were, for undo and redo. A drag is one step, however many values it passes.

const SAME_MS = 1200;

export class History {
  #past = [];
  #future = [];
  #mark = null;
  #at = -Infinity;

  constructor(value) {
    this.value = value;
    this.first = value;
  }

  /** Set a value; one with the same mark within a moment takes the place of the last. */
  set(value, mark = null, now = performance.now()) {
    const isSame = mark !== null && mark === this.#mark && now - this.#at < SAME_MS;
    if (!isSame) this.#past.push(this.value);
    this.#future = [];
    this.#mark = mark;
    this.#at = now;
    this.value = value;
  }

  undo() {
    return this.#move(this.#past, this.#future);
  }

  redo() {
    return this.#move(this.#future, this.#past);
  }

  #move(from, to) {
    if (!from.length) return false;
    to.push(this.value);
    this.value = from.pop();
    this.#mark = null;
    return true;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }
}
