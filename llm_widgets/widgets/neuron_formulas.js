// The neuron's formulas with their numbers: forward, the chain rule for one parameter, and its update. A line is a list of pieces, between which it may wrap.
import { number } from "./kit.js";
import { frac, id, math, num, op, partial, root, row, sub, sum, sup, text, tinted } from "./formula.js";
import { whole5 } from "./neuron_logic.js";

/** @typedef {import("./formula.js").Part} Part */
/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./neuron_logic.js").Found} Found */
/** @typedef {import("./neuron_logic.js").Parameter} Parameter */
/** A symbol or its number; made anew at each use, since a node has one place. @typedef {() => Part} Term */

const DIGITS = 5;

/** A number of five digits, powers of ten written out. @param {number | null | undefined} x @returns {Element} */
export function figure(x, digits = DIGITS) {
  const [front, power] = number(x, digits).replace(/,/g, "").split("e");
  return power === undefined ? num(front) : row(num(front), op("×"), sup(num(10), num(power.replace("+", ""))));
}
/** In brackets where it is negative or has a power, as a factor. @param {number | null | undefined} x */
const factored = (x, digits = DIGITS) => (/[−e]/.test(number(x, digits)) ? around(figure(x, digits)) : figure(x, digits));
/** "= 1.9", or "≈" where digits were left out. @param {number | null | undefined} x @param {string} [colour] */
const result = (x, colour = "blue") => row(op(typeof x !== "number" || whole5(x) ? "=" : "≈"), tinted(colour, figure(x)));
const half = () => frac(num(1), num(2));
const minus = (/** @type {Part} */ a, /** @type {Part} */ b) => row(a, op("−"), b);
const bracket = (/** @type {string} */ sign) => { const made = op(sign); made.setAttribute("stretchy", "false"); return made; };
const around = (/** @type {Part} */ x) => row(bracket("("), x, bracket(")"));
/** The symbol of a parameter. @param {string} name */
export const symbol = (name) => (name.length > 1 ? sub(id(name[0]), num(name.slice(1))) : id(name));

// Each activation as a function of a term; `b` brackets it where it is negative.
const ACTIVATION = /** @type {Record<string, (v: Term, b: Term) => Part>} */ ({
  identity: (v) => v(),
  sigmoid: (_, b) => frac(num(1), row(num(1), op("+"), sup(id("e"), row(op("−"), b())))),
  relu: (v) => row(id("max"), around(row(num(0), op(","), v()))),
  tanh: (_, b) => row(id("tanh"), b()),
  gelu: (v, b) => row(b(), op("⋅"), id("Φ"), around(v())),
  gelu_tanh: (v) => row(frac(v(), num(2)), around(row(num(1), op("+"), id("tanh"), id("u")))),
  silu: (v, b) => frac(v(), row(num(1), op("+"), sup(id("e"), row(op("−"), b())))),
});
const LOSS = /** @type {Record<string, (y: Term, t: Term, yb: Term) => Part>} */ ({
  half_squared_error: (y, t) => row(half(), sup(around(minus(y(), t())), num(2))),
  mean_squared_error: (y, t) => sup(around(minus(y(), t())), num(2)),
  binary_cross_entropy: (y, t) => row(op("−"), t(), id("ln"), y(), op("−"), around(minus(num(1), t())), id("ln"), around(minus(num(1), y()))),
  binary_cross_entropy_from_logits: (y, t, yb) => row(id("ln"), around(row(num(1), op("+"), sup(id("e"), y()))), op("−"), t(), op("⋅"), yb()),
});
const LOSS_SLOPE = /** @type {Record<string, (y: Term, t: Term, yb: Term) => Part>} */ ({
  half_squared_error: (y, t) => minus(y(), t()),
  mean_squared_error: (y, t) => row(num(2), around(minus(y(), t()))),
  binary_cross_entropy: (y, t) => frac(minus(y(), t()), row(y(), around(minus(num(1), y())))),
  binary_cross_entropy_from_logits: (_, t, yb) => minus(frac(num(1), row(num(1), op("+"), sup(id("e"), row(op("−"), yb())))), t()),
});

const Z = () => id("z"), Y = () => id("y"), T = () => id("t");

/** σ of the number; what its letters leave open. @param {string} activation @param {Term} v @param {Term} b */
function inNumbers(activation, v, b) {
  if (activation === "identity") return [];
  if (activation !== "gelu_tanh") return [row(op("="), ACTIVATION[activation](v, b))];
  return [around(row(id("u"), op("="), root(frac(num(2), id("π"))), around(row(id("z"), op("+"), num("0.044715"), op("⋅"), sup(id("z"), num(3))))))];
}

