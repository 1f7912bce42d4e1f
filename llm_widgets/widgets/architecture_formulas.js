// Formulas of sizes as MathML: with letters, and with the numbers put in.
import { number } from "./kit.js";
import { frac, id, joined, math, num, op, row, sub, sup } from "./formula.js";

/** @typedef {import("./architecture_logic.js").Formula} Formula */
/** @typedef {import("./architecture_logic.js").Sizes} Sizes */

/** A size's letter, or its number. @param {string} name @param {Sizes | null} sizes */
const letter = (name, sizes) => (sizes ? num(number(sizes[name])) : /^U\d$/.test(name) ? sub(id("U"), num(name[1])) : id(name));

/** @param {Formula} formula @param {Sizes | null} sizes @returns {Element} */
export function built(formula, sizes) {
  if (typeof formula === "number") return num(number(formula));
  if (typeof formula === "string") return letter(formula, sizes);
  const [sign, ...parts] = formula;
  if (sign === "/") return frac(built(parts[0], sizes), built(parts[1], sizes));
  if (sign === "+") return joined("+", parts.map((part) => built(part, sizes)));
  // Equal factors become a power: C·C is C².
  const powers = /** @type {[Formula, number][]} */ ([]);
  for (const part of parts) {
    const same = typeof part === "string" ? powers.find(([other]) => other === part) : undefined;
    if (same) same[1] += 1; else powers.push([part, 1]);
  }
  return joined("·", powers.map(([part, power]) => {
    const one = Array.isArray(part) && part[0] === "+" ? row(op("("), built(part, sizes), op(")")) : built(part, sizes);
    return power > 1 ? sup(one, num(power)) : one;
  }));
}

/** A formula in letters, with its numbers, and what comes out, a line each. @param {Formula} formula @param {Sizes} sizes @param {string} result */
export function formulaLines(formula, sizes, result) {
  const plain = typeof formula === "number";
  return [
    ...(plain ? [] : [math([built(formula, null)])]),
    ...(plain || typeof formula === "string" ? [] : [math([row(op("="), built(formula, sizes))])]),
    math(plain ? [num(result)] : [row(op("="), num(result))]),
  ];
}
