// A track's way to the loudspeaker: gain, place between left and right, and what a meter reads.

const FADE_S = 0.012; // of every change of gain, against clicks
const BLOCK = 2048;

export const toGain = (db) => 10 ** (db / 20);

export class Strip {
  gain_db = 0; // set by a person
  offset_db = 0; // that makes tracks equally loud
  pan = 0; // -1..1, beside where its sound already is
  volume = 1;
  muted = false;
  soloed = false;
  started = new Set(); // pieces that were put on the clock
  #gain = null;
  #panner = null;
  #meters = [];
  #block = new Float32Array(BLOCK);

  constructor(settings) {
    Object.assign(this, settings);
  }

  get input() {
    return this.#gain;
  }

  open(context, output) {
    if (this.#gain) return;
    this.#gain = new GainNode(context, { gain: 0, channelCount: 2, channelCountMode: "explicit" });
    this.#panner = new StereoPannerNode(context, { pan: this.pan });
    const split = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    this.#meters = [0, 1].map((side) => {
      const meter = new AnalyserNode(context, { fftSize: BLOCK });
      split.connect(meter, side);
      return meter;
    });
    this.#gain.connect(this.#panner).connect(output);
    this.#panner.connect(split);
  }

  close() {
    this.#gain?.disconnect();
    this.#panner?.disconnect();
  }

  /** Take changes over and glide there; silent where it is not `isAudible`. */
  set(changes, isAudible) {
    Object.assign(this, changes);
    if (!this.#gain) return;
    const gain = toGain(this.gain_db + this.offset_db) * this.volume;
    glide(this.#gain, this.#gain.gain, isAudible ? gain : 0);
    glide(this.#panner, this.#panner.pan, this.pan);
  }

  levels() {
    return this.#meters.map((meter) => {
      meter.getFloatTimeDomainData(this.#block);
      let sum = 0;
      let peak = 0;
      for (const value of this.#block) {
        sum += value * value;
        peak = Math.max(peak, Math.abs(value));
      }
      return { rms: Math.sqrt(sum / BLOCK), peak };
    });
  }
}

function glide(node, parameter, value) {
  const now = node.context.currentTime;
  parameter.cancelScheduledValues(now);
  parameter.setTargetAtTime(value, now, FADE_S / 3);
}
