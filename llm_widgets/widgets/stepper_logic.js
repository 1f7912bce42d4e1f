// The network stepper's plain logic: names of units, what is known at a step, where things lie, how arrow keys move. No page needed.

/** A step: kind, then layer, units and numbers of that kind, as `_row` in network_stepper.py makes them. @typedef {(string | number | null)[]} NetStep */
/** @typedef {number[][]} NetMatrix */
/**
 * @typedef {object} NetFound
 * @property {number[]} sizes
 * @property {string[]} names  activation, output, loss
 * @property {number[]} x
 * @property {number[]} target
 * @property {NetMatrix[]} W
 * @property {number[][]} b
 * @property {number[][]} z
 * @property {number[][]} a
 * @property {NetStep[]} steps
 * @property {number} updates
 * @property {number} most
 * @property {number} rate
 * @property {string} mismatch
 * @property {number} [loss]
 * @property {number[]} [terms]
 * @property {number[]} [dy]
 * @property {number[][]} [delta]
 * @property {NetMatrix[]} [dW]
 * @property {number[][]} [db]
 * @property {number[]} [losses]
 * @property {boolean} [diverged]
 * @property {NetMatrix[]} [nextW]
 * @property {number[][]} [nextb]
 * @property {number} [nextLoss]
 * @property {{ gradient: number[], differences: number[], errors: number[], worst: number, agrees: boolean, kink: boolean }} [check]
 */
/** What can be chosen: a unit (column 0 holds the inputs) or an edge (of a layer, from unit i to unit j).
 * @typedef {{ kind: "node", column: number, unit: number } | { kind: "edge", layer: number, i: number, j: number }} NetPart */

const netBelow = (/** @type {number} */ n) => [...String(n)].map((d) => "₀₁₂₃₄₅₆₇₈₉"[Number(d)]).join("");
const netAbove = (/** @type {number} */ n) => [...String(n)].map((d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(d)]).join("");

/** Letter, index and layer of a unit; an index or a layer that says nothing is 0. @param {number[]} sizes @param {number} column @param {number} unit */
export function unitParts(sizes, column, unit) {
  const last = sizes.length - 1, letter = column === 0 ? "x" : column === last ? "y" : "h";
  return { letter, index: sizes[column] > 1 ? unit + 1 : 0, layer: letter === "h" && last > 2 ? column : 0 };
}
/** A unit's name in text: x₁, h₂, h₂⁽¹⁾, y. @param {number[]} sizes @param {number} column @param {number} unit */
export function unitName(sizes, column, unit) {
  const { letter, index, layer } = unitParts(sizes, column, unit);
  return `${letter}${index ? netBelow(index) : ""}${layer ? `⁽${netAbove(layer)}⁾` : ""}`;
}

/** A number of five characters or so. @param {number | null | undefined} x @param {number} [room] */
export function brief(x, room = 5) {
  if (x === null || x === undefined) return "–";
  const size = Math.abs(x), digits = room > 4 ? 2 : 1;
  const text = size === 0 ? "0" : size >= 10 ** (room - 1) || size < 0.5 * 10 ** -digits ? x.toExponential(0).replace("e+", "e") : size >= 100 ? x.toFixed(0) : size >= 10 ? x.toFixed(digits - 1) : x.toFixed(digits);
  return text.replaceAll("-", "−");
}

/** Where a weight or a bias (i null) stands among all parameters. @param {number[]} sizes @param {number} layer @param {number | null} i @param {number} j */
export function parameterAt(sizes, layer, i, j) {
  let at = 0;
  for (let l = 0; l < layer; l += 1) at += (sizes[l] + 1) * sizes[l + 1];
  return at + (i === null ? sizes[layer] : i) * sizes[layer + 1] + j;
}
/** The reverse: which weight or bias a parameter is. @param {number[]} sizes @param {number} at @returns {{ layer: number, i: number | null, j: number }} */
export function parameterOf(sizes, at) {
  let rest = at, layer = 0;
  while (rest >= (sizes[layer] + 1) * sizes[layer + 1]) { rest -= (sizes[layer] + 1) * sizes[layer + 1]; layer += 1; }
  const i = Math.floor(rest / sizes[layer + 1]);
  return { layer, i: i === sizes[layer] ? null : i, j: rest % sizes[layer + 1] };
}

