// The keyboard: one table of what is bound now. Keys typed into a field belong to the field.

const bound = [];

function nameOf(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && event.key.length > 1) parts.push("Shift");
  if (event.shiftKey && event.key.length === 1 && parts.length) parts.push("Shift");
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return [...parts, key].join("+");
}

function isTyping(event) {
  const target = event.target;
  if (!(target instanceof Element)) return false;
  if (target.closest("textarea, select, [contenteditable], dialog")) return true;
  const input = target.closest("input");
  if (input?.type === "range") return /^(Arrow|Page|Home|End)/.test(event.key);
  if (input) return !["button", "checkbox", "radio"].includes(input.type) || event.key === " ";
  return event.key === " " || event.key === "Enter" ? !!target.closest("button, a, summary") : false;
}

addEventListener("keydown", (event) => {
  const name = nameOf(event);
  for (let at = bound.length - 1; at >= 0; at--) {
    const run = bound[at][name];
    if (!run || isTyping(event)) continue;
    if (run(event) === false) continue; // not this one's: the table below may know it
    event.preventDefault();
    return;
  }
});

/**
 * Bind keys ("Space", "Mod+z", "Shift+ArrowUp", "?"), above those bound before; returns unbind.
 * A key whose function returns false is left to what was bound before.
 */
export function bind(table) {
  bound.push(table);
  return () => {
    const at = bound.indexOf(table);
    if (at >= 0) bound.splice(at, 1);
  };
}
