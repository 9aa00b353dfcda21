// Orders that are given again and again: listed, held, dropped, made.

import { get, post, send } from "../api.js";
import { attempt, button, confirmed, field, fill, h, select } from "../dom.js";
import { orderOf } from "./brief.js";

const OFTEN = [
  ["0 6 * * *", "every day at 6:00"], ["0 6 * * 1", "every Monday at 6:00"],
  ["0 6 1 * *", "the first of every month at 6:00"], ["0 * * * *", "every hour"],
  ["", "as a cron line says"],
];

/** Say when a cron line comes, where it is one of the common ones. */
export function cronWords(cron) {
  return OFTEN.find(([line]) => line === cron)?.[1] ?? cron;
}

/** The schedules with the form of a new one. */
export function schedules() {
  const list = h("div", { class: "stack tight" });
  const name = h("input", { required: true, maxlength: 80, placeholder: "A record each morning" });
  const words = h("input", { maxlength: 500, placeholder: "rainy night, peaceful" });
  const minutes = h("input", { type: "number", min: 0.5, max: 120, step: "any", placeholder: "3" });
  const cron = h("input", { placeholder: "0 6 * * *", "aria-label": "Cron line", hidden: true,
    pattern: "\\S+( \\S+){4}", title: "Minute, hour, day of the month, month, day of the week" });
  const often = select(OFTEN, { onchange: () => {
    cron.hidden = often.value !== "";
    cron.required = !cron.hidden;
  } });
  const form = h("form", { class: "stack", onsubmit: (event) => (event.preventDefault(), keep()) },
    h("div", { class: "columns" }, field("Name", name), field("Words", words), field("Minutes", minutes),
      field("When, in UTC", often), cron), h("div", { class: "row" }, h("button", {}, "Keep the schedule")));
  const element = h("section", { class: "card" }, h("h2", {}, "Schedules"),
    h("p", { class: "quiet" }, "A record that is ordered again and again, each time on a new seed."),
    list, h("details", {}, h("summary", {}, "New schedule"), form));

  async function keep() {
    await attempt(async () => {
      const { order, problems } = orderOf({ words: words.value, minutes: minutes.value });
      if (Object.keys(problems).length) throw new Error(Object.values(problems).join(" "));
      const line = (often.value || cron.value).trim();
      await post("/v1/schedules", { name: name.value.trim(), cron: line, order });
      form.reset();
      cron.hidden = true;
      await load();
    });
  }

  function row(one) {
    return h("div", { class: "row between line" },
      h("div", { class: "stack tight" }, h("strong", {}, one.name),
        h("small", {}, `${cronWords(one.cron)} UTC${one.order.words ? ` · ${one.order.words}` : ""}`)),
      h("div", { class: "row" },
        one.paused ? h("span", { class: "state", dataset: { state: "paused" } }, "held") : null,
        button(`${one.paused ? "Go on with" : "Hold"} ${one.name}`, { picture: one.paused ? "play" : "pause",
          quietly: true, onclick: () => attempt(async () => {
            await send("PATCH", `/v1/schedules/${one.id}`, { paused: !one.paused });
            await load();
          }) }),
        button(`Drop ${one.name}`, { picture: "bin", quietly: true, onclick: async () => {
          if (!(await confirmed(`Drop the schedule “${one.name}”?`, "Drop"))) return;
          await attempt(async () => {
            await send("DELETE", `/v1/schedules/${one.id}`);
            await load();
          });
        } })));
  }

  async function load() {
    try {
      const found = await get("/v1/schedules");
      fill(list, found.length ? found.map(row) : h("p", { class: "small quiet" }, "None yet."));
    } catch (error) {
      fill(list, h("p", { class: "small quiet" }, error.message));
    }
  }

  load();
  return element;
}
