// What the player is given of a record: its master, or the master beside its stems.

import { get } from "../../api.js";
import { player } from "../../player.js";
import { equalOffsets } from "./level.js";

export const MASTER = "master";
const NAME = /^stems\/(.+)\.flac$/;

/** Names of a record's stems, parts before what lies around them. */
export function stemNames(record) {
  return record.artefacts.map(({ name }) => NAME.exec(name)?.[1]).filter(Boolean);
}

function loaded(record) {
  return player.record === record.id ? player.tracks.map((track) => track.name).join(" ") : "";
}

/** Whether a record's place goes on where another's stands: the same music, made anew. */
function isRelated(record) {
  const others = [record.id, record.base, ...record.versions];
  return player.record !== null && others.includes(player.record);
}

function give(record, tracks) {
  if (loaded(record) === tracks.map((track) => track.name).join(" ")) return;
  const { title, id, duration_s } = record;
  player.load({ title, record: id, duration_s, tracks, keep: isRelated(record) });
}

export function loadMaster(record) {
  if (player.tracks.some((track) => track.name === MASTER && track.record === record.id)) return;
  give(record, [{ name: MASTER, record: record.id, file: "master.flac" }]);
}

/** Load stems, and the master with them; `lufs` of master and premix make both equally loud. */
export function loadStems(record, lufs) {
  const [master_db, stems_db] = equalOffsets(lufs);
  give(record, [
    { name: MASTER, record: record.id, file: "master.flac", offset_db: master_db, muted: true },
    ...stemNames(record).map((name) => ({
      name,
      record: record.id,
      file: `stems/${name}.flac`,
      offset_db: stems_db,
    })),
  ]);
}

/** Load a record's master and another's, equally loud, as "before" and "after". */
export function loadPair(before, after) {
  const offsets = equalOffsets([before.integrated_lufs, after.integrated_lufs]);
  const duration_s = Math.max(before.duration_s, after.duration_s);
  const tracks = [before, after].map((one, at) => ({
    name: at ? "after" : "before",
    record: one.id,
    file: "master.flac",
    offset_db: offsets[at],
    muted: at === 0,
  }));
  const { title, id } = before;
  if (player.tracks.some((track) => track.record === after.id && track.name === "after")) return;
  player.load({ title, record: id, duration_s, tracks, keep: isRelated(before) });
}

/** Load stems beside the master where they are not; tells by how many dB it is the louder. */
export async function ensureStems(record) {
  const premix = await get(`/v1/records/${record.id}/loudness?file=premix.flac`);
  const lufs = [record.integrated_lufs, premix.integrated_lufs];
  loadStems(record, lufs);
  return { louder_db: lufs[0] - lufs[1] };
}
