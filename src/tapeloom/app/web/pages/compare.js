// TODO compare

import { h } from "../dom.js";

export async function show(root) {
  root.append(h("h1", {}, "compare"));
}
