// The player at the foot of every page.

import { button, clock, fill, h, icon } from "./dom.js";
import { bind } from "./keys.js";
import { player } from "./player.js";

const SKIP_S = 5;

export function deck(root) {
  const toggle = button("Play", {
    picture: "play", quietly: true, kind: "round", onclick: () => player.toggle(),
  });
  const start = button("To the beginning", {
    picture: "back", quietly: true, onclick: () => player.seek(0),
  });
  const loop = button("Loop off", { picture: "loop", quietly: true, onclick: () => player.clearLoop() });
  const title = h("a", { class: "deck-title", href: "#/" });
  const at = h("span", { class: "figures" }, "0:00");
  const end = h("span", { class: "figures quiet" }, "0:00");
  const place = h("input", {
    type: "range", min: 0, max: 1, step: 0.01, value: 0, class: "place",
    "aria-label": "Place in the record",
    oninput: () => player.seek(Number(place.value)),
  });
  const volume = h("input", {
    type: "range", min: 0, max: 1, step: 0.01, value: 1, class: "volume", "aria-label": "Volume",
    oninput: () => player.setVolume(Number(volume.value)),
  });
  root.append(
    h("div", { class: "row" }, start, toggle, loop),
    h("div", { class: "deck-middle" },
      h("div", { class: "row between" }, title, h("span", { class: "row" }, at, "/", end)), place),
    h("div", { class: "row deck-volume" }, icon("volume"), volume),
  );

  let held = "";
  function show() {
    root.hidden = player.state === "empty";
    document.body.classList.toggle("has-deck", !root.hidden);
    const words = player.isPlaying ? "Pause" : "Play";
    toggle.setAttribute("aria-label", words);
    toggle.title = `${words} (space)`;
    toggle.classList.toggle("busy", player.state === "waiting");
    fill(toggle, icon(player.isPlaying ? "pause" : "play"));
    loop.hidden = !player.loop;
    title.textContent = player.title;
    title.href = player.record ? `#/records/${player.record}` : "#/";
    place.max = player.duration_s;
    end.textContent = clock(player.duration_s);
    tick();
  }

  function tick() {
    const now = player.time_s;
    const words = clock(now);
    if (words !== held) {
      held = words;
      at.textContent = words;
      place.setAttribute("aria-valuetext", `${words} of ${clock(player.duration_s)}`);
    }
    place.value = now;
  }

  function frame() {
    if (player.isPlaying) tick();
    requestAnimationFrame(frame);
  }

  player.addEventListener("change", show);
  bind({
    Space: () => (player.state === "empty" ? false : player.toggle()),
    ArrowLeft: () => (player.state === "empty" ? false : player.seek(player.time_s - SKIP_S)),
    ArrowRight: () => (player.state === "empty" ? false : player.seek(player.time_s + SKIP_S)),
    Home: () => (player.state === "empty" ? false : player.seek(0)),
  });
  show();
  frame();
}
