// The formula of each step of a network with its numbers, and the step in words.
import { N, el, number } from "./kit.js";
import { activationOf, activationSign, bracket, slopeNote, slopeOf } from "./activation_formulas.js";
import { factor, frac, id, math, num, op, partial, row, sub, subsup, sum, sup, tinted } from "./formula.js";
import { activationName, lossName } from "./function_names.js";
import { unitName, unitParts } from "./stepper_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./stepper_logic.js").NetFound} NetFound */
/** @typedef {import("./stepper_logic.js").NetPart} NetPart */
/** @typedef {import("./formula.js").Part} Part */

const fourDigits = (/** @type {number | null | undefined} */ x) => number(x, 4);
const inBlue = (/** @type {number} */ x) => tinted("blue", factor(fourDigits(x)));
const inOrange = (/** @type {number | undefined} */ x) => tinted("orange", factor(fourDigits(x)));
const asBlue = (/** @type {number} */ x) => tinted("blue", num(fourDigits(x)));
const asOrange = (/** @type {number | undefined} */ x) => tinted("orange", num(fourDigits(x)));
/** An equals sign, before which a narrow page may break the line. */
const equals = () => { const made = op("="); made.setAttribute("class", "lw-net-break"); return made; };

/** A letter with the index and layer of a unit: h₂⁽¹⁾, or δ of it. @param {number[]} sizes @param {number} column @param {number} unit @param {string} [letter] */
function ofUnit(sizes, column, unit, letter) {
  const parts = unitParts(sizes, column, unit), base = id(letter ?? parts.letter), name = letter ? unitMath(sizes, column, unit) : null;
  if (name) return sub(base, name);
  const layer = () => row(bracket("("), num(parts.layer), bracket(")"));
  if (parts.index && parts.layer) return subsup(base, num(parts.index), layer());
  return parts.index ? sub(base, num(parts.index)) : parts.layer ? sup(base, layer()) : base;
}
/** @type {(sizes: number[], column: number, unit: number) => Element} */
const unitMath = (sizes, column, unit) => ofUnit(sizes, column, unit);
/** A line in pieces. @param {...(Part | false)} parts */
function formulaLine(...parts) {
  const pieces = /** @type {Part[][]} */ ([[]]);
  for (const part of parts) {
    if (part === false) continue;
    if (part instanceof Element && part.getAttribute("class") === "lw-net-break") pieces.push([]);
    pieces[pieces.length - 1].push(part);
  }
  return el("span", { class: "lw-net-math" }, ...pieces.filter((piece) => piece.length).map((piece) => math(piece)));
}

/** @param {NetFound} found */
function lossLines({ names: [, , loss], a, target, dy = [], loss: L }) {
  const y = a[a.length - 1], n = y.length, mean = (/** @type {Element} */ inner) => (n > 1 ? row(frac(num(1), num(n)), sum("k"), inner) : inner), k = (/** @type {string} */ letter) => (n > 1 ? sub(id(letter), id("k")) : id(letter));
  const log = (/** @type {Part} */ x) => row(id("log"), x);
  const lines = [];
  if (loss === "half_squared_error") {
    lines.push(formulaLine("L", equals(), frac(num(1), num(2)), n > 1 && sum("k"), sup(row(bracket("("), k("y"), op("−"), k("t"), bracket(")")), num(2)), equals(), tinted("red", num(fourDigits(L)))));
    y.forEach((v, j) => lines.push(formulaLine(partial("L", sub(id("y"), num(j + 1))), equals(), asBlue(v), op("−"), factor(fourDigits(target[j])), equals(), asOrange(dy[j]))));
  } else if (loss === "mean_squared_error") {
    lines.push(formulaLine("L", equals(), mean(sup(row(bracket("("), k("y"), op("−"), k("t"), bracket(")")), num(2))), equals(), tinted("red", num(fourDigits(L)))));
    y.forEach((v, j) => lines.push(formulaLine(partial("L", sub(id("y"), num(j + 1))), equals(), n > 1 ? frac(num(2), num(n)) : num(2), op("⋅"), bracket("("), inBlue(v), op("−"), factor(fourDigits(target[j])), bracket(")"), equals(), asOrange(dy[j]))));
  } else if (loss === "cross_entropy_from_logits") {
    lines.push(formulaLine("L", equals(), op("−"), sum("k"), k("t"), log(k("p")), equals(), tinted("red", num(fourDigits(L)))));
    y.forEach((v, j) => lines.push(formulaLine(partial("L", sub(id("y"), num(j + 1))), equals(), sub(id("p"), num(j + 1)), op("−"), sub(id("t"), num(j + 1)), equals(), tinted("blue", num(fourDigits((dy[j] ?? 0) + target[j]))), op("−"), factor(fourDigits(target[j])), equals(), asOrange(dy[j]))));
  } else {
    const logits = loss.endsWith("_from_logits"), p = () => (logits ? row(id("σ"), bracket("("), k("y"), bracket(")")) : k("y"));
    lines.push(formulaLine("L", equals(), op("−"), mean(row(bracket("("), k("t"), log(p()), op("+"), bracket("("), num(1), op("−"), k("t"), bracket(")"), log(row(bracket("("), num(1), op("−"), p(), bracket(")"))), bracket(")")))));
    lines.push(formulaLine("L", equals(), tinted("red", num(fourDigits(L)))));
    y.forEach((v, j) => lines.push(formulaLine(partial("L", sub(id("y"), num(j + 1))), equals(), logits ? frac(row(row(id("σ"), bracket("("), num(fourDigits(v)), bracket(")")), op("−"), factor(fourDigits(target[j]))), num(n)) : frac(row(inBlue(v), op("−"), factor(fourDigits(target[j]))), row(n > 1 && num(n), n > 1 && op("⋅"), inBlue(v), op("⋅"), bracket("("), num(1), op("−"), inBlue(v), bracket(")"))), equals(), asOrange(dy[j]))));
  }
  return lines;
}

