// Versions of a record: what they are called, and the order of one.

const LONGEST = 120; // of a title that is made; what is shown in the catalogue may be longer
const CHANGED = { score: "notes", performance: "playing" };

/** Say what a version is beside the record that it goes on from; nothing where it is none. */
export function versionWords(record) {
  const all = record.changed ?? [];
  if (!record.base && !all.length) return "";
  const beyond = all.filter((one) => one !== "title");
  const told = (beyond.length ? beyond : all).map((one) => CHANGED[one] ?? one);
  return told.length ? `new ${told.join(" and ")}` : "a version";
}

/** The fields that name a record's base; a title that it was given since goes along. */
export function onFrom(record) {
  const isOwn = !record.title || record.title === record.facts.title;
  return isOwn ? { base: record.id } : { base: record.id, title: record.title.slice(0, LONGEST).trim() };
}
