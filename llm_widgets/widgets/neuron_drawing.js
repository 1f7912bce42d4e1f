// The neuron as a drawing whose numbers are edited where they stand: inputs, weights on the edges, Σ, σ, the loss.
import { el, number } from "./kit.js";
import { diverging, inkOn } from "./colours.js";
import { numberField } from "./number_field.js";
import { ACTIVATION_NAMES, LOSS_NAMES } from "./function_names.js";
import { brief, compact, parameterNames, spoken, written } from "./neuron_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./neuron_logic.js").Found} Found */
/** @typedef {{ t: Translate, current: (name: string) => any, edit: (changes: Record<string, any>) => void, refused: (why: string) => void, choose: (name: string) => void }} Hands */

// One neuron has one output: the cross-entropy of several classes is none of its losses.
const NEURON_LOSSES = Object.fromEntries(Object.entries(LOSS_NAMES).filter(([name]) => name !== "cross_entropy_from_logits"));
const svg = (/** @type {string} */ tag, /** @type {Record<string, string>} */ props = {}) => { const made = document.createElementNS("http://www.w3.org/2000/svg", tag); for (const [name, value] of Object.entries(props)) made.setAttribute(name, value); return made; };

/** A field that shows five digits until it is edited. @param {Hands} hands @param {{ label: () => string, role: string, get: () => number, set: (x: number) => void, low?: number, step?: number, choose?: string }} options */
export function numberIn({ t, refused, choose }, { label, role, get, set, low, step, choose: name }) {
  const made = numberField({
    t, refused, role, label, low, step,
    get: () => (document.activeElement === made?.input ? get() : brief(get())),
    set: (x) => { if (x !== get()) set(x); },
  });
  made.input.addEventListener("focus", () => { made.paint(); if (name) choose(name); });
  return made;
}

/** A gradient in its colour. @param {HTMLElement} box @param {number | null | undefined} x @param {number} most */
export function shadeGradient(box, x, most) {
  const known = typeof x === "number", share = known && most > 0 ? x / most : 0;
  box.textContent = known ? compact(x) : "–";
  box.style.background = known ? `rgb(${diverging(share).join(" ")})` : "none";
  box.style.color = known ? inkOn(share, 1, true) : "";
}

