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
    this.entries = this.entries.filter((entry) => entry.number > number);
    note();
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
// alone, no text. The next page of this browser says so. A page that lives signs again and again; one that is hidden is
// woken seldom, and signs for longer.
const LEFT = "curation-unsaved ";
const SIGNED = 3000; // ms between two signs of life
const HIDDEN = 3_600_000; // ms
const page = identity();
let isGone = false;

function note() {
  const at = isGone ? 0 : Date.now() + (document.hidden ? HIDDEN : 0);
  const decided = [...logs.values()].flatMap((log) => log.entries.filter((one) => one.action !== "undo").map((one) => ({ project: log.project, id: one.example, version: one.seen_version, what: "decision" })));
  const written = [...drafts.values()].map(({ project, id, version }) => ({ project, id, version, what: "edit" }));
  const rows = [...decided, ...written];
  try {
    if (rows.length) localStorage.setItem(LEFT + page, JSON.stringify({ at, rows }));
    else localStorage.removeItem(LEFT + page);
  } catch {
    // A browser that keeps nothing cannot say later what was lost; it still warns before it is closed.
  }
}

setInterval(() => { if (unsaved()) note(); }, SIGNED);
document.addEventListener("visibilitychange", () => { if (unsaved()) note(); });
window.addEventListener("pagehide", () => { isGone = true; if (unsaved()) note(); }); // it becomes hidden after that
window.addEventListener("pageshow", () => { isGone = false; });

// What pages that are gone had not saved in this project, by row; said once.
export function leftBehind(project) {
  const found = new Map();
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(LEFT) && one !== LEFT + page)) {
      const { at, rows } = JSON.parse(localStorage.getItem(key));
      if (Date.now() - at < 2 * SIGNED) continue;
      for (const row of rows) if (row.project === project) found.set(row.id, row);
      const others = rows.filter((row) => row.project !== project);
      if (others.length) localStorage.setItem(key, JSON.stringify({ at, rows: others }));
      else localStorage.removeItem(key);
    }
  } catch {
    // as above
  }
  return found;
}
