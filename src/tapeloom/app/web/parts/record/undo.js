// Undo and redo of a page's values: two buttons, and the keys that everyone expects.

import { button } from "../../dom.js";
import { bind } from "../../keys.js";

/** @param {() => void} show - is called when the history has moved */
export function undoing(history, show) {
  const step = (isMoved) => {
    if (isMoved) show();
    return isMoved;
  };
  const back = () => step(history.undo());
  const forth = () => step(history.redo());
  const undo = button("Undo", { picture: "undo", quietly: true, onclick: back });
  const redo = button("Redo", { picture: "redo", quietly: true, onclick: forth });
  return {
    buttons: [undo, redo],
    showState() {
      undo.disabled = !history.canUndo;
      redo.disabled = !history.canRedo;
    },
    leave: bind({ "Mod+z": back, "Mod+Shift+z": forth, "Mod+y": forth }),
  };
}
