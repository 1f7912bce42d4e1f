// Activation functions and their derivatives as formulas; z and a come as functions that make a part anew, since a node stands in one place only.
import { N } from "./kit.js";
import { frac, id, num, op, row, sub, sup, text } from "./formula.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {() => Element} Making */

/** A bracket of the height of a letter, whatever stands within. @param {string} sign */
export const bracket = (sign) => { const made = op(sign); made.setAttribute("stretchy", "false"); return made; };
const oneHalf = () => frac(num(1), num(2));

/** σ(z); `z` stands in brackets where it is negative, `bare` never does. @param {string} name @param {Making} z @param {Making} bare */
export function activationOf(name, z, bare) {
  if (name === "sigmoid") return frac(num(1), row(num(1), op("+"), sup(id("e"), row(op("−"), z()))));
  if (name === "relu") return row(id("max"), bracket("("), num(0), op(","), bare(), bracket(")"));
  if (name === "tanh") return row(id("tanh"), bracket("("), bare(), bracket(")"));
  if (name === "gelu") return row(z(), op("⋅"), id("Φ"), bracket("("), bare(), bracket(")"));
  if (name === "gelu_tanh") return row(oneHalf(), op("⋅"), z(), op("⋅"), bracket("("), num(1), op("+"), id("tanh"), bracket("("), id("u"), bracket(")"), bracket(")"));
  if (name === "silu") return frac(z(), row(num(1), op("+"), sup(id("e"), row(op("−"), z()))));
  return z();
}

/** σ′(z) at a place, from z and a = σ(z). @param {string} name @param {Making} z @param {Making} bare @param {Making} a @param {boolean} positive  whether z is above 0 */
export function slopeOf(name, z, bare, a, positive) {
  if (name === "sigmoid") return row(a(), op("⋅"), bracket("("), num(1), op("−"), a(), bracket(")"));
  if (name === "relu") return row(num(positive ? 1 : 0), text(positive ? "\u00a0(z > 0)" : "\u00a0(z ≤ 0)"));
  if (name === "tanh") return row(num(1), op("−"), sup(row(a()), num(2)));
  if (name === "gelu") return row(id("Φ"), bracket("("), bare(), bracket(")"), op("+"), z(), op("⋅"), id("φ"), bracket("("), bare(), bracket(")"));
  if (name === "gelu_tanh") return row(id("s"), bracket("("), num(2), id("u"), bracket(")"), op("+"), num(2), op("⋅"), z(), op("⋅"), id("u′"), op("⋅"), id("s′"), bracket("("), num(2), id("u"), bracket(")"));
  if (name === "silu") return row(id("s"), op("+"), z(), op("⋅"), id("s"), op("⋅"), bracket("("), num(1), op("−"), id("s"), bracket(")"));
  return num(1);
}
const SLOPE_NOTES = /** @type {Record<string, string>} */ ({
  gelu: N("Φ is the share of a standard normal distribution below z, φ its density."),
  gelu_tanh: N("s is the sigmoid function; u = √(2/π)·(z + 0.0447·z³)."),
  silu: N("s is the sigmoid of z."),
});
/** What the letters in `slopeOf` mean, or "". @param {Translate} t @param {string} name */
export const slopeNote = (t, name) => (SLOPE_NOTES[name] ? t(SLOPE_NOTES[name]) : "");

/** A function's name as it is written before its argument: σ for a sigmoid, tanh for tanh. @param {string} name @param {boolean} [slope] */
export function activationSign(name, slope = false) {
  const sign = { sigmoid: "σ", relu: "ReLU", tanh: "tanh", gelu: "GELU", gelu_tanh: "GELU", silu: "SiLU" }[name] ?? "id";
  const base = id(slope ? `${sign}′` : sign);
  return name === "gelu_tanh" ? sub(base, id("tanh")) : base;
}
