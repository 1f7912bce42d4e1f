// Formulas as they are written in TeX, for MathML: the small part of it that the course's formulas use. What is not known shows as it is.
import { frac, id, math, num, op, root, row, sub, subsup, sup, text } from "./formula.js";

const TEX_LETTERS = { alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", eta: "η", theta: "θ", lambda: "λ", mu: "μ", pi: "π", rho: "ρ", sigma: "σ", tau: "τ", phi: "φ", omega: "ω", Delta: "Δ", Sigma: "Σ", infty: "∞", nabla: "∇", partial: "∂", ell: "ℓ" };
const TEX_SIGNS = { cdot: "·", times: "×", leftarrow: "←", to: "→", rightarrow: "→", Rightarrow: "⇒", approx: "≈", neq: "≠", leq: "≤", geq: "≥", le: "≤", ge: "≥", pm: "±", sum: "∑", prod: "∏", in: "∈", ldots: "…", dots: "…", mid: "|", sim: "∼", odot: "⊙", "{": "{", "}": "}" };
const TEX_FUNCTIONS = ["ln", "log", "exp", "max", "min", "tanh", "softmax", "cos", "sin"];
const TEX_FENCES = { "(": ")", "[": "]" };
const TEX_GAPS = [",", ";", ":", "!", " ", "quad", "qquad", "left", "right"];

/** A formula as a tree: `["row", …]`, `["frac", above, below]`, `["sub", base, below]`, `["num", "1"]`.
 * @typedef {[string, ...(any)[]]} Tree */

/** @param {string} source @returns {Tree} */
export function texTree(source) {
  const words = source.match(/\\[a-zA-Z]+|\\.|\d+(?:[.,]\d+)*(?:e[-−+]?\d+)?|\s+|./gsu) ?? [];
  let at = 0;
  const gap = () => { while (at < words.length && /^\s/.test(words[at])) at += 1; };
  /** @param {string} end @returns {Tree} */
  const group = (end) => {
    const parts = /** @type {Tree[]} */ ([]);
    for (gap(); at < words.length && words[at] !== end; gap()) parts.push(scripted());
    at += 1;
    return (parts.length === 1 ? parts[0] : ["row", ...parts]);
  };
  /** @returns {Tree} */
  const argument = () => { gap(); return words[at] === "{" ? (at += 1, group("}")) : atom(); };
  // The words between braces as they stand: \text{after} keeps its gaps.
  const verbatim = () => { gap(); if (words[at] !== "{") return words[at++] ?? ""; let depth = 1, found = ""; for (at += 1; at < words.length; at += 1) { if (words[at] === "{") depth += 1; else if (words[at] === "}" && (depth -= 1) === 0) { at += 1; break; } found += words[at]; } return found; };
  /** @returns {Tree} */
  const atom = () => {
    const word = words[at] ?? "";
    at += 1;
    if (word === "{") return group("}");
    if (word in TEX_FENCES) { const inside = group(TEX_FENCES[/** @type {"("} */ (word)]); return ["fence", word, inside, words[at - 1] ?? ""]; }
    if (/^\d/.test(word)) return ["num", word];
    if (/^\\./.test(word)) return command(word.slice(1));
    return /^\p{L}$/u.test(word) ? ["id", word] : ["op", word === "-" ? "−" : word === "*" ? "·" : word];
  };
  /** @param {string} name @returns {Tree} */
  const command = (name) => {
    if (["frac", "tfrac", "dfrac"].includes(name)) return ["frac", argument(), argument()];
    if (name === "sqrt") return ["root", argument()];
    if (["text", "mathrm", "operatorname"].includes(name)) return ["text", verbatim()];
    if (["hat", "bar", "vec"].includes(name)) return ["over", argument(), { hat: "^", bar: "¯", vec: "→" }[name]];
    if (TEX_GAPS.includes(name)) return ["gap", name];
    if (TEX_FUNCTIONS.includes(name)) { gap(); return /^[([{_^]?$/.test(words[at] ?? "") ? ["id", name] : ["row", ["id", name], ["gap", ","]]; }
    if (name in TEX_SIGNS) return ["op", TEX_SIGNS[/** @type {keyof typeof TEX_SIGNS} */ (name)]];
    return ["id", TEX_LETTERS[/** @type {keyof typeof TEX_LETTERS} */ (name)] || name];
  };
  /** @returns {Tree} */
  const scripted = () => {
    const base = atom();
    let below = null, above = null;
    for (gap(); words[at] === "_" || words[at] === "^"; gap()) { const low = words[at] === "_"; at += 1; if (low) below = argument(); else above = argument(); }
    if (below && above) return ["subsup", base, below, above];
    if (below) return ["sub", base, below];
    return above ? (["sup", base, above]) : base;
  };
  const parts = /** @type {Tree[]} */ ([]);
  for (gap(); at < words.length; gap()) parts.push(scripted());
  return parts.length === 1 ? parts[0] : ["row", ...parts];
}

/** @param {Tree} tree @returns {Element} */
function texNode([kind, ...parts]) {
  const all = () => parts.map(texNode);
  if (kind === "num") return num(parts[0]);
  if (kind === "id") return id(parts[0]);
  if (kind === "op") return op(parts[0]);
  if (kind === "text") return text(parts[0]);
  if (kind === "frac") return frac(texNode(parts[0]), texNode(parts[1]));
  if (kind === "sub") return sub(texNode(parts[0]), texNode(parts[1]));
  if (kind === "sup") return sup(texNode(parts[0]), texNode(parts[1]));
  if (kind === "subsup") return subsup(texNode(parts[0]), texNode(parts[1]), texNode(parts[2]));
  if (kind === "root") return root(texNode(parts[0]));
  if (kind === "gap") return text({ quad: "\u2003", qquad: "\u2003\u2003", "!": "", left: "", right: "" }[/** @type {"quad"} */ (parts[0])] ?? "\u2009");
  if (kind === "over") { const made = document.createElementNS("http://www.w3.org/1998/Math/MathML", "mover"); made.setAttribute("accent", "true"); made.append(texNode(parts[0]), op(parts[1])); return made; }
  if (kind === "fence") { // brackets grow with a fraction, and stay as they are round a line of text
    const grows = JSON.stringify(parts[1]).includes('"frac"'), bracket = (/** @type {string} */ sign) => { const made = op(sign); if (!grows) made.setAttribute("stretchy", "false"); return made; };
    return row(bracket(parts[0]), texNode(parts[1]), bracket(parts[2]));
  }
  return row(...all());
}

/** Its parts as MathML, to stand within a larger formula. @param {string} source */
export const tex = (source) => texNode(texTree(source));

/** A whole formula, broken where a line is too narrow: one element for each part between two \qquad. @param {string} source */
export const texLines = (source) => source.split("\\qquad").map((part) => part.trim()).filter(Boolean).map((part) => { const made = math([tex(part)]); made.setAttribute("displaystyle", "true"); return made; });
