// The tree of what was tried, or of the beams: a chip a token, a column a place in the text, lines to what came after.
import { el, reducedMotion } from "./kit.js";
import { cellsOf, fit, layout } from "./explorer_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./explorer_logic.js").Tree} Tree */
const SVG = "http://www.w3.org/2000/svg";

/** @param {string} tag @param {Record<string, string | number>} props @param {...(Node | string)} children @returns {any} */
function svg(tag, props, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** @param {{ t: Translate, go: (act: any) => void }} options */
export function tokenTree({ t, go }) {
  const picture = svg("svg", { role: "group" }), node = el("div", { class: "lw-scroll lw-te-tree", dataset: { learner: "" } }, picture);
  let spots = /** @type {import("./explorer_logic.js").Spot[]} */ ([]), drawn = "", active = 0;
  const groups = () => /** @type {SVGGElement[]} */ ([...picture.querySelectorAll("g")]);
  const focus = (/** @type {number} */ i) => {
    active = i;
    groups().forEach((g, j) => g.setAttribute("tabindex", j === i ? "0" : "-1"));
    groups()[i]?.focus();
  };
  picture.addEventListener("click", (/** @type {MouseEvent} */ e) => {
    const g = /** @type {Element} */ (e.target).closest("g"), spot = spots[groups().indexOf(/** @type {any} */ (g))];
    if (spot?.act) { active = spots.indexOf(spot); go(spot.act); }
  });
  picture.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const i = groups().indexOf(/** @type {any} */ (document.activeElement)), from = spots[i];
    if (!from) return;
    const column = spots.map((spot, j) => ({ ...spot, j })).filter((spot) => spot.column === from.column).sort((a, b) => a.row - b.row), at = column.findIndex((spot) => spot.j === i);
    const to = e.key === "ArrowLeft" ? from.parent : e.key === "ArrowRight" ? spots.findIndex((spot) => spot.parent === i) : e.key === "ArrowUp" ? column[at - 1]?.j ?? -1 : e.key === "ArrowDown" ? column[at + 1]?.j ?? -1 : null;
    if (to !== null) { if (to >= 0) focus(to); } else if (e.key === "Enter") { if (from.act) go(from.act); } else return;
    e.preventDefault();
    e.stopPropagation();
  });
  return {
    node,
    /** @param {Tree | null} tree @param {number} scale */
    paint(tree, scale) {
      const key = JSON.stringify([tree, scale, t("start")]);
      if (key === drawn) return;
      drawn = key;
      const focused = picture.contains(document.activeElement);
      spots = tree ? layout(tree, t) : [];
      const beams = tree?.kind === "beams", u = scale, cells = Math.max(3, ...spots.map((spot) => cellsOf(fit(spot.text, beams && spot.note ? 8 : 10)))), wide = (16 + 7.4 * cells + (beams ? 46 : 0)) * u, high = 24 * u, gapX = 22 * u, gapY = 6 * u, pad = 4 * u;
      const x = (/** @type {number} */ c) => pad + c * (wide + gapX), y = (/** @type {number} */ r) => pad + r * (high + gapY);
      const lines = spots.filter((spot) => spot.parent >= 0).map((spot) => {
        const from = spots[spot.parent], x1 = x(from.column) + wide, y1 = y(from.row) + high / 2, x2 = x(spot.column), y2 = y(spot.row) + high / 2, m = gapX / 2;
        return { on: spot.kind.includes("on"), path: svg("path", { class: `lw-te-edge ${spot.kind}`, d: `M${x1} ${y1}C${x1 + m} ${y1} ${x2 - m} ${y2} ${x2} ${y2}` }) };
      });
      const chips = spots.map((spot, i) => {
        const text = svg("text", { x: x(spot.column) + 7 * u, y: y(spot.row) + high / 2, class: "lw-te-word" }, fit(spot.text, beams && spot.note ? 8 : 10));
        const name = spot.note ? `${spot.text} ${spot.note}` : spot.text;
        return svg("g", { class: `lw-te-spot ${spot.kind}${spot.here ? " here" : ""}`, role: "button", tabindex: spot.here ? 0 : -1, "aria-label": name, "data-key": spot.key, ...(spot.here ? { "aria-current": "true" } : {}) },
          svg("rect", { x: x(spot.column), y: y(spot.row), width: wide, height: high, rx: 4 * u }), text,
          ...(spot.note ? [svg("text", { x: x(spot.column) + wide - 6 * u, y: y(spot.row) + high / 2, class: "lw-te-note" }, spot.note)] : []));
      });
      const columns = Math.max(0, ...spots.map((spot) => spot.column)), rows = Math.max(0, ...spots.map((spot) => spot.row));
      const width = x(columns) + wide + pad, height = y(rows) + high + pad;
      picture.setAttribute("width", String(width));
      picture.setAttribute("height", String(height));
      picture.replaceChildren(...lines.sort((a, b) => Number(a.on) - Number(b.on)).map((line) => line.path), ...chips);
      picture.setAttribute("aria-label", beams ? t("The beams") : t("What was tried"));
      const here = spots.findIndex((spot) => spot.here);
      if (focused) focus(Math.min(active, spots.length - 1));
      const spot = spots[here];
      if (spot) node.scrollTo({ left: x(spot.column) + wide - 0.75 * node.clientWidth, top: beams ? y(spot.row) + high - node.clientHeight : y(spot.row) - node.clientHeight / 2, behavior: reducedMotion() ? "instant" : "smooth" });
    },
  };
}
