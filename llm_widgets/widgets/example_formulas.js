// The lines of the documents' worked example as formulas with numbers, in pieces between which a narrow page may break.
import { el } from "./kit.js";
import { factor, frac, joined, math, num, op, partial, row, sub, sup } from "./formula.js";
import { exact } from "./number_logic.js";

/** @typedef {import("./formula.js").Part} Part */
/** What a formula is filled with: the example's own numbers, and those of one side (printed, or right).
 * @typedef {{ x: number[], w: number[], b: number, target: number, rate: number }} Given */
/** @typedef {Record<string, number[]>} Side  the numbers of each line, by its key */

/** A number to six digits, without the noise of binary fractions. @param {number} x */
export const brief = (x) => exact(Number(x.toPrecision(6)));
/** Numbers in brackets as text; a single one without. @param {number[]} values */
export const listed = (values) => (values.length === 1 ? brief(values[0]) : `[${values.map(brief).join(", ")}]`);
const vector = (/** @type {number[]} */ values) => (values.length === 1 ? num(brief(values[0])) : row(op("["), joined(",", values.map((v) => num(brief(v)))), op("]")));
// As a number, the prime has no gap before it, unlike an operator.
const primed = (/** @type {string} */ name) => row(name, num("′"));
// U+22C5: Chinese fonts draw U+00B7 as wide as a character.
const times = (/** @type {Part[]} */ ...parts) => joined("⋅", parts);
const part = (/** @type {number} */ x) => factor(brief(x));
const dL = (/** @type {string} */ name) => partial("L", name), dy = (/** @type {string} */ name) => partial("y", name);
const slope = () => row(primed("σ"), op("("), "z", op(")"));
const off = (/** @type {number} */ y, /** @type {number} */ target) => row(op("("), num(brief(y)), op("−"), part(target), op(")"));
const is = (/** @type {Part} */ value) => row(op("="), value);

/** Each line as it stands in the document, from the numbers there. @type {Record<string, (n: Given, s: Side) => Part[]>} */
const PRINTED = {
  products: (n, s) => n.x.map((x, i) => row(times(part(n.w[i]), part(x)), op("="), num(brief(s.products[i])), i < n.x.length - 1 ? op(",") : null)),
  weighted_sum: (n, s) => [row("z", op("="), joined("+", [...s.products, n.b].map(part))), is(num(brief(s.weighted_sum[0])))],
  output: (_, s) => [row("y", op("="), row("max", op("("), num(0), op(","), num(brief(s.weighted_sum[0])), op(")"))), is(num(brief(s.output[0])))],
  loss: (n, s) => [row("L", op("="), frac(num(1), num(2)), sup(off(s.output[0], n.target), num(2))), is(num(brief(s.loss[0])))],
  weight_rule: () => [row(dL("w"), op("="), times("x", dy("w")))],
  bias_rule: () => [row(dL("b"), op("="), dy("b"))],
  weight_gradient: (n, s) => [row(dL("w"), op("="), times(vector(n.x), vector(n.w))), is(vector(s.weight_gradient))],
  bias_gradient: (n, s) => [row(dL("b"), op("="), num(brief(s.output[0])), op("−"), part(n.target)), is(num(brief(s.bias_gradient[0])))],
  update_rule: () => [row(primed("w"), op("="), "w", op("−"), times("η", dL("w"))), row(op(","), primed("b"), op("="), "b", op("−"), times("η", dL("b")))],
  new_weight: (n, s) => [row(primed("w"), op("="), vector(n.w)), row(op("−"), times(num(brief(n.rate)), vector(s.weight_gradient))), is(vector(s.new_weight))],
  new_bias: (n, s) => [row(primed("b"), op("="), num(brief(n.b)), op("−"), times(num(brief(n.rate)), part(s.bias_gradient[0]))), is(num(brief(s.new_bias[0])))],
};

/** Where the right line is another one than the printed one, not only with other numbers. @type {typeof PRINTED} */
const RIGHT = {
  weight_rule: (n, s) => [row(dL("w"), op("="), times(dL("y"), slope(), "x")), row(op("="), times(off(s.output[0], n.target), num(1), vector(n.x))), is(vector(s.weight_gradient))],
  bias_rule: (n, s) => [row(dL("b"), op("="), times(dL("y"), slope())), row(op("="), times(off(s.output[0], n.target), num(1))), is(num(brief(s.bias_gradient[0])))],
  weight_gradient: (n, s) => [row(dL("w"), op("="), times(off(s.output[0], n.target), num(1), vector(n.x))), is(vector(s.weight_gradient))],
  bias_gradient: (n, s) => [row(dL("b"), op("="), times(off(s.output[0], n.target), num(1))), is(num(brief(s.bias_gradient[0])))],
};

/** What the printed rules come to where they are applied to the example. @type {Record<string, (n: Given, gives: number[]) => Part[]>} */
const APPLIED = {
  weight_rule: (n, gives) => [row(times("x", dy("w")), op("="), times(vector(n.x), vector(n.x))), is(vector(gives))],
  bias_rule: (_, gives) => [row(dy("b")), is(num(brief(gives[0])))],
};

/** Pieces of a formula side by side, broken between them where there is no room. @param {Part[]} pieces */
export const broken = (pieces) => el("span", { class: "lw-example-math" }, ...pieces.map((piece) => math([piece])));

/** @param {string} key @param {Given} given @param {Side} side */
export const printedFormula = (key, given, side) => broken(PRINTED[key](given, side));
/** @param {string} key @param {Given} given @param {Side} side */
export const rightFormula = (key, given, side) => broken((RIGHT[key] ?? PRINTED[key])(given, side));
/** A printed rule with what it gives; null for a line that is no wrong rule. @param {string} key @param {Given} given @param {number[] | undefined} gives */
export const appliedFormula = (key, given, gives) => (gives && APPLIED[key] ? broken(APPLIED[key](given, gives)) : null);
/** The numbers from which the example starts. @param {Given} n @param {string} ofTarget */
export const givenFormula = (n, ofTarget) => broken([
  row("x", op("="), vector(n.x), op(",")), row("w", op("="), vector(n.w), op(",")), row("b", op("="), num(brief(n.b)), op(",")),
  row("σ", op("="), "ReLU", op(",")), row(sub("y", ofTarget), op("="), num(brief(n.target)), op(",")), row("η", op("="), num(brief(n.rate)))]);
/** How often the first loss the second one is. @param {number} before @param {number} after @param {number} ratio */
export const ratioFormula = (before, after, ratio) => broken([row(frac(sub("L", num(1)), sub("L", num(0))), op("="), frac(num(brief(after)), num(brief(before))), op("="), num(brief(ratio)))]);
