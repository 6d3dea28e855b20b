// The review card. A key paints the next row at once from the rows at hand; what was decided goes into a log that is
// sent in the background until the server has said that it is stored.

import { queueOf } from "./queue.js";
import { Edit } from "./edit.js";
import { leftBehind, logOf, onLeft, PATIENCE, settle } from "./log.js";
import { markdown } from "./markdown.js";
import { blocks, button, changes, neighbour, node, turns } from "./paint.js";
import { Search } from "./search.js";
import { keys } from "./keys.js";

const AHEAD = 24; // rows told to the server as at hand
const LOW = 16; // rows ahead below which more are asked for
const LONGEST_PATIENCE = 30000; // ms between two tries while nothing answers
const LEAST_HEIGHT = 420; // pixels: below, the texts would be two lines, and the page scrolls instead
const ROUND = 8; // decisions stored by themselves after which the page is asked how things stand
const REST = 2000; // ms without a decision after which it is asked as well
const LOOK_AGAIN = 2000; // ms between two looks while others hold all that waits
const LEAVING = 2000; // ms after a link is followed in which only decisions are sent
const BELOW = 12; // pixels left free below the card
const ABOVE = 60; // pixels of the page's head, which stays while a phone scrolls
const PHONE = window.matchMedia("(max-width: 700px)");
const CONNECTION = "data-test-connection-state"; // where Streamlit says whether the server is there,
const SCRIPT = "data-test-script-state"; // and whether it is drawing the page
const NOTICES = 3; // sentences shown at once: more would push the text away
const STEP = 80; // pixels a press of an arrow scrolls: four lines

const ACTIONS = [
  ["accept", "Accept", "A"],
  ["reject", "Leave out", "X"],
  ["undo", "Undo", "U"],
  ["skip", "Skip", "S"],
  ["edit", "Edit", "E"],
  ["flag", "Flag", "F"],
  ["back", "Previous", "←"],
  ["next", "Next", "→"],
  ["keys", "Keys", "?"],
];
const KEYS = { a: "accept", y: "accept", x: "reject", s: "skip", f: "flag", u: "undo", e: "edit", t: "take", z: "enlarge", m: "format" };
const DONE = { accept: "accepted", reject: "left out", skip: "skipped", flag: "flagged", label: "relabelled", edit: "edited" };

const UNSAVED = {
  edit: ["What you wrote on this row was", (n) => `What you wrote on ${n} rows was`],
  decision: ["Your last decision on this row was", (n) => `Your last decisions, on ${n} rows, were`],
};
const REMINDER = "Your edit of this row is not saved yet. Press E to go on with it, and Esc there to give it up.";

const count = (n) => n.toLocaleString("en");
const views = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  if (!views.has(parentElement)) views.set(parentElement, new Card(parentElement));
  const view = views.get(parentElement);
  view.say = (said) => setStateValue("said", said);
  view.hear(data);
  return () => {
    view.leave();
    views.delete(parentElement);
  };
}

class Card {
  constructor(parent) {
    this.parent = parent;
    this.want = new Set();
    this.raw = "";
    this.draft = null;
    this.waits = false; // for the answer to what was sent last
    this.owes = false; // something is to be sent once it is there
    this.patience = PATIENCE;
    this.lost = false; // nothing answers
    this.isAway = false; // the connection has dropped
    this.posts = false; // a log is on its way by itself
    this.isRefused = false; // something in it was refused: the next answer is to say why
    this.needsPage = false; // a request was not answered: the page is asked in its place
    this.notices = [];
    this.leftAt = 0; // when a link was followed last
    this.reminded = new Set(); // rows of edits left behind that were looked for
    this.large = "";
    this.formats = false; // Markdown and formulas are drawn formatted
    this.search = new Search((label) => this.decide("label", label), () => this.focus());
    this.edit = new Edit({
      save: (row, changed) => this.decide("edit", JSON.stringify(changed), changed),
      close: () => {
        this.notices = this.notices.filter((one) => one.text !== REMINDER);
        this.paint();
        this.focus();
      },
      compare: (draft) => { this.draft = draft; this.send(); },
    });
    this.build();
    const listen = (target, name, act) => {
      target.addEventListener(name, act);
      this.ends.push(() => target.removeEventListener(name, act));
    };
    this.ends = [];
    listen(document, "keydown", (event) => this.press(event));
    listen(window, "resize", () => this.fit());
    document.addEventListener("pointerdown", this.left = (event) => this.hurry(event), true);
    this.ends.push(() => document.removeEventListener("pointerdown", this.left, true));
    document.addEventListener("click", this.followed = (event) => this.hold(event), true);
    this.ends.push(() => document.removeEventListener("click", this.followed, true));
    this.watch = new ResizeObserver(() => this.fit());
    const block = document.querySelector("[data-testid='stMainBlockContainer']");
    if (block) this.watch.observe(block);
    this.connection = new MutationObserver(() => this.connected());
    const app = document.querySelector("[data-testid='stApp']");
    if (app) this.connection.observe(app, { attributes: true, attributeFilter: [CONNECTION] });
    this.ends.push(onLeft(() => this.askLeft() && this.send()));
  }

