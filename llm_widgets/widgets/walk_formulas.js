// The formula of each step of the walks, in symbols and with the numbers of the place that is followed.
import { number } from "./kit.js";
import { factor, frac, id, math, num, op, partial, root, row, sub, sum, sup, text, tinted } from "./formula.js";

/** @typedef {Record<string, any>} Found */

const fShort = (/** @type {number} */ x) => number(x, 4);
const fBlue = (/** @type {any} */ part) => tinted("blue", part), fOrange = (/** @type {any} */ part) => tinted("orange", part);
const fAt = (/** @type {any} */ name, /** @type {any[]} */ ...places) => sub(name, row(...places.flatMap((p, i) => (i ? [op(","), p] : [p]))));
const fPower = (/** @type {any} */ exponent) => sup("e", exponent);

/** @type {Record<string, (n: any, p: number, found: Found) => any[]>} */
const WALK_FORMULAS = {
  preprocessing: () => [sub("y", "t"), op("="), sub("x", row("t", op("+"), 1))],
  initialisation: (n) => [id("W"), op("∼"), id("N"), op("("), 0, op(","), sup(number(n.deviation), 2), op(")")],
  embedding: (n, p) => [fAt("e", p), op("="), sub("E", n.id), op(","), fAt("e", p, 0), op("="), fBlue(num(fShort(n.e)))],
  positions: (n, p) => [fAt("h", p, 0), op("="), fAt("e", p, 0), op("+"), fAt("p", p, 0), op("="), num(fShort(n.e)), op("+"), factor(fShort(n.p)), op("="), fBlue(num(fShort(n.h)))],
  qkv: (n, p) => [fAt("q", p), op("="), sub("n", p), op("·"), sub("W", "q"), op(","), sub("n", p), op("="), frac(sub("h", p), root(row(op("mean"), op("("), sup("h", 2), op(")"), op("+"), id("ε")))), op(","), fAt("q", p, 0), op("="), tinted("query", num(fShort(n.q))), op(","), fAt("k", p, 0), op("="), tinted("key", num(fShort(n.k))), op(","), fAt("v", p, 0), op("="), tinted("value", num(fShort(n.v)))],
  scores: (n, p) => [fAt("s", p, n.s), op("="), frac(row(tinted("query", sub("q", p)), op("·"), tinted("key", sub("k", n.s))), root("C")), op("="), frac(num(fShort(n.raw)), root(n.C)), op("="), fBlue(num(fShort(n.score)))],
  mask: () => [fAt("s", "t", "u"), op("="), op("−"), id("∞"), op(","), id("u"), op(">"), id("t")],
  softmax: (n, p) => [fAt("a", p, n.s), op("="), frac(fPower(fAt("s", p, n.s)), row(sum(row("u", op("≤"), p)), fPower(fAt("s", p, "u")))), op("="), frac(fPower(num(fShort(n.score))), num(fShort(n.sum))), op("="), fBlue(num(fShort(n.weight)))],
  mix: (n, p) => [fAt("o", p, 0), op("="), sum("u"), fAt("a", p, "u"), op("·"), tinted("value", fAt("v", "u", 0)), op("="), ...n.terms.flatMap((/** @type {[number, number]} */ [a, v], /** @type {number} */ i) => [i ? op("+") : null, num(number(a, 3)), op("·"), factor(number(v, 3))]), op("="), fBlue(num(fShort(n.o)))],
  feed_forward: (n) => [id("GELU"), op("("), sub("n", "t"), op("·"), sub("W", 1), op("+"), sub("b", 1), op(")"), op("·"), sub("W", 2), op("+"), sub("b", 2), op(","), id("GELU"), op("("), num(fShort(n.hidden)), op(")"), op("="), fBlue(num(fShort(n.active)))],
  logits: (n, p) => [fAt("z", p), op("="), sub("n", p), op("·"), sub("W", "out"), op(","), fAt("z", p, n.token), op("="), fBlue(num(fShort(n.z)))],
  probabilities: (n, p) => [fAt("p", p, n.token), op("="), frac(fPower(fAt("z", p, n.token)), row(sum("v"), fPower(fAt("z", p, "v")))), op("="), frac(fPower(num(fShort(n.z))), num(fShort(n.sum))), op("="), fBlue(num(fShort(n.probability)))],
  loss: (n, p) => [sub("L", p), op("="), op("−"), id("ln"), text("\u2009"), fAt("p", p, sub("y", p)), op("="), op("−"), id("ln"), op("("), num(fShort(n.probability)), op(")"), op("="), fOrange(num(fShort(n.term))), op(","), id("L"), op("="), frac(1, n.count), sum(""), sub("L", "t"), op("="), fOrange(num(fShort(n.mean)))],
  backpropagation: (n) => [partial("L", "w"), op("="), fOrange(num(number(n.gradient, 6))), op(","), frac(row(id("L"), op("("), "w", op("+"), "h", op(")"), op("−"), id("L"), op("("), "w", op("−"), "h", op(")")), row(2, "h")), op("="), frac(row(num(n.above.toFixed(10)), op("−"), num(n.below.toFixed(10))), row(2, op("·"), num(number(n.h, 3)))), op("="), fOrange(num(number(n.difference, 6)))],
  update: (n) => n.optimizer === "sgd"
    ? [id("w"), op("←"), id("w"), op("−"), id("η"), op("·"), partial("L", "w"), op("="), num(number(n.before, 6)), op("−"), num(number(n.rate)), op("·"), fOrange(factor(number(n.gradient, 4))), op("="), fBlue(num(number(n.after, 6)))]
    : [id("w"), op("←"), id("w"), op("−"), id("η"), op("·"), frac(id("m̂"), row(root("v̂"), op("+"), id("ε"))), op("="), num(number(n.before, 6)), op("−"), num(number(n.rate)), op("·"), frac(fOrange(num(fShort(n.m_hat))), row(fOrange(num(fShort(n.root))), op("+"), sup(10, row(op("−"), 8)))), op("="), fBlue(num(number(n.after, 6)))],
  input: () => [id("x"), op("="), op("("), sub("x", 0), op(","), op("…"), op(","), sub("x", row("T", op("−"), 1)), op(")")],
  choice: (n, p) => (n.temperature === 0 ? [id("x′"), op("="), id("argmax"), sub("z", p)] : [id("x′"), op("∼"), id("softmax"), op("("), frac(sub("z", p), num(number(n.temperature))), op(")"), ...(n.top_k ? [op(","), text("top-k"), op("="), n.top_k] : [])]),
};

/** The formula of the step that is shown; none where nothing is computed. @param {Found} found @returns {Element | null} */
export function walkFormula(found) {
  const made = WALK_FORMULAS[found.name];
  return made ? math(made(found.numbers, found.position, found), true) : null;
}
