// The service's addresses, asked with one voice: JSON, problem+json, and what to do when away.

export class ApiError extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status; // 0: the service can't be reached
  }
}

/** Tells "away", "back" and "stranger" (not logged in). */
export const reach = new EventTarget();
let away = false;

function mark(isAway) {
  if (away === isAway) return;
  away = isAway;
  reach.dispatchEvent(new Event(isAway ? "away" : "back"));
}

/** Ask; returns the Response. Raises ApiError with one sentence for a person. */
export async function ask(path, { method = "GET", json, body, headers = {}, signal } = {}) {
  const told = { ...headers };
  if (method !== "GET") told["X-Tapeloom"] = "1";
  if (json !== undefined) told["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, {
      method, headers: told, signal, credentials: "same-origin",
      body: json === undefined ? body : JSON.stringify(json),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    mark(true);
    throw new ApiError("The service can't be reached; what you do is kept here.", 0);
  }
  mark(answer.headers.get("x-from-cache") === "1");
  if (answer.status === 401) reach.dispatchEvent(new Event("stranger"));
  if (!answer.ok) throw new ApiError(await sentenceOf(answer), answer.status);
  return answer;
}

async function sentenceOf(answer) {
  try {
    const problem = await answer.json();
    const text = String(problem.detail ?? problem.title);
    return text.charAt(0).toUpperCase() + text.slice(1);
  } catch {
    return `The service answered ${answer.status}.`;
  }
}

export async function get(path, options) {
  return (await ask(path, options)).json();
}

export async function send(method, path, json, options = {}) {
  const answer = await ask(path, { method, json, ...options });
  return answer.status === 204 ? null : answer.json();
}

export const post = (path, json, options) => send("POST", path, json, options);

/** Order a job; the same key again gives the same job, so that a lost answer orders nothing twice. */
export function order(path, json, key = crypto.randomUUID()) {
  return post(path, json, { headers: { "Idempotency-Key": key } });
}

/** Send a file; returns the upload's id. */
export async function upload(name, body) {
  const path = `/v1/uploads?name=${encodeURIComponent(name)}`;
  const answer = await ask(path, {
    method: "POST", body, headers: { "Content-Type": "application/octet-stream" },
  });
  return (await answer.json()).id;
}

/** Send a value as a JSON file; returns the upload's id. */
export function uploadJson(name, value) {
  return upload(name, new Blob([JSON.stringify(value)]));
}

export function artefact(job, name) {
  return `/v1/artefacts/${job}/${name.split("/").map(encodeURIComponent).join("/")}`;
}

/** The address of a record's cover, `width` pixels wide and as high. */
export function coverAddress(record, width) {
  return `/v1/records/${record}/cover?width=${width}`;
}