  build() {
    this.root = node("div", "card", "", { role: "region", "aria-label": "Review card", tabindex: "-1" });
    this.counts = node("span", "counts");
    this.saving = node("span", "saving");
    const top = node("div", "top");
    top.append(this.counts, this.saving);
    this.noticeBox = node("div", "notices", "", { role: "alert" });
    this.spoken = node("div", "hidden", "", { role: "status" });
    this.why = node("div", "why");
    this.panes = node("div", "panes");
    this.labels = node("div", "labels", "", { role: "group", "aria-label": "Labels" });
    this.actions = node("div", "actions", "", { role: "group", "aria-label": "Decisions" });
    for (const [name, title, key] of ACTIONS) {
      const made = button(title, key, `do-${name}`, { "data-do": name });
      made.addEventListener("click", () => this.act(name));
      this.actions.append(made);
    }
    this.bar = node("div", "bar");
    this.bar.append(this.search.box, this.labels, this.actions);
    this.keys = keys();
    this.keys.addEventListener("close", () => this.focus());
    this.root.append(top, this.spoken, this.noticeBox, this.why, this.panes, this.bar, this.keys);
    this.parent.append(this.root);
  }

  leave() {
    this.isGone = true;
    clearTimeout(this.timer);
    clearTimeout(this.later);
    clearTimeout(this.stays);
    clearTimeout(this.rests);
    // Its timer would send once more, in the name of the page that comes after, which takes the answer for its own.
    this.edit.leave();
    this.say = () => {};
    this.watch.disconnect();
    this.connection.disconnect();
    for (const end of this.ends) end();
    this.root.remove();
  }

  // -- what the server says

  // Answers to requests and answers of the page overtake each other: what is older than what is known is passed over.
  hear(data) {
    const isFirst = !this.data;
    if (!isFirst && data.ticket === this.data.ticket && data.turn <= this.data.turn) return;
    this.data = data;
    if (this.log !== logOf(data.project)) this.begin(logOf(data.project));
    this.queue = queueOf(data.project);
    const isOther = this.queue.key !== data.queue;
    if (isOther || isFirst) {
      this.queue.empty(data.queue);
      this.queue.base = data.after;
      if (this.edit.isOpen) this.edit.leave();
    }
    const isMine = data.client === this.log.client;
    if (isMine) this.acknowledge(data);
    this.log.recount(data.counted.client === this.log.client ? data.counted.number : isMine ? 0 : Infinity);
    const onScreen = this.queue.row;
    const before = this.queue.rows.length;
    const isPartial = isFirst && data.client !== ""; // it leaves out rows that this page does not hold any more
    if (!isPartial && (isMine || data.client === "")) this.take(data);
    // A page opened anew may be handed the answer to a question of the page before: it has asked nothing yet.
    if (isMine && this.asked && data.heard === this.log.sent) this.calm();
    else if (!isMine && this.log.sent) this.waits = false; // a server that has begun anew knows nothing of the log
    const isLow = this.isLow && this.queue.rows.length > before;
    if (this.queue.row !== onScreen || !this.edit.isOpen) this.paint();
    else this.tell();
    this.askLeft();
    if (isFirst ? document.activeElement === document.body : isOther) this.focus();
    // What is judged comes first on a phone: the queue and what else stands above is scrolled back to.
    if (isFirst && PHONE.matches) this.root.scrollIntoView({ block: "start" });
    this.renew();
    const isAsking = this.raw || this.draft || this.want.size; // what was asked is still to be answered
    const isLeft = this.log.entries.length > 0;
    this.isRefused &&= isLeft;
    this.needsPage &&= isLeft; // what was not stored by itself once goes by the page until none of it is left
    if (this.owes || isPartial || isLow || isAsking || (isLeft && this.goesAlong)) this.send();
    if (isLeft && !this.goesAlong) this.post();
    this.lookAgain();
    this.goOn();
  }

