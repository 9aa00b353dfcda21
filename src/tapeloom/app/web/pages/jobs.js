// The jobs: all of them, or one of them whole.

import { h, field, select } from "../dom.js";
import { jobList } from "../parts/joblist.js";
import { jobView } from "../parts/jobview.js";
import { KINDS, STATES } from "../parts/stages.js";

export async function show(root, params) {
  if (params.id) return jobView(root, params.id);
  const list = jobList({ empty: "No job here. What you make shows up in this list." });
  const state = select([["", "Any state"], ...Object.entries(STATES)], {
    onchange: () => list.set({ state: state.value }) });
  const kind = select([["", "Any kind"], ...Object.entries(KINDS)], {
    onchange: () => list.set({ kind: kind.value }) });
  root.append(h("div", { class: "stack" },
    h("div", { class: "head" }, h("h1", {}, "Jobs"),
      h("div", { class: "row" }, field("State", state, { hidden: true }),
        field("Kind", kind, { hidden: true }), h("a", { class: "button", href: "#/batch" }, "New batch"))),
    list.element));
  return list.leave;
}
