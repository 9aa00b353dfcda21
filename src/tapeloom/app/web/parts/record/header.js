// The head of a record's page: cover, title, figures, tags, versions.

import { coverAddress, get, send } from "../../api.js";
import { ago, attempt, button, clock, confirmed, fill, h, icon } from "../../dom.js";
import { player } from "../../player.js";
import { go } from "../../router.js";
import { versionWords } from "../versions.js";
import { loadMaster } from "./sound.js";

/** Show it into `root`; returns a clean-up. `where()` tells the tab that is open. */
export function header(root, record, where) {
  const address = `/v1/records/${record.id}`;
  const change = (changes) => attempt(() => send("PATCH", address, changes));

  const heading = h("h1", {}, record.title || "Untitled");
  const titleRow = h("div", { class: "row record-title" });
  function showTitle() {
    heading.textContent = record.title || "Untitled";
    document.title = `${heading.textContent} · Tapeloom`;
    fill(
      titleRow,
      heading,
      button("Change the title", { picture: "pencil", quietly: true, onclick: editTitle }),
    );
  }
  function editTitle() {
    const input = h("input", { value: record.title, maxlength: 200, required: true, "aria-label": "Title" });
    const form = h(
      "form",
      {
        class: "row grow",
        onsubmit: async (event) => {
          event.preventDefault();
          const changed = await change({ title: input.value.trim() });
          if (!changed) return;
          record.title = changed.title;
          if (player.record === record.id) player.rename(record.title);
          showTitle();
          titleRow.querySelector("button").focus();
        },
        onkeydown: (event) => event.key === "Escape" && showTitle(),
      },
      input,
      h("button", { class: "main" }, "Save"),
      button("Cancel", { onclick: showTitle }),
    );
    fill(titleRow, form);
    input.select();
  }
  showTitle();

  const play = button("Play", {
    picture: "play",
    kind: "main",
    onclick: () => {
      if (player.record !== record.id) loadMaster(record);
      player.toggle();
    },
  });
  function showPlay() {
    const isOn = player.record === record.id && player.isPlaying;
    fill(play, icon(isOn ? "pause" : "play"), isOn ? "Pause" : "Play");
  }
  player.addEventListener("change", showPlay);
  showPlay();

  const star = button("Favourite", {
    picture: "star",
    quietly: true,
    kind: "record-star",
    onclick: async () => {
      const changed = await change({ favourite: !record.favourite });
      if (changed) record.favourite = changed.favourite;
      star.setAttribute("aria-pressed", String(record.favourite));
    },
    "aria-pressed": String(Boolean(record.favourite)),
  });
  const remove = button("Remove this record", {
    picture: "bin",
    quietly: true,
    onclick: async () => {
      if (!(await confirmed(`Remove “${record.title}” and all its files?`, "Remove"))) return;
      if ((await attempt(() => send("DELETE", address))) === undefined) return;
      if (player.record === record.id) player.unload();
      go("records");
    },
  });

  fill(
    root,
    cover(record),
    h(
      "div",
      { class: "record-facts" },
      h(
        "div",
        { class: "stack tight record-words" },
        titleRow,
        h("p", { class: "quiet record-figures" }, facts(record)),
      ),
      h(
        "div",
        { class: "row record-actions" },
        play,
        star,
        versionsMenu(record, where),
        remove,
        tagRow(record, change),
      ),
    ),
  );
  return () => player.removeEventListener("change", showPlay);
}

function cover(record) {
  const address = (width) => coverAddress(record.id, width);
  return h("img", {
    class: "record-cover",
    alt: "",
    width: 320,
    height: 320,
    src: address(320),
    srcset: [160, 320, 640].map((width) => `${address(width)} ${width}w`).join(", "),
    sizes: "(width < 48rem) 7rem, 14rem",
    onerror: (event) => event.target.replaceWith(h("div", { class: "record-cover" })),
  });
}

function facts(record) {
  return [
    record.key,
    record.bpm ? `${Math.round(record.bpm)} bpm` : null,
    clock(record.duration_s),
    record.facts.bars ? `${record.facts.bars} bars` : null,
    ago(record.created_at),
    versionWords(record),
  ]
    .filter(Boolean)
    .map((one) => one.replaceAll(" ", "\u00a0"))
    .join("\u00a0· ");
}

function tagRow(record, change) {
  const row = h("div", { class: "row record-tags" });
  async function set(tags) {
    const changed = await change({ tags });
    if (changed) record.tags = changed.tags;
    show();
  }
  function show() {
    const input = h("input", {
      class: "tag-input",
      placeholder: "Add a tag",
      maxlength: 40,
      "aria-label": "Add a tag",
    });
    fill(
      row,
      record.tags.map((tag) =>
        h(
          "span",
          { class: "tag" },
          tag,
          button(`Remove the tag ${tag}`, {
            picture: "close",
            quietly: true,
            onclick: () => set(record.tags.filter((one) => one !== tag)),
          }),
        ),
      ),
      h(
        "form",
        {
          onsubmit: async (event) => {
            event.preventDefault();
            const tag = input.value.trim();
            if (!tag || record.tags.includes(tag)) return;
            await set([...record.tags, tag]);
            row.querySelector("input").focus();
          },
        },
        input,
      ),
    );
  }
  show();
  return row;
}

/** The record that this one was made from, and those made from it; the player keeps its place. */
function versionsMenu(record, where) {
  const number = record.versions.length + (record.base ? 1 : 0);
  if (!number) return null;
  const list = h("ul", { class: "versions" });
  async function open() {
    if (!menu.open || list.childElementCount) return;
    const ids = [record.base, ...record.versions.slice(0, 20)].filter(Boolean);
    const told = await Promise.all(ids.map((id) => get(`/v1/records/${id}`).catch(() => null)));
    fill(
      list,
      told.filter(Boolean).map((one) =>
        h(
          "li",
          {},
          h(
            "a",
            {
              href: `#/records/${one.id}/${where()}`,
              onclick: () => player.record === record.id && loadMaster(one),
            },
            h("span", {}, one.title || "Untitled"),
            h(
              "small",
              {},
              [one.id === record.base ? "this is made from it" : versionWords(one), ago(one.created_at)]
                .filter(Boolean)
                .join(" · "),
            ),
          ),
        ),
      ),
    );
  }
  const menu = h(
    "details",
    {
      class: "menu",
      ontoggle: open,
      onkeydown: (event) => event.key === "Escape" && (menu.open = false),
      onfocusout: ({ relatedTarget }) => {
        if (relatedTarget && !menu.contains(relatedTarget)) menu.open = false;
      },
    },
    h("summary", { class: "button" }, `Versions (${number})`),
    list,
  );
  return menu;
}
