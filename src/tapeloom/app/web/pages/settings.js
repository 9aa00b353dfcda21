// What belongs to this browser and to the service: theme, keys, session, storage, models.

import { get, send } from "../api.js";
import { attempt, button, confirmed, fill, h, say } from "../dom.js";
import * as events from "../events.js";
import { sizeWords } from "../parts/jobview.js";
import { keyring } from "../parts/keyring.js";

const THEMES = [["auto", "As the system"], ["light", "Light"], ["dark", "Dark"]];
const KEPT = ["seen", "heard"]; // caches of sw.js that are not the page itself

export async function show(root) {
  const models = h("section", { class: "card" }, h("h2", {}, "Models"));
  root.append(h("div", { class: "settings" },
    h("div", { class: "head" }, h("h1", {}, "Settings")),
    themes(), session(), storage(), keyring(), models, about()));
  showModels(models);
  return () => {};
}

function themes() {
  const now = document.documentElement.dataset.theme ?? "auto";
  return h("section", { class: "card" }, h("h2", {}, "Look"),
    h("div", { class: "row", role: "radiogroup", "aria-label": "Look" }, THEMES.map(([value, words]) =>
      h("label", { class: "choice" },
        h("input", { type: "radio", name: "theme", value, checked: value === now,
          onchange: () => setTheme(value) }), words))));
}

function setTheme(value) {
  if (value === "auto") {
    localStorage.removeItem("theme");
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem("theme", value);
    document.documentElement.dataset.theme = value;
  }
}

function session() {
  const who = h("p", { class: "quiet" });
  get("/v1/session").then((told) => {
    who.textContent = `Logged in as ${told.owner}; may ${told.scopes.join(", ")}.`;
  }, (error) => {
    who.textContent = error.message;
  });
  return h("section", { class: "card" }, h("h2", {}, "This browser"), who,
    h("div", { class: "row" }, button("Log out", { onclick: async () => {
      const question = "Log this browser out? What it kept for offline use is removed.";
      if (!(await confirmed(question, "Log out"))) return;
      await attempt(async () => {
        await send("DELETE", "/v1/session");
        events.stop();
        await forget();
        sessionStorage.clear();
        location.reload();
      });
    } })));
}

async function forget() {
  if (!("caches" in globalThis)) return; // not over plain http from another machine
  for (const name of KEPT) await caches.delete(name);
}

function storage() {
  const told = h("p", { class: "quiet" }, "…");
  async function count() {
    if (!navigator.storage?.estimate || !("caches" in globalThis)) {
      told.textContent = "Nothing is kept for offline use: browsers do so over https, or on this machine.";
      return;
    }
    const { usage = 0, quota = 0 } = await navigator.storage.estimate();
    const pieces = await Promise.all(KEPT.map(async (name) =>
      ((await caches.has(name)) ? (await (await caches.open(name)).keys()).length : 0)));
    told.textContent = `${sizeWords(usage)} are kept for offline use, of ${sizeWords(quota)} `
      + `that the browser allows: `
      + `${pieces[0]} answers and ${pieces[1]} pieces of sound and pictures.`;
  }
  count();
  return h("section", { class: "card" }, h("h2", {}, "Offline"), told,
    h("div", { class: "row" }, button("Clear what is kept", { onclick: () => attempt(async () => {
      await forget();
      await count();
      say("What was kept is removed. The page itself stays.");
    }) })));
}

async function showModels(card) {
  try {
    const found = await get("/v1/models");
    fill(card, h("h2", {}, "Models"),
      h("p", { class: "quiet" }, "What the service composes with, each with its card."),
      h("div", {}, found.map((one) => h("details", {},
        h("summary", {}, one.name, h("small", {}, `  ${sizeWords(one.bytes)}`)),
        h("pre", { class: "payload", tabindex: 0 }, one.card)))));
  } catch (error) {
    fill(card, h("h2", {}, "Models"), h("p", { class: "quiet" }, error.message));
  }
}

function about() {
  const version = h("dd", { class: "figures" }, "…");
  get("/openapi.json").then((told) => (version.textContent = told.info.version),
    () => (version.textContent = "unknown while the service is away"));
  const page = document.querySelector("meta[name=version]").content;
  return h("section", { class: "card" }, h("h2", {}, "About"),
    h("p", {}, "Tapeloom makes lo-fi records, ready to release, from a short brief. It is open source."),
    h("dl", { class: "facts" }, h("dt", {}, "Service"), version,
      h("dt", {}, "Page"), h("dd", {}, h("code", {}, page))),
    h("p", {}, h("a", { href: "docs.html" }, "The API")));
}
