// A quiet line of the keys of a page, where there is a keyboard and room.

import { h } from "../dom.js";

/** A line of [key, what it does]. */
export function hints(keys) {
  return h("p", { class: "hints small quiet" },
    keys.map(([key, does]) => h("span", {}, key.split(" ").map((one) => h("kbd", {}, one)), ` ${does}`)));
}