/** What is computed at a step, one line after the other. @param {Translate} t @param {NetFound} found @param {number} step @param {NetPart} chosen  whose update is shown */
export function stepLines(t, found, step, chosen) {
  const [kind, ...rest] = found.steps[step], { sizes, W, b, a, z } = found, [layer, p, q, value, flow, total] = /** @type {number[]} */ (rest);
  const w = (/** @type {number} */ l, /** @type {number} */ i, /** @type {number} */ j) => sub(id("w"), row(unitMath(sizes, l, i), unitMath(sizes, l + 1, j)));
  if (kind === "start") return found.x.map((x, i) => formulaLine(unitMath(sizes, 0, i), equals(), asBlue(x)));
  if (kind === "loss") return lossLines(found);
  if (kind === "forward-edge") {
    return [
      formulaLine(unitMath(sizes, layer, p), op("⋅"), w(layer, p, q), equals(), asBlue(value), op("⋅"), factor(fourDigits(W[layer][p][q])), equals(), asBlue(flow)),
      formulaLine(ofUnit(sizes, layer + 1, q, "Σ"), equals(), p > 0 && factor(fourDigits(total - flow)), p > 0 && op("+"), p > 0 && inBlue(flow), p > 0 && equals(), num(fourDigits(total))),
    ];
  }
  const name = layer === sizes.length - 2 ? found.names[1] : found.names[0];
  const note = slopeNote(t, name), noted = note ? [el("span", { class: "lw-net-note" }, note)] : [];
  if (kind === "forward-node") {
    const here = z[layer][p], numberOf = () => factor(fourDigits(here));
    return [
      formulaLine(ofUnit(sizes, layer + 1, p, "z"), equals(), op("Σ"), op("+"), "b", equals(), num(fourDigits(here - b[layer][p])), op("+"), factor(fourDigits(b[layer][p])), equals(), num(fourDigits(here))),
      formulaLine(unitMath(sizes, layer + 1, p), equals(), activationSign(name), bracket("("), "z", bracket(")"), equals(), activationOf(name, numberOf, () => num(fourDigits(here))), name !== "identity" && equals(), name !== "identity" && asBlue(a[layer][p])),
      ...noted,
    ];
  }
  if (kind === "backward-node") {
    const here = z[layer][p], da = /** @type {number} */ (rest[3]), slope = /** @type {number} */ (rest[4]), delta = found.delta?.[layer][p];
    const out = unitMath(sizes, layer + 1, p);
    const sumBack = layer < sizes.length - 2 ? row(op("Σ"), "w", "δ", equals()) : null;
    return [
      formulaLine(partial("L", out), equals(), sumBack ?? false, num(fourDigits(da))),
      formulaLine(activationSign(name, true), bracket("("), num(fourDigits(here)), bracket(")"), equals(), name !== "identity" && slopeOf(name, () => factor(fourDigits(here)), () => num(fourDigits(here)), () => inBlue(a[layer][p]), here > 0), name !== "identity" && name !== "relu" && equals(), (name === "identity" || name !== "relu") && num(fourDigits(slope))),
      formulaLine(ofUnit(sizes, layer + 1, p, "δ"), equals(), partial("L", unitMath(sizes, layer + 1, p)), op("⋅"), activationSign(name, true), equals(), asOrange(da), op("⋅"), factor(fourDigits(slope)), equals(), asOrange(delta)),
      formulaLine(partial("L", sub(id("b"), unitMath(sizes, layer + 1, p))), equals(), ofUnit(sizes, layer + 1, p, "δ"), equals(), asOrange(delta)),
      ...noted,
    ];
  }
  if (kind === "backward-edge") {
    const into = layer ? a[layer - 1][p] : found.x[p], g = found.dW?.[layer][p][q], lines = [
      formulaLine(partial("L", w(layer, p, q)), equals(), unitMath(sizes, layer, p), op("⋅"), ofUnit(sizes, layer + 1, q, "δ"), equals(), asBlue(into), op("⋅"), inOrange(value), equals(), asOrange(g)),
    ];
    if (layer) {
      lines.push(formulaLine(w(layer, p, q), op("⋅"), ofUnit(sizes, layer + 1, q, "δ"), equals(), num(fourDigits(W[layer][p][q])), op("⋅"), inOrange(value), equals(), asOrange(flow)));
      lines.push(formulaLine(partial("L", unitMath(sizes, layer, p)), q === sizes[layer + 1] - 1 ? equals() : op("←"), q > 0 && factor(fourDigits(total - flow)), q > 0 && op("+"), q > 0 && inOrange(flow), q > 0 && equals(), num(fourDigits(total))));
    }
    lines.push(chainLine(found, layer, p, q));
    return lines;
  }
  const part = chosen.kind === "edge" ? { l: chosen.layer, i: chosen.i, j: chosen.j } : { l: Math.max(0, chosen.column - 1), i: -1, j: chosen.column ? chosen.unit : 0 };
  const old = part.i < 0 ? b[part.l][part.j] : W[part.l][part.i][part.j], g = part.i < 0 ? found.db?.[part.l][part.j] : found.dW?.[part.l][part.i][part.j], fresh = part.i < 0 ? found.nextb?.[part.l][part.j] : found.nextW?.[part.l][part.i][part.j];
  const letter = () => (part.i < 0 ? sub(id("b"), unitMath(sizes, part.l + 1, part.j)) : w(part.l, part.i, part.j));
  return [
    formulaLine(letter(), op("←"), letter(), op("−"), id("η"), op("⋅"), partial("L", letter())),
    formulaLine(op("="), num(fourDigits(old)), op("−"), num(fourDigits(found.rate)), op("⋅"), inOrange(g), equals(), tinted("green", num(fourDigits(fresh)))),
  ];
}

