// The studio: its frame, and the page of the address in it.

import { get, reach } from "./api.js";
import { deck } from "./deck.js";
import { button, fill, h, icon, say } from "./dom.js";
import * as events from "./events.js";
import { bind } from "./keys.js";
import * as outbox from "./outbox.js";
import { player } from "./player.js";
import { go, route } from "./router.js";

const PAGES = [
  ["", "Make", "tape"],
  ["records", "Records", "records"],
  ["compare", "Compare", "scales"],
  ["jobs", "Jobs", "jobs"],
  ["settings", "Settings", "settings"],
];
const KEYS = [
  ["space", "play, pause"], ["← →", "five seconds back, on"], ["home", "to the beginning"],
  ["g m", "make"], ["g r", "records"], ["g c", "compare"], ["g j", "jobs"],
  ["b", "before and after"], ["ctrl z", "undo"], ["ctrl shift z", "redo"], ["?", "this list"],
];

const version = document.querySelector("meta[name=version]").content;
const banner = document.querySelector("#banner");

function rail(root) {
  const busy = h("span", { class: "count", hidden: true });
  const links = PAGES.map(([path, words, picture]) => h("a", { href: `#/${path}`, dataset: { path } },
    icon(picture, 22), h("span", {}, words), path === "jobs" ? busy : null));
  root.append(
    h("a", { class: "wordmark", href: "#/" }, "Tapeloom"),
    h("nav", { "aria-label": "Pages" }, links),
    button("Keys", { quietly: false, kind: "faint keys-button", onclick: showKeys, "aria-haspopup": "dialog" }),
  );
  events.listen(() => {
    const number = [...events.jobs.values()].filter((job) => !events.isFinal(job)).length;
    busy.hidden = !number;
    busy.textContent = number > 99 ? "99+" : number;
    busy.setAttribute("aria-label", `${number} under way`);
  });
  return (name) => {
    for (const link of links) {
      const here = link.dataset.path === name || (name === "batch" && link.dataset.path === "");
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
}

function showKeys() {
  const dialog = h("dialog", { class: "ask", "aria-label": "Keys" }, h("h2", {}, "Keys"),
    h("dl", { class: "keys" }, KEYS.map(([key, does]) => [
      h("dt", {}, key.split(" ").map((one) => h("kbd", {}, one))), h("dd", {}, does)])),
    h("form", { method: "dialog" }, h("button", {}, "Close")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function bindKeys() {
  let until = 0;
  const afterG = (path) => () => (performance.now() < until ? go(path) : false);
  bind({
    g: () => void (until = performance.now() + 1200),
    m: afterG(""), r: afterG("records"), c: afterG("compare"), j: afterG("jobs"),
    "?": showKeys,
  });
}

function showReach() {
  reach.addEventListener("away", () => {
    banner.hidden = false;
    banner.textContent = navigator.serviceWorker?.controller
      ? "The service is away. What was seen before is still here, edits are kept, orders are sent when it is back."
      : "The service is away. It is tried again all the time.";
  });
  reach.addEventListener("back", () => {
    banner.hidden = true;
    outbox.flush();
  });
  reach.addEventListener("stranger", () => showLogin());
}

function showLogin() {
  events.stop();
  document.body.classList.add("stranger");
  const link = h("input", { id: "link", type: "text", autocomplete: "off", required: true,
    placeholder: "http://127.0.0.1:8000/login?token=…" });
  fill(document.querySelector("#main"),
    h("section", { class: "card narrow" },
      h("h1", {}, "This browser isn't logged in"),
      h("p", {}, "Open the link that ", h("code", {}, "tapeloom serve"), " printed when it started. ",
        "It works once; ", h("code", {}, "tapeloom serve --link"), " prints another."),
      h("form", { class: "stack", onsubmit: (event) => {
        event.preventDefault();
        const token = link.value.split("token=").pop().trim();
        location.assign(`/login?token=${encodeURIComponent(token)}`);
      } }, h("label", { for: "link" }, "The link, or its token"), link,
      h("button", { class: "main" }, "Log in"))));
}

async function keepOffline() {
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register(`sw.js?v=${version}`);
  } catch {
    // Without it the studio works as long as the service answers.
  }
}

const mark = rail(document.querySelector("#rail"));
deck(document.querySelector("#deck"));
bindKeys();
showReach();
player.addEventListener("fault", (event) => say(event.detail.message, { kind: "error" }));
addEventListener("unhandledrejection", (event) => {
  if (event.reason?.name !== "AbortError") say(event.reason?.message ?? "Something failed.", { kind: "error" });
});
keepOffline();

let isKnown = true;
try {
  await get("/v1/session");
} catch (error) {
  isKnown = error.status !== 401;
}
if (isKnown) {
  events.start();
  outbox.flush();
  await route(document.querySelector("#main"), (found) => {
    mark(found.name);
    const heading = document.querySelector("#main h1")?.textContent;
    document.title = heading ? `${heading} · Tapeloom` : "Tapeloom";
    scrollTo(0, 0);
  });
}
