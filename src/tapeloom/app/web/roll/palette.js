// The colours of the page as a canvas needs them: what light-dark() gives now.

const NAMES = [
  "paper",
  "sheet",
  "sunken",
  "ink",
  "soft",
  "line",
  "edge",
  "tape",
  "tape-ink",
  "tape-wash",
  "moss",
  "warn",
  "bad",
  "melody",
  "keys",
  "pad",
  "bass",
  "drums",
  "other",
];
const ROLES = { guitar: "other", chords: "keys", counter: "other", lead: "melody" };

export const colourName = (role) => {
  const name = ROLES[role] ?? role;
  return NAMES.includes(name) ? name : "other";
};

/** Return { name: "rgb(…)" }, read by an element that is in the page. */
export function readPalette(element) {
  const probe = document.createElement("i");
  probe.hidden = true;
  element.append(probe);
  const palette = {};
  for (const name of NAMES) {
    probe.style.setProperty("color", `var(--${name})`);
    palette[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return palette;
}

/** Call `onChange` when the theme does; returns a function that stops it. */
export function watchPalette(onChange) {
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", onChange);
  const watcher = new MutationObserver(onChange);
  watcher.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    media.removeEventListener("change", onChange);
    watcher.disconnect();
  };
}
