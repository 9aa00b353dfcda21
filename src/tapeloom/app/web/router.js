// Addresses of the page: #/records/ID/notes shows pages/record.js with { id, tab }.

const ROUTES = [
  ["", () => import("./pages/make.js")],
  ["records", () => import("./pages/catalogue.js")],
  ["records/:id", () => import("./pages/record.js")],
  ["records/:id/:tab", () => import("./pages/record.js")],
  ["compare", () => import("./pages/compare.js")],
  ["jobs", () => import("./pages/jobs.js")],
  ["jobs/:id", () => import("./pages/jobs.js")],
  ["batch", () => import("./pages/batch.js")],
  ["settings", () => import("./pages/settings.js")],
];

export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  for (const [pattern, load] of ROUTES) {
    const wanted = pattern.split("/").filter(Boolean);
    if (wanted.length !== parts.length) continue;
    const params = Object.fromEntries(new URLSearchParams(query));
    const fits = wanted.every((part, at) => {
      if (part.startsWith(":")) params[part.slice(1)] = parts[at];
      return part.startsWith(":") || part === parts[at];
    });
    if (fits) return { load, params, name: wanted[0] ?? "" };
  }
  return null;
}

export function go(path) {
  location.hash = `#/${path}`;
}

/** Show the page of the address, now and whenever it changes. */
export function route(root, onShown) {
  let leave = null;
  let shown = 0;

  async function show() {
    const turn = ++shown;
    const found = parse(location.hash);
    if (!found) return go("");
    const page = await found.load();
    if (turn !== shown) return;
    // A page that can stay (another tab of the same record) says so by update().
    if (leave?.update?.(found.params)) return onShown(found);
    await leave?.();
    leave = null;
    // A page that is late fills its own place, which is gone when another one was asked for.
    const place = document.createElement("div");
    root.replaceChildren(place);
    const left = await page.show(place, found.params);
    if (turn !== shown) return left?.();
    leave = left ?? null;
    onShown(found);
  }

  addEventListener("hashchange", show);
  return show();
}
