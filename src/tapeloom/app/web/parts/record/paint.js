// Colours of the style sheets for canvases, and when they change.

/** The value of a token such as "--tape" as a canvas can paint it. */
export function ink(token, alpha = 1) {
  const probe = document.createElement("i");
  probe.style.color = token.startsWith("var(") ? token : `var(${token})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return alpha === 1 ? found : found.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
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
