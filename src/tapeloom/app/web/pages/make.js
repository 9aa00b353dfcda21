// Write a brief, and watch it being made.

import { h } from "../dom.js";

export async function show(root) {
  root.append(h("h1", {}, "Make"));
}