  // While others hold all that waits: whether they have let go of some.
  lookAgain() {
    clearTimeout(this.later);
    if (this.queue.row || !this.queue.end || !this.data.others) return;
    this.later = setTimeout(() => { this.queue.restart(); this.send(); }, LOOK_AGAIN);
  }

  // A link to another page waits until what was decided here is stored: the page's own message could overtake it.
  // Pressed again it is followed at once, and what is left is sent when the person comes back.
  hold(event) {
    const link = event.composedPath().find((each) => each instanceof HTMLAnchorElement && each.href);
    if (!link || link.target === "_blank" || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!this.log?.entries.length || link === this.link) {
      this.leftAt = Date.now();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.link = link;
    this.tell();
  }

  goOn() {
    if (!this.link || this.log.entries.length) return;
    const { link } = this;
    (link.isConnected ? link : document.querySelector(`a[href="${CSS.escape(link.getAttribute("href"))}"]`))?.click();
    this.link = null;
  }

  // Another project: what was asked of the one before is not asked of this one.
  begin(log) {
    this.log = log;
    this.waits = this.owes = this.lost = this.isRefused = this.needsPage = false;
    clearTimeout(this.timer);
    this.want.clear();
    this.raw = "";
    this.draft = null;
    this.notices = [];
    this.reminded.clear();
  }

  // How the rows stand on which something was left unsaved, here or by a page that is gone. Whether any is new.
  askLeft() {
    if (!this.log || this.edit.isOpen) return false;
    const left = [...this.log.written, ...leftBehind(this.log.project).keys()].filter((id) => !this.reminded.has(id));
    for (const id of left) this.want.add(id);
    return left.length > 0;
  }

  acknowledge(data) {
    this.log.stored(data.stored);
    for (const one of data.refused) {
      if (this.log.seen.has(one.number)) continue;
      this.log.seen.add(one.number);
      this.log.made = this.log.made.filter((entry) => entry.number !== one.number);
      this.notice(one.why, one.example);
    }
  }

  take(data) {
    const { queue, log } = this;
    const isPending = (id) => log.has(id);
    const after = queue.after;
    queue.take(data.rows.filter((row) => queue.find(row.id) || row.position > after || data.client), isPending);
    const refused = new Set(data.refused.map((one) => one.example));
    const left = leftBehind(log.project);
    const lost = [];
    for (const row of data.anew) {
      const known = queue.find(row.id);
      if (known && !isPending(row.id)) {
        queue.renew(known, row);
        known.fresh = true;
        if (row.status !== "undecided") known.done = true;
        else if (refused.has(row.id)) known.done = false; // it waits as before
      } else if (!known && data.undone.includes(row.id)) queue.insert(row);
      if (log.draftOf(row.id) && !this.edit.isOpen) this.remind(row, REMINDER);
      else if (left.get(row.id)?.version >= row.version && !this.reminded.has(row.id)) lost.push(row);
      else if (left.has(row.id) && !this.reminded.has(row.id)) settle(log.project, [row.id]); // it was stored after all
    }
    for (const what of Object.keys(UNSAVED)) this.sayLost(what, lost.filter((row) => left.get(row.id).what === what));
    queue.drop(data.gone);
    queue.end = data.end;
    if (data.raw) this.edit.fill(data.raw);
    if (data.compared) this.edit.compared(data.compared);
  }

  // A row whose edit was left behind when the page was.
  remind(row, text) {
    this.reminded.add(row.id);
    this.bring(row);
    this.notices = this.notices.filter((one) => one.text !== text);
    this.notice(text);
  }

  bring(row) {
    const { queue } = this;
    if (queue.find(row.id)) queue.at = queue.rows.indexOf(queue.find(row.id));
    else queue.insert(row);
  }

  // What a page that is gone had not saved. Whoever is deciding here keeps the row on screen.
  sayLost(what, rows) {
    if (!rows.length) return;
    const { queue } = this;
    const onScreen = this.log.number || this.edit.isOpen ? queue.row : null;
    for (const row of [...rows].reverse()) {
      this.reminded.add(row.id);
      this.bring(row);
    }
    if (onScreen) queue.at = queue.rows.indexOf(onScreen);
    const [one, many] = UNSAVED[what];
    const text = rows.length === 1 ? one : many(count(rows.length));
    const where = rows.length > 1 && !onScreen ? " They come first here." : "";
    this.notice(`${text} not saved: the page was closed before.${where}`, rows[0].id, rows.map((row) => row.id));
  }

  // What was asked for has been answered, whatever the answer was.
  calm() {
    const { want, raw, draft } = this.asked;
    for (const id of want) {
      this.want.delete(id);
      if (!this.reminded.has(id)) settle(this.log.project, [id]); // it is not in the project any more,
      this.reminded.add(id); // and asked again it would be asked for ever
    }
    if (this.raw === raw) this.raw = "";
    if (this.draft === draft) this.draft = null;
    this.waits = this.lost = false;
    this.patience = PATIENCE;
    clearTimeout(this.timer);
  }

  get isLow() {
    return !this.queue.end && this.queue.rows.length - this.queue.front < LOW;
  }

  // A row gone back to is shown as it is stored now.
  renew() {
    const row = this.queue.row;
    if (row && row.mine && !row.fresh && !this.log.has(row.id)) this.want.add(row.id);
  }

  // -- what is sent

  // What was decided goes to the server by itself, which answers in a line. Rows and counts are asked for now and then,
  // by a request as well; drawing the page costs the server ten times as much, and is left to where one is not answered.
  store() {
    if (this.goesAlong) this.send();
    else this.post();
  }

  // The log goes with what is asked where the answer to it is more than that it is stored.
  get goesAlong() {
    return this.isRefused || this.needsPage || this.log.entries.some((entry) => entry.action === "undo");
  }

  async post() {
    if (this.posts) return;
    const { log, queue } = this;
    this.posts = true;
    keepPlace(queue.after);
    const answer = await posted(`${this.data.address}/decisions`, { ticket: this.data.ticket, client: log.client, queue: queue.key, after: queue.after, log: log.toSend() });
    this.posts = false;
    if (answer) log.stored(answer.stored);
    this.lost &&= !answer;
    if (this.isGone || this.log !== log) return;
    this.needsPage = !answer;
    this.isRefused = Boolean(answer?.refused);
    this.tell();
    this.goOn();
    if (log.entries.length) this.store();
    else this.lookRound();
  }

  // How things stand: now where rows run out or the counts are old, else once the person rests.
  lookRound() {
    clearTimeout(this.rests);
    const isDue = this.isLow || this.log.counted.length >= ROUND || this.waiting === 0;
    if (isDue && (!this.waits || this.waiting === 0)) this.send();
    else this.rests = setTimeout(() => this.send(), REST);
  }

  send() {
    if (this.log.entries.length === 0 && Date.now() - this.leftAt < LEAVING) {
      // A question that overtakes the person on the way to another page is answered into that page, and breaks it.
      clearTimeout(this.stays);
      this.stays = setTimeout(() => this.send(), LEAVING);
      return;
    }
    this.owes = this.waits;
    if (this.waits) return;
    const { log, queue } = this;
    log.sent += 1;
    this.waits = true;
    this.asked = { want: [...this.want], raw: this.raw, draft: this.draft };
    clearTimeout(this.timer);
    keepPlace(queue.after);
    const said = {
      client: log.client, project: log.project, times: log.sent, queue: queue.key, order: this.data.order, after: queue.after, have: queue.ahead(AHEAD),
      want: this.asked.want, raw: this.raw, draft: this.draft || {}, log: this.goesAlong ? log.toSend() : [],
    };
    if (this.needsPage) this.sayToPage(said);
    else this.ask(said);
  }

  async ask(said) {
    const { log, asked } = this;
    const answer = await posted(`${this.data.address}/rows`, { ticket: this.data.ticket, ...said });
    if (this.isGone || this.log !== log) return;
    if (answer) this.hear(answer);
    if (this.asked !== asked || !this.waits) return;
    this.needsPage = !answer;
    if (!answer) return this.sayToPage({ ...said, log: log.toSend() });
    this.waits = false; // the page has said more since
    this.send();
  }

  sayToPage(said) {
    this.timer = setTimeout(() => this.again(), this.patience);
    try {
      this.say(said);
    } catch {
      // not connected: the log stays, and is sent again when the time is up
    }
  }

  // Streamlit says at once that the connection has dropped. Once it is there again the whole page is drawn, for a server
  // that began anew knows no part of it, and with the page's data the log goes out.
  connected() {
    const isAway = attribute(CONNECTION, "CONNECTED") !== "CONNECTED";
    if (isAway === this.isAway) return;
    this.isAway = isAway;
    if (!isAway) document.dispatchEvent(new Event("curation-draw-page"));
    else if (!this.lost) {
      this.lost = true;
      this.tell();
    }
  }

  // A press outside the card may lead to another page: what waits for its turn goes out before.
  hurry(event) {
    if (!this.log?.entries.length || !this.goesAlong || !this.waits || event.composedPath().includes(this.root)) return;
    this.waits = false;
    this.send();
  }

  again() {
    if (!this.waits) return;
    this.lost = true;
    this.tell();
    if (attribute(CONNECTION, "CONNECTED") === "CONNECTED" && attribute(SCRIPT, "notRunning") === "notRunning") {
      this.waits = false;
      this.patience = Math.min(this.patience * 2, LONGEST_PATIENCE);
      this.send();
    } else this.timer = setTimeout(() => this.again(), PATIENCE);
  }

  // -- what people do

  press(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event) || this.keys.open || document.querySelector("[role='dialog'][aria-modal='true']")) return;
    const name = this.named(event);
    if (!name || (event.repeat && name !== "up" && name !== "down")) return;
    event.preventDefault();
    this.act(name);
  }

  named(event) {
    const moves = { ArrowLeft: "back", ArrowRight: "next", ArrowUp: "up", ArrowDown: "down", "/": "search", "?": "keys" };
    if (event.key in moves) return moves[event.key];
    // On a keyboard of another script, or where digits need the shift key, the place of the key counts.
    let key = event.key.toLowerCase();
    if (!/^[a-z1-9]$/.test(key)) key = /^(?:Key([A-Z])|Digit([1-9]))$/.exec(event.code)?.slice(1).find(Boolean)?.toLowerCase();
    if (!key) return "";
    if (key in KEYS) return KEYS[key];
    return this.data?.labels.some((label) => label.key === key) ? `label ${key}` : "";
  }

  act(name) {
    if (!this.data) return;
    if (name === "keys") return this.keys.showModal();
    if (this.edit.isOpen) return undefined;
    if (name.startsWith("label ")) {
      return this.decide("label", this.data.labels.find((label) => label.key === name.slice(6)).name);
    }
    const row = this.queue.row;
    switch (name) {
      case "undo": return this.undo();
      case "back": return this.go(-1);
      case "next": return this.go(1);
      case "up": return this.scroll(-STEP);
      case "down": return this.scroll(STEP);
      case "search": return row && this.data.labels.length ? this.search.open(this.data.labels) : undefined;
      case "take": return row && row.suggested !== null ? this.decide("label", row.suggested) : undefined;
      case "edit": return this.change();
      case "format": return this.format();
      case "enlarge": return this.enlarge(this.large === "" ? "input" : this.large === "input" && this.sides > 1 ? "output" : "");
      default: return this.decide(name);
    }
  }

  decide(action, value = "", changed = {}) {
    const { queue, log } = this;
    const row = queue.row;
    if (!row) return;
    if (action === "accept" && this.needsLabel(row)) return this.notice("This row has no label yet: give it one, or leave it out.");
    const before = {};
    for (const name of ["status", "stands", "label", "shownLabel", "was", "done", "mine", "input", "output", "bad", "changed"]) before[name] = row[name];
    const entry = log.add({ action, example: row.id, value, seen_version: row.version, of: 0, before });
    log.made.push(entry);
    Object.assign(row, { version: row.version + 1, done: true, fresh: false, mine: DONE[action], status: DONE[action], stands: DONE[action] });
    if (action === "label") {
      row.label = value;
      row.shownLabel = this.data.labels.find((label) => label.name === value)?.shown ?? value;
    }
    if ("output" in changed) row.bad = "";
    for (const [side, text] of Object.entries(changed)) {
      row[side] = [{ role: "", blocks: text ? [{ kind: "prose", runs: [["", text]] }] : [], calls: [] }];
    }
    this.spoken.textContent = `${sentence(DONE[action])} ${row.from}`;
    this.seen(row.id);
    queue.toFront();
    this.paint();
    this.store();
  }

  needsLabel(row) {
    return this.data.isLabels && row.label === null;
  }

  undo() {
    const { queue, log } = this;
    const entry = log.made.pop();
    const row = entry && queue.find(entry.example);
    log.add({ action: "undo", example: entry ? entry.example : "", value: "", seen_version: 0, of: entry ? entry.number : 0, before: entry?.before });
    if (row) {
      Object.assign(row, entry.before, { version: row.version + 1, done: false, fresh: false });
      queue.at = queue.rows.indexOf(row);
    }
    this.paint();
    this.send();
  }

  go(by) {
    const { queue } = this;
    if (by < 0) queue.at = Math.max(0, queue.at - 1);
    else if (queue.at < queue.front) queue.at++;
    else if (queue.row) {
      queue.row.done = true;
      queue.toFront();
    } else if (queue.end && this.waiting > 0) { // as well where others hold what waits: they may have let go of it
      queue.restart();
      this.paint();
      return this.send();
    }
    this.paint();
    this.renew();
    keepPlace(queue.after);
    if (this.isLow || this.want.size) this.send();
  }

  change() {
    const row = this.queue.row;
    if (!row) return;
    this.raw = row.id;
    this.seen(row.id);
    this.reminded.delete(row.id);
    this.large = "";
    this.panes.replaceChildren(this.edit.open(row, this.data.isLabels, this.log));
    this.root.dataset.edits = "";
    this.fit();
    this.send();
  }

  enlarge(side) {
    this.large = side;
    this.root.dataset.large = side;
    for (const made of this.panes.querySelectorAll(".enlarge")) made.firstChild.textContent = side ? "Smaller" : "Enlarge";
  }

  format() {
    this.formats = !this.formats;
    this.shown = "";
    this.paint();
  }

  scroll(by) {
    this.panes.querySelector(`.pane[data-side='${this.large || "input"}'] .body`)?.scrollBy(0, by);
  }

  focus() {
    this.root.focus({ preventScroll: true });
  }

  // `lost` are the rows it says something was lost on: said again to the next page until it is dismissed here.
  notice(text, example = "", lost = []) {
    this.notices = [...this.notices, { text, example, lost }].slice(-NOTICES);
    this.tell();
  }

  // A person goes on with a row that something was lost on.
  seen(id) {
    settle(this.log.project, [id]);
    for (const one of this.notices) one.lost = one.lost.filter((other) => other !== id);
    this.notices = this.notices.filter((one) => one.example !== id || one.lost.length);
  }

  // -- what is on screen

  get pending() {
    let waiting = 0;
    for (const entry of this.log.taken) {
      if (entry.before?.status === "undecided") waiting += entry.action === "undo" ? 1 : -1;
    }
    return waiting;
  }

  get waiting() {
    return Math.max(0, this.data.waiting + this.pending);
  }

  // Rows that wait and that nobody else has before them.
  get passed() {
    return Math.max(0, this.waiting - this.data.others);
  }

  get elsewhere() {
    const { others } = this.data;
    return !others ? "" : others === 1 ? "Another person is looking at the last row." : `Others are looking at the last ${count(others)} rows.`;
  }

  get sides() {
    return this.data.isLabels ? 1 : 2;
  }

  // How many rows have a label, and how long the queue takes at the pace of this sitting.
  get progress() {
    const { isLabels, unlabelled, all } = this.data;
    const labelled = all - unlabelled + this.log.taken.filter((entry) => entry.action === "label" && entry.before?.label === null).length;
    const said = isLabels && unlabelled ? `. ${count(labelled)} of ${count(all)} labelled` : "";
    const left = this.log.pace && this.waiting ? this.log.pace * this.waiting / 60000 : 0;
    return left ? `${said}, ${left < 1 ? "less than a minute" : `about ${lasting(left)}`} at your pace` : said;
  }

  tell() {
    const n = this.log.entries.length;
    this.counts.textContent = `${count(this.waiting)} waiting in this queue, ${count(Math.max(0, this.data.handled - this.pending))} handled in all${this.progress}`;
    this.saving.textContent = !n ? "All saved" : this.lost ? `${count(n)} not saved: the server does not answer. They stay here and are sent again.` : `${count(n)} saving`;
    this.saving.setAttribute("role", this.lost && n ? "alert" : "presentation");
    this.saving.dataset.state = !n ? "saved" : this.lost ? "lost" : "saving";
    this.noticeBox.replaceChildren(...this.notices.map((one) => this.noticeLine(one)));
    this.fit();
  }

  noticeLine(one) {
    const line = node("div", "notice");
    line.append(node("span", "", one.text));
    const close = () => {
      settle(this.log.project, one.lost);
      this.notices = this.notices.filter((other) => other !== one);
      this.tell();
    };
    const row = one.example && this.queue.find(one.example);
    if (row && row !== this.queue.row) {
      const go = button("Show the row", "");
      go.addEventListener("click", () => { this.queue.at = this.queue.rows.indexOf(row); close(); this.paint(); this.focus(); });
      line.append(go);
    }
    const shut = button("Dismiss", "");
    shut.addEventListener("click", () => { close(); this.focus(); });
    line.append(shut);
    return line;
  }

  paint() {
    const { queue } = this;
    const row = queue.row;
    delete this.root.dataset.edits;
    if (this.edit.isOpen) this.edit.leave(); // the row under the fields is gone
    this.root.dataset.row = row ? row.id : "";
    // What is on screen already stays: a person may have scrolled, selected or opened something in it.
    const shown = row && !this.panes.querySelector(".edit") ? [queue.key, row.id, row.version, row.status, row.label, row.fresh].join() : "";
    if (!shown || shown !== this.shown) {
      this.paintWhy(row);
      this.paintPanes(row);
    }
    this.shown = shown;
    this.paintLabels(row);
    for (const made of this.actions.children) made.disabled = this.isOff(made.dataset.do, row);
    this.actions.querySelector(".do-accept").classList.toggle("primary", !row || row.suggested === null);
    this.tell();
  }

  isOff(name, row) {
    if (name === "accept") return !row || this.needsLabel(row);
    if (name === "back") return this.queue.at === 0;
    if (name === "next") return !row && !(this.queue.end && this.waiting > 0);
    return !row && name !== "undo" && name !== "keys";
  }

  paintWhy(row) {
    this.why.replaceChildren();
    if (!row) return;
    const line = node("p", "stands");
    if (row.label !== null || this.data.isLabels) {
      const chip = node("bdi", row.label === null ? "chip none" : "chip", row.label === null ? "Not labelled yet" : row.shownLabel);
      line.append(node("span", "hidden", "Label: "), chip);
      if (row.was) line.append(node("span", "", `imported as “${row.was}”`));
    }
    line.append(node("span", row.mine ? "mine" : "", sentence(row.stands)), node("bdi", "source", row.from));
    if (this.data.likes) line.append(this.like(row));
    this.why.append(line);
    for (const group of row.guesses) {
      const said = node("p", "reason guesses");
      said.append(node("strong", "", group.title));
      for (const guess of group.labels) {
        said.append(node("bdi", "", guess.shown));
        if (guess.rate) said.append(node("span", "sure", guess.rate));
      }
      this.why.append(said);
    }
    for (const reason of row.why) {
      const said = node("p", "reason");
      said.append(node("strong", "", reason.title));
      if (reason.sure) said.append(node("span", "sure", reason.sure));
      said.append(node("bdi", "", reason.text));
      this.why.append(said);
    }
    this.why.scrollTop = 0;
  }

  // In a tab of its own: the queue stays where it is.
  like(row) {
    const query = new URLSearchParams({ project: this.data.project, like: row.id });
    return node("a", "like", "Rows like this one", { href: `rows?${query}`, target: "_blank", rel: "noopener" });
  }

  paintPanes(row) {
    this.panes.classList.toggle("one", this.sides === 1);
    if (!row) return this.panes.replaceChildren(this.nothing());
    const panes = [this.pane("input", "Input", row.input, row.changed.input)];
    if (this.sides > 1) panes.push(this.pane("output", row.bad || "Ideal output", row.output, row.changed.output));
    if (row.beside.length) panes.push(this.beside(row));
    this.panes.replaceChildren(...panes);
    this.panes.classList.toggle("beside", row.beside.length > 0 && this.sides === 1);
    this.enlarge("");
    // Of a conversation the last turn is what is answered.
    const body = panes[0].querySelector(".body");
    if (row.input.length > 1) body.scrollTop = body.scrollHeight;
  }

  pane(side, title, made, changed) {
    const pane = node("section", "pane", "", { "data-side": side });
    const head = node("div", "head");
    const format = button(this.formats ? "As text" : "Formatted", side === "input" ? "M" : "", "larger", { "aria-description": "Markdown and formulas" });
    format.addEventListener("click", () => { this.format(); this.focus(); });
    const larger = button("Enlarge", side === "input" ? "Z" : "", "larger enlarge", { "aria-description": title });
    larger.addEventListener("click", () => { this.enlarge(this.large === side ? "" : side); this.focus(); });
    head.append(node("h2", "", title), format, larger);
    const body = node("div", "body", "", { tabindex: "0", role: "group", "aria-label": title });
    turns(body, made, this.formats ? markdown : undefined);
    if (!made.length) blocks(body, []);
    if (changed) changes(body, changed);
    pane.append(head, body);
    return pane;
  }

  beside(row) {
    const pane = node("section", "pane near", "", { "data-side": "near" });
    const body = node("div", "body", "", { tabindex: "0", role: "group", "aria-label": "Rows like it" });
    for (const { title, lines } of row.beside) {
      body.append(node("h2", "", title));
      for (const line of lines) body.append(neighbour(line.similarity, line.runs, line.answer));
    }
    pane.append(body);
    return pane;
  }

  nothing() {
    const box = node("div", "nothing");
    if (!this.queue.end) box.append(node("p", "", "Fetching the next rows …"));
    else if (this.waiting === 0) box.append(node("p", "", "Nothing is waiting in this queue."));
    else if (this.passed === 0) box.append(node("p", "", `${this.elsewhere} They come here if they are left undecided.`));
    else {
      const those = this.passed === 1 ? "1 row that you passed over still waits." : `${count(this.passed)} rows that you passed over still wait.`;
      box.append(node("p", "", `You are at the end of this queue. ${those} ${this.elsewhere}`));
      const start = button("Start again", "→", "primary");
      start.addEventListener("click", () => { this.go(1); this.focus(); });
      box.append(start);
    }
    return box;
  }

  paintLabels(row) {
    const { labels } = this.data;
    this.labels.hidden = !labels.length;
    if (!labels.length) return;
    const drawn = labels.map((label) => label.key + label.name).join("\n");
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      const search = button("Search", "/", "find");
      search.addEventListener("click", () => this.act("search"));
      this.suggested = button("", "T", "suggested");
      this.suggested.addEventListener("click", () => this.act("take"));
      const keyed = labels.filter((label) => label.key).sort((a, b) => place(a.key) - place(b.key));
      this.keyed = keyed.map((label) => {
        const made = button(label.shown, label.key.toUpperCase(), "label", { title: label.shown });
        made.addEventListener("click", () => { this.decide("label", label.name); this.focus(); });
        return { label, made };
      });
      this.labels.replaceChildren(this.suggested, search, ...this.keyed.map((one) => one.made));
    }
    const suggested = row && row.suggested !== null ? labels.find((label) => label.name === row.suggested)?.shown ?? row.suggested : "";
    this.suggested.firstChild.textContent = suggested ? suggested : "No suggestion";
    this.suggested.title = suggested;
    this.suggested.disabled = !suggested;
    this.suggested.classList.toggle("primary", Boolean(suggested));
    for (const { label, made } of this.keyed) {
      made.disabled = !row;
      made.setAttribute("aria-pressed", String(Boolean(row) && row.label === label.name));
    }
  }

  // The card ends where the window ends.
  fit() {
    const scrolled = document.querySelector("[data-testid='stMain']")?.scrollTop ?? 0;
    const top = this.root.getBoundingClientRect().top + scrolled;
    const height = Math.max(LEAST_HEIGHT, window.innerHeight - (PHONE.matches ? ABOVE : top) - BELOW);
    if (Math.abs(height - (this.height || 0)) < 1) return;
    this.height = height;
    this.root.style.setProperty("--card-height", `${height}px`);
  }
}

