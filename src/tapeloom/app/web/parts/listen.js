// Records into the player, and their pictures.

import { button } from "../dom.js";
import { player } from "../player.js";

/** Put a record's master into the player; `begin` plays it. */
export function hear(record, { begin = true } = {}) {
  const isThere = player.record === record.id && player.tracks.some((one) => one.name === "master");
  if (!isThere) {
    player.load({
      title: record.title, record: record.id, duration_s: record.duration_s,
      tracks: [{ name: "master", record: record.id, file: "master.flac" }],
    });
  }
  if (begin && !player.isPlaying) player.play();
}

/** A button that plays a record or holds it; `update()` shows which. Leave with `leave()`. */
export function playButton(record, { kind = "round small", quietly = true } = {}) {
  const element = button("Play", { picture: "play", quietly, kind,
    onclick: () => (isHeard() && player.isPlaying ? player.pause() : hear(record)) });
  const isHeard = () => player.record === record.id;
  const path = element.querySelector(".icon path");
  const [play, pause] = ["M7 4.5v15l12-7.5z", "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z"];
  function update() {
    const isOn = isHeard() && player.isPlaying;
    path.setAttribute("d", isOn ? pause : play);
    if (!quietly) element.lastChild.textContent = isOn ? "Pause" : "Play";
    element.setAttribute("aria-label", `${isOn ? "Pause" : "Play"} ${record.title}`);
    element.title = isOn ? "Pause" : "Play";
    element.classList.toggle("busy", isHeard() && player.state === "waiting");
  }
  player.addEventListener("change", update);
  update();
  return { element, leave: () => player.removeEventListener("change", update) };
}
