// What the walks know without a document: where one can go from here, and where the boxes and arrows of the flowchart lie.

/** @typedef {{ step: number, turn: number }} Place */

/**
 * The places that can be reached by single steps from here, and which of them is here. A walk has steps 0 … count − 1; those from
 * `start` on are walked again at each turn. Behind the first turn's, the way back leads over the last step of the turn before.
 * @param {Place} here @param {number} start @param {number} count @param {boolean} more  another turn follows
 * @returns {{ places: Place[], at: number }}
 */
export function walkPath({ step, turn }, start, count, more) {
  const next = more ? [{ step: start, turn: turn + 1 }] : [];
  if (turn === 0 || step < start) return { places: [...Array.from({ length: count }, (_, i) => ({ step: i, turn })), ...next], at: step };
  const own = Array.from({ length: count - start }, (_, i) => ({ step: start + i, turn }));
  return { places: [{ step: 0, turn: 0 }, { step: count - 1, turn: turn - 1 }, ...own, ...next], at: 2 + step - start };
}

/** @typedef {{ x: number, y: number, w: number, h: number }} Rectangle */
/** @typedef {{ boxes: Rectangle[], arrows: { points: [number, number][], loop: boolean }[], label: { x: number, y: number, w: number, middle: boolean }, height: number }} Flow */

/**
 * Boxes in rows of `columns`, arrows from each to the next, and one from the last back to box `back`.
 * @param {number} width @param {number} u  the size of everything @param {number} top @param {number} count @param {number} columns @param {number} back
 * @returns {Flow}
 */
export function walkFlow(width, u, top, count, columns, back) {
  const gapX = (columns === 7 ? 16 : 20) * u, gapY = 20 * u, h = 34 * u, side = columns === 7 ? 0 : 16 * u, all = width - 2 * side;
  const w = (all - gapX * (columns - 1)) / columns;
  const boxes = Array.from({ length: count }, (_, i) => ({ x: side + (i % columns) * (w + gapX), y: top + Math.floor(i / columns) * (h + gapY), w, h }));
  const middle = (/** @type {Rectangle} */ b) => b.x + b.w / 2, level = (/** @type {Rectangle} */ b) => b.y + b.h / 2;
  /** @type {Flow["arrows"]} */
  const arrows = boxes.slice(1).map((to, i) => {
    const from = boxes[i], between = from.y + h + gapY / 2;
    return { loop: false, points: to.y === from.y ? [[from.x + w, level(from)], [to.x, level(to)]] : [[middle(from), from.y + h], [middle(from), between], [middle(to), between], [middle(to), to.y]] };
  });
  const last = boxes[count - 1], first = boxes[back], end = last.y + h, below = end + 14 * u;
  if (last.y === first.y) {
    arrows.push({ loop: true, points: [[middle(last), end], [middle(last), below], [middle(first), below], [middle(first), first.y + h]] });
    return { boxes, arrows, label: { x: middle(first), y: below + 2 * u, w: middle(last) - middle(first), middle: true }, height: below + 20 * u };
  }
  if (count % columns) { // the last row has room to its right
    const edge = width - 5 * u;
    arrows.push({ loop: true, points: [[last.x + w, level(last)], [edge, level(last)], [edge, level(first)], [first.x + first.w, level(first)]] });
    return { boxes, arrows, label: { x: last.x + w + 6 * u, y: level(last) - 18 * u, w: edge - last.x - w - 10 * u, middle: false }, height: end + 4 * u };
  }
  const edge = 5 * u;
  arrows.push({ loop: true, points: [[middle(last), end], [middle(last), below], [edge, below], [edge, level(first)], [first.x, level(first)]] });
  return { boxes, arrows, label: { x: edge, y: below + 2 * u, w: middle(last) - edge, middle: true }, height: below + 20 * u };
}

/** How many boxes stand side by side. @param {number} width @param {number} u */
export const walkColumns = (width, u) => (width >= 900 * u ? 7 : width >= 540 * u ? 4 : 2);

/** How wide a cell is so that all columns fit, within what can be seen and read. @param {number} room @param {number} columns @param {number} u */
export const walkCell = (room, columns, u) => Math.max(15 * u, Math.min(64 * u, Math.floor(room / Math.max(1, columns))));

/** The largest size of a matrix's numbers; those that are missing (−∞) do not count. @param {(number | null)[][]} values */
export const walkLargest = (values) => values.reduce((most, line) => line.reduce((/** @type {number} */ m, x) => (x === null ? m : Math.max(m, Math.abs(x))), most), 0);

/** A matrix's cell after a key; null where the key means nothing. @param {string} key @param {[number, number]} at @param {number} rows @param {number} columns @returns {[number, number] | null} */
export function walkMoved(key, [r, c], rows, columns) {
  const by = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-8, 0], PageDown: [8, 0], Home: [0, -columns], End: [0, columns] })[key];
  return by ? [Math.max(0, Math.min(rows - 1, r + by[0])), Math.max(0, Math.min(columns - 1, c + by[1]))] : null;
}

/** The power of ten that the numbers of a matrix are shown in: 0 unless the largest is far from 1. @param {number} most */
export const walkPower = (most) => (most >= 0.05 && most < 1000 ? 0 : Math.floor(Math.log10(most)));
/** A whole number as it stands in an exponent. @param {number} n */
export const walkRaised = (n) => String(n).replace(/./g, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)]));
/** So many decimals, and no minus before a zero. @param {number} x @param {number} digits */
export const walkFixed = (x, digits) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
