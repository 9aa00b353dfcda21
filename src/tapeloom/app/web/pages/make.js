// Write a brief, watch it being made, hear it.

import { get, reach } from "../api.js";
import { attempt, button, fill, h } from "../dom.js";
import { isFinal, jobs, listen, now } from "../events.js";
import { bind } from "../keys.js";
import * as outbox from "../outbox.js";
import { player } from "../player.js";
import { EXAMPLES, FIELDS } from "../parts/brief.js";
import { briefForm } from "../parts/knobs.js";
import { hear, playButton } from "../parts/listen.js";
import { making } from "../parts/making.js";
import { cover, factsOf, recordCard } from "../parts/recordcard.js";

const SHOWN_AT_WORK = 3;
const FRESH_S = 15 * 60; // how long a record stays on top after it was made
const RECENT = 8;
const ORDERED = "ordered"; // jobs of this tab: their sound is loaded once they are done

function ordered() {
  return JSON.parse(sessionStorage.getItem(ORDERED) ?? "[]");
}

export async function show(root, params) {
  const told = FIELDS.some((name) => params[name]) ? params : null;
  const form = briefForm({ examples: EXAMPLES, told });
  const atWork = h("section", { class: "stack", "aria-label": "Being made" });
  const fresh = h("section", { "aria-label": "Just made" });
  const recent = h("section", { class: "stack", "aria-label": "Records made lately" });
  const waiting = h("section", { class: "stack", "aria-label": "Orders that wait" });
  const main = button("Make", { kind: "main large", onclick: make });
  root.append(
    h("div", { class: "make-page" },
      h("div", { class: "head" }, h("h1", {}, "Make a record")),
      h("form", { class: "card brief", onsubmit: (event) => (event.preventDefault(), make()) },
        form.element,
        h("div", { class: "row between" },
          h("div", { class: "row" }, main, h("small", { class: "key-hint" }, h("kbd", {}, "ctrl"), " ",
            h("kbd", {}, "enter"))),
          h("a", { href: "#/batch" }, "Make many at once"))),
      waiting, fresh, atWork, recent));

  async function make() {
    const order = form.order();
    if (!order) return;
    main.disabled = true;
    await attempt(async () => {
      const job = await outbox.submit("/v1/make", order);
      if (job) sessionStorage.setItem(ORDERED, JSON.stringify([...ordered(), job.id]));
      atWork.scrollIntoView({ block: "nearest", behavior: "smooth" });
    });
    main.disabled = false;
  }

  const cards = new Map(); // job id: a card of making()
  let ofFresh = null; // the record on top
  let leaveFresh = () => {};
  let recentCards = [];
  let soon = 0;

  /** Show the jobs at work; each keeps its card, so that nothing jumps. */
  function showAtWork() {
    const open = [...jobs.values()]
      .filter((job) => job.kind === "make" && !job.parent && (!isFinal(job) || isNewlyBroken(job)))
      .sort((a, b) => (a.state === "queued") - (b.state === "queued") || (a.id < b.id ? -1 : 1));
    const shown = open.slice(0, SHOWN_AT_WORK);
    for (const [id, card] of cards) {
      if (shown.some((job) => job.id === id)) continue;
      card.leave();
      cards.delete(id);
    }
    for (const job of shown) {
      if (!cards.has(job.id)) cards.set(job.id, making(job.id));
    }
    const batches = [...jobs.values()].filter((job) => job.kind === "batch" && !isFinal(job));
    const more = open.length - shown.length;
    const wanted = [
      ...shown.map((job) => cards.get(job.id).element),
      ...batches.map((job) => link(`#/jobs/${job.id}`, `A batch of ${job.payload?.items ?? "many"} `
        + `is being made: ${Math.round(job.progress * 100)} % done`)),
      ...(more > 0 ? [link("#/jobs", `and ${more} more that wait`)] : []),
    ];
    const isSame = shown.length === wanted.length && atWork.children.length === wanted.length
      && wanted.every((one, at) => one === atWork.children[at]);
    if (!isSame) fill(atWork, wanted);
  }

  const link = (href, words) => h("p", {}, h("a", { href }, words));
  const isNewlyBroken = (job) => job.state === "failed" && now() - job.finished_at < FRESH_S;

  async function showFresh() {
    const made = [...jobs.values()]
      .filter((job) => job.kind === "make" && !job.parent && job.state === "done"
        && now() - job.finished_at < FRESH_S)
      .sort((a, b) => b.finished_at - a.finished_at)[0];
    if (made?.id === ofFresh) return;
    ofFresh = made?.id ?? null;
    leaveFresh();
    leaveFresh = () => {};
    if (!made) return void fill(fresh);
    const record = await get(`/v1/records/${made.id}`);
    if (ofFresh !== made.id) return;
    if (ordered().includes(made.id)) {
      sessionStorage.setItem(ORDERED, JSON.stringify(ordered().filter((id) => id !== made.id)));
      if (!player.isPlaying) hear(record, { begin: false });
    }
    const play = playButton(record, { kind: "main large", quietly: false });
    leaveFresh = play.leave;
    fill(fresh, h("article", { class: "card fresh" }, cover(record, { sizes: "16rem" }),
      h("div", { class: "stack" }, h("p", { class: "small quiet" }, "Just made"),
        h("h2", {}, record.title), h("p", { class: "quiet" }, factsOf(record)),
        h("div", { class: "row" }, play.element,
          h("a", { class: "button", href: `#/records/${record.id}` }, "Open the record")))));
  }

  async function showRecent() {
    const { records } = await get(`/v1/records?limit=${RECENT}`);
    for (const card of recentCards) card.leave();
    recentCards = records.map((record) => recordCard(record));
    fill(recent, records.length ? [
      h("div", { class: "row between" }, h("h2", {}, "Made lately"),
        h("a", { href: "#/records" }, "All records")),
      h("div", { class: "shelf" }, recentCards.map((card) => card.element)),
    ] : h("div", { class: "empty" }, h("p", {}, "No record yet. Tap an example above and press Make; "
      + "the first one is here in a minute or two.")));
  }

  function showWaiting() {
    fill(waiting, outbox.waiting().map((entry) => h("div", { class: "card" },
      h("div", { class: "row between" },
        h("span", {}, `Sent once the service is back: ${entry.json.words || "a record"}`),
        button("Discard", { kind: "faint", onclick: () => outbox.discard(entry.key) })))));
  }

  function refresh() {
    clearTimeout(soon);
    soon = setTimeout(() => {
      showFresh().catch(() => (ofFresh = null));
      showRecent().catch(() => {});
    }, 300);
  }

  const leaveJobs = listen((job) => {
    showAtWork();
    if (!job || (job.kind === "make" && isFinal(job))) refresh();
  });
  const unbind = bind({ "Mod+Enter": make });
  form.words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) make();
  });
  reach.addEventListener("outbox", showWaiting);
  showWaiting();
  showAtWork();
  showFresh().catch(() => {});
  showRecent().catch(() => fill(recent, h("div", { class: "empty" },
    h("p", {}, "The records can't be reached now."))));

  return () => {
    leaveJobs();
    unbind();
    clearTimeout(soon);
    reach.removeEventListener("outbox", showWaiting);
    leaveFresh();
    for (const card of [...cards.values(), ...recentCards]) card.leave();
  };
}
