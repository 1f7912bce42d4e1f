// The grid of heads: a row a layer, a small map a head, the layer's mean at the end, and the mean of all under it.
import { el } from "./kit.js";
import { rgba } from "./attention_colours.js";
import { pooled } from "./attention_data.js";

/** @typedef {{ layer: number | null, head: number | null }} Place */
/** @typedef {{ place: Place, node: HTMLElement & Record<string, any>, canvas: HTMLCanvasElement, row: number, col: number }} Cell */
const SIDE = 96; // pixels of a small map at most

/** @param {{ choose: (place: Place, go: boolean) => void }} options */
export function headGrid({ choose }) {
  const node = el("div", { class: "lw-am-grid", role: "grid" });
  /** @type {Cell[]} */
  let cells = [];
  let size = "", words = { mean: "", all: "" };
  const at = (/** @type {number} */ row, /** @type {number} */ col) => cells.find((c) => c.row === row && c.col === col);
  const select = (/** @type {Place} */ { layer, head }) => {
    for (const { place, node: cell } of cells) {
      const chosen = place.layer === layer && place.head === head;
      cell.setAttribute("aria-selected", String(chosen));
      if (chosen || !node.contains(document.activeElement)) cell.tabIndex = chosen ? 0 : -1;
    }
  };
  const walk = (/** @type {Cell} */ from, /** @type {KeyboardEvent} */ e) => {
    const rows = Math.max(...cells.map((c) => c.row)), last = Math.max(...cells.map((c) => c.col));
    const step = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [from.row, from.col - 1], ArrowRight: [from.row, from.col + 1], ArrowUp: [from.row - 1, from.col], ArrowDown: [from.row + 1, from.col], Home: [from.row, 0], End: [from.row, last], PageUp: [0, from.col], PageDown: [rows - 1, from.col] })[e.key];
    if (!step) return;
    e.preventDefault();
    // Under the last layer there is only the mean of all.
    const to = at(step[0], step[1]) ?? (step[0] === rows && from.row < rows ? at(rows, last) : undefined);
    if (!to) return;
    for (const c of cells) c.node.tabIndex = c === to ? 0 : -1;
    to.node.focus();
  };
  const cell = (/** @type {Place} */ place, /** @type {number} */ row, /** @type {number} */ col) => {
    const canvas = /** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (el("canvas", { "aria-hidden": "true" })));
    const made = { place, row, col, canvas, node: el("button", { type: "button", role: "gridcell", class: "lw-am-cell", tabindex: -1, dataset: { layer: place.layer ?? "all", head: place.head ?? "mean" } }, canvas) };
    made.node.addEventListener("click", (/** @type {MouseEvent} */ e) => choose(place, e.detail === 0)); // Enter and space are clicks of no mouse
    made.node.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => walk(made, e));
    cells.push(made);
    return made.node;
  };
  const build = (/** @type {number} */ layers, /** @type {number} */ heads) => {
    cells = [];
    const line = (/** @type {(Node | null)[]} */ ...children) => el("div", { role: "row" }, ...children), head = (/** @type {string} */ role, /** @type {string} */ text) => el("div", { role, class: "lw-am-head" }, text);
    node.replaceChildren(
      line(head("columnheader", ""), ...Array.from({ length: heads }, (_, h) => head("columnheader", String(h + 1))), el("div", { role: "columnheader", class: "lw-am-head lw-am-mean" }, words.mean)),
      ...Array.from({ length: layers }, (_, l) => line(head("rowheader", String(l + 1)), ...Array.from({ length: heads }, (__, h) => cell({ layer: l, head: h }, l, h)), cell({ layer: l, head: null }, l, heads))),
      line(el("div", { role: "rowheader", class: "lw-am-head lw-am-all" }, words.all), cell({ layer: null, head: null }, layers, heads)));
    node.style.setProperty("--heads", String(heads));
    node.classList.toggle("lw-am-many", heads > 6);
  };
  return {
    node, select,
    focus: () => cells.find((c) => c.node.getAttribute("aria-selected") === "true")?.node.focus(),
    /** @param {number} layers @param {number} heads @param {typeof words} said */
    shape(layers, heads, said) {
      const stamp = JSON.stringify([layers, heads, said]);
      if (stamp === size) return;
      size = stamp;
      words = said;
      const focused = node.contains(document.activeElement);
      build(layers, heads);
      if (focused) cells[0]?.node.focus();
    },
    /**
     * @param {(place: Place) => { weights: Float32Array, top: number, signed: boolean, name: string }} of
     * @param {number} queries @param {number} keys
     */
    paint(of, queries, keys) {
      const whole = { q0: 0, k0: 0, rows: queries, cols: keys };
      for (const { place, canvas, node: button } of cells) {
        const { weights, top, signed, name } = of(place), image = pooled(weights, keys, whole, SIDE, SIDE);
        if (canvas.width !== image.wide || canvas.height !== image.high) { canvas.width = image.wide; canvas.height = image.high; }
        canvas.getContext("2d")?.putImageData(new ImageData(/** @type {any} */ (rgba(image.values, top, signed)), image.wide, image.high), 0, 0);
        if (button.getAttribute("aria-label") !== name) { button.setAttribute("aria-label", name); button.title = name; }
      }
    },
  };
}
