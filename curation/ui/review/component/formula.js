// Formulas in LaTeX as MathML, when a person asks for formatted text. Every element is made here, one by one, from a list
// of known commands: nothing of a text becomes markup, is run, or is fetched. What is not known is no formula for us, and
// stays the text it is. KaTeX, Temml and latex2mathml were looked at: 270 kB and fonts, 150 kB, a round to the server for
// every row; what people write in training data is this much.

const SPACE = "http://www.w3.org/1998/Math/MathML";
const LONGEST = 4000; // characters of a formula
const DEEPEST = 24; // groups inside groups

const LETTERS = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ϵ", varepsilon: "ε", zeta: "ζ", eta: "η", theta: "θ", vartheta: "ϑ",
  iota: "ι", kappa: "κ", lambda: "λ", mu: "μ", nu: "ν", xi: "ξ", pi: "π", rho: "ρ", sigma: "σ", tau: "τ", upsilon: "υ",
  phi: "ϕ", varphi: "φ", chi: "χ", psi: "ψ", omega: "ω", Gamma: "Γ", Delta: "Δ", Theta: "Θ", Lambda: "Λ", Xi: "Ξ", Pi: "Π",
  Sigma: "Σ", Upsilon: "Υ", Phi: "Φ", Psi: "Ψ", Omega: "Ω", infty: "∞", partial: "∂", nabla: "∇", ell: "ℓ", hbar: "ℏ",
  emptyset: "∅", varnothing: "∅", Re: "ℜ", Im: "ℑ", aleph: "ℵ", ldots: "…", dots: "…", cdots: "⋯", vdots: "⋮", ddots: "⋱",
  "%": "%", $: "$", "#": "#", "&": "&", _: "_", angle: "∠", triangle: "△", degree: "°", prime: "′",
};
const SIGNS = {
  times: "×", div: "÷", cdot: "⋅", pm: "±", mp: "∓", ast: "∗", star: "⋆", circ: "∘", bullet: "∙", oplus: "⊕", otimes: "⊗",
  le: "≤", leq: "≤", ge: "≥", geq: "≥", ne: "≠", neq: "≠", ll: "≪", gg: "≫", approx: "≈", equiv: "≡", sim: "∼", simeq: "≃",
  cong: "≅", propto: "∝", in: "∈", notin: "∉", ni: "∋", subset: "⊂", subseteq: "⊆", supset: "⊃", supseteq: "⊇", cup: "∪",
  cap: "∩", setminus: "∖", land: "∧", wedge: "∧", lor: "∨", vee: "∨", neg: "¬", lnot: "¬", forall: "∀", exists: "∃",
  to: "→", rightarrow: "→", leftarrow: "←", leftrightarrow: "↔", Rightarrow: "⇒", Leftarrow: "⇐", Leftrightarrow: "⇔",
  implies: "⟹", iff: "⟺", mapsto: "↦", longrightarrow: "⟶", uparrow: "↑", downarrow: "↓", mid: "∣", parallel: "∥", perp: "⊥",
  langle: "⟨", rangle: "⟩", lfloor: "⌊", rfloor: "⌋", lceil: "⌈", rceil: "⌉", lvert: "|", rvert: "|", vert: "|", Vert: "‖",
  lVert: "‖", rVert: "‖", "|": "‖", "{": "{", "}": "}", lbrace: "{", rbrace: "}", colon: ":", backslash: "\\", therefore: "∴",
};
const LARGE = {
  sum: "∑", prod: "∏", coprod: "∐", bigcup: "⋃", bigcap: "⋂", bigoplus: "⨁", bigotimes: "⨂", int: "∫", iint: "∬", iiint: "∭", oint: "∮",
};
const BESIDE = new Set(["int", "iint", "iiint", "oint"]); // their limits stand beside them, the others' above and below
const NAMES = new Set([
  "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log", "ln", "lg", "exp", "det", "dim",
  "ker", "deg", "gcd", "arg", "hom", "bmod", "Pr",
]);
const LIMITS = new Set(["lim", "max", "min", "sup", "inf", "limsup", "liminf", "argmax", "argmin"]);
const OVER = { hat: "^", widehat: "^", bar: "¯", overline: "¯", vec: "→", tilde: "~", widetilde: "~", dot: "˙", ddot: "¨" };
const SPACES = { ",": 0.17, ":": 0.22, ";": 0.28, "!": 0, quad: 1, qquad: 2, " ": 0.25 };
const PLAIN = new Set(["mathrm", "operatorname", "mathbf", "mathit", "mathsf", "mathcal", "boldsymbol", "bm"]);
const BOARD = { N: "ℕ", Z: "ℤ", Q: "ℚ", R: "ℝ", C: "ℂ", P: "ℙ", E: "𝔼", H: "ℍ" };
const FENCES = { matrix: ["", ""], pmatrix: ["(", ")"], bmatrix: ["[", "]"], vmatrix: ["|", "|"], cases: ["{", ""], aligned: ["", ""], align: ["", ""], "align*": ["", ""] };
const SIZES = new Set(["big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "displaystyle", "textstyle", "limits", "nolimits"]);

// The formula as an element; null where something in it is not known.
export function formula(text, isBlock) {
  if (text.length > LONGEST) return null;
  try {
    const parser = new Parser(text.match(/\\[a-zA-Z]+|\\[^]|[0-9]+(?:\.[0-9]+)?|\s+|[^]/gu) ?? [], isBlock);
    const row = parser.row(() => false);
    if (parser.at < parser.tokens.length || !row.length) return null;
    const math = made("math", row);
    if (isBlock) math.setAttribute("display", "block");
    math.setAttribute("aria-label", text.trim());
    return math;
  } catch {
    return null;
  }
}

function made(tag, children = [], text = "") {
  const element = document.createElementNS(SPACE, tag);
  if (text) element.textContent = text;
  element.append(...children);
  return element;
}

const one = (row) => (row.length === 1 ? row[0] : made("mrow", row));

class Unknown extends Error {}

class Parser {
  constructor(tokens, isBlock) {
    this.tokens = tokens;
    this.isBlock = isBlock;
    this.at = 0;
    this.depth = 0;
  }

  get next() {
    return this.tokens[this.at];
  }

  take() {
    if (this.at >= this.tokens.length) throw new Unknown();
    return this.tokens[this.at++];
  }

  skip() {
    while (this.at < this.tokens.length && /^\s/u.test(this.next)) this.at++;
  }

  // The elements up to a token that ends them, which is left.
  row(ends) {
    if (++this.depth > DEEPEST) throw new Unknown();
    const elements = [];
    for (this.skip(); this.at < this.tokens.length && !ends(this.next); this.skip()) {
      const base = this.atom();
      if (base) elements.push(this.scripts(base));
    }
    this.depth--;
    return elements;
  }

  scripts(base) {
    let [below, above] = [null, null];
    for (this.skip(); this.next === "_" || this.next === "^" || this.next === "'"; this.skip()) {
      const sign = this.take();
      if (sign === "'") above = above ? made("mrow", [above, made("mo", [], "′")]) : made("mo", [], "′");
      else if (sign === "_" && !below) below = this.group();
      else if (sign === "^" && !above) above = this.group();
      else throw new Unknown();
    }
    if (!below && !above) return base;
    const [both, under, over] = base.limits && this.isBlock ? ["munderover", "munder", "mover"] : ["msubsup", "msub", "msup"];
    if (below && above) return made(both, [base, below, above]);
    return below ? made(under, [base, below]) : made(over, [base, above]);
  }

  // What a command or script is about: a group in braces, or one sign.
  group() {
    this.skip();
    if (this.next !== "{") {
      if (/^[0-9]/.test(this.next ?? "") && this.next.length > 1) { // x^23 is x²3
        const digits = this.take();
        this.tokens.splice(this.at, 0, digits.slice(1));
        return made("mn", [], digits[0]);
      }
      const base = this.atom();
      if (!base) throw new Unknown();
      return base;
    }
    return one(this.braced());
  }

  braced() {
    this.expect("{");
    const row = this.row((token) => token === "}");
    this.expect("}");
    return row;
  }

  // The words in braces as they are.
  words() {
    this.skip();
    this.expect("{");
    let words = "";
    for (let open = 1; ; words += this.tokens[this.at - 1]) {
      const token = this.take();
      if (token === "{") open++;
      if (token === "}" && --open === 0) return words;
    }
  }

  expect(token) {
    if (this.take() !== token) throw new Unknown();
  }

  atom() {
    const token = this.take();
    if (token === "{") {
      this.at--;
      return made("mrow", this.braced());
    }
    if (/^[0-9]/.test(token)) return made("mn", [], token);
    if (/^\p{L}$/u.test(token)) return made("mi", [], token);
    if (token === "~") return this.space(0.25);
    if (token.startsWith("\\")) return this.command(token.slice(1));
    if ("^_}&#%$".includes(token)) throw new Unknown();
    return made("mo", [], token === "-" ? "−" : token === "*" ? "∗" : token);
  }

  space(width) {
    const element = made("mspace");
    element.setAttribute("width", `${width}em`);
    return element;
  }

  command(name) {
    const has = (table) => Object.hasOwn(table, name);
    if (has(LETTERS)) return made("mi", [], LETTERS[name]);
    if (has(SIGNS)) return made("mo", [], SIGNS[name]);
    if (has(SPACES)) return this.space(SPACES[name]);
    if (has(LARGE)) {
      const element = made("mo", [], LARGE[name]);
      element.limits = !BESIDE.has(name);
      return element;
    }
    if (NAMES.has(name)) return this.named(name);
    if (LIMITS.has(name)) {
      const element = this.named(name);
      element.limits = true;
      return element;
    }
    if (has(OVER)) {
      const accent = made("mover", [this.group(), made("mo", [], OVER[name])]);
      accent.setAttribute("accent", "true");
      return accent;
    }
    if (PLAIN.has(name)) return this.named(this.words());
    if (SIZES.has(name)) return null;
    return this.structure(name);
  }

  named(name) {
    const element = made("mi", [], name);
    if ([...name].length === 1) element.setAttribute("mathvariant", "normal");
    return element;
  }

  structure(name) {
    switch (name) {
      case "frac": case "dfrac": case "tfrac": return made("mfrac", [this.group(), this.group()]);
      case "binom": {
        const pair = made("mfrac", [this.group(), this.group()]);
        pair.setAttribute("linethickness", "0");
        return made("mrow", [made("mo", [], "("), pair, made("mo", [], ")")]);
      }
      case "sqrt": return this.root();
      case "text": case "textbf": case "textit": case "mbox": return made("mtext", [], this.words());
      case "mathbb": return this.board(this.words());
      case "underline": return made("munder", [this.group(), made("mo", [], "_")]);
      case "left": return this.fenced();
      case "begin": return this.table(this.words());
      default: throw new Unknown();
    }
  }

  board(letter) {
    if (!Object.hasOwn(BOARD, letter)) throw new Unknown();
    return made("mi", [], BOARD[letter]);
  }

  root() {
    this.skip();
    if (this.next !== "[") return made("msqrt", [this.group()]);
    this.take();
    const degree = one(this.row((token) => token === "]"));
    this.expect("]");
    return made("mroot", [this.group(), degree]);
  }

  fence() {
    this.skip();
    const token = this.take();
    if (token === ".") return "";
    if (/^[()[\]|/<>]$/.test(token)) return token;
    if (token.startsWith("\\") && Object.hasOwn(SIGNS, token.slice(1))) return SIGNS[token.slice(1)];
    throw new Unknown();
  }

  fenced() {
    const first = this.fence();
    const inner = this.row((token) => token === "\\right");
    this.expect("\\right");
    return between(first, inner, this.fence());
  }

  table(name) {
    if (!Object.hasOwn(FENCES, name)) throw new Unknown();
    const rows = [[]];
    for (;;) {
      const cell = this.row((token) => token === "&" || token === "\\\\" || token === "\\end");
      rows.at(-1).push(made("mtd", cell));
      const sign = this.take();
      if (sign === "\\\\") rows.push([]);
      if (sign === "\\end") break;
    }
    if (this.words() !== name) throw new Unknown();
    const lines = rows.filter((cells) => cells.some((cell) => cell.childNodes.length)).map((cells) => made("mtr", cells));
    return between(FENCES[name][0], [made("mtable", lines)], FENCES[name][1]);
  }
}

function between(first, inner, last) {
  return made("mrow", [...(first ? [made("mo", [], first)] : []), ...inner, ...(last ? [made("mo", [], last)] : [])]);
}
