// How loud a record is, from moment to moment, by uPlot; and its three figures.

import { h } from "../../dom.js";
import { player } from "../../player.js";
import { figure } from "./level.js";
import { ink, onFrame, onTheme } from "./paint.js";

const HEIGHT = 180;

/** A list of loudness, true peak and range. */
export function loudnessFigures(told) {
  return h(
    "dl",
    { class: "numbers" },
    [
      ["Loudness", figure(told.integrated_lufs, "LUFS")],
      ["True peak", figure(told.true_peak_dbtp, "dBTP")],
      ["Range", figure(told.loudness_range_lu, "LU")],
    ].map(([words, value]) => h("div", {}, h("dt", {}, words), h("dd", {}, value))),
  );
}

/** Draw the curves; returns a clean-up. */
export async function loudnessChart(root, told) {
  await styled("vendor/uplot.css");
  const { default: UPlot } = await import("../../vendor/uplot.js");
  const times = told.momentary.map((_, at) => at * told.step_s);
  const short = times.map((_, at) => told.short_term[at] ?? null);
  const floor = Math.min(-36, Math.floor((told.integrated_lufs - 16) / 6) * 6);
  let chart = null;
  const cursor = h("i", { class: "chart-place", "aria-hidden": "true" });

  function draw() {
    chart?.destroy();
    const axis = {
      stroke: ink("--soft"),
      grid: { stroke: ink("--line"), width: 1 },
      ticks: { show: false },
      font: "12px Manrope, sans-serif",
    };
    chart = new UPlot(
      {
        width: root.clientWidth,
        height: HEIGHT,
        cursor: { y: false, points: { show: false } },
        legend: { show: true, live: true },
        scales: { x: { time: false, range: (_, low, high) => [low, high] }, y: { range: [floor, 0] } },
        axes: [
          {
            ...axis,
            grid: { show: false },
            size: 28,
            space: 70,
            values: (_, at) =>
              at.map((s) => `${Math.floor(s / 60)}:${String(Math.round(s % 60)).padStart(2, "0")}`),
          },
          { ...axis, size: 44, space: 30 },
        ],
        series: [
          { label: "at", value: (_, s) => (s === null ? "–" : `${s.toFixed(1)} s`) },
          { label: "momentary", stroke: ink("--keys", 0.55), width: 1, value: lufs },
          { label: "short-term", stroke: ink("--tape"), width: 2, value: lufs },
          { label: "integrated", stroke: ink("--soft"), width: 1, dash: [4, 4], value: lufs },
        ],
      },
      [times, told.momentary, short, times.map(() => told.integrated_lufs)],
      root,
    );
    chart.over.append(cursor);
    chart.over.addEventListener("click", (event) => {
      player.seek(chart.posToVal(event.offsetX, "x"));
    });
  }
  draw();
  const sized = new ResizeObserver(() => {
    if (chart.width !== root.clientWidth) chart.setSize({ width: root.clientWidth, height: HEIGHT });
  });
  sized.observe(root);
  const leaveFrames = onFrame(() => {
    cursor.style.setProperty("transform", `translateX(${chart.valToPos(player.time_s, "x").toFixed(1)}px)`);
  });
  const leaveTheme = onTheme(draw);
  return () => {
    sized.disconnect();
    leaveFrames();
    leaveTheme();
    chart.destroy();
  };
}

const lufs = (_, value) => (value === null || value === undefined ? "–" : figure(value, "LUFS"));

/** Load a style sheet once, when it is first needed. */
function styled(address) {
  if (document.querySelector(`link[href="${address}"]`)) return null;
  return new Promise((resolve) => {
    document.head.append(h("link", { rel: "stylesheet", href: address, onload: resolve, onerror: resolve }));
  });
}
