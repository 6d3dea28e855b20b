// Texts on screen. All of it is set as text: nothing from data is ever read as markup.

export function node(tag, className = "", text = "", attributes = {}) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const MARKS = { found: "mark", added: "ins", removed: "del" };

export function runs(parent, pieces, direction = "auto") {
  for (const [kind, text] of pieces) {
    if (MARKS[kind]) parent.append(node(MARKS[kind], "", text));
    else parent.append(text);
  }
  parent.dir = direction; // last: the browser looks for it through all of the text again with every piece added
  return parent;
}

export function blocks(parent, made, formatted) {
  for (const block of made) {
    const isCode = block.kind === "code";
    if (formatted && !isCode) {
      formatted(parent, block.runs.map(([, text]) => text).join(""));
      continue;
    }
    parent.append(isCode ? runs(node("pre", "code"), block.runs, "ltr") : runs(node("p", "prose"), block.runs));
  }
  if (!made.length) parent.append(node("p", "empty", "(empty)"));
}

const ROLES = { system: "System", user: "User", assistant: "Assistant", tool: "Tool result" };

function calls(parent, made) {
  for (const call of made) {
    const box = node("div", "call");
    box.append(node("span", "role", call.name ? `Tool call: ${call.name}` : "Tool call"));
    box.append(node("pre", "code", pretty(call.arguments), { dir: "ltr" }));
    parent.append(box);
  }
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

// `formatted` draws prose where a person asked for that; without it a text stands as it is.
export function turns(parent, made, formatted) {
  for (const turn of made) {
    if (!turn.role) {
      blocks(parent, turn.blocks, formatted);
      continue;
    }
    const isSystem = turn.role === "system";
    const box = node(isSystem ? "details" : "div", `turn ${ROLES[turn.role] ? turn.role : "other"}`);
    box.append(node(isSystem ? "summary" : "span", "role", ROLES[turn.role] || turn.role));
    if (turn.blocks.length || !turn.calls.length) blocks(box, turn.blocks, turn.role === "tool" ? undefined : formatted);
    calls(box, turn.calls);
    parent.append(box);
  }
}

// A text that a person edited: what was taken out and put in, word by word.
export function changes(parent, changed) {
  const box = node("details", "changes", "", { open: "" });
  box.append(node("summary", "role", "Changed from"));
  box.append(runs(node("p", "prose"), changed.was));
  box.append(node("span", "role", "to"));
  box.append(runs(node("p", "prose"), changed.now));
  parent.append(box);
}

// A row like the one on screen: how alike, its text, what it is answered with.
export function neighbour(similarity, pieces, answer) {
  const line = node("p", "neighbour");
  const text = runs(node("bdi", ""), pieces);
  if (answer) text.append(node("br"), node("strong", "", answer));
  line.append(node("span", "similarity", similarity), text);
  return line;
}

export function button(text, key, className = "", attributes = {}) {
  const made = node("button", className, "", { type: "button", ...attributes });
  made.append(node("span", "name", text));
  if (key) made.append(node("kbd", "", key));
  return made;
}
