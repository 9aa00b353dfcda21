// A record as a card: its cover, its name, what it is, and how to hear it.

import { coverAddress } from "../api.js";
import { ago, clock, h, icon } from "../dom.js";
import { playButton } from "./listen.js";
import { versionWords } from "./versions.js";

const WIDTHS = [320, 640];

/** The cover as a picture that is fetched when it comes into sight. */
export function cover(record, { sizes = "14rem" } = {}) {
  const picture = h("img", {
    class: "cover", alt: "", loading: "lazy", decoding: "async", width: 320, height: 320,
    srcset: WIDTHS.map((width) => `${coverAddress(record.id, width)} ${width}w`).join(", "),
    sizes, src: coverAddress(record.id, WIDTHS[0]),
  });
  picture.addEventListener("error", () => picture.replaceWith(
    h("div", { class: "cover missing" }, icon("records", 48))));
  return picture;
}

/** Say what a record is in a line. */
export function factsOf(record) {
  return [
    record.duration_s && clock(record.duration_s), record.bpm && `${Math.round(record.bpm)} bpm`,
    record.key,
  ].filter(Boolean).map((one) => one.replaceAll(" ", "\u00a0")).join(" · ");
}

/** A card: { element, leave }. `extra` are elements below the facts. */
export function recordCard(record, { extra = [], corner = [] } = {}) {
  const play = playButton(record);
  const version = versionWords(record);
  const element = h("article", { class: "record-card", dataset: { id: record.id } },
    h("div", { class: "record-face" },
      h("a", { href: `#/records/${record.id}`, tabindex: -1, "aria-hidden": "true" }, cover(record)),
      corner),
    h("div", { class: "record-line" },
      h("div", {},
        h("h3", {}, h("a", { href: `#/records/${record.id}` }, record.title || "Untitled")),
        h("p", { class: "small quiet" }, factsOf(record)),
        h("p", { class: "row tight small quiet" }, ago(record.created_at),
          version ? h("span", { class: "tag" }, version) : null)),
      play.element), extra);
  return { element, leave: play.leave };
}
