// Picture: covers to choose from, the title on them, and a new version with the chosen one.

import { artefact, ask, coverAddress, get } from "../../api.js";
import { button, field, fill, h, select } from "../../dom.js";
import { EACH_ANOTHER, variants } from "./cover_variants.js";
import { spoken } from "./effects.js";
import { remake } from "./remake.js";

const SHOWN = 6;
const WIDTH = 320; // pixels of a variant
const VARIED = new Set(["time", "grading"]);
const FIELDS = [
  ["scene", "Scene"],
  ["time", "Hour"],
  ["weather", "Weather"],
  ["grading", "Colours"],
  ["side", "Title at the"],
];

export async function tab(root, record) {
  const [fields, job] = await Promise.all([get("/v1/covers/fields"), get(`/v1/jobs/${record.id}`)]);
  const own = job.payload.cover ?? {};
  const choices = Object.fromEntries(fields.map((one) => [one.name, one.choices]));
  const wishes = Object.fromEntries(
    FIELDS.map(([name]) => [name, own[name] ?? (VARIED.has(name) ? EACH_ANOTHER : "")]),
  );
  const addresses = [];
  const leaving = new AbortController();
  let offered = [];
  let chosen = null; // one of those offered
  let first = (own.seed ?? 0) + 1;
  let turn = 0;

  const title = h("input", { value: record.title, maxlength: 120, required: true, onchange: draw });
  const selects = FIELDS.map(([name, words]) => {
    const known = (choices[name] ?? []).map((one) => [one, spoken(one)]);
    const list = select([["", "As it suits"], [EACH_ANOTHER, "Each another"], ...known], {
      value: wishes[name],
      onchange: () => {
        wishes[name] = list.value;
        draw();
      },
    });
    return field(words, list);
  });
  const grid = h("div", { class: "covers", role: "radiogroup", "aria-label": "Covers", onkeydown: byArrow });
  const others = button("Draw others", {
    picture: "dice",
    onclick: () => {
      first += SHOWN;
      draw();
    },
  });
  const told = h("p", { class: "quiet small", role: "status" });
  const made = remake(record, {
    tab: "picture",
    words: "Take this cover",
    hasPictures: true,
    fits: ({ cover, title: named, files = {} }) =>
      (Boolean(cover) || Boolean(named)) && !Object.keys(files).length,
    payload: () => ({
      title: title.value.trim() || record.title,
      cover: { ...chosen.fields, seed: chosen.seed },
    }),
  });

  function choose(at) {
    chosen = offered[at] ?? null;
    [...grid.children].forEach((one, number) => {
      one.setAttribute("aria-checked", String(number === at));
      one.tabIndex = number === (chosen ? at : 0) ? 0 : -1;
    });
    made.ready(chosen !== null);
  }
  function byArrow(event) {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const cards = [...grid.children];
    const at = cards.indexOf(document.activeElement);
    if (!steps || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = (at + steps + cards.length) % cards.length;
    choose(next);
    cards[next].focus();
  }

  /** Draw variants, two at a time: the service draws them in few processes. */
  async function draw() {
    const mine = ++turn;
    for (const address of addresses.splice(0)) URL.revokeObjectURL(address);
    offered = variants(wishes, choices, first, SHOWN);
    const cards = offered.map(({ fields: chosenFields }, at) =>
      h(
        "button",
        {
          type: "button",
          role: "radio",
          class: "cover-choice",
          onclick: () => choose(at),
          "aria-label": [`Cover ${at + 1}`, ...Object.values(chosenFields)].join(", "),
        },
        h("span", { class: "cover-wait" }),
      ),
    );
    fill(grid, cards);
    choose(-1);
    told.textContent = "The covers are drawn …";
    const left = [...cards.keys()];
    let failed = null;
    async function next() {
      while (left.length && mine === turn && !failed) {
        const at = left.shift();
        const { seed, fields: asked } = offered[at];
        try {
          const answer = await ask("/v1/covers", {
            method: "POST",
            signal: leaving.signal,
            json: {
              record: record.id,
              title: title.value.trim() || record.title,
              seed,
              fields: asked,
              width: WIDTH,
            },
          });
          const address = URL.createObjectURL(await answer.blob());
          if (mine !== turn) return URL.revokeObjectURL(address);
          addresses.push(address);
          fill(cards[at], h("img", { src: address, alt: "", width: WIDTH, height: WIDTH }));
        } catch (error) {
          if (error.name === "AbortError") return undefined;
          failed = error;
        }
      }
      return undefined;
    }
    await Promise.all([next(), next()]);
    if (mine === turn)
      told.textContent = failed
        ? failed.message
        : "Choose one. Cover, thumbnail and video show the same scene.";
  }

  root.append(
    h(
      "section",
      { class: "card", "aria-label": "Now" },
      h("div", { class: "row between" }, h("h2", {}, "Now"), made.order),
      h(
        "div",
        { class: "pictures" },
        h(
          "figure",
          {},
          h("img", {
            src: coverAddress(record.id, 640),
            alt: "The cover",
            loading: "lazy",
            class: "square",
          }),
          h("figcaption", {}, "Cover"),
        ),
        h(
          "figure",
          {},
          h("img", { src: artefact(record.id, "thumbnail.png"), alt: "The thumbnail", class: "wide" }),
          h("figcaption", {}, "Thumbnail"),
        ),
      ),
      made.element,
    ),
    h(
      "section",
      { class: "card", "aria-label": "Other covers" },
      h("div", { class: "row between" }, h("h2", {}, "Other covers"), others),
      h("div", { class: "columns" }, field("Title", title), selects),
      told,
      grid,
    ),
  );
  draw();
  return () => {
    turn++;
    leaving.abort();
    made.leave();
    for (const address of addresses) URL.revokeObjectURL(address);
  };
}
