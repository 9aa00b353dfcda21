// A record's notes.

import { get } from "../api.js";
import { h, say } from "../dom.js";
import { player } from "../player.js";
import { notesTab } from "../roll/tab.js";
import { go } from "../router.js";

export async function show(root, { id }) {
  const record = await get(`/v1/records/${id}`);
  root.append(h("h1", {}, record.title || "A record"));
  player.load({
    title: record.title, record: id, duration_s: record.duration_s,
    tracks: [{ name: "master", record: id, file: "master.flac" }],
  });
  return notesTab(root, { record, onMade: (made) => {
    say("The version is made.");
    go(`records/${made}/notes`);
  } });
}
