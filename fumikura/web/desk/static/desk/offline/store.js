// The browser's own database: what the terminal keeps, and its list. Written through to the disk before anybody is told.

const NAME = "fumikura-offline";
let opening;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      asked.result.createObjectStore("lines", { keyPath: "n" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

const answered = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function within(stores, mode, act) {
  const work = (await open()).transaction(stores, mode, { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    work.oncomplete = resolve;
    work.onerror = work.onabort = () => reject(work.error);
  });
  const answer = await act(work);
  await done;
  return answer;
}

export const recall = (name) => within("kept", "readonly", (work) => answered(work.objectStore("kept").get(name)));
export const keep = (name, value) => within("kept", "readwrite", (work) => answered(work.objectStore("kept").put(value, name)));
export const forget = (name) => within("kept", "readwrite", (work) => answered(work.objectStore("kept").delete(name)));

export const addLine = (line) => within("lines", "readwrite", (work) => answered(work.objectStore("lines").add(line)));

export const linesFrom = (first, most) =>
  within("lines", "readonly", (work) => answered(work.objectStore("lines").getAll(IDBKeyRange.lowerBound(first), most)));

export const lineNumbered = (n) => within("lines", "readonly", (work) => answered(work.objectStore("lines").get(n)));

export const lastLine = () =>
  within("lines", "readonly", async (work) => (await answered(work.objectStore("lines").openCursor(null, "prev")))?.value);

// What has been entered is forgotten; that there was a line, and its link, stays.
export const emptyThrough = (n) =>
  within("lines", "readwrite", (work) => new Promise((resolve, reject) => {
    const walk = work.objectStore("lines").openCursor(IDBKeyRange.upperBound(n), "prev");
    walk.onerror = () => reject(walk.error);
    walk.onsuccess = () => {
      const cursor = walk.result;
      if (!cursor || !cursor.value.sealed) return resolve();
      cursor.update({ n: cursor.value.n, link: cursor.value.link, sealed: null });
      cursor.continue();
    };
  }));

export const startAnew = () =>
  within(["kept", "lines"], "readwrite", async (work) => {
    await answered(work.objectStore("kept").clear());
    await answered(work.objectStore("lines").clear());
  });
