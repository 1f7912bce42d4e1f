// A matrix as coloured cells: its numbers where there is room for them, any of them in words, tokens as text.
import { el, palette, watchTheme } from "./kit.js";
import { diverging, inkOn, viridis } from "./colours.js";
import { visible } from "./visible.js";
import { walkCell, walkFixed, walkLargest, walkMoved, walkPower, walkRaised } from "./walk_logic.js";

/**
 * `rows` and `columns` are the names of the places, or null where they are numbers.
 * @typedef {{ values: (number | null)[][], kind: "signed" | "share" | "mask" | "ids", rows: string[] | null, columns: string[] | null, label: string }} Matrix
 */

/** A token as a reader sees it; the unknown one as a sign of its own. @param {string} token */
export const walkToken = (token) => (token === "[UNK]" ? "\u2047" : visible(token) || "∅");

const HEAT_LINE = 22;

/**
 * `told` gets the cell that is pointed at, `picked` the one that was clicked or reached with the keys; `token` says what an id stands for.
 * @param {{ told: (r: number, c: number) => void, picked: (r: number, c: number) => void, token: (id: number) => string }} options
 */
export function walkHeat({ told, picked, token }) {
  const canvas = /** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (el("canvas", { role: "application", tabindex: "0" })));
  const names = el("div", { class: "lw-walk-rows", "aria-hidden": "true" }), heads = el("div", { class: "lw-walk-columns", "aria-hidden": "true" });
  const corner = el("div", { class: "lw-walk-corner", "aria-hidden": "true" }), grid = el("div", { class: "lw-walk-grid" }, corner, heads, names, canvas);
  const frame = el("div", { class: "lw-scroll lw-walk-heat" }, grid);
  let matrix = /** @type {Matrix | null} */ (null), at = /** @type {[number, number]} */ ([0, 0]), marked = -1, drawn = "", cell = 20, u = 1;
  let colours = /** @type {import("./kit.js").Palette | null} */ (null);

  function place() {
    if (!matrix || !frame.clientWidth) return;
    colours ??= palette(frame);
    u = colours.scale;
    const R = matrix.values.length, C = matrix.values[0].length;
    cell = walkCell(frame.clientWidth - 36 * u - 2, C, u);
    const key = JSON.stringify([matrix.rows, matrix.columns, R, C, cell]);
    if (key === drawn) return;
    drawn = key;
    const line = HEAT_LINE * u;
    names.replaceChildren(...Array.from({ length: R }, (_, i) => el("bdi", { dataset: { learner: "" }, style: { height: `${line}px` } }, matrix?.rows ? walkToken(matrix.rows[i]) : String(i))));
    const gap = matrix.columns ? 1 : Math.max(1, Math.ceil((20 * u) / cell));
    heads.replaceChildren(...Array.from({ length: C }, (_, i) => el("bdi", { dataset: { learner: "" }, style: { width: `${cell}px` } }, matrix?.columns ? walkToken(matrix.columns[i]) : i % gap ? "" : String(i))));
    heads.style.width = `${cell * C}px`;
  }
  function paint() {
    place();
    if (!matrix || !colours) return;
    const { values, kind } = matrix, R = values.length, C = values[0].length, line = HEAT_LINE * u, ratio = devicePixelRatio || 1;
    const width = cell * C, height = line * R;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    const most = kind === "mask" ? 1 : walkLargest(values) || 1, signed = kind === "signed";
    const power = kind === "ids" || kind === "mask" ? 0 : walkPower(most), digits = most * 10 ** -power < 9.995 ? 2 : 1;
    corner.textContent = power ? `×10${walkRaised(power)}` : "";
    g.textAlign = "center";
    g.textBaseline = "middle";
    g.font = `${12 * u}px ${kind === "ids" ? colours.code : colours.font}`;
    for (let r = 0; r < R; r += 1) for (let c = 0; c < C; c += 1) {
      const x = values[r][c], left = c * cell, top = r * line;
      const bare = x === null || kind === "ids";
      g.fillStyle = bare ? colours.wash : `rgb(${(signed ? diverging(x / most) : viridis(Math.min(1, Math.abs(x) / most))).join(" ")})`;
      g.fillRect(left, top, cell - 1, line - 1);
      const text = kind === "ids" ? walkToken(token(Number(x))) : x === null ? "−∞" : cell >= 42 * u ? (kind === "mask" ? String(x) : walkFixed(x * 10 ** -power, digits)) : "";
      if (!text || g.measureText(text).width > cell - 2) continue;
      g.fillStyle = bare ? colours.ink : inkOn(x, most, signed);
      g.fillText(text, left + (cell - 1) / 2, top + line / 2);
    }
    g.lineWidth = 2 * u;
    if (marked >= 0 && marked < R) { g.strokeStyle = colours.ink; g.strokeRect(u, marked * line + u, width - 2 * u - 1, line - 2 * u - 1); }
    g.strokeStyle = colours.orange;
    g.strokeRect(at[1] * cell + u, at[0] * line + u, cell - 2 * u - 1, line - 2 * u - 1);
    canvas.setAttribute("aria-label", matrix.label);
  }
  const under = (/** @type {PointerEvent} */ e) => {
    const box = canvas.getBoundingClientRect();
    if (!matrix) return null;
    const r = Math.floor((e.clientY - box.top) / (HEAT_LINE * u)), c = Math.floor((e.clientX - box.left) / cell);
    return r >= 0 && c >= 0 && r < matrix.values.length && c < matrix.values[0].length ? /** @type {[number, number]} */ ([r, c]) : null;
  };
  function seen() {
    const top = at[0] * HEAT_LINE * u, left = at[1] * cell, line = HEAT_LINE * u, label = 36 * u;
    frame.scrollTop = Math.max(Math.min(frame.scrollTop, top), top + 2 * line - frame.clientHeight + 4);
    frame.scrollLeft = Math.max(Math.min(frame.scrollLeft, left), left + cell + label - frame.clientWidth);
  }
  canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => { const on = under(e); if (on) told(...on); });
  canvas.addEventListener("pointerleave", () => told(...at));
  canvas.addEventListener("click", (/** @type {any} */ e) => { const on = under(e); if (on) { at = on; picked(...at); paint(); } });
  canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    if (!matrix || e.ctrlKey || e.metaKey || e.altKey) return;
    const to = walkMoved(e.key, at, matrix.values.length, matrix.values[0].length);
    if (e.key === "Escape") canvas.blur();
    if (!to) return;
    at = to;
    picked(...at);
    paint();
    seen();
    e.preventDefault();
  });
  const fresh = () => { colours = null; paint(); };
  const sizes = new ResizeObserver(() => { drawn = ""; fresh(); });
  sizes.observe(frame);
  const unwatch = watchTheme(fresh);
  return {
    node: frame,
    /** @param {Matrix} what @param {[number, number]} where @param {number} row */
    show(what, where, row) {
      matrix = what;
      const before = at.join();
      at = [Math.min(where[0], what.values.length - 1), Math.min(where[1], what.values[0].length - 1)];
      marked = row;
      paint();
      if (at.join() !== before) seen();
    },
    at: () => at,
    restyle: fresh,
    dispose() { sizes.disconnect(); unwatch(); },
  };
}
