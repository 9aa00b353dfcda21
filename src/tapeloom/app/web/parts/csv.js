// A table of briefs as CSV (RFC 4180): read in the browser, so that each line's fault is seen
// before anything is sent.

import { FIELDS, orderOf } from "./brief.js";

const COLUMNS = [...FIELDS, "priority"];
const MOST_LINES = 1000;

/** Split CSV into rows of fields; a quoted field may hold commas, quotes and line breaks. */
export function rowsOf(text) {
  const rows = [];
  let row = [];
  let field = "";
  let isQuoted = false;
  const source = text.replace(/^\ufeff/, "");
  for (let at = 0; at < source.length; at++) {
    const sign = source[at];
    if (isQuoted) {
      if (sign !== '"') field += sign;
      else if (source[at + 1] === '"') field += source[++at];
      else isQuoted = false;
    } else if (sign === '"' && field === "") isQuoted = true;
    else if (sign === ",") {
      row.push(field);
      field = "";
    } else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && source[at + 1] === "\n") at++;
      rows.push([...row, field]);
      row = [];
      field = "";
    } else field += sign;
  }
  if (field !== "" || row.length) rows.push([...row, field]);
  return rows.filter((one) => one.some((each) => each.trim() !== ""));
}

/**
 * Read a table of briefs: { columns, lines: [{ number, fields, order, problem }], problem }.
 * `problem` is that of the whole table, or "".
 */
export function readTable(text) {
  const [head, ...rows] = rowsOf(text);
  if (!head) return { columns: [], lines: [], problem: "" };
  const columns = head.map((one) => one.trim());
  const strange = columns.find((one) => !COLUMNS.includes(one));
  if (strange !== undefined) {
    return { columns, lines: [], problem: `${strange || "An empty name"} is no column. `
      + `The first line names columns: ${COLUMNS.join(", ")}.` };
  }
  if (new Set(columns).size < columns.length) {
    return { columns, lines: [], problem: "A column is named twice." };
  }
  const lines = rows.map((row, at) => readLine(columns, row, at + 1));
  const problem = !lines.length ? "There is no record yet: write one in each line after the first."
    : lines.length > MOST_LINES ? `${lines.length} lines are too many; ${MOST_LINES} go at once.` : "";
  return { columns, lines, problem };
}

function readLine(columns, row, number) {
  const fields = Object.fromEntries(columns.map((name, at) => [name, (row[at] ?? "").trim()]));
  if (row.length !== columns.length) {
    const problem = `It has ${row.length} fields, the first line ${columns.length}.`;
    return { number, fields, order: {}, problem };
  }
  const { order, problems } = orderOf(fields);
  const priority = fields.priority ? Number(fields.priority) : 50;
  if (!(Number.isInteger(priority) && priority >= 1 && priority <= 100)) {
    problems.priority = "Priority is a whole number from 1 (first) to 100.";
  }
  return { number, fields, order, problem: Object.values(problems).join(" ") };
}
