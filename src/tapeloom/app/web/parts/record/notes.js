// The piano roll, as a tab of the record's page.

import { h } from "../../dom.js";

export async function tab(root, record) {
  let roll;
  try {
    roll = await import("../../roll/tab.js");
  } catch {
    root.append(h("div", { class: "empty" }, h("p", {}, "The piano roll is not part of this build.")));
    return () => {};
  }
  return roll.notesTab(root, { record });
}
