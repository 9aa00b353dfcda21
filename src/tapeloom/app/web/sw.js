// Keeps the studio usable while the service is away: the page itself, and what was seen or heard.

const version = new URL(location.href).searchParams.get("v");
const SHELL = `shell-${version}`;
const SEEN = "seen"; // answers to reads, the latest of each
const HEARD = "heard"; // sound and pictures, which never change
const MOST_SEEN = 400;
const MOST_HEARD = 600; // pieces of 4 s: some 40 minutes of a master, or 5 of eight stems

addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const names = await (await fetch("/shell.json")).json();
    const cache = await caches.open(SHELL);
    await cache.addAll(names.map((name) => new Request(name, { cache: "reload" })));
    await skipWaiting();
  })());
});

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("shell-") && name !== SHELL) await caches.delete(name);
    }
    await clients.claim();
  })());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "DELETE" && url.pathname === "/v1/session") {
    event.waitUntil(forget());
    return;
  }
  if (request.method !== "GET") return;
  if (url.pathname === "/v1/events" || url.pathname.endsWith("/events")) return;
  if (url.pathname === "/login" || url.pathname === "/v1/session") {
    if (url.pathname === "/login") event.waitUntil(forget());
    return;
  }
  if (/^\/v1\/(records\/[^/]+\/(audio|peaks|cover)|artefacts\/.+\.png$)/.test(url.pathname)) {
    event.respondWith(cacheFirst(request));
  } else if (/^\/v1\/(records|jobs|instruments|presets|models|tags|covers)/.test(url.pathname)
    && !url.pathname.endsWith(".zip")) {
    event.respondWith(networkFirst(request));
  } else if (!url.pathname.startsWith("/v1/")) {
    event.respondWith(shell(request));
  }
});

/** The page: as the service has it; as it was kept, where it is away. */
async function shell(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(SHELL);
    const found = await cache.match(request, { ignoreSearch: true })
      ?? (request.mode === "navigate" ? await cache.match("/") : null);
    if (found) return found;
    throw error;
  }
}

async function networkFirst(request) {
  const cache = await caches.open(SEEN);
  try {
    const answer = await fetch(request);
    if (answer.ok) await keep(cache, request, answer, MOST_SEEN);
    return answer;
  } catch (error) {
    const found = await cache.match(request);
    if (!found) throw error;
    const headers = new Headers(found.headers);
    headers.set("x-from-cache", "1");
    return new Response(found.body, { status: found.status, headers });
  }
}

async function cacheFirst(request) {
  const cache = await caches.open(HEARD);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.status === 200) await keep(cache, request, answer, MOST_HEARD);
  return answer;
}

async function keep(cache, request, answer, most) {
  await cache.put(request, answer.clone());
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(0, keys.length - most))) await cache.delete(old);
}

async function forget() {
  await caches.delete(SEEN);
  await caches.delete(HEARD);
}