/** z, y and L. @param {Found} found @returns {Part[][]} */
export function forwardLines(found) {
  const { w, x, z, y, target, back } = found;
  const zn = () => figure(z), zb = () => factored(z), yn = () => figure(y), tb = () => factored(target), yb = () => factored(y);
  const act = ACTIVATION[found.activation], loss = LOSS[found.loss];
  return [
    [
      row(id("z"), op("="), sum(id("i")), sub(id("w"), id("i")), sub(id("x"), id("i")), op("+"), id("b")),
      ...w.map((one, i) => row(op(i ? "+" : "="), factored(one), op("⋅"), factored(x[i]))),
      row(op("+"), factored(found.b)), result(z),
    ],
    [row(id("y"), op("="), id("σ"), around(id("z")), op("="), act(Z, Z)), ...inNumbers(found.activation, zn, zb), result(y)],
    back ? [row(id("L"), op("="), loss(Y, T, Y)), row(op("="), loss(yn, tb, yb)), result(back.loss)] : [row(id("L"), op("="), loss(Y, T, Y))],
  ];
}

/** σ′(z) in letters, and in numbers where that helps. @param {Found} found @param {Translate} t @returns {Part[]} */
function slope(found, t) {
  const yb = () => factored(found.y);
  if (found.activation === "sigmoid") return [row(op("="), id("y"), around(minus(num(1), id("y")))), row(op("="), yb(), op("⋅"), around(minus(num(1), yb())))];
  if (found.activation === "tanh") return [row(op("="), minus(num(1), sup(id("y"), num(2)))), row(op("="), minus(num(1), sup(yb(), num(2))))];
  if (found.activation === "gelu") return [row(op("="), id("Φ"), around(id("z")), op("+"), id("z"), id("φ"), around(id("z")))];
  if (found.activation === "silu") return [row(op("="), id("s"), around(row(num(1), op("+"), id("z"), around(minus(num(1), id("s")))))), around(row(id("s"), op("="), ACTIVATION.sigmoid(Z, Z)))];
  if (found.activation === "relu") return [text(found.z > 0 ? t("(z is above 0)") : found.z < 0 ? t("(z is below 0)") : t("(a kink: 0 by agreement)"))];
  return [];
}

/** The chain rule for one parameter, factor by factor. @param {Found} found @param {Parameter} p @param {Translate} t @returns {Part[][]} */
export function chainLines(found, p, t) {
  const { back, y, target } = found;
  if (!back) return [];
  const kind = p.name[0], n = Number(p.name.slice(1)) - 1, own = () => symbol(p.name);
  const last = kind === "w" ? found.x[n] : kind === "x" ? found.w[n] : 1;
  const yn = () => figure(y), tb = () => factored(target), yb = () => factored(y), lossSlope = LOSS_SLOPE[found.loss];
  return [
    [row(partial("L", own()), op("="), partial("L", "y")), row(op("⋅"), partial("y", "z")), row(op("⋅"), partial("z", own()))],
    [row(partial("L", "y"), op("="), lossSlope(Y, T, Y)), row(op("="), lossSlope(yn, tb, yb)), result(back.dL_dy, "orange")],
    [row(partial("y", "z"), op("="), sup(id("σ"), op("′")), around(id("z"))), ...slope(found, t), result(back.dy_dz, "orange")],
    [row(partial("z", own()), kind === "b" ? null : row(op("="), symbol(`${kind === "w" ? "x" : "w"}${n + 1}`))), result(last, "orange")],
    [row(partial("L", own()), op("="), factored(back.dL_dy)), row(op("⋅"), factored(back.dy_dz)), row(op("⋅"), factored(last)), result(p.gradient, "orange")],
  ];
}

/** The finite difference. @param {Parameter} p @returns {Part[][]} */
export function differenceLine(p) {
  const side = (/** @type {string} */ sign) => row(id("L"), around(row(symbol(p.name), op(sign), id("h"))));
  return [[row(frac(minus(side("+"), side("−")), row(num(2), id("h"))), op("≈"), tinted("orange", figure(p.difference, 7))), ...(p.step ? [around(row(id("h"), op("="), figure(p.step, 2)))] : [])]];
}

/** The update; an input has none. @param {Found} found @param {Parameter} p @returns {Part[][]} */
export function updateLine(found, p) {
  if (p.name[0] === "x" || p.after === null) return [];
  return [[
    row(symbol(p.name), op("←"), minus(symbol(p.name), row(id("η"), partial("L", symbol(p.name))))),
    row(op("="), minus(figure(p.value), row(factored(found.learning_rate), op("⋅"), factored(p.gradient)))), result(p.after),
  ]];
}

/** An operator at the front of a piece stands between two pieces: it keeps its room on both sides. @param {Part} piece */
function infix(piece) {
  if (piece instanceof Element && piece.firstElementChild?.localName === "mo" && /^[=≈+⋅]$/.test(piece.firstElementChild.textContent ?? "")) piece.firstElementChild.setAttribute("form", "infix");
  return piece;
}
/** Lines as elements: each piece a formula of its own, so that a line can wrap between them. @param {Part[][]} lines */
export function asLines(lines) {
  return lines.map((pieces) => { const line = document.createElement("div"); line.className = "lw-neuron-line"; line.append(...pieces.map((piece) => math([infix(piece)]))); return line; });
}
