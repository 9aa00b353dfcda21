// What the catalogue asks for: a page of records by search, tag, favourites and order.

import { get } from "../api.js";

export const SORTS = [["newest", "Newest first"], ["title", "By title"], ["bpm", "By tempo"]];
const PAGE = 24;

/** The address of a page of records. */
export function address({ q = "", tag = "", favourite = false, sort = "newest" }, before = null) {
  const query = new URLSearchParams({ limit: PAGE });
  if (q) query.set("q", q);
  if (tag) query.set("tag", tag);
  if (favourite) query.set("favourite", "true");
  if (sort !== "newest") query.set("sort", sort);
  if (before) query.set("before", before);
  return `/v1/records?${query}`;
}

/** Whether a record fits a search, as the service would say. */
export function fits(record, { q = "", tag = "", favourite = false }) {
  const text = [record.title, record.words, record.key, record.note].join("\n").toLowerCase();
  return q.toLowerCase().split(/\s+/).filter(Boolean).every((word) => text.includes(word))
    && (!tag || record.tags.includes(tag)) && (!favourite || record.favourite);
}

/**
 * Ask for a page; while the service is away, look through the newest that were seen before.
 * Returns { records, before, isKept }.
 */
export async function page(wanted, before = null) {
  try {
    return { ...(await get(address(wanted, before))), isKept: false };
  } catch (error) {
    if (error.status !== 0 || before) throw error;
    const kept = await get(address({}));
    return { records: kept.records.filter((one) => fits(one, wanted)), before: null, isKept: true };
  }
}