/** The whole product of the chain rule to one weight: back from the loss, factor by factor. @param {NetFound} found @param {number} layer @param {number} i @param {number} j */
function chainLine({ sizes, dW, steps, x, a }, layer, i, j) {
  const at = steps.find(([kind, l, unit]) => kind === "backward-node" && l === layer && unit === j) ?? [], da = /** @type {number} */ (at[4]), slope = /** @type {number} */ (at[5]), into = layer ? a[layer - 1][i] : x[i];
  const out = () => unitMath(sizes, layer + 1, j), before = () => ofUnit(sizes, layer + 1, j, "z");
  return formulaLine(partial("L", out()), op("⋅"), partial(out(), before()), op("⋅"), partial(before(), "w"), equals(), asOrange(da), op("⋅"), factor(fourDigits(slope)), op("⋅"), inBlue(into), equals(), asOrange(dW?.[layer][i][j]));
}

/** A step in words. @param {Translate} t @param {NetFound} found @param {number} step */
export function stepWords(t, found, step) {
  const [kind, ...rest] = found.steps[step], { sizes } = found, [layer, p, q, value, flow, total] = /** @type {number[]} */ (rest), x = fourDigits;
  if (kind === "start") return t("The inputs are in place; nothing is computed yet. What will come out?");
  if (kind === "forward-edge") return t("From {from} to {to}: {value} times the weight {w} is {flow}; the sum so far is {total}.", { from: unitName(sizes, layer, p), to: unitName(sizes, layer + 1, q), value: x(value), w: x(found.W[layer][p][q]), flow: x(flow), total: x(total) });
  const name = layer === sizes.length - 2 ? found.names[1] : found.names[0];
  if (kind === "forward-node") return t("Unit {unit}: the sum and the bias make z = {z}; {activation} makes it {a}.", { unit: unitName(sizes, layer + 1, p), z: x(found.z[layer][p]), activation: activationName(t, name), a: x(found.a[layer][p]) });
  if (kind === "loss") return t("The loss ({name}) is {loss}. From here gradients flow back.", { name: lossName(t, found.names[2]), loss: x(found.loss) });
  if (kind === "backward-node") {
    const delta = found.delta?.[layer][p], values = { unit: unitName(sizes, layer + 1, p), da: x(/** @type {number} */ (rest[3])), slope: x(/** @type {number} */ (rest[4])), delta: x(delta) };
    return rest[4] === 0 ? t("Unit {unit}: the slope of its activation is 0 here, so nothing flows back through it: δ = 0.", values) : t("Unit {unit}: the gradient {da} times the activation's slope {slope} is δ = {delta}, also the gradient of its bias.", values);
  }
  if (kind === "backward-edge") {
    const values = { from: unitName(sizes, layer, p), to: unitName(sizes, layer + 1, q), g: x(found.dW?.[layer][p][q]), flow: x(flow), total: x(total) };
    return layer ? t("Back from {to} to {from}: the weight's gradient is {g}; {flow} flows on to {from}, {total} in all so far.", values) : t("Back from {to} to {from}: the weight's gradient is {g}. {from} is an input, which does not learn.", values);
  }
  if (found.diverged) return t("This update would leave the numbers of a computer: the learning rate is too large. Choose a smaller one, or go back.");
  return t("All {n} weights and biases move against their gradients: the loss goes from {loss} to {next}.", { n: found.W.reduce((s, rows, l) => s + rows.length * rows[0].length + found.b[l].length, 0), loss: x(found.loss), next: x(found.nextLoss) });
}
