// Tokens on two sides and a line for each weight between them: queries on the left, keys on the right.
import { el, surface } from "./kit.js";
import { strongest, rowOf, columnOf } from "./attention_data.js";
import { share, change } from "./attention_text.js";
import { listed } from "./attention_window.js";

/** @typedef {{ query: number | null, key: number | null }} Pointed */
/** @typedef {{ weights: Float32Array, signed: boolean, top: number, queries: string[], keys: string[] }} LineScene */
/** @typedef {"query" | "key"} Side */
const ROW = 24, MOST = 17; // CSS pixels of a row, and how many rows there are room for

/** @param {{ point: (pointed: Pointed | null) => void, choose: (side: Side, i: number) => void, step: (side: Side, by: number) => void, leave: () => void, label: () => string }} options */
export function tokenLines({ point, choose, step, leave, label }) {
  let scene = /** @type {LineScene | null} */ (null), pointed = /** @type {Pointed} */ ({ query: null, key: null }), rows = 1;
  const seen = /** @type {Record<Side, number[]>} */ ({ query: [], key: [] });
  const column = (/** @type {Side} */ side) => {
    const list = el("div", { class: `lw-am-tokens lw-am-${side}`, role: "listbox", tabindex: "0" });
    const at = (/** @type {Event} */ e) => { const i = /** @type {HTMLElement} */ (e.target).closest?.("[data-token]")?.getAttribute("data-token"); return i ? Number(i) : null; };
    list.addEventListener("pointerover", (/** @type {Event} */ e) => { const i = at(e); if (i !== null) point({ query: null, key: null, [side]: i }); });
    list.addEventListener("pointerleave", () => point(null));
    list.addEventListener("click", (/** @type {Event} */ e) => { const i = at(e); if (i !== null) choose(side, i); });
    list.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
      const by = /** @type {Record<string, number>} */ ({ ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -1e6, End: 1e6 })[e.key];
      if (e.key === "Escape") leave(); else if (by !== undefined) step(side, by); else if (e.key === "ArrowLeft") lists.query.focus(); else if (e.key === "ArrowRight") lists.key.focus(); else return;
      e.preventDefault();
    });
    return list;
  };
  const lists = { query: column("query"), key: column("key") };
  const plot = surface({
    height: (_, colours) => rows * ROW * colours.scale,
    label,
    draw(g, width, height, colours) {
      if (!scene) return;
      const { weights, keys, signed, top } = scene, u = colours.scale, { query, key } = pointed;
      const y = (/** @type {number} */ i) => (i + 0.5) * ROW * u, ink = g.createLinearGradient(0, 0, width, 0);
      ink.addColorStop(0, colours.blue);
      ink.addColorStop(1, colours.orange);
      const drawn = /** @type {[from: number, to: number, w: number][]} */ ([]);
      seen.query.forEach((q, i) => seen.key.forEach((k, j) => {
        if ((query !== null && q !== query) || (query === null && key !== null && k !== key)) return;
        const w = weights[q * keys.length + k];
        if (Math.abs(w) > 0.004 * top) drawn.push([i, j, w]);
      }));
      const free = query === null && key === null;
      for (const [i, j, w] of drawn.sort((a, b) => Math.abs(a[2]) - Math.abs(b[2]))) {
        const size = Math.sqrt(Math.min(1, Math.abs(w) / top));
        g.strokeStyle = signed ? (w < 0 ? colours.blue : colours.red) : ink;
        g.globalAlpha = free ? 0.6 * size * size : 0.1 + 0.9 * size;
        g.lineWidth = (free ? 0.5 + 2.5 * size : 0.5 + 6.5 * size * size) * u;
        g.beginPath();
        g.moveTo(0, y(i));
        g.bezierCurveTo(width / 2, y(i), width / 2, y(j), width, y(j));
        g.stroke();
      }
      g.globalAlpha = 1;
      plot.canvas.dataset.lines = String(drawn.length);
    },
  });
  plot.canvas.removeAttribute("tabindex");
  const node = el("div", { class: "lw-am-lines-body" }, lists.query, plot.node, lists.key);
  const fillSide = (/** @type {Side} */ side, /** @type {string[]} */ tokens, /** @type {ArrayLike<number> | null} */ shares, /** @type {number} */ top, /** @type {boolean} */ signed) => {
    const list = lists[side], shownNow = seen[side], chosen = pointed[side];
    while (list.children.length > shownNow.length) list.lastChild?.remove();
    while (list.children.length < shownNow.length) list.append(el("div", { role: "option" }, el("bdi", {}), el("span", { class: "lw-number" })));
    shownNow.forEach((i, row) => {
      const option = /** @type {HTMLElement} */ (list.children[row]), [name, value] = /** @type {HTMLElement[]} */ ([...option.children]), w = shares?.[i] ?? NaN;
      if (option.dataset.token !== String(i) || name.textContent !== tokens[i]) { option.dataset.token = String(i); name.textContent = tokens[i]; option.title = tokens[i]; }
      option.id = `${list.dataset.id}-${i}`;
      option.classList.toggle("lw-am-gap", row > 0 && shownNow[row - 1] !== i - 1);
      option.setAttribute("aria-selected", String(i === chosen));
      option.style.setProperty("--share", `${Math.round(45 * Math.min(1, Math.abs(w) / top || 0))}%`);
      const text = shares && Math.abs(w) >= 0.005 ? (signed ? change(w) : share(w)) : "";
      if (value.textContent !== text) value.textContent = text;
    });
    if (chosen !== null && shownNow.includes(chosen)) list.setAttribute("aria-activedescendant", `${list.dataset.id}-${chosen}`); else list.removeAttribute("aria-activedescendant");
  };
  const made = Math.random().toString(36).slice(2);
  lists.query.dataset.id = `lw-q-${made}`;
  lists.key.dataset.id = `lw-k-${made}`;
  return {
    node, lists, restyle: plot.restyle, dispose: plot.dispose,
    /**
     * @param {LineScene} next @param {Pointed} at  what is pointed at or selected
     * @param {Pointed | null} about  which tokens long lists are about; null leaves them, while the pointer is over them
     */
    show(next, at, about) {
      scene = next;
      pointed = at;
      const { weights, queries, keys, top, signed } = next, most = Math.min(MOST, Math.max(queries.length, keys.length, 1));
      if (rows !== most) rows = most;
      if (about || !seen.query.length || seen.query.length > queries.length) {
        const { query, key } = about ?? { query: null, key: null }, best = (/** @type {Float32Array} */ of) => strongest(of, MOST).map((one) => one.index);
        // A token that is chosen itself is always in its list.
        const withOne = (/** @type {number[]} */ list, /** @type {number | null} */ one) => (one === null || list.includes(one) ? list : [one, ...list]);
        seen.query = listed(queries.length, MOST, query === null && key !== null ? best(columnOf(weights, keys.length, key)) : null, query ?? 0);
        seen.key = listed(keys.length, MOST, query !== null ? withOne(best(rowOf(weights, keys.length, query)), key) : null, key ?? 0);
      }
      const { query, key } = at;
      fillSide("query", queries, query === null && key !== null ? columnOf(weights, keys.length, key) : null, top, signed);
      fillSide("key", keys, query !== null ? rowOf(weights, keys.length, query) : null, top, signed);
      plot.invalidate();
    },
  };
}
