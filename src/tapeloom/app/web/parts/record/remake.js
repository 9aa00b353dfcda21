// Make a new version of a record from edited files: the order, its progress, before and after.

import { uploadJson } from "../../api.js";
import { attempt, button, h } from "../../dom.js";
import { submit } from "../../outbox.js";
import { onFrom } from "../versions.js";
import { beforeAfter } from "./before_after.js";
import { work } from "./work.js";

/**
 * words    of the button
 * fits     tells a job that was ordered here by what it was asked
 * payload  returns { files: { name: value }, ...fields of the order }, or null where nothing changed
 */
export function remake(record, { tab, words, fits, payload, hasPictures = false }) {
  const compared = h("div", {});
  let leaveCompared = () => {};
  let isReady = false;
  let isBusy = false;
  const order = button(words, {
    kind: "main",
    disabled: true,
    onclick: async () => {
      const asked = payload();
      if (!asked) return;
      isBusy = true;
      show();
      await attempt(async () => {
        const { files = {}, ...rest } = asked;
        const sent = {};
        for (const [name, value] of Object.entries(files)) sent[name] = await uploadJson(name, value);
        const fields = Object.keys(sent).length ? { ...rest, files: sent } : rest;
        progress.follow(await submit("/v1/make", { ...onFrom(record), ...fields }));
      });
      isBusy = progress.isBusy;
      show();
    },
  });
  function show() {
    order.disabled = !isReady || isBusy;
  }
  const progress = work(record.id, {
    fits: (job) => job.kind === "make" && fits(job.payload),
    onBusy: (busy) => {
      isBusy = busy;
      show();
    },
    onDone: async (job) => {
      leaveCompared();
      leaveCompared = await beforeAfter(compared, { record, job, tab, hasPictures });
    },
  });
  return {
    order,
    element: h("div", { class: "stack remake" }, progress.element, compared),
    /** Whether there is something to make. */
    ready(is) {
      isReady = is;
      show();
    },
    leave() {
      progress.leave();
      leaveCompared();
    },
  };
}
