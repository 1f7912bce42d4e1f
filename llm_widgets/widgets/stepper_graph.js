// The network as a graph: units with their values, edges with their weights, and a dot that travels along the edge which is computed.
import { el, reducedMotion } from "./kit.js";
import { brief, heldPart, netLayout, netMoved, samePart, unitName } from "./stepper_logic.js";

/** @typedef {import("./stepper_logic.js").NetFound} NetFound */
/** @typedef {import("./stepper_logic.js").NetPart} NetPart */
/** @typedef {ReturnType<typeof import("./stepper_logic.js").knownAt>} Known */
/** @typedef {{ part: NetPart, node: SVGElement, [name: string]: any }} Drawn */

const GRAPH_HEIGHT = 320;
const TRAVEL = 550; // ms along an edge

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...Node} children */
function svg(tag, attributes, ...children) {
  const made = /** @type {SVGElement} */ (document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}
const place = (/** @type {SVGElement} */ node, /** @type {Record<string, string | number>} */ attributes) => { for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value)); };

/**
 * @param {{ t: import("./kit.js").Translate, select: (part: NetPart) => void, edit: (part: NetPart) => void }} options
 *   `select` is called when a part is chosen, `edit` when its number is to be changed.
 */
export function stepperGraph({ t, select, edit }) {
  const dot = svg("circle", { class: "lw-net-dot", r: 6, display: "none" }), halo = svg("line", { class: "lw-net-halo" });
  const under = svg("g", {}), labels = svg("g", {}), over = svg("g", {}), drawing = svg("svg", { class: "lw-net-graph", role: "application" }, halo, under, labels, over, dot);
  const node = el("div", { class: "lw-frame lw-net-frame" }, drawing);
  /** @type {Drawn[]} */
  let parts = [];
  let built = "", sizes = /** @type {number[]} */ ([]), chosen = /** @type {NetPart} */ ({ kind: "node", column: 0, unit: 0 }), frame = 0, last = "";
  /** @type {{ found: NetFound, known: Known } | null} */
  let shown = null;
  const drawnOf = (/** @type {NetPart} */ part) => parts.find((one) => samePart(one.part, part));

  function choose(/** @type {NetPart} */ part, focus = false) {
    chosen = part;
    for (const one of parts) { const on = samePart(one.part, part); one.node.setAttribute("tabindex", on ? "0" : "-1"); one.node.classList.toggle("lw-net-chosen", on); if (on && focus) one.node.focus({ preventScroll: true }); }
    if (shown) paint(shown.found, shown.known, false);
  }
  const listen = (/** @type {SVGElement} */ made, /** @type {NetPart} */ part) => {
    made.addEventListener("click", (e) => { choose(part, true); select(part); if (/** @type {PointerEvent} */ (e).pointerType !== "touch") edit(part); });
    made.addEventListener("focus", () => { if (!samePart(part, chosen)) { choose(part); select(part); } });
    made.addEventListener("keydown", (event) => {
      const e = /** @type {KeyboardEvent} */ (event);
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      if (e.key === "Enter" || e.key === " ") edit(part);
      else if (e.key === "Escape") made.blur();
      else { const to = netMoved(sizes, part, e.key); if (!to) return; choose(to, true); select(to); }
      e.preventDefault();
    });
    return made;
  };

  function build() {
    const nodes = sizes.flatMap((n, column) => Array.from({ length: n }, (_, unit) => {
      const part = /** @type {NetPart} */ ({ kind: "node", column, unit });
      const box = svg("rect", { class: "lw-net-box" }), value = svg("text", { class: "lw-net-value" }), name = svg("text", { class: "lw-net-name" }), foot = svg("text", { class: "lw-net-foot" });
      return { part, box, value, name, foot, node: listen(svg("g", { class: "lw-net-node", role: "button", "data-node": `${column} ${unit}` }, box, value, name, foot), part) };
    }));
    const edges = sizes.slice(1).flatMap((n, layer) => Array.from({ length: sizes[layer] }, (_, i) => Array.from({ length: n }, (__, j) => {
      const part = /** @type {NetPart} */ ({ kind: "edge", layer, i, j });
      const hit = svg("line", { class: "lw-net-hit" }), line = svg("line", { class: "lw-net-line" }), label = svg("text", { class: "lw-net-weight" });
      return { part, hit, line, label, node: listen(svg("g", { class: "lw-net-edge", role: "button", "data-edge": `${layer} ${i} ${j}` }, hit, line), part) };
    })).flat());
    const ends = Array.from({ length: sizes[sizes.length - 1] }, () => svg("line", { class: "lw-net-end" }));
    const box = svg("rect", { class: "lw-net-box" }), value = svg("text", { class: "lw-net-value" }), name = svg("text", { class: "lw-net-name" }), foot = svg("text", { class: "lw-net-foot" });
    const loss = { part: /** @type {any} */ ({ kind: "loss" }), box, value, name, foot, node: svg("g", { class: "lw-net-node lw-net-loss" }, box, value, name, foot) };
    parts = [...edges, ...nodes];
    under.replaceChildren(...ends, ...edges.map((one) => one.node));
    labels.replaceChildren(...edges.map((one) => one.label));
    over.replaceChildren(...nodes.map((one) => one.node), loss.node);
    return { nodes, edges, ends, loss };
  }
  /** @type {ReturnType<typeof build>} */
  let all;

  function travel(/** @type {number[]} */ [x0, y0, x1, y1], /** @type {boolean} */ backward) {
    cancelAnimationFrame(frame);
    dot.setAttribute("display", "none");
    if (reducedMotion()) return;
    dot.setAttribute("class", backward ? "lw-net-dot lw-net-back" : "lw-net-dot");
    const start = performance.now();
    const move = (/** @type {number} */ now) => {
      const share = Math.min(1, Math.max(0, now - start) / TRAVEL), s = backward ? 1 - share : share;
      place(dot, { cx: x0 + s * (x1 - x0), cy: y0 + s * (y1 - y0), display: share < 1 ? "inline" : "none" });
      if (share < 1) frame = requestAnimationFrame(move);
    };
    frame = requestAnimationFrame(move);
  }

  function paint(/** @type {NetFound} */ found, /** @type {Known} */ known, moving = true) {
    shown = { found, known };
    if (built !== JSON.stringify(found.sizes)) { built = JSON.stringify(found.sizes); sizes = found.sizes; all = build(); chosen = heldPart(sizes, chosen); choose(chosen); return; }
    const width = node.clientWidth || 600, u = Number(getComputedStyle(node).getPropertyValue("--lw-scale")) || 1, height = GRAPH_HEIGHT * u;
    const where = netLayout(sizes, width, height, u), { wide, high, x, y, crowded, digits } = where, out = sizes.length;
    place(drawing, { viewBox: `0 0 ${width} ${height}`, width, height });
    drawing.style.height = `${height}px`;
    const W = known.moved && found.nextW ? found.nextW : found.W, b = known.moved && found.nextb ? found.nextb : found.b;
    const heaviest = Math.max(0.5, ...W.flat(2).map(Math.abs));
    halo.setAttribute("display", "none");
    for (const one of all.edges) {
      const { layer, i, j } = /** @type {Extract<NetPart, { kind: "edge" }>} */ (one.part), w = W[layer][i][j], on = samePart(known.active, one.part), picked = samePart(chosen, one.part), g = known.gradient(layer, i, j);
      const ends = [x[layer] + wide / 2, y[layer][i], x[layer + 1] - wide / 2, y[layer + 1][j]], line = { x1: ends[0], y1: ends[1], x2: ends[2], y2: ends[3] };
      place(one.hit, line);
      place(one.line, { ...line, "stroke-width": (1 + 4 * Math.min(1, Math.abs(w) / heaviest)) * u, "stroke-dasharray": w < 0 ? `${7 * u} ${4 * u}` : "none" });
      one.line.style.stroke = `color-mix(in srgb, var(--lw-${w < 0 ? "blue" : "red"}) ${Math.round(25 + 75 * Math.min(1, Math.abs(w) / heaviest))}%, var(--lw-rule))`;
      const showsLabel = where.labels[layer].shown || ((on || picked) && x[layer + 1] - x[layer] - wide > 50 * u), t0 = where.labels[layer].shown ? where.labels[layer].t : 0.5, learned = g !== undefined && !known.moved;
      one.label.textContent = showsLabel ? (learned ? `∂ ${brief(g)}` : brief(w)) : "";
      one.label.setAttribute("class", learned ? "lw-net-weight lw-net-orange" : known.moved ? "lw-net-weight lw-net-new" : "lw-net-weight");
      place(one.label, { x: ends[0] + t0 * (ends[2] - ends[0]), y: ends[1] + t0 * (ends[3] - ends[1]) + 4 * u });
      one.node.classList.toggle("lw-net-active", on);
      const from = unitName(sizes, layer, i), to = unitName(sizes, layer + 1, j);
      one.node.setAttribute("aria-label", [t("Weight from {from} to {to}: {x}", { from, to, x: brief(w, 6) }), learned && t("gradient {x}", { x: brief(g, 6) })].filter(Boolean).join(t(", ")));
      if (on) {
        place(halo, { ...line, display: "inline", class: known.backward ? "lw-net-halo lw-net-back" : "lw-net-halo" });
        const now = JSON.stringify([known.kind, one.part, found.updates]);
        if (moving && now !== last) travel(ends, known.backward);
        last = now;
      }
    }
    if (known.active?.kind !== "edge") { last = ""; cancelAnimationFrame(frame); dot.setAttribute("display", "none"); }
    const draw = (/** @type {any} */ one, /** @type {number} */ column, /** @type {number} */ unit, /** @type {string} */ name, /** @type {string} */ value, /** @type {string} */ tone, /** @type {string} */ foot, /** @type {string} */ footTone, /** @type {boolean} */ active) => {
      const cx = x[column], cy = y[column][unit];
      place(one.box, { x: cx - wide / 2, y: cy - high / 2, width: wide, height: high, rx: high / 2 });
      place(one.value, { x: cx, y: cy + 4.5 * u });
      place(one.name, { x: cx, y: cy - high / 2 - 5 * u });
      place(one.foot, { x: cx, y: cy + high / 2 + 14 * u });
      one.value.textContent = value;
      one.value.setAttribute("class", `lw-net-value ${tone}`);
      one.name.textContent = name;
      one.foot.textContent = foot;
      one.foot.setAttribute("class", `lw-net-foot ${footTone}`);
      one.node.classList.toggle("lw-net-active", active);
      one.node.classList.toggle("lw-net-back", active && known.backward);
      one.node.classList.toggle("lw-net-empty", tone === "lw-net-muted");
    };
    for (const one of all.nodes) {
      const { column, unit } = /** @type {Extract<NetPart, { kind: "node" }>} */ (one.part), name = unitName(sizes, column, unit), a = known.value(column, unit), part = known.sum(column, unit), delta = known.delta(column, unit), back = known.back(column, unit);
      const bias = column ? b[column - 1][unit] : null, gradient = delta ?? back, withGradient = gradient !== undefined && !known.moved;
      const value = a !== undefined ? brief(a, digits) : part !== undefined ? brief(part, digits) : "?";
      let foot = bias === null || wide < 44 * u ? "" : `b ${brief(bias)}`, tone = a !== undefined ? "lw-net-blue" : "lw-net-muted", inside = value, footTone = known.moved && bias !== null ? "lw-net-new" : "";
      if (withGradient) { foot = `${delta === undefined ? "∂" : "δ"} ${brief(gradient, digits)}`; footTone = delta === undefined ? "lw-net-muted" : "lw-net-orange"; }
      if (crowded) { if (withGradient) { inside = brief(gradient, digits); tone = delta === undefined ? "lw-net-muted" : "lw-net-orange"; } foot = ""; }
      draw(one, column, unit, name, inside, tone, foot, footTone, samePart(known.active, one.part));
      one.node.setAttribute("aria-label", [
        column === 0 ? t("Input {name}: {x}", { name, x: value }) : a === undefined ? t("Unit {name}: not computed yet", { name }) : t("Unit {name}: {x}", { name, x: brief(a, 6) }),
        bias !== null && t("bias {x}", { x: brief(bias, 6) }), withGradient && delta !== undefined && `δ ${brief(delta, 6)}`,
      ].filter(Boolean).join(t(", ")));
    }
    all.ends.forEach((line, j) => place(line, { x1: x[out - 1] + wide / 2, y1: y[out - 1][j], x2: x[out] - wide / 2, y2: y[out][0] }));
    all.loss.node.setAttribute("visibility", found.mismatch ? "hidden" : "visible");
    for (const line of all.ends) line.setAttribute("visibility", found.mismatch ? "hidden" : "visible");
    const loss = known.moved ? found.nextLoss : found.loss;
    draw(all.loss, out, 0, "L", known.loss ? brief(loss, digits) : "?", known.loss ? "" : "lw-net-muted", "", "", known.kind === "loss");
  }
  const sizesSeen = new ResizeObserver(() => { if (shown) paint(shown.found, shown.known, false); });
  sizesSeen.observe(node);
  return {
    node, paint, choose,
    chosen: () => chosen,
    focus: () => /** @type {SVGElement | undefined} */ (drawnOf(chosen)?.node)?.focus({ preventScroll: true }),
    relabel: () => { drawing.setAttribute("aria-label", t("The network: arrow keys move among units and weights, Enter edits the number")); if (shown) paint(shown.found, shown.known, false); },
    dispose: () => { sizesSeen.disconnect(); cancelAnimationFrame(frame); },
  };
}
