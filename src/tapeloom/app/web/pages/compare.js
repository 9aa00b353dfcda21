// Two records side by side by ear: equally loud, blind if wanted; what is preferred is kept.

import { get } from "../api.js";
import { attempt, button, field, fill, h, icon, select } from "../dom.js";
import { bind } from "../keys.js";
import { tell } from "../outbox.js";
import { contest } from "../parts/contest.js";
import { hints } from "../parts/hints.js";
import { heardPairs, nextPair, pairKey } from "../parts/pairs.js";
import { cover, factsOf } from "../parts/recordcard.js";
import { versionWords } from "../parts/versions.js";

const ABOUT = [
  ["whole", "as a whole"], ["melody", "in its melody"], ["harmony", "in its harmony"],
  ["rhythm", "in its rhythm"], ["sound", "in its sound"],
];
const PAGE = 200;
const MOST_PAGES = 10; // of preferences that are read to know which pairs were heard
const BLIND = "blind";

/** Tell a record from its versions, which have its title. */
const nameOf = (record) => [record.title || record.id, versionWords(record)].filter(Boolean).join(", ");

async function preferences() {
  const found = [];
  let before = null;
  for (let number = 0; number < MOST_PAGES; number++) {
    const query = new URLSearchParams({ limit: PAGE, ...(before ? { before } : {}) });
    const page = await get(`/v1/preferences?${query}`);
    found.push(...page.preferences);
    before = page.before;
    if (!before) break;
  }
  return { found, isAll: !before };
}

