// The tags of a record: seen, taken as a filter, edited as a line with commas.

import { send } from "../api.js";
import { attempt, button, fill, h } from "../dom.js";

const MOST = 50;
const LONGEST = 40;

/** Read a line of tags: trimmed, each once, none too long. */
export function tagsOf(line) {
  const told = line.split(",").map((one) => one.trim().replaceAll(/\s+/g, " ").slice(0, LONGEST));
  return [...new Set(told.filter(Boolean))].slice(0, MOST);
}

/** The tags of a record; `onPick(tag)` filters by one, `onSaved()` runs after a change. */
export function tagLine(record, { onPick, onSaved = () => {}, known = () => [] }) {
  const element = h("div", { class: "row tags" });
  const list = `tags-${record.id}`;

  function see() {
    fill(element,
      record.tags.map((tag) => button(tag, {
        kind: "tag", title: `Only “${tag}”`, onclick: () => onPick(tag),
      })),
      button(`Edit the tags of ${record.title}`, { picture: record.tags.length ? "pencil" : "plus",
        quietly: true, onclick: edit }));
  }

  function edit() {
    const line = h("input", { value: record.tags.join(", "), placeholder: "rain, for sleep", list,
      "aria-label": `Tags of ${record.title}, with commas between` });
    const stop = (event) => {
      if (event.key !== "Escape") return;
      see();
      element.lastChild.focus();
    };
    fill(element, h("form", { class: "row", onkeydown: stop, onsubmit: async (event) => {
      event.preventDefault();
      await attempt(async () => {
        const tags = tagsOf(line.value);
        const told = await send("PATCH", `/v1/records/${record.id}`, { tags });
        record.tags = told.tags;
        onSaved();
      });
      see();
      element.lastChild.focus();
    } }, line, h("button", {}, "Keep"),
    h("datalist", { id: list }, known().map((tag) => h("option", { value: tag })))));
    line.focus();
    line.select();
  }

  see();
  return { element, edit };
}
