// The keys of the roll, while its stage has the focus; undo and redo everywhere in the tab.

import { bind } from "../keys.js";
import { canRun, COMMANDS } from "./commands.js";

const EVERYWHERE = new Set(["undo", "redo"]);

/** Bind them; returns what unbinds them. */
export function bindRoll({ editor, stage, sketch, viewport }) {
  const hasFocus = () => document.activeElement === stage.element;
  const table = {};
  for (const [name, { keys, run }] of Object.entries(COMMANDS)) {
    for (const key of keys) {
      table[key] = () => {
        if (!EVERYWHERE.has(name) && !hasFocus()) return false;
        if (canRun(name, editor)) run(editor);
        viewport.reveal(editor.cursor.tick, editor.cursor.pitch);
        stage.changed();
        if (PITCHED.has(name)) sing();
        return true;
      };
    }
  }
  function sing() {
    const [note] = editor.chosen;
    if (note) stage.hear(note[2], note[3]);
  }
  const here = (run) => () => {
    if (!hasFocus()) return false;
    run();
    stage.changed();
    return true;
  };
  table["+"] = here(() => viewport.zoom(1.5));
  table["="] = table["+"];
  table["-"] = here(() => viewport.zoom(1 / 1.5));
  table.Home = here(() => goTo(0));
  table.End = here(() => goTo(editor.timeline.end - 1));
  table.PageUp = here(() => viewport.scroll(0, -viewport.body * 0.8));
  table.PageDown = here(() => viewport.scroll(0, viewport.body * 0.8));
  table.Space = (event) => {
    if (event.shiftKey) return void sketch.toggle();
    if (!sketch.isPlaying) return false;
    return void sketch.stop();
  };
  function goTo(tick) {
    editor.choose([]);
    editor.moveCursor(editor.timeline.floor(tick, editor.grid), editor.cursor.pitch);
    viewport.reveal(tick);
  }
  return bind(table);
}

const PITCHED = new Set([
  "up",
  "down",
  "octaveUp",
  "octaveDown",
  "stepUp",
  "stepDown",
  "write",
  "next",
  "previous",
]);
