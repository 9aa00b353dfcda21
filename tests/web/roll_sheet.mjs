// A small score for the roll's tests: six bars, 4/4 then 6/8, with a slower end.

export const Q = 10080;

export function sheet() {
  const bars = [0, 1, 2, 3].map((at) => ({
    number: at + 1,
    tick: at * 4 * Q,
    start_s: at * 3.2,
    duration_s: 3.2,
    beats: 4,
  }));
  bars.push({ number: 5, tick: 16 * Q, start_s: 12.8, duration_s: 2.4, beats: 6 });
  bars.push({ number: 6, tick: 19 * Q, start_s: 15.2, duration_s: 3, beats: 6 });
  return {
    format: 1,
    ppq: Q,
    ticks_per_quarter: Q,
    tempo: [
      [0, "75"],
      [19 * Q, "60"],
    ],
    meters: [
      [0, "4/4"],
      [16 * Q, "6/8"],
    ],
    keys: [
      [0, "C major"],
      [16 * Q, "A minor"],
    ],
    chords: [
      [0, 4 * Q, "Cmaj7"],
      [4 * Q, 6 * Q, "Dm7"],
      [6 * Q, 8 * Q, "G7"],
      [8 * Q, 16 * Q, "Am7"],
    ],
    sections: [
      {
        name: "A",
        start: 0,
        end: 22 * Q,
        energy: 0.5,
        piece: 0,
        roles: [],
        density: 0.5,
        register: 0,
        leads_on: [],
      },
    ],
    parts: [
      {
        name: "melody",
        role: "melody",
        instrument: "felt_piano",
        program: 0,
        style: "",
        notes: [
          [0, Q, 60, 80],
          [Q, Q / 2, 62, 70],
          [2 * Q, 2 * Q, 64, 90],
          [5 * Q + 100, Q, 67, 64],
          [9 * Q, 3 * Q, 69, 100],
        ],
        controls: [],
        bends: [],
        marks: [
          [0, 60, "ghost"],
          [9 * Q, 69, "roll"],
        ],
      },
      {
        name: "keys",
        role: "keys",
        instrument: "tine",
        program: 4,
        style: "",
        notes: [
          [0, 4 * Q, 48, 60],
          [2 * Q, 4 * Q, 52, 60],
          [4 * Q, 4 * Q, 53, 60],
          [8 * Q, 8 * Q, 57, 60],
        ],
        controls: [
          [0, 64, 127],
          [8 * Q, 64, 0],
        ],
        bends: [],
        marks: [],
      },
      {
        name: "drums",
        role: "drums",
        instrument: "dusty_kit",
        program: 0,
        style: "boom_bap",
        notes: [
          [0, Q / 4, 36, 100],
          [Q, Q / 4, 38, 90],
          [2 * Q, Q / 4, 80, 50],
        ],
        controls: [],
        bends: [],
        marks: [],
      },
    ],
    bars,
    duration_s: 18.2,
  };
}

/** The same numbers each time. */
export function random(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor((state / 2147483648) * below);
  };
}
