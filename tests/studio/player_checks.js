// Runs in a page: plays through the studio's player and compares what sounds with what was sent.

import { player } from "/player.js";

const RATE = 44100;
const BLOCK = 16384;
const SAME = 1e-4; // Chromium scales 16 bits by 32767 above 0 and by 32768 below
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

async function whole(file) {
  const bytes = await (await fetch(`/whole?file=${file}`)).arrayBuffer();
  return Float32Array.from(new Int16Array(bytes, 44), (value) => value / 32768);
}

/** Record what a track sends on, as [{ at, samples }] by frames of the clock. */
function tap(name) {
  const { context } = player;
  const node = context.createScriptProcessor(BLOCK, 2, 2);
  const blocks = [];
  node.onaudioprocess = ({ playbackTime, inputBuffer }) =>
    blocks.push({ at: Math.round(playbackTime * RATE), samples: inputBuffer.getChannelData(0).slice() });
  player.tracks.find((track) => track.name === name).input.connect(node);
  node.connect(context.destination);
  return blocks;
}

/** The clock's frame at which frame 0 of the file would have sounded, by a stretch of noise. */
function originOf(blocks, sound, from) {
  const block = blocks.find(({ samples }) => samples[0] !== 0 && samples[BLOCK - 1] !== 0);
  for (let place = from; place < sound.length - 64; place++) {
    let at = 0;
    while (at < 64 && Math.abs(block.samples[at] - sound[place + at]) < SAME) at++;
    if (at === 64) return block.at - place;
  }
  return null;
}

function load(names, duration_s) {
  player.load({
    title: "Noise",
    record: "r",
    duration_s,
    tracks: names.map((name) => ({
      name,
      record: "r",
      file: `${name}.wav`,
    })),
  });
}

/** Frames that differ from the file between two places, for each track; and where each began. */
export async function plain(names, duration_s, from_s, seconds) {
  load(names, duration_s);
  player.seek(from_s);
  await player.play();
  const taps = names.map((name) => tap(name));
  const before = [player.context.currentTime, player.time_s];
  await wait(seconds);
  const after = [player.context.currentTime, player.time_s];
  const state = player.state;
  const heard = taps.map((blocks) => blocks.slice(1)); // what comes behind is silence
  player.pause();
  const results = [];
  for (const [at, name] of names.entries()) {
    const sound = await whole(`${name}.wav`);
    const origin = originOf(heard[at], sound, Math.round(from_s * RATE));
    let wrong = 0;
    let compared = 0;
    for (const block of heard[at]) {
      for (let frame = 0; frame < BLOCK; frame++) {
        const place = block.at + frame - origin;
        if (place < from_s * RATE + 8000 || place >= sound.length) continue;
        compared += 1;
        if (Math.abs(block.samples[frame] - sound[place]) > SAME) wrong += 1;
      }
    }
    results.push({ origin, wrong, compared });
  }
  return { before, after, state, results };
}

/** Frames of a loop that differ from the file, for as long as it is heard. */
export async function looped(name, duration_s, start_s, end_s, seconds) {
  load([name], duration_s);
  player.seek(start_s);
  player.setLoop(start_s, end_s);
  await player.play();
  const blocks = tap(name);
  await wait(seconds);
  const heard = blocks.slice(1);
  player.pause();
  player.clearLoop();
  const sound = await whole(`${name}.wav`);
  const [from, to] = [Math.round(start_s * RATE), Math.round(end_s * RATE)];
  const origin = originOf(heard, sound.subarray(0, to), from);
  let wrong = 0;
  let seams = 0;
  for (const block of heard) {
    for (let frame = 0; frame < BLOCK; frame++) {
      const passed = block.at + frame - origin - from;
      const place = from + (((passed % (to - from)) + (to - from)) % (to - from));
      if (place === from) seams += 1;
      if (Math.abs(block.samples[frame] - sound[place]) > SAME) wrong += 1;
    }
  }
  return { wrong, seams };
}

export async function toTheEnd(name, duration_s) {
  load([name], duration_s);
  let ended = 0;
  player.addEventListener("ended", () => (ended += 1));
  player.seek(duration_s - 0.8);
  await player.play();
  await wait(1.6);
  return { ended, state: player.state, at: player.time_s };
}

export async function refused(duration_s) {
  load(["gone"], duration_s);
  const told = new Promise((resolve) => {
    player.addEventListener("fault", (event) => resolve(event.detail.message), { once: true });
  });
  await player.play();
  return { sentence: await told, state: player.state };
}

export async function levels(name, duration_s) {
  load([name, "b"], duration_s);
  await player.play();
  await wait(0.8);
  const both = player.levels();
  player.only("b");
  await wait(0.3);
  const silent = player.levels(name);
  player.set("b", { pan: -1 });
  await wait(0.3);
  const left = player.levels("b");
  player.pause();
  return { both, silent, left };
}
