// One record: heard, read, mixed, mastered, given its picture, released.

import { get } from "../api.js";
import { button, fill, h } from "../dom.js";
import { go } from "../router.js";
import { header } from "../parts/record/header.js";

const TABS = [
  ["listen", "Listen", () => import("../parts/record/listen.js")],
  ["notes", "Notes", () => import("../parts/record/notes.js")],
  ["mix", "Mix", () => import("../parts/record/mix.js")],
  ["master", "Master", () => import("../parts/record/master.js")],
  ["picture", "Picture", () => import("../parts/record/picture.js")],
  ["release", "Release", () => import("../parts/record/release.js")],
];

export async function show(root, params) {
  root.append(h("p", { class: "quiet", role: "status" }, "One moment …"));
  let record;
  try {
    record = await get(`/v1/records/${params.id}`);
  } catch (error) {
    fill(root, missing(error));
    return () => {};
  }
  let open = nameOf(params);
  let leaveTab = () => {};
  let turn = 0;

  const head = h("header", { class: "record-head" });
  const leaveHead = header(head, record, () => open);
  const panel = h("div", {
    role: "tabpanel",
    id: "record-panel",
    tabindex: "-1",
    class: "stack record-panel",
  });
  const tabs = TABS.map(([name, words]) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${name}`,
        "aria-controls": "record-panel",
        dataset: { name },
        onclick: () => go(`records/${record.id}/${name}`),
      },
      words,
    ),
  );
  const list = h("div", { role: "tablist", "aria-label": "Sides of the record", onkeydown: byArrow }, tabs);
  fill(root, h("article", { class: "record" }, head, list, panel));

  function byArrow(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tabs.findIndex((tab) => tab.dataset.name === open);
    const next =
      event.key === "Home"
        ? 0
        : event.key === "End"
          ? tabs.length - 1
          : step && (at + step + tabs.length) % tabs.length;
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    tabs[next].focus();
    tabs[next].click();
  }

  async function showTab() {
    const mine = ++turn;
    for (const tab of tabs) {
      const isOpen = tab.dataset.name === open;
      tab.setAttribute("aria-selected", String(isOpen));
      tab.tabIndex = isOpen ? 0 : -1;
      if (isOpen) tab.scrollIntoView?.({ block: "nearest", inline: "nearest" });
    }
    panel.setAttribute("aria-labelledby", `tab-${open}`);
    head.classList.toggle("compact", open !== "listen"); // the sleeve is for listening; the rest is a bench
    leaveTab();
    leaveTab = () => {};
    fill(panel, h("p", { class: "quiet", role: "status" }, "One moment …"));
    const inside = h("div", { class: "stack" });
    try {
      const part = await TABS.find(([name]) => name === open)[2]();
      const leave = await part.tab(inside, record);
      if (mine !== turn) return leave();
      leaveTab = leave;
      fill(panel, inside);
    } catch (error) {
      if (mine === turn) fill(panel, failed(error, showTab));
    }
  }

  // The first tab comes behind the head, which is there at once.
  showTab();
  function leave() {
    turn++;
    leaveTab();
    leaveHead();
  }
  leave.update = (changed) => {
    if (changed.id !== record.id) return false;
    if (nameOf(changed) !== open) {
      open = nameOf(changed);
      showTab();
    }
    return true;
  };
  return leave;
}

function failed(error, again) {
  return h(
    "div",
    { class: "empty stack" },
    h("p", {}, error.message),
    h("p", {}, button("Try again", { onclick: again })),
  );
}

function nameOf({ tab }) {
  return TABS.some(([name]) => name === tab) ? tab : "listen";
}

function missing(error) {
  const words = error.status === 404 ? "This record isn't there. It may have been removed." : error.message;
  return h(
    "section",
    { class: "empty stack" },
    h("h1", {}, "No record here"),
    h("p", {}, words),
    h("p", {}, h("a", { href: "#/records" }, "To all records")),
  );
}
