// The rows at hand, in the order of the queue: those behind are decided or passed over, those ahead were fetched early.

const queues = new Map(); // by project

export function queueOf(project) {
  if (!queues.has(project)) queues.set(project, new Queue());
  return queues.get(project);
}

class Queue {
  constructor() {
    this.empty("");
  }

  empty(key) {
    this.key = key;
    this.rows = [];
    this.at = 0; // the row on screen
    this.base = -1; // the position before the first row
    this.end = false; // nothing is ahead of the last row
  }

  get row() {
    return this.rows[this.at] || null;
  }

  find(id) {
    return this.rows.find((row) => row.id === id) || null;
  }

  // The first row that waits; everything before it is decided or passed over.
  get front() {
    const n = this.rows.findIndex((row) => !row.done);
    return n < 0 ? this.rows.length : n;
  }

  get after() {
    for (let n = this.front - 1; n >= 0; n--) if (this.rows[n].position !== null) return this.rows[n].position;
    return this.base;
  }

  ahead(most) {
    return this.rows.slice(this.front).filter((row) => !row.done).slice(0, most).map((row) => row.id);
  }

  // Rows that came: new ones are put where they belong, known ones are renewed unless something is on its way for them.
  take(rows, isPending) {
    for (const row of rows) {
      const known = this.find(row.id);
      if (known) {
        if (!isPending(row.id) && row.version >= known.version) this.renew(known, row); // not as it was before a decision
        continue;
      }
      row.done = isPending(row.id);
      row.mine = "";
      let n = this.rows.length;
      // Never before the row on screen, or it would change under the hand.
      const least = this.row && !this.row.done ? this.at + 1 : this.front;
      while (n > least && this.rows[n - 1].position !== null && this.rows[n - 1].position > row.position) n--;
      this.rows.splice(n, 0, row);
    }
  }

  renew(known, row) {
    const { position, done, mine } = known;
    Object.assign(known, row, { position, done, mine });
  }

  // Rows that somebody else decided meanwhile; the one on screen stays, so that nothing changes under the hand.
  drop(ids) {
    for (const id of ids) {
      const n = this.rows.findIndex((row) => row.id === id);
      if (n >= 0 && n !== this.at && !this.rows[n].done) {
        this.rows.splice(n, 1);
        if (n < this.at) this.at--;
      }
    }
  }

  // A row of an earlier sitting, gone back to: it stands in front of what waits.
  insert(row) {
    row.position = null;
    row.done = false;
    row.mine = "";
    const n = this.front;
    this.rows.splice(n, 0, row);
    this.at = n;
  }

  toFront() {
    this.at = this.front;
  }

  // The queue from its beginning: what was passed over comes again.
  restart() {
    this.empty(this.key);
  }
}
