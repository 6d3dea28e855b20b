// Markdown as formatted text, when a person asks for it. It builds elements of its own from pieces of the text, so that
// no tag of the text becomes one, and it follows no address: links and pictures are shown as their words and address.
// Every search for a closing mark goes on from where the last one ended: a text of one mark 20,000 times stays fast.

import { node } from "./paint.js";

const DEEPEST = 4; // marks inside marks; people write two
const MARKS = [["**", "strong"], ["__", "strong"], ["~~", "del"], ["`", "code"], ["*", "em"], ["_", "em"]];
const HEADING = /^(#{1,6}) +(.*)$/;
const ITEM = /^( *)([-*+]|\d{1,9}[.)]) +(.*)$/;
const RULE = /^ {0,3}(?:-{3,}|\*{3,}|_{3,}) *$/;
const ROW = /^ *\|.*\| *$/;

export function markdown(parent, text) {
  const lines = text.split("\n");
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n];
    const heading = HEADING.exec(line);
    if (heading) parent.append(filled(node("p", `prose heading h${heading[1].length}`), heading[2]));
    else if (RULE.test(line)) parent.append(node("hr"));
    else if (ROW.test(line) && isUnder(lines[n + 1] ?? "")) n = table(parent, lines, n);
    else if (ITEM.test(line)) parent.append(item(ITEM.exec(line)));
    else if (line.startsWith(">")) parent.append(filled(node("blockquote", "prose"), line.replace(/^> ?/, "")));
    else if (line.trim()) parent.append(filled(node("p", "prose"), line));
    else parent.append(node("p", "space"));
  }
}

// The direction is asked for last: the browser looks for it through all of the text again with every piece added.
function filled(parent, text) {
  inline(parent, text);
  parent.dir = "auto";
  return parent;
}

function item([, indent, mark, text]) {
  const line = node("p", "prose item");
  line.style.marginInlineStart = `${Math.min(indent.length, 12) / 2}em`;
  line.append(node("span", "bullet", /\d/.test(mark) ? mark : "•"));
  return filled(line, text);
}

// The line below a table's first: one expression for all of it would take time by the square of its length.
function isUnder(line) {
  return ROW.test(line) && line.includes("-") && /^[ :|-]+$/.test(line);
}

function table(parent, lines, start) {
  const made = node("table");
  let n = start;
  for (; n < lines.length && ROW.test(lines[n]); n++) {
    if (n === start + 1) continue;
    const row = node("tr");
    for (const cell of lines[n].trim().slice(1, -1).split("|")) {
      row.append(filled(node(n === start ? "th" : "td"), cell.trim()));
    }
    made.append(row);
  }
  const frame = node("div", "table");
  frame.append(made);
  parent.append(frame);
  return n - 1;
}

function inline(parent, text, depth = 0) {
  const next = {}; // where each closing mark was last found
  const find = (mark, from) => {
    if (!(mark in next) || (next[mark] >= 0 && next[mark] < from)) next[mark] = text.indexOf(mark, from);
    return next[mark];
  };
  let plain = 0; // where the piece without marks begins
  let at = 0;
  const close = (end) => {
    if (plain < at) parent.append(text.slice(plain, at));
    plain = at = end;
  };
  while (at < text.length) {
    const mark = MARKS.find(([sign]) => text.startsWith(sign, at));
    if (mark && depth < DEEPEST) {
      const [sign, tag] = mark;
      const end = find(sign, at + sign.length);
      if (end > at + sign.length && opens(text, at, sign) && text[end - 1] !== " ") {
        const inner = text.slice(at + sign.length, end);
        close(end + sign.length);
        parent.append(tag === "code" ? node("code", "", inner) : inline(node(tag), inner, depth + 1));
      } else at += sign.length;
      continue;
    }
    const link = text[at] === "[" ? linked(text, at, find) : null;
    if (link) {
      const isPicture = at > 0 && text[at - 1] === "!" && plain < at;
      if (isPicture) at--;
      close(link.end);
      parent.append(node("u", "", isPicture ? `Picture: ${link.words}` : link.words), ` (${link.address})`);
    } else at++;
  }
  close(text.length);
  return parent;
}

// In snake_case and 2*3 a mark is a letter like any other.
function opens(text, at, sign) {
  const before = text[at - 1] ?? " ";
  const after = text[at + sign.length] ?? " ";
  return after !== " " && (sign === "`" || !/[\p{L}\p{N}]/u.test(before));
}

function linked(text, at, find) {
  const middle = find("](", at);
  const end = middle < 0 ? -1 : find(")", middle);
  const another = find("[", at + 1);
  if (end < 0 || (another > at && another < middle)) return null;
  return { words: text.slice(at + 1, middle), address: text.slice(middle + 2, end), end: end + 1 };
}
