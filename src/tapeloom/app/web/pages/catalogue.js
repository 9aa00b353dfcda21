// The records: searched, tagged, marked, heard, chosen to compare, removed.

import { get, send } from "../api.js";
import { attempt, button, confirmed, field, fill, h, say, select } from "../dom.js";
import { isFinal, listen } from "../events.js";
import { bind } from "../keys.js";
import { player } from "../player.js";
import { hints } from "../parts/hints.js";
import { hear } from "../parts/listen.js";
import { recordCard } from "../parts/recordcard.js";
import { page, SORTS } from "../parts/shelf.js";
import { tagLine } from "../parts/tags.js";
import { go } from "../router.js";

const SEARCH_MS = 250;
const wanted = { q: "", tag: "", favourite: false, sort: "newest" }; // stays while the page is left

export async function show(root, params) {
  for (const name of ["q", "tag"]) if (params[name] !== undefined) wanted[name] = params[name];
  const cards = new Map(); // id: { record, element, leave, ... }
  const picked = []; // ids, at most two
  let before = null;
  let turn = 0;
  let isLoading = false;
  let knownTags = [];
  let later = 0;

  const search = h("input", { type: "search", value: wanted.q, placeholder: "Title, words, key or note",
    oninput: () => (clearTimeout(later), later = setTimeout(() => change({ q: search.value }), SEARCH_MS)) });
  const sort = select(SORTS, { value: wanted.sort, onchange: () => change({ sort: sort.value }) });
  const starred = button("Favourites only", { picture: "star", quietly: true, kind: "star",
    "aria-pressed": String(wanted.favourite), onclick: () => change({ favourite: !wanted.favourite }) });
  const tags = h("div", { class: "row tags", role: "group", "aria-label": "Tags" });
  const told = h("p", { class: "small quiet", role: "status" });
  const grid = h("div", { class: "catalogue" });
  const more = button("More", { onclick: () => next() });
  const foot = h("div", { class: "row" }, more);
  const bar = h("div", { class: "picked", role: "status", hidden: true });
  root.append(h("div", { class: "stack" },
    h("div", { class: "head" }, h("h1", {}, "Records"), h("a", { class: "button", href: "#/" }, "Make one")),
    h("div", { class: "filters" }, field("Search", search, { hidden: true }),
      field("Order", sort, { hidden: true }), starred),
    tags, told, h("h2", { class: "unseen" }, "Records found"), grid, foot, bar,
    hints([["/", "search"], ["↑ ↓", "from record to record"], ["p", "play"], ["f", "favourite"],
      ["x", "choose to compare"], ["e", "tags"], ["del", "delete"]])));

  const sight = new IntersectionObserver(([seen]) => seen.isIntersecting && next(), { rootMargin: "600px" });

  async function change(changes) {
    Object.assign(wanted, changes);
    starred.setAttribute("aria-pressed", String(wanted.favourite));
    showTags();
    await load();
  }

  async function load() {
    const mine = ++turn;
    isLoading = true;
    grid.setAttribute("aria-busy", "true");
    try {
      const found = await page(wanted);
      if (mine !== turn) return;
      for (const id of [...cards.keys()]) drop(id);
      grid.replaceChildren();
      add(found);
      told.textContent = found.isKept
        ? "The service is away: these were seen before." : countWords();
      if (!found.records.length) grid.append(emptiness());
    } catch (error) {
      if (mine !== turn) return;
      for (const id of [...cards.keys()]) drop(id);
      fill(grid, h("div", { class: "empty" }, h("p", {}, error.message),
        button("Try again", { onclick: load })));
      foot.hidden = true;
    } finally {
      if (mine === turn) isLoading = false;
      grid.removeAttribute("aria-busy");
    }
  }

  async function next() {
    if (isLoading || !before) return;
    isLoading = true;
    const mine = turn;
    await attempt(async () => {
      const found = await page(wanted, before);
      if (mine === turn) add(found);
    });
    isLoading = false;
    told.textContent = countWords();
  }

  const isFiltered = () => Boolean(wanted.q || wanted.tag || wanted.favourite);
  const countWords = () => (cards.size ? `${cards.size}${before ? " or more" : ""} `
    + `record${cards.size === 1 ? "" : "s"}${isFiltered() ? " found" : ""}` : "");

  function emptiness() {
    return h("div", { class: "empty" }, isFiltered()
      ? [h("p", {}, "No record fits."), button("Show all", { onclick: () => {
        search.value = "";
        change({ q: "", tag: "", favourite: false });
      } })]
      : [h("p", {}, "No record yet. The first one takes a minute or two."),
        h("a", { class: "button main", href: "#/" }, "Make one")]);
  }

  function add(found) {
    for (const record of found.records) {
      if (!cards.has(record.id)) grid.append(card(record).element);
    }
    before = found.before;
    foot.hidden = !before;
    sight.unobserve(foot); // so that it is told again where the foot stayed in sight
    sight.observe(foot);
  }

  function card(record) {
    const star = button(`Favourite: ${record.title}`, { picture: "star", quietly: true, kind: "star",
      "aria-pressed": String(Boolean(record.favourite)), onclick: () => mark(record.id) });
    const pick = h("input", { type: "checkbox", "aria-label": `Choose ${record.title} to compare`,
      onchange: () => choose(record.id) });
    const line = tagLine(record, {
      onPick: (tag) => change({ tag }), onSaved: loadTags, known: () => knownTags,
    });
    const remove = button(`Delete ${record.title}`, { picture: "bin", quietly: true,
      onclick: () => removeRecord(record.id) });
    const made = recordCard(record, { corner: [star, h("label", { class: "pick" }, pick)],
      extra: [h("div", { class: "row between" }, line.element, remove)] });
    const held = { record, star, pick, line, ...made };
    cards.set(record.id, held);
    return held;
  }

  function drop(id) {
    cards.get(id)?.leave();
    cards.get(id)?.element.remove();
    cards.delete(id);
  }

  async function mark(id) {
    const { record, star } = cards.get(id);
    record.favourite = !record.favourite;
    star.setAttribute("aria-pressed", String(record.favourite));
    try {
      await send("PATCH", `/v1/records/${id}`, { favourite: record.favourite });
    } catch (error) {
      record.favourite = !record.favourite;
      star.setAttribute("aria-pressed", String(record.favourite));
      say(error.message, { kind: "error" });
    }
  }

  function choose(id) {
    const at = picked.indexOf(id);
    if (at >= 0) picked.splice(at, 1);
    else picked.push(id);
    if (picked.length > 2) picked.shift();
    for (const [one, held] of cards) held.pick.checked = picked.includes(one);
    bar.hidden = !picked.length;
    const words = picked.length === 2 ? "Two records are chosen." : "Choose another one to compare.";
    fill(bar, h("span", {}, words),
      h("span", { class: "row" },
        button("Leave them", { kind: "faint", onclick: () => [...picked].forEach(choose) }),
        button("Compare", { kind: "main", disabled: picked.length < 2,
          onclick: () => go(`compare?a=${picked[0]}&b=${picked[1]}`) })));
  }

  async function removeRecord(id) {
    const { record } = cards.get(id);
    if (!(await confirmed(`Delete “${record.title}” with all its files?`, "Delete"))) return;
    await attempt(async () => {
      await send("DELETE", `/v1/records/${id}`);
      if (player.record === id) player.unload();
      if (picked.includes(id)) choose(id);
      const { nextElementSibling: following, previousElementSibling: last } = cards.get(id).element;
      drop(id);
      (following ?? last)?.querySelector("h3 a")?.focus();
      told.textContent = countWords();
      if (!cards.size) load();
      loadTags();
    });
  }

  async function loadTags() {
    const counts = await get("/v1/tags").catch(() => ({}));
    knownTags = Object.keys(counts);
    showTags(counts);
  }

  let counted = {};
  function showTags(counts = counted) {
    counted = counts;
    const names = [...new Set([...Object.keys(counts), ...(wanted.tag ? [wanted.tag] : [])])];
    fill(tags, names.map((tag) => button(`${tag} ${counts[tag] ?? 0}`, { kind: "tag",
      "aria-pressed": String(tag === wanted.tag),
      onclick: () => change({ tag: tag === wanted.tag ? "" : tag }) })));
    tags.hidden = !names.length;
  }

  /** Show what was made or removed meanwhile, without moving what is there. */
  async function sync() {
    if (wanted.sort !== "newest" || isLoading) return;
    const found = await page(wanted).catch(() => null);
    if (!found || found.isKept) return;
    const ids = new Set(found.records.map((one) => one.id));
    const oldest = found.before ? found.records.at(-1).id : "";
    for (const id of [...cards.keys()]) if (id > oldest && !ids.has(id)) drop(id);
    const fresh = found.records.filter((one) => !cards.has(one.id));
    if (fresh.length) grid.querySelector(":scope > .empty")?.remove();
    if (fresh.length) grid.prepend(...fresh.map((record) => card(record).element));
    told.textContent = countWords();
  }

  const current = () => document.activeElement?.closest?.(".record-card");
  const onCard = (run) => () => (current() ? run(current().dataset.id) : false);
  const move = (step) => () => {
    const here = current();
    if (!here) return false;
    const to = step > 0 ? here.nextElementSibling : here.previousElementSibling;
    to?.querySelector("h3 a")?.focus();
    return true;
  };
  const unbind = bind({
    "/": () => search.focus(),
    ArrowDown: move(1), ArrowUp: move(-1), ArrowRight: move(1), ArrowLeft: move(-1),
    f: onCard((id) => void mark(id)), x: onCard(choose), e: onCard((id) => cards.get(id).line.edit()),
    Delete: onCard((id) => void removeRecord(id)), p: onCard((id) => hear(cards.get(id).record)),
  });
  let soon = 0;
  const leaveJobs = listen((job) => {
    if (job && !(job.kind === "make" && isFinal(job))) return;
    clearTimeout(soon);
    soon = setTimeout(sync, 400);
  });
  await Promise.all([load(), loadTags()]);

  return () => {
    for (const id of [...cards.keys()]) drop(id);
    clearTimeout(soon);
    clearTimeout(later);
    sight.disconnect();
    leaveJobs();
    unbind();
  };
}
