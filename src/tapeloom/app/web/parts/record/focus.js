// Controls that are drawn anew keep the focus: the one in the same place has it again.

const CONTROLS = "input, select, button, textarea, a[href]";

/** Run `redraw`, which fills `root` anew. */
export function keepingFocus(root, redraw) {
  const at = [...root.querySelectorAll(CONTROLS)].indexOf(document.activeElement);
  redraw();
  if (at >= 0) root.querySelectorAll(CONTROLS)[at]?.focus({ preventScroll: true });
}
