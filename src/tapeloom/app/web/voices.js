// Pieces that were put on the clock, to be silenced together.

export class Voices {
  #sources = new Set();

  /** Sound a stretch of a buffer; `place` is in frames of the clock. */
  put(context, buffer, strip, { when, offset, duration }) {
    const { sampleRate } = context;
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(strip.input);
    this.#sources.add(source);
    source.addEventListener("ended", () => this.#sources.delete(source));
    source.start(when / sampleRate, offset / sampleRate, duration / sampleRate);
  }

  silence() {
    for (const source of this.#sources) {
      source.stop();
      source.disconnect();
    }
    this.#sources.clear();
  }
}
