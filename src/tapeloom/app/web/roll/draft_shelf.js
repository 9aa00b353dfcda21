// Drafts, kept in the browser by record: they outlive a reload and need no service.

const [NAME, STORE] = ["tapeloom-drafts", "drafts"];
let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "record" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  opened.catch(() => (opened = null));
  return opened;
}

async function work(mode, ask) {
  const base = await open();
  return new Promise((resolve, reject) => {
    const request = ask(base.transaction(STORE, mode).objectStore(STORE));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** The draft of a record as { record, history, job, saved_at }; null where there is none. */
export async function find(record) {
  return (await work("readonly", (store) => store.get(record))) ?? null;
}

/**
 * Keep a history; notes that it shares stay shared, as a clone of the whole knows them.
 *
 * job  { id, score }: the order of a version and what it was made of; null where there is none
 */
export function keep(record, history, job) {
  return work("readwrite", (store) => store.put({ record, history, job, saved_at: Date.now() / 1000 }));
}

export function drop(record) {
  return work("readwrite", (store) => store.delete(record));
}
