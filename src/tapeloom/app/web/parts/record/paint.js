// Colours of the style sheets for canvases, and when they change.

/**
 * The value of a token such as "--tape" as a canvas can paint it; `share` below 1 mixes it with the
 * sheet that it is drawn on.
 */
export function ink(token, share = 1) {
  const value = token.startsWith("var(") ? token : `var(${token})`;
  const probe = document.createElement("i");
  probe.style.color = share === 1 ? value : `color-mix(in srgb, ${value} ${100 * share}%, var(--sheet))`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

/** Call `run` when the theme changes; returns what ends that. */
export function onTheme(run) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosen = new MutationObserver(run);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  dark.addEventListener("change", run);
  return () => {
    chosen.disconnect();
    dark.removeEventListener("change", run);
  };
}

/** Call `run` on each frame while the page is seen; returns what ends that. */
export function onFrame(run) {
  let number = requestAnimationFrame(function frame() {
    run();
    number = requestAnimationFrame(frame);
  });
  return () => cancelAnimationFrame(number);
}
