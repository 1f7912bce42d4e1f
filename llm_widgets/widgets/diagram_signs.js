// The little drawings inside the boxes of a diagram: which token sees which, heads side by side, and a sum.

const SVG = "http://www.w3.org/2000/svg";
const SIDE = 5; // tokens of the little mask
const MOST = 32; // heads that are drawn one by one

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...Element} children */
function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** Whether token `query` sees token `key` of a little text whose last token is padding. @param {string} mask @param {number} query @param {number} key */
export const sees = (mask, query, key) => !(mask.startsWith("causal") && key > query) && !(mask.includes("padding") && key === SIDE - 1);

/** Rows are tokens that look, columns those that are looked at; what is hidden is empty. @param {string} detail */
export function maskGrid(detail) {
  const mask = detail.split(" ")[0], cells = [];
  for (let q = 0; q < SIDE; q += 1) for (let k = 0; k < SIDE; k += 1)
    cells.push(svg("rect", { x: k * 6 + 0.5, y: q * 6 + 0.5, width: 5, height: 5, class: sees(mask, q, k) ? "lw-arch-seen" : "lw-arch-hidden" }));
  return svg("svg", { viewBox: `0 0 ${SIDE * 6} ${SIDE * 6}`, class: "lw-arch-mask", "aria-hidden": "true" }, ...cells);
}

/** One cell for each head; a key that several queries share is as wide as they are. @param {number} heads @param {string} kind */
export function headStrip(heads, kind) {
  const shown = Math.min(heads, MOST), gap = 0.12 / shown, cells = [];
  for (let i = 0; i < shown; i += 1) cells.push(svg("rect", { x: (i + gap) / shown, y: 0, width: (1 - 2 * 0.12) / shown, height: 1 }));
  return svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", class: `lw-arch-strip lw-arch-${kind}-strip`, "aria-hidden": "true" }, ...cells);
}

/** A sum: ⊕. */
export const plus = () => svg("svg", { viewBox: "0 0 16 16", class: "lw-arch-plus", "aria-hidden": "true" }, svg("circle", { cx: 8, cy: 8, r: 7 }), svg("path", { d: "M8 3.5v9M3.5 8h9" }));
