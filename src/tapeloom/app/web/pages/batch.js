// Many records at once: one brief on seeds that follow, or a table with a brief a line.

import { attempt, button, field, fill, h } from "../dom.js";
import * as outbox from "../outbox.js";
import { briefWords } from "../parts/brief.js";
import { readTable } from "../parts/csv.js";
import { briefForm } from "../parts/knobs.js";
import { schedules } from "../parts/schedules.js";
import { go } from "../router.js";

const MOST = 1000;
const MOST_BYTES = 500_000;
const SHOWN_LINES = 200;
const SAMPLE = `words,bpm,key,minutes,seed
"rainy night, peaceful",72,A minor,2,1
sunny morning cafe,,,2,
`;

export async function show(root) {
  const byCount = countForm();
  const byTable = tableForm();
  const tabs = h("div", { role: "tablist", "aria-label": "How" });
  const panels = [["One brief, many seeds", byCount], ["A table of briefs", byTable]];
  const made = panels.map(([words, panel], at) => {
    panel.id = `batch-panel-${at}`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `batch-tab-${at}`);
    return button(words, { role: "tab", id: `batch-tab-${at}`, "aria-controls": panel.id,
      onclick: () => choose(at), onkeydown: (event) => {
        const to = { ArrowLeft: at - 1, ArrowRight: at + 1 }[event.key];
        if (to === undefined || !made[to]) return;
        event.stopPropagation();
        choose(to);
        made[to].focus();
      } });
  });
  tabs.append(...made);
  function choose(at) {
    panels.forEach(([, panel], number) => {
      panel.hidden = number !== at;
      made[number].setAttribute("aria-selected", String(number === at));
      made[number].tabIndex = number === at ? 0 : -1;
    });
  }
  choose(0);
  root.append(h("div", { class: "make-page" },
    h("div", { class: "head" }, h("h1", {}, "Make many at once"), h("a", { href: "#/" }, "Make one")),
    h("div", { class: "card" }, tabs, byCount, byTable), schedules()));
  return () => {};
}

async function submit(json) {
  await attempt(async () => {
    const job = await outbox.submit("/v1/batches", json);
    go(job ? `jobs/${job.id}` : "");
  });
}

function countForm() {
  const brief = briefForm({ hasArtist: false });
  const count = h("input", { type: "number", min: 2, max: MOST, step: 1, value: 10, required: true });
  return h("div", {}, h("form", { class: "stack", onsubmit: async (event) => {
    event.preventDefault();
    const order = brief.order();
    if (!order) return;
    await submit({ order, count: Number(count.value) });
  } }, brief.element,
  h("div", { class: "columns knobs" },
    field("How many", count, { hint: "Each on the seed after the last one's" })),
  h("div", { class: "row" }, h("button", { class: "main large" }, "Make them"))));
}

function tableForm() {
  const text = h("textarea", { rows: 6, spellcheck: false, class: "table-text", placeholder: SAMPLE.trim() });
  const file = h("input", { type: "file", accept: ".csv,text/csv", onchange: async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    await attempt(async () => {
      if (chosen.size > MOST_BYTES) throw new Error("The file is too large: a table may have 500 kB.");
      text.value = await chosen.text();
      look();
    });
    file.value = "";
  } });
  const told = h("p", { role: "status" });
  const preview = h("div", {
    class: "scroller", tabindex: 0, role: "region", "aria-label": "The table's lines",
  });
  const main = h("button", { class: "main large", disabled: true }, "Make them");
  text.addEventListener("input", look);

  function look() {
    const table = readTable(text.value);
    const wrong = table.lines.filter((one) => one.problem);
    main.disabled = Boolean(table.problem || wrong.length || !table.lines.length);
    told.className = table.problem || wrong.length ? "problem" : "quiet";
    told.textContent = table.problem || (!text.value.trim() ? ""
      : wrong.length ? `${wrong.length} of ${table.lines.length} lines can't be made as they are.`
        : `${table.lines.length} record${table.lines.length === 1 ? "" : "s"} will be made.`);
    fill(preview, table.lines.length ? linesTable(table) : null);
    preview.hidden = !table.lines.length;
  }

  look();
  return h("div", {}, h("form", { class: "stack", onsubmit: async (event) => {
    event.preventDefault();
    await submit({ csv: text.value });
  } },
  h("p", { class: "quiet" }, "The first line names the columns, each other line is a record. "
    + "An empty field is drawn; an empty seed is the number of its line."),
  field("Table", text), h("div", { class: "row" },
    h("label", { class: "button" }, "Open a CSV file", h("span", { class: "unseen" }, file)),
    button("Begin with a sample", { kind: "faint", onclick: () => {
      text.value = SAMPLE;
      look();
    } })),
  told, preview, h("div", { class: "row" }, main)));
}

function linesTable({ lines }) {
  const shown = lines.slice(0, SHOWN_LINES);
  return [h("table", { class: "lines" },
    h("thead", {}, h("tr", {}, ["Line", "Words", "Told", "Problem"].map((one) => h("th", {}, one)))),
    h("tbody", {}, shown.map((line) => h("tr", { class: line.problem ? "wrong" : "" },
      h("td", { class: "figures" }, String(line.number)), h("td", {}, line.fields.words || "drawn"),
      h("td", {}, briefWords(line.order) || "all drawn"), h("td", { class: "job-error" }, line.problem))))),
  lines.length > shown.length
    ? h("p", { class: "small quiet" }, `and ${lines.length - shown.length} more lines`) : null];
}
