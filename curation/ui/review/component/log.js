// What was decided and is not known to be stored yet. It outlives the page's drawing: a log is kept until all of it is
// acknowledged, and is sent whole each time, so nothing depends on one message arriving.

export const PATIENCE = 4000; // ms without an answer until the person is told and the log is sent again

const BREAK = 120_000; // ms: whoever is away for longer is not deciding
const LEAST_GAPS = 5; // from which a pace is said
const MOST_GAPS = 50; // the last: people get faster

const logs = new Map(); // by project

export function logOf(project) {
  if (!logs.has(project)) logs.set(project, new Log(project));
  return logs.get(project);
}

class Log {
  constructor(project) {
    this.project = project;
    this.client = identity();
    this.number = 0;
    this.entries = [];
    this.counted = []; // entries that are stored, and not in the counts that the server gave last
    this.made = []; // entries a person can still take back, oldest first
    this.sent = 0; // times
    this.at = 0; // when the last entry was made
    this.gaps = []; // ms between entries
    this.seen = new Set(); // numbers of entries that were refused and said
  }

  // Milliseconds a decision takes this person, by the middle one of the last; 0 before there are enough to tell.
  get pace() {
    return this.gaps.length < LEAST_GAPS ? 0 : [...this.gaps].sort((a, b) => a - b)[this.gaps.length >> 1];
  }

  add(entry) {
    const at = Date.now();
    if (this.at && at - this.at < BREAK) this.gaps = [...this.gaps, at - this.at].slice(-MOST_GAPS);
    this.at = at;
    entry.number = ++this.number;
    this.entries.push(entry);
    note();
    return entry;
  }

  stored(number) {
    this.counted.push(...this.entries.filter((entry) => entry.number <= number));
    this.entries = this.entries.filter((entry) => entry.number > number);
    note();
  }

  // The server has counted anew, with the entries up to this one.
  recount(number) {
    this.counted = this.counted.filter((entry) => entry.number > number);
  }

  get taken() {
    return [...this.counted, ...this.entries];
  }

  has(id) {
    return this.entries.some((entry) => entry.example === id);
  }

  draftOf(id) {
    return drafts.get(`${this.project} ${id}`);
  }

  write(row, texts) {
    drafts.set(`${this.project} ${row.id}`, { id: row.id, version: row.version, project: this.project, ...texts });
    note();
  }

  giveUp(id) {
    drafts.delete(`${this.project} ${id}`);
    note();
  }

  get written() {
    return [...drafts].filter(([key, draft]) => key === `${this.project} ${draft.id}`).map(([, draft]) => draft.id);
  }

  // What the server needs of the entries; the rest is for taking back here.
  toSend() {
    return this.entries.map(({ number, action, example, value, seen_version, of }) => ({
      number, action, example, value, seen_version, of,
    }));
  }
}

// What a person is writing and has neither saved nor given up, by project and row.
const drafts = new Map();

function unsaved() {
  return drafts.size > 0 || [...logs.values()].some((log) => log.entries.length > 0);
}

function identity() {
  // randomUUID is missing where the page is not served over a secure address.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

window.addEventListener("beforeunload", (event) => {
  if (unsaved()) event.preventDefault();
});

// A page that is closed all the same, or killed, leaves word of which rows it had something unsaved on: ids and versions
// alone, no text. It holds a lock for as long as it lives, however it ends: the next page of this browser that is given
// this lock takes over what was left, and keeps it until a person has seen it said.
const LEFT = "curation-unsaved ";
const page = identity();
const left = new Map(); // rows taken over from pages that are gone, by project and row
const awaited = new Set(); // pages whose end is waited for
let reader = null; // the card on screen: told when something was taken over

const { locks } = navigator; // missing where the page is not served over a secure address
locks?.request(LEFT + page, () => new Promise(() => {}));

function note(isGone = false) {
  const decided = [...logs.values()].flatMap((log) => log.entries.filter((one) => one.action !== "undo").map((one) => ({ project: log.project, id: one.example, version: one.seen_version, what: "decision" })));
  const written = [...drafts.values()].map(({ project, id, version }) => ({ project, id, version, what: "edit" }));
  const rows = [...left.values(), ...decided, ...written];
  try {
    if (rows.length) localStorage.setItem(LEFT + page, JSON.stringify({ isGone, rows }));
    else localStorage.removeItem(LEFT + page);
  } catch {
    // A browser that keeps nothing cannot say later what was lost; it still warns before it is closed.
  }
}

function look() {
  if (!reader || document.hidden) return;
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(LEFT) || key === LEFT + page || awaited.has(key)) continue;
      awaited.add(key);
      if (locks) locks.request(key, () => takeOver(key));
      else takeOver(key);
    }
  } catch {
    // as above
  }
}

function takeOver(key) {
  awaited.delete(key);
  if (!reader || document.hidden) return; // for a page that somebody looks at
  const { isGone, rows } = JSON.parse(localStorage.getItem(key)) ?? { rows: [] };
  if (!rows.length || (!locks && !isGone)) return;
  for (const row of rows) left.set(`${row.project} ${row.id}`, row);
  note();
  localStorage.removeItem(key);
  reader();
}

window.addEventListener("storage", (event) => { if (event.newValue) look(); });
document.addEventListener("visibilitychange", look);
if (!locks) {
  window.addEventListener("pagehide", () => { if (unsaved()) note(true); });
  window.addEventListener("pageshow", () => note());
}

// Call `act` for as long as a card is on screen whenever rows were taken over; returns what ends that.
export function onLeft(act) {
  reader = act;
  look();
  return () => { if (reader === act) reader = null; };
}

// What pages that are gone had not saved in this project, by row.
export function leftBehind(project) {
  return new Map([...left.values()].filter((row) => row.project === project).map((row) => [row.id, row]));
}

// Somebody has seen that these were not saved, or they were saved after all.
export function settle(project, ids) {
  const known = ids.filter((id) => left.delete(`${project} ${id}`));
  if (known.length) note();
}
