// The Notes tab: the piano roll of a record, its draft, and what makes a version of it.

import { get } from "../api.js";
import { h, say } from "../dom.js";
import { player } from "../player.js";
import { barsPanel } from "./bars_panel.js";
import { find, drop, keep } from "./draft_shelf.js";
import { Editor } from "./editor.js";
import { shortened } from "./history.js";
import { bindRoll } from "./keyboard.js";
import { making } from "./making.js";
import { chosenWords } from "./names.js";
import { notesList } from "./notes_list.js";
import { overview } from "./overview.js";
import { scoreOf } from "./score_draft.js";
import { Sketch } from "./sketch.js";
import { Stage } from "./stage.js";
import { Timeline } from "./timeline.js";
import { toolbar } from "./toolbar.js";
import { Transport } from "./transport.js";
import { Viewport } from "./viewport.js";

const [KEPT_STEPS, KEPT_NOTES] = [200, 200_000]; // of each side, put away for the next visit
const KEEP_AFTER_MS = 400;
const HOW =
  "Arrows move the cursor or the selected notes, Enter writes a note, full stop and comma go from note to " +
  "note, shift and arrows change length and octave, delete removes. All keys are listed under Keys.";

/**
 * Show the notes of a record in an element.
 *
 * record  the answer of GET /v1/records/ID
 * Returns what cleans up.
 */
export async function notesTab(root, { record }) {
  const sheet = await get(`/v1/records/${record.id}/score`);
  const timeline = new Timeline(sheet);
  const kept = await find(record.id).catch(() => null);
  const editor = new Editor(scoreOf(sheet), timeline, kept?.history);
  const sketch = new Sketch(editor);
  const transport = new Transport(record.id, timeline, sketch);
  const viewport = new Viewport(timeline);
  const map = overview({ editor, viewport, onScroll: () => stage.changed() });
  const stage = new Stage({
    editor,
    viewport,
    transport,
    onChange: () => map.changed(),
    hear: (pitch, velocity) => sketch.hear(editor.currentPart.role, pitch, velocity),
  });
  const shared = { editor, viewport, stage, sketch, record };
  const [tools, bars, list] = [toolbar(shared), barsPanel(shared), notesList(shared)];
  const status = h("p", { class: "small quiet roll-status", role: "status" });
  const help = h("p", { class: "unseen", id: "roll-how" }, HOW);
  stage.element.setAttribute("aria-describedby", help.id);

  let timer = 0;
  let isTold = false;
  let job = kept?.job ?? null; // { id, score }: what makes a version of the draft as it was then
  function keepSoon() {
    clearTimeout(timer);
    timer = setTimeout(keepNow, KEEP_AFTER_MS);
  }
  async function keepNow() {
    clearTimeout(timer);
    timer = 0;
    try {
      const { history } = editor;
      const count = editor.currentPart.notes.length + 1;
      const steps = Math.min(KEPT_STEPS, Math.ceil(KEPT_NOTES / count));
      if (history.past.length || history.future.length) await keep(record.id, shortened(history, steps), job);
      else await drop(record.id);
    } catch {
      if (!isTold) say("This browser keeps no drafts, so this one goes when the page does.");
      isTold = true;
    }
  }
  const draft = making({
    ...shared,
    onOrdered: (ordered) => {
      job = ordered;
      return keepNow();
    },
    onDiscard: () => {
      job = null;
      editor.discard();
      return keepNow();
    },
  });

  function showAll() {
    for (const one of [tools, bars, list, draft]) one.update();
    const words = chosenWords(editor.currentPart, editor.chosen, timeline);
    if (words !== status.textContent) status.textContent = words;
    stage.element.setAttribute("aria-label", `Piano roll, ${editor.currentPart.name}`);
    stage.changed();
  }
  let part = editor.part;
  editor.addEventListener("change", () => {
    showAll();
    keepSoon();
  });
  editor.addEventListener("view", () => {
    if (part !== editor.part) viewport.showPart(editor.score, editor.part);
    part = editor.part;
    showAll();
  });
  editor.addEventListener("preview", () => stage.changed());
  const onPlayer = () => {
    if (player.isPlaying) sketch.stop();
    transport.takePlace();
    stage.wake();
  };
  player.addEventListener("change", onPlayer);
  sketch.addEventListener("change", () => {
    transport.givePlace();
    stage.wake();
  });
  transport.takePlace();
  addEventListener("pagehide", keepNow);
  const unbind = bindRoll(shared);

  root.append(
    h(
      "div",
      { class: "roll" },
      draft.element,
      draft.compared,
      tools.element,
      h(
        "div",
        { class: "roll-board" },
        map.element,
        stage.element,
        h(
          "div",
          { class: "row between" },
          status,
          h(
            "p",
            { class: "small quiet" },
            "The sketch only hints at the sound; the instruments play when a version is made.",
          ),
        ),
        help,
      ),
      bars.element,
      list.element,
    ),
  );
  showAll();
  if (job) draft.resume(job);

  return () => {
    if (timer) keepNow();
    unbind();
    removeEventListener("pagehide", keepNow);
    player.removeEventListener("change", onPlayer);
    sketch.clean();
    draft.clean();
    stage.clean();
    map.clean();
  };
}
