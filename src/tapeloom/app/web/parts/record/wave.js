// A waveform, drawn from peaks by wavesurfer.js. It makes no sound: the player is the transport.

import { player } from "../../player.js";
import WaveSurfer from "../../vendor/wavesurfer.js";
import Regions from "../../vendor/wavesurfer-regions.js";
import { ink, onFrame, onTheme } from "./paint.js";

const nonce = document.querySelector("meta[name=style-nonce]").content;
const HEADROOM = 0.74; // of the height, where names stand above the peaks
const SHADED = "color-mix(in srgb, var(--ink) 6%, transparent)";

/**
 * Draw peaks { low, high, duration_s } into `root`.
 * colour       a token of the style sheet
 * sections     [{ name, start_s, end_s }] that are marked
 * bars         [{ number, start_s }] of the grid
 * scale        by which the drawing is higher than the sound
 * onSection    called with a section that is clicked with a double click
 */
export function wave(
  root,
  peaks,
  {
    height = 160,
    colour = "--tape",
    sections = [],
    bars = [],
    onSection = () => {},
    isQuiet = false,
    scale = 1,
  },
) {
  const regions = Regions.create();
  const colours = () => ({
    waveColor: ink(colour, isQuiet ? 0.55 : 0.42),
    progressColor: ink(colour),
    cursorColor: ink("--ink"),
  });
  const drawn = WaveSurfer.create({
    container: root,
    height,
    cspNonce: nonce,
    plugins: [regions],
    interact: true,
    normalize: false,
    barWidth: isQuiet ? undefined : 2,
    barGap: isQuiet ? undefined : 1,
    barRadius: 2,
    barHeight: sections.length ? scale * HEADROOM : scale,
    cursorWidth: 2,
    dragToSeek: false,
    autoScroll: true,
    autoCenter: false,
    hideScrollbar: isQuiet,
    peaks: [peaks.high, peaks.low],
    duration: peaks.duration_s,
    ...colours(),
  });
  drawn.on("interaction", (time_s) => player.seek(time_s));

  function mark() {
    sections.forEach((section, at) => {
      const region = regions.addRegion({
        id: section.name,
        start: section.start_s,
        end: Math.min(section.end_s, peaks.duration_s),
        color: at % 2 ? SHADED : "transparent",
        drag: false,
        resize: false,
      });
      region.on("dblclick", () => onSection(section));
    });
  }
  drawn.on("ready", () => {
    mark();
    const wrapper = drawn.getWrapper();
    grid(wrapper, bars, peaks.duration_s);
    wrapper.append(...sections.map((section, at) => label(section, at, sections, peaks.duration_s)));
  });

  let shown = -1;
  const leaveFrames = onFrame(() => {
    const now = player.time_s;
    if (Math.abs(now - shown) < 0.005) return;
    shown = now;
    drawn.setTime(Math.min(now, peaks.duration_s));
  });
  const leaveTheme = onTheme(() => drawn.setOptions(colours()));
  return {
    /** Show so many pixels for each second; 0 shows all. */
    zoom: (pixels) => drawn.zoom(pixels),
    leave() {
      leaveFrames();
      leaveTheme();
      drawn.destroy();
    },
  };
}

function label({ name, start_s }, at, sections, duration_s) {
  const text = document.createElement("span");
  const end_s = sections[at + 1]?.start_s ?? duration_s;
  text.textContent = name;
  Object.assign(text.style, {
    position: "absolute",
    top: "0",
    left: `${(100 * start_s) / duration_s}%`,
    maxWidth: `calc(${(100 * (end_s - start_s)) / duration_s}% - 2px)`,
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
    zIndex: "6",
    padding: "3px 8px 3px 6px",
    borderRadius: "0 0 6px",
    font: "600 0.8rem/1.2 var(--letters)",
    color: "var(--ink)",
    background: "var(--sheet)",
    pointerEvents: "none",
  });
  return text;
}

/** A line at each bar, a stronger one at every fourth; it moves and grows with the waveform. */
function grid(wrapper, bars, duration_s) {
  for (const bar of bars) {
    const line = document.createElement("i");
    const isStrong = (bar.number - 1) % 4 === 0;
    Object.assign(line.style, {
      position: "absolute",
      insetBlock: isStrong ? "0" : "auto 0",
      height: isStrong ? "auto" : "8px",
      left: `${(100 * bar.start_s) / duration_s}%`,
      width: "1px",
      background: "var(--line)",
      pointerEvents: "none",
      zIndex: "0",
    });
    wrapper.append(line);
  }
}