/** @param {Hands} hands @param {Node[]} buttons  stand below the inputs */
export function neuronDrawing(hands, buttons) {
  const { t, current, edit, choose } = hands;
  const one = (/** @type {string} */ name, /** @type {number} */ i, /** @type {number} */ x) => edit({ [name]: current(name).map((/** @type {number} */ old, /** @type {number} */ j) => (j === i ? x : old)) });
  const plane = svg("svg", { class: "lw-neuron-edges", "aria-hidden": "true" });
  const inputs = el("div", { class: "lw-neuron-column" }), weights = el("div", { class: "lw-neuron-column" });
  const said = { z: el("span", { class: "lw-neuron-forward" }), y: el("span", { class: "lw-neuron-forward" }), loss: el("span", { class: "lw-neuron-forward" }), slope: el("span", { class: "lw-neuron-back" }), pull: el("span", { class: "lw-neuron-back" }) };
  const select = (/** @type {string} */ name, /** @type {Record<string, string>} */ names) => el("select", { dataset: { role: name }, on: { change: (/** @type {Event} */ e) => edit({ [name]: /** @type {HTMLSelectElement} */ (e.target).value }) } }, ...Object.keys(names).map((value) => el("option", { value })));
  const activation = select("activation", ACTIVATION_NAMES), loss = select("loss", NEURON_LOSSES);
  const target = numberIn(hands, { label: () => t("Target {name}", { name: "t" }), role: "t", get: () => current("target"), set: (x) => edit({ target: x }) });
  const sumCard = el("div", { class: "lw-neuron-card lw-neuron-sum" }, el("b", {}, "Σ"), said.z);
  const actCard = el("div", { class: "lw-neuron-card" }, el("span", { class: "lw-neuron-name" }, el("b", {}, "σ"), activation), said.y, said.slope);
  const lossCard = el("div", { class: "lw-neuron-card" }, el("span", { class: "lw-neuron-name" }, el("b", {}, "L"), loss), el("span", { class: "lw-neuron-name" }, el("i", { "aria-hidden": "true" }, "t"), target.node), said.loss, said.pull);
  const stage = el("div", { class: "lw-neuron-stage" }, plane, el("div", { class: "lw-neuron-part" }, inputs, weights, sumCard), el("div", { class: "lw-neuron-part" }, actCard, lossCard));
  const caption = el("p", { class: "lw-caption" }), node = el("div", {}, caption, stage);
  let count = 0, chosen = "";
  let cells = /** @type {Record<string, { box: HTMLElement, field: ReturnType<typeof numberField>, gradient: HTMLElement, product: HTMLElement }>} */ ({});
  let edges = /** @type {{ name: string, from: () => HTMLElement, to: HTMLElement, line: SVGElement, hit: SVGElement }[]} */ ([]);

  function build() {
    const names = parameterNames(count);
    cells = Object.fromEntries(names.map((name) => {
      const i = Number(name.slice(1)) - 1, kind = name[0];
      const field = numberIn(hands, { label: () => spoken(name, t), role: name, choose: name, get: () => (kind === "b" ? current("b") : current(kind)[i] ?? 0), set: (x) => (kind === "b" ? edit({ b: x }) : one(kind, i, x)) });
      const gradient = el("span", { class: "lw-neuron-gradient lw-number" }), product = el("span", { class: "lw-neuron-forward lw-number" });
      const box = el("div", { class: "lw-neuron-cell", dataset: { cell: name } }, el("i", { "aria-hidden": "true", on: { click: () => { choose(name); field.input.focus(); } } }, written(name)), field.node, el("span", { class: "lw-neuron-under" }, product, gradient));
      field.relabel();
      return [name, { box, field, gradient, product }];
    }));
    inputs.replaceChildren(...names.filter((n) => n[0] === "x").map((n) => cells[n].box), el("div", { class: "lw-neuron-cell lw-neuron-more" }, ...buttons));
    weights.replaceChildren(...names.filter((n) => n[0] !== "x").map((n) => cells[n].box));
    const edge = (/** @type {string} */ name, /** @type {() => HTMLElement} */ from, /** @type {HTMLElement} */ to) => {
      const line = svg("path", { class: "lw-neuron-edge" }), hit = svg("path", { class: "lw-neuron-hit" });
      if (name) hit.addEventListener("click", () => choose(name));
      return { name, from, to, line, hit };
    };
    edges = [
      ...names.filter((n) => n[0] === "x").map((n) => edge(n, () => cells[n].box, cells[`w${n.slice(1)}`].box)),
      ...names.filter((n) => n[0] !== "x").map((n) => edge(n, () => cells[n].box, sumCard)),
      edge("", () => sumCard, actCard), edge("", () => actCard, lossCard),
    ];
    plane.replaceChildren(...edges.map((e) => e.line), ...edges.filter((e) => e.name).map((e) => e.hit));
    route();
  }
  /** Lays the edges between what they join: sideways or, where the drawing is folded, down and through the gap between its parts. */
  function route() {
    const base = stage.getBoundingClientRect();
    if (!base.width) return;
    plane.setAttribute("viewBox", `0 0 ${base.width} ${base.height}`);
    for (const { from, to, line, hit } of edges) {
      const a = from().getBoundingClientRect(), b = to.getBoundingClientRect(), down = b.left < a.right - 1;
      const field = (/** @type {DOMRect} */ box, /** @type {HTMLElement} */ who) => box.top - base.top + (who.dataset.cell ? who.querySelector("input")?.offsetHeight ?? box.height : box.height) / 2;
      const x0 = down ? a.left + a.width / 2 - base.left : a.right - base.left, y0 = down ? a.bottom - base.top : field(a, from());
      const x1 = down ? b.left + b.width / 2 - base.left : b.left - base.left, y1 = down ? b.top - base.top : field(b, to);
      const d = down ? `M${x0} ${y0}V${y1 - 9}H${x1}V${y1}` : `M${x0} ${y0}C${(x0 + x1) / 2} ${y0} ${(x0 + x1) / 2} ${y1} ${x1} ${y1}`;
      line.setAttribute("d", d);
      hit.setAttribute("d", d);
    }
  }
  const sizes = new ResizeObserver(route);
  sizes.observe(stage);

  return {
    node,
    relabel() {
      caption.textContent = t("Change any number. Blue goes forward; a box is the gradient ∂L/∂ of the number above it, from blue (negative) over white to red.");
      for (const [list, names, label] of /** @type {[HTMLSelectElement, Record<string, string>, string][]} */ ([[activation, ACTIVATION_NAMES, t("Activation")], [loss, NEURON_LOSSES, t("Loss")]])) {
        list.setAttribute("aria-label", label);
        for (const option of list.options) option.textContent = t(names[option.value]);
      }
      target.relabel();
      for (const name of Object.keys(cells)) cells[name].field.relabel();
    },
    /** @param {Found} found @param {string} now  the chosen parameter */
    paint(found, now) {
      const n = current("w").length;
      if (n !== count) { count = n; build(); }
      chosen = now;
      target.paint();
      for (const [list, name] of /** @type {[HTMLSelectElement, string][]} */ ([[activation, "activation"], [loss, "loss"]])) { const value = current(name); if (list.value !== value) list.value = value; list.title = list.selectedOptions[0]?.textContent ?? ""; }
      const most = Math.max(0, ...found.parameters.map((p) => Math.abs(p.gradient ?? 0))), thick = Math.max(1e-300, ...found.products.map(Math.abs), Math.abs(found.b));
      for (const cell of Object.values(cells)) cell.field.paint();
      for (const p of found.parameters) {
        const cell = cells[p.name];
        if (!cell) continue; // the drawing is ahead of the kernel
        shadeGradient(cell.gradient, p.gradient, most);
        cell.product.textContent = p.name[0] === "w" ? compact(found.products[Number(p.name.slice(1)) - 1]) : "";
      }
      for (const [name, cell] of Object.entries(cells)) cell.box.classList.toggle("lw-neuron-on", name === chosen);
      const z = number(found.z, 5);
      said.z.textContent = `z = ${z.length > 7 ? compact(found.z) : z}`;
      said.y.textContent = `y = ${number(found.y, 5)}`;
      said.loss.textContent = `L = ${number(found.back?.loss, 4)}`;
      said.slope.textContent = `∂y/∂z = ${compact(found.back?.dy_dz)}`;
      said.pull.textContent = `∂L/∂y = ${compact(found.back?.dL_dy)}`;
      for (const { name, line } of edges) {
        // What goes along an edge: the input itself up to its weight, the product from there.
        const flow = name[0] === "w" ? found.products[Number(name.slice(1)) - 1] ?? 0 : name === "b" ? found.b : thick;
        line.style.strokeWidth = String(1.2 + (name && name[0] !== "x" ? (2.8 * Math.abs(flow)) / thick : 0.6));
        line.classList.toggle("lw-neuron-negative", flow < 0);
        line.classList.toggle("lw-neuron-path", name === chosen || name === "" || (chosen[0] === "x" && name === `w${chosen.slice(1)}`));
      }
    },
    /** The drawing may have another size now. */
    route,
    dispose() { sizes.disconnect(); },
  };
}
