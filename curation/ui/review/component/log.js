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
    return entry;
  }

  stored(number) {
    this.entries = this.entries.filter((entry) => entry.number > number);
  }

  has(id) {
    return this.entries.some((entry) => entry.example === id);
  }

  draftOf(id) {
    return drafts.get(`${this.project} ${id}`);
  }

  write(id, texts) {
    drafts.set(`${this.project} ${id}`, { id, ...texts });
  }

  giveUp(id) {
    drafts.delete(`${this.project} ${id}`);
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
