// API keys: listed, made (their text is shown once), revoked.

import { get, post, send } from "../api.js";
import { ago, attempt, button, confirmed, field, fill, h, say } from "../dom.js";

const SCOPES = [
  ["read", "look at jobs, records and files"], ["write", "upload, make, tag"],
  ["live", "live generation"], ["metrics", "read /metrics from outside"],
  ["admin", "everything, of every owner, and the keys"],
];

/** The keys with the form of a new one. */
export function keyring() {
  const list = h("div", { class: "stack tight" });
  const fresh = h("div", { role: "status" });
  const name = h("input", { required: true, maxlength: 80, placeholder: "my script", autocomplete: "off" });
  const perMinute = h("input", { type: "number", min: 1, max: 100_000, value: 600, required: true });
  const scopes = h("fieldset", { class: "stack tight" }, h("legend", {}, "It may"),
    SCOPES.map(([scope, words]) => h("label", { class: "check" },
      h("input", { type: "checkbox", value: scope, checked: scope === "read" || scope === "write" }),
      h("span", {}, scope, h("small", {}, ` ${words}`)))));
  const form = h("form", { class: "stack", onsubmit: (event) => (event.preventDefault(), make()) },
    h("div", { class: "columns" }, field("Name", name), field("Requests a minute", perMinute)), scopes,
    h("div", { class: "row" }, h("button", {}, "Make the key")));
  const element = h("section", { class: "card" }, h("h2", {}, "API keys"),
    h("p", { class: "quiet" }, "For programs that use this service. ",
      h("a", { href: "docs.html" }, "The API")),
    fresh, list, h("details", {}, h("summary", {}, "New key"), form));

  async function make() {
    await attempt(async () => {
      const wanted = [...scopes.querySelectorAll(":checked")].map((one) => one.value);
      if (!wanted.length) throw new Error("Choose at least one thing that the key may do.");
      const told = await post("/v1/keys",
        { name: name.value.trim(), scopes: wanted, per_minute: Number(perMinute.value) });
      name.value = "";
      showOnce(told);
      await load();
    });
  }

  function showOnce(told) {
    const text = h("input", { value: told.key, readonly: true, "aria-label": "The new key", class: "figures",
      onfocus: () => text.select() });
    fill(fresh, h("div", { class: "card once" },
      h("p", {}, `The key “${told.name}”. It is shown this once: keep it now.`),
      h("div", { class: "row no-wrap" }, text,
        button("Copy", { onclick: () => attempt(async () => {
          await navigator.clipboard.writeText(told.key);
          say("The key is copied.");
        }) }),
        button("I have it", { kind: "faint", onclick: () => fill(fresh) }))));
    text.focus();
  }

  function row(one) {
    return h("div", { class: "row between line" },
      h("div", { class: "stack tight" }, h("strong", {}, one.name),
        h("small", {}, `${one.scopes.join(", ")} · ${one.per_minute} a minute · `
          + `made ${ago(one.created_at)}`)),
      button(`Revoke ${one.name}`, { picture: "bin", quietly: true, onclick: async () => {
        const question = `Revoke the key “${one.name}”? Programs that use it are refused at once.`;
        if (!(await confirmed(question, "Revoke"))) return;
        await attempt(async () => {
          await send("DELETE", `/v1/keys/${one.id}`);
          await load();
        });
      } }));
  }

  async function load() {
    try {
      const found = await get("/v1/keys");
      fill(list, found.length ? found.map(row) : h("p", { class: "small quiet" }, "None yet."));
    } catch (error) {
      fill(list, h("p", { class: "small quiet" }, error.message));
    }
  }

  load();
  return element;
}