export async function show(root, params) {
  let records;
  let kept;
  try {
    [{ records }, kept] = await Promise.all([
      get(`/v1/records?limit=${PAGE}`),
      preferences().catch(() => ({ found: [], isAll: false })), // without them pairs may come twice
    ]);
  } catch (error) {
    root.append(h("h1", {}, "Compare"), h("div", { class: "empty" }, h("p", {}, error.message)));
    return () => {};
  }
  const byId = new Map(records.map((one) => [one.id, one]));
  for (const id of [params.a, params.b]) {
    if (id && !byId.has(id)) byId.set(id, await get(`/v1/records/${id}`).catch(() => undefined));
  }
  const heard = heardPairs(kept.found);
  let count = kept.found.length;
  let isBlind = localStorage.getItem(BLIND) !== "no";
  let isTold = false; // the choice was made: names are shown
  let sides = null;
  let duel = null;
  let playedFor = 0;

  const stage = h("div", { class: "stack" });
  const tally = h("p", { class: "small quiet tally" });
  const blind = h("input", { type: "checkbox", checked: isBlind, onchange: () => {
    isBlind = blind.checked;
    localStorage.setItem(BLIND, isBlind ? "yes" : "no");
    if (sides && !isTold) begin(sides.a.id, sides.b.id);
  } });
  root.append(h("div", { class: "stack" },
    h("div", { class: "head" }, h("h1", {}, "Compare"),
      h("label", { class: "check" }, blind, "Blind: names are hidden until you choose")),
    stage, tally));

  function tellTally() {
    fill(tally, count
      ? [`${count}${kept.isAll ? "" : " or more"} preference${count === 1 ? "" : "s"} kept for training. `,
        h("a", { href: "/v1/preferences?format=jsonl", download: "preferences.jsonl" }, "Download as JSONL")]
      : "What you prefer is kept here, and can be used to train models on.");
  }

  function begin(a, b) {
    duel?.leave();
    isTold = false;
    const turned = isBlind && Math.random() < 0.5;
    sides = { a: byId.get(turned ? b : a), b: byId.get(turned ? a : b) };
    duel = contest(sides, update);
    playedFor = performance.now();
    draw();
  }

  function offer() {
    duel?.leave();
    duel = null;
    sides = null;
    const pair = nextPair(records, heard);
    if (pair) return begin(...pair);
    fill(stage, h("div", { class: "empty" }, records.length < 2
      ? [h("p", {}, "Two records are needed to compare."),
        h("a", { class: "button main", href: "#/" }, "Make one")]
      : [h("p", {}, "Every pair of your newest records was heard."),
        h("a", { class: "button", href: "#/records" }, "Choose two yourself")]));
  }

  let parts = {};
  const isHidden = () => isBlind && !isTold;

  function draw() {
    parts = { a: sideCard("a"), b: sideCard("b"), told: h("div", { class: "verdict", role: "status" }) };
    const about = select(ABOUT, { "aria-label": "In what it is better" });
    parts.about = about;
    fill(stage,
      h("div", { class: "duel" }, parts.a.element, parts.b.element),
      h("p", { class: "small quiet verdict" }, loudnessWords()),
      isTold ? parts.told : h("div", { class: "verdict" },
        h("div", { class: "row" }, "Which one is better", about),
        h("div", { class: "row" },
          button("A is better", { kind: "large", onclick: () => choose("a") }),
          button("The same", { kind: "large", onclick: () => choose("same") }),
          button("B is better", { kind: "large", onclick: () => choose("b") }))),
      hints([["a", "hear A"], ["b", "hear B"], ["x", "the other one"], ["1", "A is better"],
        ["0", "the same"], ["2", "B is better"]]));
    update();
  }

  function loudnessWords() {
    const [a, b] = [duel.gains.a, duel.gains.b];
    const louder = Math.min(a, b);
    const how = Math.abs(louder) < 0.05 ? "Both are equally loud as they are."
      : isHidden() ? "Both are played equally loud: the louder one is turned down."
        : `Both are played equally loud: ${a < b ? "A" : "B"} is turned down by `
          + `${Math.abs(louder).toFixed(1)} dB.`;
    return duel.isTogether ? how
      : `${how} Their lengths differ: the other one goes on at the same part of it.`;
  }

  function sideCard(name) {
    const record = sides[name];
    const letter = name.toUpperCase();
    const listen = button(`Hear ${letter}`, {
      picture: "play", kind: "large", onclick: () => duel.hear(name),
    });
    const others = [...byId.values()].filter((one) => one && one.id !== sides[name === "a" ? "b" : "a"].id);
    const chooser = select(others.map((one) => [one.id, nameOf(one)]), {
      value: record.id, "aria-label": `Record of side ${letter}`,
      onchange: () => (name === "a"
        ? begin(chooser.value, sides.b.id) : begin(sides.a.id, chooser.value)),
    });
    const element = h("section", { class: "duel-side", "aria-label": `Side ${letter}` },
      isHidden()
        ? h("div", { class: "blind-face" }, h("span", { class: "letter", "aria-hidden": "true" }, letter))
        : [cover(record, { sizes: "24rem" }),
          h("h2", {}, `${letter}: `, h("a", { href: `#/records/${record.id}` }, record.title)),
          h("p", { class: "small quiet" }, [factsOf(record), versionWords(record)].filter(Boolean).join(" · "))],
      listen, isHidden() || isTold ? null : chooser);
    return { element, listen };
  }

  function update() {
    for (const name of ["a", "b"]) {
      const part = parts[name];
      if (!part || !duel) continue;
      const isOn = duel.side === name && duel.isSounding;
      part.element.classList.toggle("heard", isOn);
      part.listen.setAttribute("aria-pressed", String(isOn));
      fill(part.listen, icon(isOn ? "pause" : "play"), `${isOn ? "Hold" : "Hear"} ${name.toUpperCase()}`);
    }
  }

  async function choose(choice) {
    if (!duel || isTold) return;
    const listened = duel.heard_s.a + duel.heard_s.b;
    const told = await attempt(() => tell("/v1/preferences", {
      a: sides.a.id, b: sides.b.id, choice, about: parts.about.value,
      listened_s: Math.round(Math.min(listened, (performance.now() - playedFor) / 1000) * 10) / 10,
    }));
    if (told === undefined) return; // null: it waits for the service
    heard.add(pairKey(sides.a.id, sides.b.id));
    count++;
    tellTally();
    isTold = true;
    draw();
    const words = choice === "same" ? "Kept: the same."
      : `Kept: ${choice.toUpperCase()}, “${sides[choice].title}”.`;
    const on = button("Next pair", { kind: "main large", onclick: offer });
    fill(parts.told, h("p", {}, words), on);
    on.focus();
  }

  const unbind = bind({
    a: () => (duel ? duel.hear("a") : false), b: () => (duel ? duel.hear("b") : false),
    x: () => (duel ? duel.other() : false), 1: () => void choose("a"), 2: () => void choose("b"),
    0: () => void choose("same"), n: () => (isTold ? offer() : false),
  });
  tellTally();
  if (params.a && params.b && params.a !== params.b && byId.get(params.a) && byId.get(params.b)) {
    begin(params.a, params.b);
  } else offer();

  return () => {
    duel?.leave();
    unbind();
  };
}
