// Every key there is, in a dialog.

import { button, node } from "./paint.js";

const KEYS = [
  ["A or Y", "Accept: right as it is"],
  ["T", "Take the suggested label"],
  ["X", "Leave out of the export"],
  ["E", "Edit the texts; Ctrl+Enter saves, Esc leaves them as they were"],
  ["S", "Skip: it comes again later"],
  ["F", "Flag for somebody else"],
  ["U", "Undo your last decision and go back to its row"],
  ["←  →", "Previous row, next row"],
  ["↑  ↓", "Scroll the text"],
  ["Z", "Enlarge a text, and back"],
  ["M", "Markdown as formatted text, and back; links and pictures stay words"],
  ["1-9, letters", "The label on that key: the same for everybody in this project"],
  ["/", "Search a label, or make a new one"],
  ["?", "This list"],
];

export function keys() {
  const dialog = node("dialog", "keys", "", { "aria-label": "Keys" });
  const list = node("dl");
  for (const [key, what] of KEYS) {
    const term = node("dt");
    term.append(node("kbd", "", key));
    list.append(term, node("dd", "", what));
  }
  const close = button("Close", "Esc");
  close.addEventListener("click", () => dialog.close());
  dialog.append(node("h2", "", "Keys"), list);
  dialog.append(node("p", "", "Keys work while no field has the focus. Without the card: add ?plain=1 to the address."));
  dialog.append(close);
  return dialog;
}
