// A sketch of the sound: soft electric piano by FM, round bass, a small kit of sines and noise.

const hertz = (pitch) => 440 * 2 ** ((pitch - 69) / 12);
const noises = new WeakMap();

function noise(context) {
  if (!noises.has(context)) {
    const buffer = context.createBuffer(1, context.sampleRate, context.sampleRate);
    const samples = buffer.getChannelData(0);
    let seed = 22222;
    for (let at = 0; at < samples.length; at++) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      samples[at] = seed / 1073741824 - 1;
    }
    noises.set(context, buffer);
  }
  return noises.get(context);
}

/** The way out of all voices: a dark room with a little air, held by a compressor. */
export function room(context) {
  const input = new GainNode(context, { gain: 0.55 });
  const tone = new BiquadFilterNode(context, { type: "lowpass", frequency: 7500, Q: 0.3 });
  const held = new DynamicsCompressorNode(context, { threshold: -16, ratio: 3, attack: 0.006, release: 0.2 });
  const length = Math.round(context.sampleRate * 1.1);
  const tail = context.createBuffer(2, length, context.sampleRate);
  const grains = noise(context).getChannelData(0);
  for (const side of [0, 1]) {
    const samples = tail.getChannelData(side);
    for (let at = 0; at < length; at++) {
      samples[at] = grains[(at * 7 + side * 9973) % grains.length] * Math.exp((-6.9 * at) / length);
    }
  }
  const air = new ConvolverNode(context, { buffer: tail });
  const send = new GainNode(context, { gain: 0.16 });
  const out = new GainNode(context, { gain: 0.62 }); // the compressor makes up what it takes
  input.connect(tone).connect(held).connect(out).connect(context.destination);
  tone.connect(send).connect(air).connect(held);
  return input;
}

/** A gain that rises, falls to a share of its peak, and is let go at the end. */
function envelope(context, out, { at, length, peak, attack, decay, share, release }) {
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(peak, at + attack);
  gain.gain.setTargetAtTime(peak * share, at + attack, decay);
  gain.gain.setTargetAtTime(0, at + Math.max(attack, length), release);
  gain.connect(out);
  return gain;
}

function oscillator(context, into, { at, until, type = "sine", frequency, detune = 0 }) {
  const source = new OscillatorNode(context, { type, frequency, detune });
  source.connect(into);
  source.start(at);
  source.stop(until);
  return source;
}

function modulate(context, carrier, { at, until, frequency, depth, decay }) {
  const index = new GainNode(context, { gain: 0 });
  index.gain.setValueAtTime(depth, at);
  index.gain.setTargetAtTime(depth * 0.12, at, decay);
  oscillator(context, index, { at, until, frequency });
  index.connect(carrier.frequency);
}

function electricPiano(context, out, { pitch, velocity, at, length }) {
  const frequency = hertz(pitch);
  const loud = velocity / 127;
  const until = at + length + 0.7;
  const gain = envelope(context, out, {
    at,
    length,
    peak: 0.26 * loud ** 1.4,
    attack: 0.004,
    decay: 0.9,
    share: 0.25,
    release: 0.09,
  });
  const body = oscillator(context, gain, { at, until, frequency });
  modulate(context, body, { at, until, frequency, depth: frequency * (0.35 + 0.9 * loud), decay: 0.35 });
  const tine = new GainNode(context, { gain: 0.1 * loud });
  tine.gain.setTargetAtTime(0, at + 0.002, 0.06);
  tine.connect(gain);
  oscillator(context, tine, { at, until: at + 0.4, frequency: Math.min(9000, frequency * 7) });
}

function pad(context, out, { pitch, velocity, at, length }) {
  const until = at + length + 1.6;
  const gain = envelope(context, out, {
    at,
    length,
    peak: 0.075 * (velocity / 127),
    attack: Math.min(0.35, length / 2),
    decay: 2,
    share: 0.8,
    release: 0.35,
  });
  const soft = new BiquadFilterNode(context, { type: "lowpass", frequency: 1400, Q: 0.4 });
  soft.connect(gain);
  for (const detune of [-6, 7]) {
    oscillator(context, soft, { at, until, type: "triangle", frequency: hertz(pitch), detune });
  }
}

function plucked(context, out, { pitch, velocity, at, length }) {
  const frequency = hertz(pitch);
  const until = at + length + 0.5;
  const gain = envelope(context, out, {
    at,
    length,
    peak: 0.2 * (velocity / 127) ** 1.3,
    attack: 0.003,
    decay: 0.35,
    share: 0.12,
    release: 0.08,
  });
  const string = oscillator(context, gain, { at, until, type: "triangle", frequency });
  modulate(context, string, { at, until, frequency: frequency * 2, depth: frequency * 0.8, decay: 0.08 });
}

