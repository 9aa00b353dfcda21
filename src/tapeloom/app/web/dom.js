// Elements as values: h("button", { class: "plain", onclick }, "Play").

/**
 * Make an element. `on…` are listeners, `class`, `dataset` and `style` (an object) as they say,
 * booleans are attributes that are there or not, the rest are attributes. Children that are
 * null, undefined or false are left out.
 */
export function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "class") made.className = value;
    else if (key === "dataset") Object.assign(made.dataset, value);
    else if (key === "style") setStyle(made, value);
    else if (key === "value" && "value" in made) made.value = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter(isThere));
  return made;
}

const isThere = (child) => child !== null && child !== undefined && child !== false;

function setStyle(element, style) {
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value);
}

/** Put these children in the place of those that are there. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(isThere));
  return element;
}

const PATHS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M7 5h3.5v14H7zM13.5 5H17v14h-3.5z",
  stop: "M6 6h12v12H6z",
  back: "M7 5v14M19 5L9 12l10 7z",
  loop: "M17 3l3 3-3 3M4 11V9a3 3 0 0 1 3-3h13M7 21l-3-3 3-3M20 13v2a3 3 0 0 1-3 3H4",
  undo: "M8 5L4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "M16 5l4 4-4 4M20 9H10a6 6 0 0 0 0 12h3",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  dice: "M4 4h16v16H4zM8.5 8.5h.01M15.5 15.5h.01M15.5 8.5h.01M8.5 15.5h.01M12 12h.01",
  pencil: "M4 20l1-5L16 4l4 4L9 19z",
  select: "M5 4l14 7-6 2-2 6z",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16.5 16.5L21 21",
  star: "M12 4l2.5 5.3 5.8.7-4.3 4 1.1 5.7-5.1-2.8-5.1 2.8 1.1-5.7-4.3-4 5.8-.7z",
  tape: "M3 6h18v12H3zM8.500 10.500a1.800 1.800 0 1 1 0 .01M15.500 10.500a1.800 1.800 0 1 1 0 .01M7 18l1.500-3h7L17 18",
  records: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  jobs: "M5 6h14M5 12h14M5 18h8",
  scales: "M12 4v16M6 20h12M5 8h14M5 8l-2.500 6h5zM19 8l-2.500 6h5z",
  settings: "M4 7h9M17 7h3M15 5v4M4 17h3M11 17h9M9 15v4",
  volume: "M4 9v6h4l5 4V5L8 9zM16.500 8.500a5 5 0 0 1 0 7",
  bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  check: "M5 13l4 4L19 7",
  warning: "M12 4l9 16H3zM12 10v4M12 17h.01",
  eraser: "M4 15l9-10 7 6-8 9H8zM8.500 10l7 6M12 20h8",
  more: "M6 12h.01M12 12h.01M18 12h.01",
};
const SOLID = new Set(["play", "pause", "stop"]);
const SVG = "http://www.w3.org/2000/svg";

/** Return a picture that says nothing to a screen reader; its button has the words. `size` for letters of 16. */
export function icon(name, size = 20) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24", width: `${size / 16}rem`, height: `${size / 16}rem`, "aria-hidden": "true", focusable: "false",
  })) svg.setAttribute(key, value);
  svg.classList.add("icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  path.classList.add(SOLID.has(name) ? "solid" : "drawn");
  svg.append(path);
  return svg;
}

/** A button with a picture and words; `quietly` keeps the words for screen readers and the title. */
export function button(words, { picture = null, quietly = false, kind = "", ...attributes } = {}) {
  return h(
    "button",
    { type: "button", class: `${kind}${quietly ? " bare" : ""}`.trim(),
      "aria-label": quietly ? words : null, title: quietly ? words : null, ...attributes },
    picture ? icon(picture) : null,
    quietly ? null : words,
  );
}

let names = 0;

/** A labelled control: its label, a hint below, and the place of its error. */
export function field(label, control, { hint = "", hidden = false } = {}) {
  const id = control.id || `field-${++names}`;
  control.id = id;
  const told = hint ? h("small", { id: `${id}-hint` }, hint) : null;
  if (told) control.setAttribute("aria-describedby", told.id);
  return h("div", { class: "field" },
    h("label", { for: id, class: hidden ? "unseen" : "" }, label), control, told);
}

/** A choice of few: a list of [value, words]. */
export function select(options, attributes = {}) {
  const { value, ...rest } = attributes;
  const made = h("select", rest, options.map((one) => {
    const [key, words] = Array.isArray(one) ? one : [one, one];
    return h("option", { value: key }, words);
  }));
  if (value !== undefined && value !== null) made.value = value;
  return made;
}

/** Say something for a while; errors stay until they are closed. */
export function say(sentence, { kind = "note", action = null } = {}) {
  const toast = h("div", { class: `toast ${kind}` }, h("span", {}, sentence));
  const close = () => toast.remove();
  if (action) toast.append(button(action.words, { onclick: () => (close(), action.run()) }));
  toast.append(button("Close", { picture: "close", quietly: true, onclick: close }));
  document.querySelector("#toasts").append(toast);
  if (kind !== "error") setTimeout(close, action ? 10000 : 5000);
  return close;
}

/** Run what may fail; say its sentence where it does. Returns undefined then. */
export async function attempt(run) {
  try {
    return await run();
  } catch (error) {
    say(error.message || String(error), { kind: "error" });
    return undefined;
  }
}

/** Ask before something that can't be undone; true where the answer is yes. */
export function confirmed(question, words) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { class: "ask", "aria-label": question },
      h("form", { method: "dialog" }, h("p", {}, question),
        h("div", { class: "row end" },
          h("button", { value: "no" }, "Keep"), h("button", { value: "yes", class: "bad" }, words))));
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const tail = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** "3 min ago", from seconds since 1970. */
export function ago(at, now = Date.now() / 1000) {
  const passed = Math.max(0, now - at);
  if (passed < 60) return "just now";
  if (passed < 3600) return `${Math.floor(passed / 60)} min ago`;
  if (passed < 86400) return `${Math.floor(passed / 3600)} h ago`;
  return new Date(at * 1000).toLocaleDateString("en-GB", {
    day: "numeric", month: "short", year: "numeric",
  });
}

/** The colour of a role or stem, as CSS. */
export function colour(role) {
  const known = ["melody", "keys", "pad", "bass", "drums"];
  const same = { chords: "keys", counter: "other", lead: "melody" };
  const name = same[role] ?? role;
  return `var(--${known.includes(name) ? name : "other"})`;
}
