// The list of all labels, searched as one types; the last line makes a new one, asked twice.

import { node } from "./paint.js";

const SHOWN = 60; // lines drawn: more than a person reads, and few enough to draw within a frame

const folded = (text) => text.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean).join(" ");

export class Search {
  constructor(choose, close) {
    this.choose = choose;
    this.close = close;
    this.box = node("div", "search", "", { hidden: "" });
    this.field = node("input", "", "", {
      type: "text", role: "combobox", "aria-label": "Search a label", "aria-expanded": "true",
      "aria-controls": "labels-found", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
      placeholder: "Search a label, or write a new one",
    });
    this.list = node("ul", "", "", { role: "listbox", id: "labels-found", "aria-label": "Labels found" });
    this.box.append(this.list, this.field);
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.field.addEventListener("input", () => this.find());
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.field.addEventListener("blur", () => this.shut());
  }

  get isOpen() {
    return !this.box.hidden;
  }

  open(labels) {
    this.labels = labels;
    this.box.hidden = false;
    this.field.value = "";
    this.find();
    this.field.focus();
  }

  shut() {
    if (!this.isOpen) return;
    this.box.hidden = true;
    this.close();
  }

  find() {
    const words = folded(this.field.value).split(" ").filter(Boolean);
    this.found = this.labels.filter((label) => {
      const name = folded(label.shown);
      return words.every((word) => name.includes(word));
    });
    const starts = (label) => (words.length && folded(label.shown).startsWith(words.join(" ")) ? 0 : 1);
    this.found.sort((a, b) => starts(a) - starts(b) || a.shown.localeCompare(b.shown));
    this.asked = "";
    this.pick(0);
  }

  // A new label is offered where none is the same but for case and spaces.
  get fresh() {
    const name = this.field.value.trim().split(/\s+/).join(" ");
    return name && !this.labels.some((label) => folded(label.name) === folded(name)) ? name : "";
  }

  get lines() {
    const lines = this.found.slice(0, SHOWN).map((label) => ({ label: label.name, text: label.shown, key: label.key }));
    if (this.fresh) {
      const again = this.asked === this.fresh;
      const text = again ? `Press Enter again to make “${this.fresh}” a new label` : `New label “${this.fresh}”`;
      lines.push({ label: this.fresh, text, key: "", isNew: true });
    }
    return lines;
  }

  pick(n) {
    const lines = this.lines;
    this.at = Math.max(0, Math.min(n, lines.length - 1));
    this.list.replaceChildren(
      ...lines.map((line, number) => {
        const made = node("li", line.isNew ? "new" : "", "", {
          role: "option", id: `found-${number}`, "aria-selected": String(number === this.at),
        });
        made.append(node("bdi", "name", line.text));
        if (line.key) made.append(node("kbd", "", line.key.toUpperCase()));
        made.addEventListener("click", () => this.take(number));
        return made;
      }),
    );
    if (!lines.length) this.list.append(node("li", "none", "No label is called so.", { role: "presentation" }));
    this.field.setAttribute("aria-activedescendant", lines.length ? `found-${this.at}` : "");
    this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  take(number) {
    const line = this.lines[number];
    if (!line) return;
    if (line.isNew && this.asked !== line.label) {
      this.asked = line.label;
      this.pick(number);
      return;
    }
    this.box.hidden = true;
    this.close();
    this.choose(line.label);
  }

  press(event) {
    if (event.isComposing) return;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) this.pick(this.at + moves[event.key]);
    else if (event.key === "Enter") {
      if (!event.repeat) this.take(this.at);
    } else if (event.key === "Escape") this.shut();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
