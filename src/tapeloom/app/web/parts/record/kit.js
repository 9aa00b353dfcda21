// The kit for stores: what it is for, its checks, and the archive.

import { get } from "../../api.js";
import { attempt, button, field, fill, h, icon } from "../../dom.js";
import { submit } from "../../outbox.js";
import { settle, waitingOf } from "./undecided.js";
import { work } from "./work.js";

const TARGETS = [
  ["spotify", "Spotify"],
  ["apple", "Apple Music"],
  ["youtube", "YouTube"],
  ["bandcamp", "Bandcamp"],
  ["soundcloud", "SoundCloud"],
  ["cd", "CD"],
  ["vinyl", "Vinyl"],
];
const USUAL = new Set(["spotify", "apple", "youtube", "bandcamp", "soundcloud"]);
const STATES = { pass: ["check", "passed"], warn: ["warning", "look at"], fail: ["close", "failed"] };

export function kitCard(record) {
  const boxes = TARGETS.map(([value, words]) => {
    const box = h("input", { type: "checkbox", value, checked: USUAL.has(value), onchange: showState });
    return { box, element: h("label", { class: "check" }, box, words) };
  });
  const artist = h("input", { value: record.facts.artist ?? "", maxlength: 120 });
  const label = h("input", { maxlength: 120, placeholder: "none" });
  const result = h("div", { class: "stack" });
  const order = button("Make the kit", {
    kind: "main",
    onclick: () =>
      attempt(async () => {
        for (const id of waitingOf(record.id)) if (id === shownKit) settle(record.id, id);
        const asked = { records: [record.id], targets: wanted(), title: record.title };
        if (artist.value.trim()) asked.artist = artist.value.trim();
        if (label.value.trim()) asked.label = label.value.trim();
        progress.follow(await submit("/v1/kits", asked));
      }),
  });
  let isBusy = false;
  let shownKit = null;
  const wanted = () => boxes.filter(({ box }) => box.checked).map(({ box }) => box.value);
  function showState() {
    order.disabled = isBusy || !wanted().length;
  }
  const progress = work(record.id, {
    fits: (job) => job.kind === "kit",
    onBusy: (busy) => {
      isBusy = busy;
      showState();
    },
    onDone: async (job) => {
      const whole = job.result ? job : await attempt(() => get(`/v1/jobs/${job.id}`));
      if (!whole) return;
      shownKit = whole.id;
      fill(result, kitResult(whole));
    },
  });
  showState();
  return {
    element: h(
      "section",
      { class: "card", "aria-label": "Kit" },
      h("div", { class: "row between" }, h("h2", {}, "Kit for stores"), order),
      h(
        "fieldset",
        {},
        h("legend", {}, "For"),
        h(
          "div",
          { class: "row targets" },
          boxes.map((one) => one.element),
        ),
      ),
      h("div", { class: "columns" }, field("Artist", artist), field("Label", label)),
      progress.element,
      result,
    ),
    leave: progress.leave,
  };
}

function kitResult(job) {
  const checks = job.result.kit?.checks ?? [];
  const of = (status) => checks.filter((one) => one.status === status);
  const [failed, warned, passed] = [of("fail"), of("warn"), of("pass")];
  const other = checks.filter((one) => !STATES[one.status]);
  const words = failed.length
    ? `${failed.length} of ${checks.length} checks failed.`
    : warned.length
      ? `Nothing failed; ${warned.length} of ${checks.length} want a look.`
      : `All ${checks.length} checks passed.`;
  return [
    h(
      "div",
      { class: "row between" },
      h("p", { role: "status" }, words),
      h(
        "a",
        { class: "button main", href: `/v1/jobs/${job.id}/archive.zip`, download: true },
        icon("download"),
        "Download the kit",
      ),
    ),
    listOf([...failed, ...warned, ...other]),
    passed.length
      ? h("details", {}, h("summary", {}, `What passed (${passed.length})`), listOf(passed))
      : null,
  ];
}

function listOf(checks) {
  if (!checks.length) return null;
  return h(
    "ul",
    { class: "checks" },
    checks.map((one) => {
      const [picture, words] = STATES[one.status] ?? ["more", one.status];
      return h(
        "li",
        { dataset: { status: one.status } },
        icon(picture),
        h(
          "div",
          {},
          h("p", {}, h("strong", {}, one.about), ` – ${one.rule}`),
          h("small", {}, `${words}: ${one.found}`, one.source ? ` · ${one.source}` : ""),
        ),
      );
    }),
  );
}
