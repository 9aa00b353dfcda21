// A new version beside the record that it was made from, equally loud, on one transport.

import { artefact, get, send } from "../../api.js";
import { attempt, button, fill, h, say } from "../../dom.js";
import { bind } from "../../keys.js";
import { player } from "../../player.js";
import { go } from "../../router.js";
import { figure, signed } from "./level.js";
import { loadMaster, loadPair } from "./sound.js";
import { settle } from "./undecided.js";

const FIGURES = [
  ["Loudness", "integrated_lufs", "LUFS"],
  ["True peak", "true_peak_dbtp", "dBTP"],
  ["Range", "range_lu", "LU"],
];

const nothing = () => {};

/**
 * Show both; `tab` is where keeping it leads, `hasPictures` shows covers too. `onKept` and
 * `onDiscarded` run once that is decided. Returns a clean-up.
 */
export async function beforeAfter(
  root,
  { record, job, tab, hasPictures = false, onKept = nothing, onDiscarded = nothing },
) {
  const after = await attempt(() => get(`/v1/records/${job.id}`));
  if (!after) return () => {};
  let heard = "after";

  const choices = ["before", "after"].map((name) =>
    button(name === "before" ? "Before" : "After", {
      role: "radio",
      onclick: () => listenTo(name),
      dataset: { name },
    }),
  );
  function listenTo(name) {
    heard = name;
    loadPair(record, after);
    player.only(name);
    if (!player.isPlaying) player.play();
    mark();
  }
  function mark() {
    for (const choice of choices) {
      const isHeard = choice.dataset.name === heard;
      choice.setAttribute("aria-checked", String(isHeard));
      choice.tabIndex = isHeard ? 0 : -1;
    }
  }
  function byArrow(event) {
    if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    listenTo(heard === "before" ? "after" : "before");
    choices.find((one) => one.dataset.name === heard).focus();
  }
  async function discard() {
    if ((await attempt(() => send("DELETE", `/v1/records/${after.id}`))) === undefined) return;
    settle(record.id, after.id);
    record.versions = record.versions.filter((one) => one !== after.id);
    loadMaster(record);
    say("The new version is removed.");
    close();
    await onDiscarded();
  }
  async function keep() {
    settle(record.id, after.id);
    loadMaster(after);
    await onKept();
    go(`records/${after.id}/${tab}`);
  }
  const unbind = bind({
    b: () => {
      if (document.activeElement?.matches("[role=application]")) return false; // the roll has its own b
      return listenTo(heard === "before" ? "after" : "before");
    },
  });
  function close() {
    unbind();
    fill(root);
  }
  mark();
  fill(
    root,
    h(
      "section",
      { class: "card before-after", "aria-label": "Before and after" },
      h(
        "div",
        { class: "row between" },
        h("h2", {}, "The new version"),
        h("div", { class: "switch", role: "radiogroup", "aria-label": "Hear", onkeydown: byArrow }, choices),
      ),
      h("p", { class: "quiet small" }, told(record, after)),
      h(
        "table",
        { class: "figures-table" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["", "Before", "After", "Change"].map((one) => h("th", { scope: "col" }, one)),
          ),
        ),
        h(
          "tbody",
          {},
          FIGURES.map(([words, name, unit]) => compared(words, record, after, name, unit)),
        ),
      ),
      hasPictures ? pictures([record, after]) : null,
      h(
        "div",
        { class: "row" },
        button("Keep it", { kind: "main", picture: "check", onclick: keep }),
        button("Discard it", { picture: "bin", onclick: discard }),
        h("small", {}, "Press ", h("kbd", {}, "b"), " to switch."),
      ),
    ),
  );
  return close;
}

function told(before, after) {
  const louder = after.integrated_lufs - before.integrated_lufs;
  if (!Number.isFinite(louder) || Math.abs(louder) < 0.05) return "Both are equally loud.";
  const which = louder > 0 ? "The new version" : "The old version";
  return `${which} is turned down by ${Math.abs(louder).toFixed(1)} dB here, so that both are equally loud.`;
}

function compared(words, before, after, name, unit) {
  const [one, other] = [before, after].map((record) => record.facts.loudness?.[name]);
  const change = Number.isFinite(other - one) ? signed(other - one) : "–";
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, words),
    [figure(one, unit), figure(other, unit), change].map((text) => h("td", { class: "number" }, text)),
  );
}

function pictures(records) {
  return h(
    "div",
    { class: "pictures" },
    records.map((record, at) =>
      h(
        "figure",
        {},
        h("img", {
          src: artefact(record.id, "thumbnail.png"),
          class: "wide",
          alt: at ? "The new thumbnail" : "The old thumbnail",
        }),
        h("figcaption", {}, at ? "After" : "Before"),
      ),
    ),
  );
}
