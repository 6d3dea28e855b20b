// The texts of a row as fields: Ctrl+Enter saves, Escape leaves them as they were.

import { button, neighbour, node, runs } from "./paint.js";

const PAUSE = 700; // ms without a letter until the text is compared with the set

export class Edit {
  constructor({ save, close, compare }) {
    Object.assign(this, { save, close, compare });
    this.row = null;
  }

  get isOpen() {
    return this.row !== null;
  }

  open(row, isLabels, log) {
    this.row = row;
    this.log = log;
    this.raw = null;
    this.sides = isLabels ? ["input"] : ["input", "output"];
    this.box = node("div", "edit");
    this.fields = {};
    for (const side of this.sides) {
      const title = side === "input" ? "Input" : "Ideal output";
      const label = node("label", "field");
      label.append(node("span", "role", title));
      const field = node("textarea", "", "", { dir: "auto", "aria-label": title, disabled: "" });
      field.placeholder = "Fetching the text …";
      field.addEventListener("keydown", (event) => this.press(event));
      field.addEventListener("input", () => this.typed());
      label.append(field);
      this.fields[side] = field;
      this.box.append(label);
    }
    this.near = node("div", "near", "", { "aria-live": "polite" });
    const acts = node("div", "acts");
    const save = button("Save the change", "Ctrl+Enter", "primary");
    const leave = button("Keep as it was", "Esc");
    save.addEventListener("click", () => this.done());
    leave.addEventListener("click", () => this.shut());
    acts.append(save, leave);
    this.box.append(this.near, acts);
    return this.box;
  }

  // The texts as they are stored: what is on screen has personal data masked.
  fill(raw) {
    if (!this.isOpen || this.raw || raw.id !== this.row.id) return;
    this.raw = raw;
    for (const side of this.sides) {
      this.fields[side].value = this.log.draftOf(raw.id)?.[side] ?? raw[side];
      this.fields[side].disabled = false;
      this.fields[side].placeholder = "";
    }
    this.fields[this.sides.at(-1)].focus();
  }

  press(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (!event.repeat) this.done();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.shut();
    }
  }

  get changed() {
    const changed = {};
    for (const side of this.sides) {
      // A field turns every line break into \n: that alone is no change.
      if (this.fields[side].value !== this.raw[side].replace(/\r\n?/g, "\n")) changed[side] = this.fields[side].value;
    }
    return changed;
  }

  typed() {
    // Kept until it is saved or given up, also when the page is left meanwhile.
    if (Object.keys(this.changed).length) this.log.write(this.row, this.changed);
    else this.log.giveUp(this.row.id);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.isOpen && this.raw) this.compare({ id: this.row.id, ...this.changed });
    }, PAUSE);
  }

  // What the server says of the text as it is being written.
  compared(said) {
    if (!this.isOpen || said.id !== this.row.id) return;
    this.near.replaceChildren();
    for (const change of said.changed) {
      const line = node("p", "prose");
      this.near.append(node("span", "role", `${change.title}, changed from`));
      this.near.append(runs(node("p", "prose"), change.was), node("span", "role", "to"));
      this.near.append(runs(line, change.now));
    }
    if (said.caption) this.near.append(node("span", said.warns ? "role warns" : "role", said.caption));
    for (const one of said.near) this.near.append(neighbour(one.similarity, [["same", one.text]], one.note));
  }

  done() {
    if (!this.raw) return;
    const { row, changed } = this;
    this.shut();
    if (Object.keys(changed).length) this.save(row, changed);
  }

  // The fields go, what was written in them stays.
  leave() {
    clearTimeout(this.timer);
    this.row = null;
  }

  shut() {
    clearTimeout(this.timer);
    if (this.raw) this.log.giveUp(this.row.id);
    this.row = null;
    this.close();
  }
}
