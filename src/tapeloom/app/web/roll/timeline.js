// Where bars and beats lie, in ticks on paper and in seconds on tape.

export const PPQ = 10080;

/** The grid's choices: name, ticks, words. 0 is no grid. */
export const GRIDS = [
  ["off", 0, "Off"],
  ["1/1", 4 * PPQ, "1/1"],
  ["1/2", 2 * PPQ, "1/2"],
  ["1/4", PPQ, "1/4"],
  ["1/4T", (2 * PPQ) / 3, "1/4 triplet"],
  ["1/8", PPQ / 2, "1/8"],
  ["1/8T", PPQ / 3, "1/8 triplet"],
  ["1/16", PPQ / 4, "1/16"],
  ["1/16T", PPQ / 6, "1/16 triplet"],
  ["1/32", PPQ / 8, "1/32"],
];

/** The index of the last item whose `of(item)` is at most `value`; -1 where none is. */
export function lastAtMost(items, value, of) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(items[middle]) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function readMeter(text) {
  const [numerator, denominator] = text.split(" ")[0].split("/").map(Number);
  const unit = (4 * PPQ) / denominator;
  const isCompound = denominator >= 8 && numerator % 3 === 0 && numerator > 3;
  return { bar_ticks: numerator * unit, unit_ticks: unit, beat_ticks: isCompound ? 3 * unit : unit };
}

function readTempo(text) {
  const [above, below = 1] = text.split("/").map(Number);
  return (PPQ * above) / below / 60; // ticks a second
}

export class Timeline {
  /** sheet  the answer of GET /v1/records/ID/score: tempo, meters and bars are read. */
  constructor(sheet) {
    const inForce = (changes, tick) =>
      Math.max(
        0,
        lastAtMost(changes, tick, (one) => one[0]),
      );
    this.bars = sheet.bars.map((bar, at) => {
      const meter = readMeter(sheet.meters[inForce(sheet.meters, bar.tick)][1]);
      const end = sheet.bars[at + 1]?.tick ?? bar.tick + meter.bar_ticks;
      return { number: bar.number, tick: bar.tick, end, ...meter };
    });
    this.end = this.bars.at(-1)?.end ?? 4 * PPQ;
    // Bars are anchors; between them the tempo map tells how time goes.
    this.points = sheet.bars.flatMap((bar, at) => {
      const first = inForce(sheet.tempo, bar.tick);
      const points = [{ tick: bar.tick, at_s: bar.start_s, rate: readTempo(sheet.tempo[first][1]) }];
      for (const [tick, text] of sheet.tempo.slice(first + 1)) {
        if (tick >= this.bars[at].end) break;
        const before = points.at(-1);
        points.push({ tick, at_s: before.at_s + (tick - before.tick) / before.rate, rate: readTempo(text) });
      }
      return points;
    });
  }

  /** The bar at a tick; the first before all, the last behind all. */
  barAt(tick) {
    return this.bars[
      Math.max(
        0,
        lastAtMost(this.bars, tick, (bar) => bar.tick),
      )
    ];
  }

  tickToSeconds(tick) {
    const point =
      this.points[
        Math.max(
          0,
          lastAtMost(this.points, tick, (one) => one.tick),
        )
      ];
    return point.at_s + (tick - point.tick) / point.rate;
  }

  secondsToTick(seconds) {
    const point =
      this.points[
        Math.max(
          0,
          lastAtMost(this.points, seconds, (one) => one.at_s),
        )
      ];
    return point.tick + (seconds - point.at_s) * point.rate;
  }

  /** The grid line next to a tick, counted from its bar's beginning; the bar's end is one, too. */
  snap(tick, grid) {
    const bar = this.barAt(tick);
    if (!grid) return Math.round(tick);
    const line = bar.tick + Math.round((tick - bar.tick) / grid) * grid;
    return Math.min(line, bar.end);
  }

  /** The grid line at or before a tick. */
  floor(tick, grid) {
    const bar = this.barAt(tick);
    return grid ? bar.tick + Math.floor((tick - bar.tick) / grid) * grid : Math.floor(tick);
  }

  /** The grid line behind (direction 1) or before (-1) a tick. */
  step(tick, grid, direction) {
    const width = grid || PPQ / 48;
    if (direction > 0) return Math.min(this.floor(tick, width) + width, this.barAt(tick).end, this.end);
    const line = this.floor(tick, width);
    return line < tick ? line : Math.max(0, this.floor(tick - 1, width));
  }

  /** Bar number and beat, both from 1; the beat may have a fraction. */
  place(tick) {
    const bar = this.barAt(tick);
    return { bar: bar.number, beat: 1 + (tick - bar.tick) / bar.beat_ticks };
  }

  /** The tick of a bar number and a beat; null where there is no such bar. */
  tickOf(number, beat) {
    const bar = this.bars.find((one) => one.number === number);
    return bar ? Math.round(bar.tick + (beat - 1) * bar.beat_ticks) : null;
  }

  /** The beats from one tick to another: [{ tick, isBar }]. */
  beats(from, to) {
    const found = [];
    const first = Math.max(
      0,
      lastAtMost(this.bars, from, (bar) => bar.tick),
    );
    for (let at = first; at < this.bars.length && this.bars[at].tick < to; at++) {
      const bar = this.bars[at];
      for (let tick = bar.tick; tick < bar.end; tick += bar.beat_ticks) {
        if (tick >= from && tick < to) found.push({ tick, isBar: tick === bar.tick });
      }
    }
    return found;
  }

  /** From the first tick of bar `first` to the end of bar `last` (numbers, both included). */
  span(first, last) {
    const at = (number) => this.bars[Math.min(this.bars.length, Math.max(1, number)) - 1];
    return { from: at(first).tick, to: at(last).end };
  }
}
