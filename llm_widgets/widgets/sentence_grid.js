// Cosines of each two sentences as a grid of coloured cells with their numbers; one cell at a time can be reached with Tab.
import { el } from "./kit.js";
import { inkOn, viridis } from "./colours.js";
import { cosineShort } from "./sentence_logic.js";

/** @param {{ role: string, pick: (i: number, j: number) => void, name: (i: number, j: number, cosine: number) => string }} options */
export function sentenceGrid({ role, pick, name }) {
  const node = el("div", { class: "lw-sentence-grid", role: "grid", dataset: { role } });
  let cells = /** @type {HTMLElement[][]} */ ([]), heads = /** @type {HTMLElement[][]} */ ([]);
  function build(/** @type {number} */ n) {
    cells = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => el("button", { type: "button", role: "gridcell", class: "lw-sentence-cell", dataset: { cell: `${i}-${j}` }, on: { click: () => pick(i, j) } })));
    heads = [0, 1].map(() => Array.from({ length: n }, (_, i) => el("span", { class: "lw-sentence-number", role: "presentation" }, i + 1)));
    node.style.setProperty("--lw-sentence-columns", String(n));
    node.replaceChildren(el("div", { class: "lw-sentence-row", role: "presentation" }, el("span", {}), ...heads[0]), ...cells.map((row, i) => el("div", { class: "lw-sentence-row", role: "row" }, heads[1][i], ...row)));
  }
  node.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const r = cells.findIndex((row) => row.includes(/** @type {HTMLElement} */ (document.activeElement)));
    if (r < 0) return;
    const c = cells[r].indexOf(/** @type {HTMLElement} */ (document.activeElement)), last = cells.length - 1;
    const to = { ArrowUp: [r - 1, c], ArrowDown: [r + 1, c], ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1], Home: [r, 0], End: [r, last] }[e.key];
    if (!to) return;
    const [i, j] = to.map((x) => Math.max(0, Math.min(last, x)));
    cells[i][j].focus();
    pick(i, j);
    e.preventDefault();
  });
  return {
    node,
    /** @param {number[][]} cosines @param {number[]} pair */
    paint(cosines, pair) {
      if (cells.length !== cosines.length) build(cosines.length);
      cosines.forEach((row, i) => row.forEach((x, j) => {
        const cell = cells[i][j], on = i === pair[0] && j === pair[1], mirrored = j === pair[0] && i === pair[1];
        cell.textContent = cosineShort(x);
        cell.style.background = `rgb(${viridis(Math.max(0, x)).join(" ")})`;
        cell.style.color = inkOn(Math.max(0, x), 1, false);
        cell.setAttribute("aria-label", name(i, j, x));
        cell.setAttribute("aria-selected", String(on));
        cell.classList.toggle("lw-sentence-on", on || mirrored);
        cell.tabIndex = on ? 0 : -1;
      }));
      for (const side of heads) side.forEach((head, i) => head.classList.toggle("lw-sentence-lit", pair.includes(i)));
    },
  };
}