const attribute = (name, otherwise) => document.querySelector("[data-testid='stApp']")?.getAttribute(name) ?? otherwise;

// What the server says of a log sent to it, null where it cannot be reached or does not take it.
async function posted(address, said) {
  try {
    const sent = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(said), signal: AbortSignal.timeout(PATIENCE) };
    const answer = await fetch(address, sent);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

// Where the queue goes on stands in the address, so that it is found again after the server has begun anew.
function keepPlace(after) {
  const url = new URL(window.location.href);
  if (after < 0) url.searchParams.delete("place");
  else url.searchParams.set("place", after);
  if (url.href !== window.location.href) window.history.replaceState(window.history.state, "", url);
}

function lasting(minutes) {
  const n = Math.round(minutes < 90 ? minutes : minutes / 60);
  return minutes < 90 ? `${count(n)} ${n === 1 ? "minute" : "minutes"}` : `${count(n)} hours`;
}

const place = (key) => "123456789abcdefghijklmnopqrstuvwxyz".indexOf(key);

function sentence(text) {
  return text ? `${text[0].toUpperCase()}${text.slice(1)}.` : "";
}

const PRESSED = new Set(["button", "checkbox", "radio", "range", "color", "file", "submit", "reset", "image"]);

function isTyping(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  if (target.tagName === "INPUT") return !PRESSED.has(target.type);
  return ["TEXTAREA", "SELECT"].includes(target.tagName) || target.isContentEditable;
}

