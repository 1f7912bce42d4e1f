// Formulas as MathML, which browsers draw and screen readers read; built node by node, so that a number in one can change alone.

/** @typedef {Element | string | number} Part  a string is an identifier of one or more letters, a number a number */

const NS = "http://www.w3.org/1998/Math/MathML";
const node = (/** @type {string} */ tag, /** @type {(Part | null | false)[]} */ parts) => {
  const made = document.createElementNS(NS, tag);
  for (const part of parts) if (part !== null && part !== false) made.append(part instanceof Element ? part : typeof part === "number" ? num(part) : id(part));
  return made;
};
const leaf = (/** @type {string} */ tag, /** @type {string} */ text) => { const made = document.createElementNS(NS, tag); made.textContent = text; return made; };

/** A variable or a name: one letter is slanted, a word upright. @param {string} name */
export const id = (name) => leaf("mi", name);
/** An operator or a bracket: "+", "·", "=", "(". @param {string} sign */
export const op = (sign) => leaf("mo", sign);
/** A number as text, so that its digits are chosen by the caller. @param {string | number} x */
export const num = (x) => {
  const text = String(x).replace("-", "−");
  return text.startsWith("−") ? row(op("−"), leaf("mn", text.slice(1))) : leaf("mn", text);
};
/** The same in brackets where it is negative, as after an operator. @param {string | number} x */
export const factor = (x) => (/^[−-]/.test(String(x)) ? row(op("("), num(x), op(")")) : num(x));
/** Words within a formula. @param {string} words */
export const text = (words) => leaf("mtext", words);
/** @param {...(Part | null | false)} parts */
export const row = (...parts) => node("mrow", parts);
/** @param {Part} base @param {Part} below */
export const sub = (base, below) => node("msub", [base, below]);
/** @param {Part} base @param {Part} above */
export const sup = (base, above) => node("msup", [base, above]);
/** @param {Part} base @param {Part} below @param {Part} above */
export const subsup = (base, below, above) => node("msubsup", [base, below, above]);
/** @param {Part} above @param {Part} below */
export const frac = (above, below) => node("mfrac", [above, below]);
/** @param {Part} inside */
export const root = (inside) => node("msqrt", [inside]);
/** A partial derivative ∂above/∂below. @param {Part} above @param {Part} below */
export const partial = (above, below) => frac(row(op("∂"), above), row(op("∂"), below));
/** Σ with what stands below and above it. @param {Part} below @param {Part} [above] */
export const sum = (below, above) => (above === undefined ? node("munder", [op("∑"), below]) : node("munderover", [op("∑"), below, above]));
/** A vector or a matrix in brackets. @param {Part[][]} rows */
export const matrix = (rows) => row(op("["), node("mtable", rows.map((cells) => node("mtr", cells.map((cell) => node("mtd", [cell]))))), op("]"));
/** Parts joined by an operator. @param {string} sign @param {Part[]} parts */
export const joined = (sign, parts) => row(...parts.flatMap((part, i) => (i ? [op(sign), part] : [part])));
/** A part that means something, in the colour that this has everywhere: "query", "key", "value", "blue", "orange", "green", "red". @param {string} name @param {Part} part */
export const tinted = (name, part) => { const made = row(part); made.classList.add("lw-tint"); made.style.color = `var(--lw-${name})`; return made; };
/** The formula itself, in a line of its own where `block`. @param {Part[]} parts @param {boolean} [block] */
export function math(parts, block = false) {
  const made = node("math", parts);
  made.setAttribute("class", "lw-math");
  if (block) made.setAttribute("display", "block");
  return made;
}
