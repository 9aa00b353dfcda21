// Words of a release: title, description, tags; others in any of the languages, and which is taken.

import { artefact, get, send } from "../../api.js";
import { attempt, button, field, fill, h, say, select } from "../../dom.js";
import { submit } from "../../outbox.js";
import { settle } from "./undecided.js";
import { work } from "./work.js";

const LANGUAGES = [
  ["en", "English"],
  ["de", "Deutsch"],
  ["es", "Español"],
  ["fr", "Français"],
  ["ja", "日本語"],
  ["pt", "Português"],
];
const VARIANTS = 4;

export async function wordsCard(record) {
  const language = select(LANGUAGES);
  const shown = h("div", { class: "stack" });
  const order = button("Write other words", {
    kind: "main",
    onclick: () =>
      attempt(async () => {
        const asked = { record: record.id, language: language.value, variants: VARIANTS };
        progress.follow(await submit("/v1/describe", asked));
      }),
  });
  const progress = work(record.id, {
    fits: (job) => job.kind === "describe",
    onBusy: (isBusy) => (order.disabled = isBusy),
    onDone: async (job) => {
      const words = await attempt(() => get(artefact(job.id, "metadata.json")));
      settle(record.id, job.id);
      if (words) show(words);
    },
  });

  function show(words) {
    const all = [words, ...(words.variants ?? [])];
    fill(
      shown,
      all.map((one, at) => wording(record, one, at === 0)),
    );
  }
  try {
    show(await get(artefact(record.id, "metadata.json")));
  } catch (error) {
    fill(
      shown,
      h("p", { class: "quiet" }, error.status === 404 ? "This record has no words yet." : error.message),
    );
  }
  return {
    element: h(
      "section",
      { class: "card", "aria-label": "Words" },
      h(
        "div",
        { class: "row between ends" },
        h("h2", {}, "Words"),
        h("div", { class: "row" }, field("Language", language, { hidden: true }), order),
      ),
      progress.element,
      shown,
    ),
    leave: progress.leave,
  };
}

function wording(record, words, isOpen) {
  const take = button("Take as title", {
    onclick: async () => {
      const changed = await attempt(() => send("PATCH", `/v1/records/${record.id}`, { title: words.title }));
      if (!changed) return;
      record.title = changed.title;
      document.querySelector(".record-title h1").textContent = changed.title;
      say("The title is taken.");
    },
  });
  const tags = words.tags ?? [];
  return h(
    "details",
    { class: "wording", open: isOpen, lang: words.language },
    h("summary", {}, words.title),
    h(
      "div",
      { class: "stack" },
      h("p", { class: "description" }, words.description),
      h(
        "div",
        { class: "row" },
        tags.map((tag) => h("span", { class: "tag" }, tag)),
      ),
      h(
        "div",
        { class: "row" },
        take,
        button("Copy the description", { onclick: () => copy(words.description, "The description") }),
        button("Copy the tags", { onclick: () => copy(tags.join(", "), "The tags") }),
      ),
    ),
  );
}

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} ${what.endsWith("s") ? "are" : "is"} copied.`);
  } catch {
    say("This browser doesn't let a page copy; mark the text and copy it.", { kind: "error" });
  }
}