/** The steps at which one stops: all, or only those at which a unit is done. @param {NetStep[]} steps @param {boolean} units */
export const stopsOf = (steps, units) => steps.flatMap(([kind], i) => (units && String(kind).endsWith("-edge") ? [] : [i]));
/** The stop that one stands at or has passed. @param {number[]} stops @param {number} step */
export const stopAt = (stops, step) => Math.max(0, stops.findLastIndex((stop) => stop <= step));

const netKey = (/** @type {(string | number | null)[]} */ ...parts) => parts.join(" ");

/**
 * What is known once a step is done. `value` and `delta` hold a unit's number, or its sum so far in `sum` and `back`; `gradient` the edges that have learned theirs.
 * @param {NetFound} found @param {number} step
 */
export function knownAt(found, step) {
  const value = new Map(), sum = new Map(), delta = new Map(), back = new Map(), gradient = new Map();
  found.x.forEach((x, i) => value.set(netKey(0, i), x));
  for (const one of found.steps.slice(0, step + 1)) {
    const [kind, layer, a, b, , , total] = /** @type {[string, number, number, number, number, number, number]} */ (one);
    if (kind === "forward-edge") sum.set(netKey(layer + 1, b), total);
    else if (kind === "forward-node") value.set(netKey(layer + 1, a), found.a[layer][a]);
    else if (kind === "backward-node") delta.set(netKey(layer + 1, a), found.delta?.[layer][a]);
    else if (kind === "backward-edge") { gradient.set(netKey(layer, a, b), found.dW?.[layer][a][b]); if (layer > 0) back.set(netKey(layer, a), total); }
  }
  const now = found.steps[Math.min(step, found.steps.length - 1)], kind = String(now[0]), layer = Number(now[1]);
  /** @type {NetPart | null} */
  const active = kind.endsWith("-edge") ? { kind: "edge", layer, i: Number(now[2]), j: Number(now[3]) } : kind.endsWith("-node") ? { kind: "node", column: layer + 1, unit: Number(now[2]) } : null;
  return {
    kind, active, backward: kind.startsWith("backward"), loss: found.steps.slice(0, step + 1).some(([name]) => name === "loss"), moved: kind === "update",
    value: (/** @type {number} */ column, /** @type {number} */ unit) => /** @type {number | undefined} */ (value.get(netKey(column, unit))),
    sum: (/** @type {number} */ column, /** @type {number} */ unit) => /** @type {number | undefined} */ (sum.get(netKey(column, unit))),
    delta: (/** @type {number} */ column, /** @type {number} */ unit) => /** @type {number | undefined} */ (delta.get(netKey(column, unit))),
    back: (/** @type {number} */ column, /** @type {number} */ unit) => /** @type {number | undefined} */ (back.get(netKey(column, unit))),
    gradient: (/** @type {number} */ l, /** @type {number} */ i, /** @type {number} */ j) => /** @type {number | undefined} */ (gradient.get(netKey(l, i, j))),
  };
}