function bass(context, out, { pitch, velocity, at, length }) {
  const until = at + length + 0.4;
  const frequency = hertz(pitch);
  const gain = envelope(context, out, {
    at,
    length,
    peak: 0.5 * (velocity / 127) ** 1.2,
    attack: 0.008,
    decay: 0.6,
    share: 0.5,
    release: 0.05,
  });
  oscillator(context, gain, { at, until, frequency });
  const grain = new GainNode(context, { gain: 0.22 });
  grain.gain.setTargetAtTime(0.06, at, 0.15);
  grain.connect(gain);
  oscillator(context, grain, { at, until, type: "triangle", frequency: frequency * 2 });
}

function burst(context, out, { at, peak, decay, type, frequency, Q = 0.7, attack = 0.001 }) {
  const gain = envelope(context, out, { at, length: 0, peak, attack, decay, share: 0, release: decay });
  const band = new BiquadFilterNode(context, { type, frequency, Q });
  const source = new AudioBufferSourceNode(context, { buffer: noise(context), loop: true });
  source.connect(band).connect(gain);
  source.start(at, (at * 3.7) % 0.9);
  source.stop(at + decay * 8 + 0.05);
}

function thump(context, out, { at, peak, decay, from, to, fall = 0.03 }) {
  const gain = envelope(context, out, {
    at,
    length: 0,
    peak,
    attack: 0.002,
    decay,
    share: 0,
    release: decay,
  });
  const source = oscillator(context, gain, { at, until: at + decay * 8, frequency: from });
  source.frequency.setValueAtTime(from, at);
  source.frequency.setTargetAtTime(to, at, fall);
}

const snare = (context, out, at, loud) => {
  thump(context, out, { at, peak: 0.42 * loud, decay: 0.06, from: 240, to: 175 });
  burst(context, out, { at, peak: 0.45 * loud, decay: 0.075, type: "bandpass", frequency: 2300, Q: 0.5 });
};
const hat =
  (decay, frequency = 7200) =>
  (context, out, at, loud) =>
    burst(context, out, { at, peak: 0.3 * loud, decay, type: "highpass", frequency });
const tom = (to) => (context, out, at, loud) =>
  thump(context, out, { at, peak: 0.45 * loud, decay: 0.13, from: to * 1.6, to });
const kick = (context, out, at, loud) =>
  thump(context, out, { at, peak: 0.8 * loud, decay: 0.1, from: 130, to: 50 });
const click = (frequency) => (context, out, at, loud) =>
  burst(context, out, { at, peak: 0.5 * loud, decay: 0.018, type: "bandpass", frequency, Q: 3 });
const KIT = {
  35: kick,
  36: kick,
  37: click(1900),
  38: snare,
  39: (context, out, at, loud) => {
    for (const late of [0, 0.011, 0.023]) {
      burst(context, out, {
        at: at + late,
        peak: 0.35 * loud,
        decay: 0.045,
        type: "bandpass",
        frequency: 1500,
        Q: 0.9,
      });
    }
  },
  40: (context, out, at, loud) =>
    burst(context, out, {
      at,
      peak: 0.3 * loud,
      decay: 0.1,
      type: "bandpass",
      frequency: 3200,
      Q: 0.4,
      attack: 0.03,
    }),
  41: tom(80),
  43: tom(90),
  45: tom(105),
  47: tom(125),
  48: tom(150),
  50: tom(175),
  42: hat(0.022),
  44: hat(0.03, 5600),
  46: hat(0.14),
  49: hat(0.45, 4200),
  51: hat(0.22, 6200),
  53: hat(0.3, 5200),
  70: hat(0.035, 5200),
  69: hat(0.03, 6200),
  82: hat(0.03, 6200),
};

/** Sound one note; `at` in the context's seconds, `length` in seconds. */
export function sound(context, out, role, { pitch, velocity, at, length }) {
  if (role === "drums") return (KIT[pitch] ?? click(1200))(context, out, at, (velocity / 127) ** 1.4);
  const voice = { bass, pad, guitar: plucked }[role] ?? electricPiano;
  return voice(context, out, { pitch, velocity, at, length });
}

/** The metronome's tick. */
export function tock(context, out, at, isFirst) {
  thump(context, out, {
    at,
    peak: isFirst ? 0.35 : 0.2,
    decay: 0.02,
    from: isFirst ? 1650 : 1100,
    to: isFirst ? 1500 : 1000,
  });
}
