// Runs in a page: plays through the studio's player and compares what sounds with what was sent.
//
// What sounds comes in blocks. The clock that a block tells is not exact on a busy machine, so the
// place of each block is found by its first frames; all others must follow it.

import { player } from "/player.js";

const RATE = 44100;
const BLOCK = 16384;
const KNOWN = 64; // frames of noise that tell a place
const SAME = 1e-4; // Chromium scales 16 bits by 32767 above 0 and by 32768 below
const wait = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

async function whole(file) {
  const bytes = await (await fetch(`/whole?file=${file}`)).arrayBuffer();
  return Float32Array.from(new Int16Array(bytes, 44), (value) => value / 32768);
}

/** Record what tracks send on, together: blocks of one channel for each track. */
function tap(names) {
  const { context } = player;
  const merger = new ChannelMergerNode(context, { numberOfInputs: names.length });
  const node = context.createScriptProcessor(BLOCK, names.length, 2);
  const blocks = [];
  node.onaudioprocess = ({ inputBuffer }) =>
    blocks.push(names.map((_, at) => inputBuffer.getChannelData(at).slice()));
  for (const [at, name] of names.entries()) {
    player.tracks.find((track) => track.name === name).input.connect(merger, 0, at);
  }
  merger.connect(node).connect(context.destination);
  return blocks;
}

/** The place of a file's frames that a block begins with, from `from` on; -1 where it has none. */
function placeOf(samples, sound, from) {
  for (let place = from; place < sound.length - KNOWN; place++) {
    let at = 0;
    while (at < KNOWN && Math.abs(samples[at] - sound[place + at]) < SAME) at++;
    if (at === KNOWN) return place;
  }
  return -1;
}

/** Frames of a block that are not those which follow its first ones. */
function wrongIn(samples, sound, placeAt) {
  let wrong = 0;
  for (let at = 0; at < samples.length; at++) {
    const place = placeAt(at);
    if (place < sound.length && Math.abs(samples[at] - sound[place]) > SAME) wrong += 1;
  }
  return wrong;
}

function load(names, duration_s) {
  const tracks = names.map((name) => ({ name, record: "r", file: `${name}.wav` }));
  player.load({ title: "Noise", record: "r", duration_s, tracks });
}

/** Play from a place: of each block its place in each track, and the frames that are wrong. */
export async function plain(names, duration_s, from_s, seconds) {
  load(names, duration_s);
  player.seek(from_s);
  await player.play();
  const blocks = tap(names);
  const before = [player.context.currentTime, player.time_s];
  await wait(seconds);
  const after = [player.context.currentTime, player.time_s];
  const state = player.state;
  const heard = blocks.slice(1); // what comes behind is silence
  player.pause();
  const sounds = await Promise.all(names.map((name) => whole(`${name}.wav`)));
  const results = heard.map((block) => {
    const places = block.map((samples, at) => placeOf(samples, sounds[at], Math.round(from_s * RATE)));
    const wrong = block.map((samples, at) => wrongIn(samples, sounds[at], (frame) => places[at] + frame));
    return { places, wrong };
  });
  return { before, after, state, results };
}

/** Play a loop: frames that are wrong, and how often it began anew within a block. */
export async function looped(name, duration_s, start_s, end_s, seconds) {
  load([name], duration_s);
  player.seek(start_s);
  player.setLoop(start_s, end_s);
  await player.play();
  const blocks = tap([name]);
  await wait(seconds);
  const heard = blocks.slice(1);
  player.pause();
  player.clearLoop();
  const sound = await whole(`${name}.wav`);
  const [from, to] = [Math.round(start_s * RATE), Math.round(end_s * RATE)];
  let wrong = 0;
  let seams = 0;
  for (const [samples] of heard) {
    const place = placeOf(samples, sound.subarray(0, to), from);
    if (place < 0) continue; // it begins right before a seam
    if (place + BLOCK > to) seams += 1;
    wrong += wrongIn(samples, sound, (frame) => from + ((place + frame - from) % (to - from)));
  }
  return { wrong, seams };
}

export async function toTheEnd(name, duration_s) {
  load([name], duration_s);
  let ended = 0;
  player.addEventListener("ended", () => (ended += 1));
  player.seek(duration_s - 0.8);
  await player.play();
  for (let tries = 0; tries < 40 && !ended; tries++) await wait(0.2);
  await wait(0.5);
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