/** Where units and labels lie; one column more than sizes, for the loss. @param {number[]} sizes @param {number} width @param {number} height @param {number} u  the scale */
export function netLayout(sizes, width, height, u) {
  const columns = sizes.length + 1, wide = Math.min(58 * u, Math.max(36 * u, width / (columns * 1.5))), top = 26 * u, bottom = 24 * u, high = 26 * u;
  const most = Math.max(...sizes), room = (height - top - bottom) / most;
  const x = Array.from({ length: columns }, (_, c) => wide / 2 + 3 + (c * (width - wide - 6)) / (columns - 1));
  const y = [...sizes, 1].map((n) => Array.from({ length: n }, (_, k) => top + ((height - top - bottom) * (k + 0.5)) / n));
  const labels = sizes.slice(1).map((_, l) => {
    const gap = x[l + 1] - x[l] - wide, best = labelPlace(y[l], y[l + 1], Math.min(0.5, (26 * u) / gap));
    return { t: best.t, shown: gap >= 84 * u && best.gap >= 17 * u };
  });
  return { wide, high, x, y, labels, crowded: room < 58 * u, digits: wide < 44 * u ? 4 : 5 };
}
/** Where on the edges of a layer their labels lie furthest apart: a share of the way, and the least distance. @param {number[]} from @param {number[]} to @param {number} edge  a share at both ends that stays free */
export function labelPlace(from, to, edge) {
  let best = { t: 0.5, gap: -1 };
  for (let t = Math.max(0.2, edge); t <= Math.min(0.801, 1 - edge); t += 0.02) {
    const at = from.flatMap((a) => to.map((b) => a + t * (b - a))).sort((a, b) => a - b);
    const gap = at.slice(1).reduce((least, v, k) => Math.min(least, v - at[k]), Infinity);
    if (gap > best.gap + 0.5 || (gap > best.gap - 0.5 && Math.abs(t - 0.5) < Math.abs(best.t - 0.5))) best = { t, gap };
  }
  return best;
}

/** Where an arrow key leads: along the edges to left and right, within a column or a layer up and down. @param {number[]} sizes @param {NetPart} at @param {string} pressed @returns {NetPart | null} */
export function netMoved(sizes, at, pressed) {
  const last = sizes.length - 1;
  if (pressed === "Home") return { kind: "node", column: 0, unit: 0 };
  if (pressed === "End") return { kind: "node", column: last, unit: 0 };
  if (at.kind === "node") {
    const { column, unit } = at;
    if (pressed === "ArrowUp" || pressed === "ArrowDown") return { kind: "node", column, unit: Math.max(0, Math.min(sizes[column] - 1, unit + (pressed === "ArrowDown" ? 1 : -1))) };
    if (pressed === "ArrowRight" && column < last) return { kind: "edge", layer: column, i: unit, j: Math.min(unit, sizes[column + 1] - 1) };
    if (pressed === "ArrowLeft" && column > 0) return { kind: "edge", layer: column - 1, i: Math.min(unit, sizes[column - 1] - 1), j: unit };
    return pressed.startsWith("Arrow") ? at : null;
  }
  const { layer, i, j } = at, n = sizes[layer + 1], place = i * n + j;
  if (pressed === "ArrowRight") return { kind: "node", column: layer + 1, unit: j };
  if (pressed === "ArrowLeft") return { kind: "node", column: layer, unit: i };
  if (pressed !== "ArrowUp" && pressed !== "ArrowDown") return null;
  const next = Math.max(0, Math.min(sizes[layer] * n - 1, place + (pressed === "ArrowDown" ? 1 : -1)));
  return { kind: "edge", layer, i: Math.floor(next / n), j: next % n };
}
/** @param {NetPart | null} a @param {NetPart | null} b */
export const samePart = (a, b) => JSON.stringify(a) === JSON.stringify(b);
/** The same part in a network of other sizes, or its first input. @param {number[]} sizes @param {NetPart} part @returns {NetPart} */
export function heldPart(sizes, part) {
  const there = part.kind === "node" ? part.unit < (sizes[part.column] ?? 0) : part.layer < sizes.length - 1 && part.i < sizes[part.layer] && part.j < sizes[part.layer + 1];
  return there ? part : { kind: "node", column: 0, unit: 0 };
}

/** Targets of a softmax with one number changed: the others keep their ratio, and the sum stays 1. @param {number[]} target @param {number} k @param {number} value */
export function sharedTarget(target, k, value) {
  const held = Math.max(0, Math.min(1, value)), rest = target.reduce((s, t, i) => (i === k ? s : s + t), 0);
  return target.map((t, i) => (i === k ? held : Number((rest > 0 ? (t / rest) * (1 - held) : (1 - held) / (target.length - 1)).toPrecision(12))));
}
