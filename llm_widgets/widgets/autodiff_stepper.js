// The autodiff stepper: the graph of an expression, forward to its value and back to the derivative by each name.
import { N, el, number, sentences } from "./kit.js";
import { graphKnown, graphLayout, nodeSign } from "./autodiff_logic.js";
import { computedView } from "./computed.js";
import { factor, id, math, num, op, partial, row, sup, tinted } from "./formula.js";
import { numberField } from "./number_field.js";
import { player } from "./player.js";
import { widget } from "./sheet.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./autodiff_logic.js").GraphFound} GraphFound */
/** @typedef {import("./formula.js").Part} Part */

const EXAMPLES = ["(w*x + b - t)**2", "a*b + a*c", "x*x*x - 2*x", "tanh(w*x + b)", "relu(w*x + b)*v", "exp(a)/(exp(a) + exp(b))", "-log(1/(1 + exp(-z)))", "x**n"];
const fourth = (/** @type {number | null | undefined} */ x) => number(x, 4);

/** @param {string} tag @param {Record<string, string | number>} attributes @param {...Node} children */
function drawn(tag, attributes, ...children) {
  const made = /** @type {SVGElement} */ (document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}
const words = (/** @type {string} */ text, /** @type {string} */ kind, /** @type {number} */ x, /** @type {number} */ y) => { const made = drawn("text", { class: kind, x, y }); made.textContent = text; return made; };

/** The picture at a step. @param {SVGElement} paper @param {GraphFound} found @param {ReturnType<typeof graphKnown>} known @param {number} width @param {number} u */
function drawGraph(paper, found, known, width, u) {
  const { nodes, edges } = found, { places, upright, height, wide, high } = graphLayout(nodes, edges, width, u);
  for (const [name, value] of Object.entries({ viewBox: `0 0 ${width} ${height}`, width, height })) paper.setAttribute(name, String(value));
  const below = upright ? high / 2 + 13 * u : high / 2 + 14 * u;
  const lines = edges.map(({ source, target, argument }) => {
    const a = places[source], b = places[target], on = known.kind === "edge" && known.node === target && known.argument === argument, done = known.flow.has(`${target} ${argument}`), twin = edges.some((e) => e.source === source && e.target === target && e.argument !== argument) ? (argument ? 7 : -7) * u : 0;
    const end = upright ? { x1: a.x + twin, y1: a.y + high / 2, x2: b.x + twin, y2: b.y - high / 2 } : { x1: a.x + wide / 2, y1: a.y + twin, x2: b.x - wide / 2, y2: b.y + twin };
    return drawn("line", { class: `lw-ad-line${on ? " lw-ad-on" : done ? " lw-ad-done" : ""}`, ...end });
  });
  const boxes = nodes.map((node) => {
    const { x, y } = places[node.index], gradient = known.gradient.get(node.index) ?? known.part.get(node.index), whole = known.gradient.has(node.index), on = known.node === node.index && known.kind !== "edge";

    return drawn("g", { class: `lw-ad-node${node.op === "" || node.op === "constant" ? " lw-ad-leaf" : ""}${on ? " lw-ad-on" : ""}${known.kind === "gradient" ? " lw-ad-back" : ""}` },
      drawn("rect", { class: "lw-ad-box", x: x - wide / 2, y: y - high / 2, width: wide, height: high, rx: 6 * u }),
      words(nodeSign(node), "lw-ad-sign", x, y + 5 * u),
      words(node.op === "constant" ? "" : known.value.has(node.index) ? fourth(node.value) : "?", "lw-ad-value", x, y - high / 2 - 5 * u),
      words(gradient === undefined ? "" : `∂ ${fourth(gradient)}`, whole ? "lw-ad-gradient" : "lw-ad-part", x, y + below));
  });
  paper.replaceChildren(...lines, ...boxes);
}

/** @param {GraphFound} found @param {number} index  a node as a formula: its name, or the operation of its operands' values */
function nodeFormula({ nodes, edges }, index) {
  const node = nodes[index], parts = edges.filter(({ target }) => target === index).sort((a, b) => a.argument - b.argument).map(({ source }) => () => factor(fourth(nodes[source].value)));
  if (!parts.length) return node.op === "" ? id(node.name) : num(fourth(node.value));
  const [a, b] = parts;
  if (node.op === "**") return sup(row(a()), b());
  if (node.op === "neg") return row(op("−"), a());
  if (parts.length === 2) return row(a(), op(nodeSign(node)), b());
  return row(id(node.op), op("("), a(), op(")"));
}
/** The rule by which an operation hands its gradient on, in u and v. @param {string} kind @param {number} argument @returns {Part[]} */
function localRule(kind, argument) {
  const u = () => id("u"), v = () => id("v"), y = () => id("y");
  if (kind === "+") return [num(1)];
  if (kind === "-") return [num(argument ? -1 : 1)];
  if (kind === "neg") return [num(-1)];
  if (kind === "*") return [argument ? u() : v()];
  if (kind === "/") return argument ? [op("−"), row(y(), op("/"), v())] : [num(1), op("/"), v()];
  if (kind === "**") return argument ? [y(), op("⋅"), row(id("log"), u())] : [v(), op("⋅"), sup(u(), row(v(), op("−"), num(1)))];
  if (kind === "exp") return [y()];
  if (kind === "log") return [num(1), op("/"), u()];
  if (kind === "tanh") return [num(1), op("−"), sup(y(), num(2))];
  return [num(1), op("["), u(), op(">"), num(0), op("]")];
}
const pieces = (/** @type {Part[][]} */ ...parts) => el("span", { class: "lw-ad-math" }, ...parts.filter((part) => part.length).map((part) => math(part)));

/** @param {GraphFound} found @param {number} step */
function lines(found, step) {
  const [kind, a, b, argument, local, flow, total] = /** @type {[string, number, number, number, number, number, number]} */ (found.steps[step]), { nodes } = found;
  if (kind === "start") return [pieces([id("f"), op("="), row(found.expression.replaceAll("**", "^").replaceAll("*", "·").replaceAll("-", "−"))])];
  if (kind === "forward") return [pieces([nodeFormula(found, a), op("="), tinted("blue", num(fourth(nodes[a].value)))])];
  const named = (/** @type {number} */ i) => (i === nodes.length - 1 ? id("f") : nodes[i].op === "" ? id(nodes[i].name) : row(op("("), id(nodeSign(nodes[i])), op(")")));
  if (kind === "gradient") return [pieces([partial("f", named(a)), op("="), tinted("orange", num(fourth(b)))])];
  const operation = nodes[a].op, arrived = found.steps.find(([one, i]) => one === "gradient" && i === a), rule = localRule(operation, argument);
  const made = operation === "neg" ? row(op("−"), "u") : operation === "**" ? sup(id("u"), id("v")) : operation.length === 1 ? row("u", op(nodeSign(nodes[a])), "v") : row(id(operation), op("("), "u", op(")"));
  return [
    pieces([id("y"), op("="), made, op(",")], [partial("y", argument ? "v" : "u"), op("="), ...rule], ["+", "-", "neg"].includes(operation) ? [] : [op("="), num(fourth(local))]),
    pieces([partial("f", named(a)), op("⋅"), partial("y", argument ? "v" : "u"), op("=")], [tinted("orange", num(fourth(Number(arrived?.[2])))), op("⋅"), factor(fourth(local)), op("=")], [tinted("orange", num(fourth(flow))), op(",")], [op("∑"), partial("f", named(b)), op("="), num(fourth(total))]),
  ];
}

/** @param {Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Automatic differentiation, step by step"),
    help: N("An expression is a graph: names and numbers flow into operations. Forward, each operation computes its value (blue). Back, each hands its gradient (orange) on to what it was made of, times its own derivative; where a name is used twice, both shares add up. Choose an expression or write one with names, numbers, + − * / **, brackets, tanh, exp, log and relu, and change the numbers."),
    file: "automatic-differentiation",
    make: ({ t, root, set, current, refused, paint }) => {
      const found = () => /** @type {GraphFound} */ (model.get("_found"));
      const step = () => Math.min(Number(current("step")), (found().steps?.length ?? 1) - 1);
      const choice = el("select", { dataset: { role: "examples" }, on: { change: () => { if (choice.value) { set("step", 0); set("expression", choice.value); } } } }, el("option", { value: "" }, "…"), ...EXAMPLES.map((one) => el("option", { value: one, lang: "en" }, one))), choiceName = el("span", {});
      const own = el("input", { type: "text", autocomplete: "off", spellcheck: "false", maxlength: "200", dataset: { role: "expression", learner: "" } }), ownName = el("span", {});
      let typing = false;
      const read = () => { typing = false; if (own.value !== current("expression")) { set("step", 0); set("expression", own.value); } };
      own.addEventListener("input", () => { typing = true; });
      own.addEventListener("change", read);
      own.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Enter") read(); else if (e.key === "Escape") { typing = false; own.value = current("expression"); own.blur(); } });
      const paper = drawn("svg", { class: "lw-ad-graph", role: "img" }), frame = el("div", { class: "lw-frame lw-ad-frame" }, paper), formulas = el("div", { class: "lw-ad-lines", role: "group", dataset: { role: "formulas" } });
      const fields = el("div", { class: "lw-ad-values" });
      const steps = player({ t, root, length: () => found().steps?.length ?? 1, at: step, go: (at) => set("step", at), name: (at) => said(t, found(), Math.min(at, (found().steps?.length ?? 1) - 1)) });
      /** @type {{ name: string, paint: () => void, relabel: () => void, node: HTMLElement }[]} */
      let values = [];
      const picture = () => { const now = found(); if (now.steps && frame.clientWidth) drawGraph(paper, now, graphKnown(now, step()), frame.clientWidth, Number(getComputedStyle(frame).getPropertyValue("--lw-scale")) || 1); };
      const resized = new ResizeObserver(picture);
      resized.observe(frame);
      return {
        body: [el("div", { class: "lw-ad-top" }, el("label", {}, choiceName, choice), el("label", {}, ownName, own)), frame, formulas],
        controls: [fields, steps.node],
        relabel() {
          choiceName.textContent = t("Examples");
          ownName.textContent = t("Expression");
          paper.setAttribute("aria-label", t("The graph of the expression; all its numbers are in the table of the menu"));
          formulas.setAttribute("aria-label", t("The step as a formula"));
          steps.relabel();
          for (const one of values) one.relabel();
        },
        paint(now) {
          if (!typing || document.activeElement !== own) own.value = current("expression");
          choice.value = EXAMPLES.includes(own.value) ? own.value : "";
          const names = Object.keys(now.values);
          if (names.join() !== values.map(({ name }) => name).join()) {
            values = names.map((name) => {
              const field = numberField({ t, label: () => name, refused, low: -1e6, high: 1e6, role: `value-${name}`, get: () => ({ ...found().values, ...current("values") })[name] ?? 0, set: (x) => set("values", { ...found().values, ...current("values"), [name]: x }) });
              return { name, node: el("label", {}, el("span", { class: "lw-ad-name", dataset: { learner: "" } }, name), field.node), paint: field.paint, relabel: field.relabel };
            });
            fields.replaceChildren(...values.map(({ node }) => node));
            for (const one of values) one.relabel();
          }
          for (const one of values) one.paint();
          root.dataset.step = String(step());
          frame.style.visibility = formulas.style.visibility = now.undefined ? "hidden" : "";
          steps.paint();
          if (now.undefined) return t("{part} has no finite value for these numbers. Change a number or the expression.", { part: now.undefined });
          picture();
          formulas.replaceChildren(...lines(now, step()));
          return sentences(t("Step {at} of {all}.", { at: step(), all: now.steps.length - 1 }), said(t, now, step()));
        },
        rows: (now) => ({
          caption: t("All steps, and the derivatives beside finite differences"), columns: [t("Step"), t("What is computed")],
          rows: now.undefined ? [] : [...now.steps.map((/** @type {unknown} */ _, /** @type {number} */ i) => [i, said(t, now, i)]), ...Object.entries(/** @type {GraphFound} */ (now).gradients).map(([name, [g, d]]) => [`∂/∂${name}`, t("{g}; by finite differences {d}", { g: number(g, 8), d: number(d, 8) })])],
        }),
        dispose: () => { steps.dispose(); resized.disconnect(); },
      };
    },
  });
}

/** A step in words. @param {import("./kit.js").Translate} t @param {GraphFound} found @param {number} step */
function said(t, found, step) {
  if (!found.steps) return "";
  const [kind, a, b, , local, flow, total] = /** @type {[string, number, number, number, number, number, number]} */ (found.steps[step]), { nodes, edges, gradients } = found, sign = (/** @type {number} */ i) => nodeSign(nodes[i]), x = fourth;
  if (kind === "start") return t("The names have their values; nothing is computed yet. What will come out?");
  if (kind === "forward") return t("{sign} of {operands} makes {value}.", { sign: sign(a), operands: edges.filter(({ target }) => target === a).sort((p, q) => p.argument - q.argument).map(({ source }) => x(nodes[source].value)).join(t(" and ")), value: x(nodes[a].value) });
  if (kind === "gradient") {
    if (a === nodes.length - 1 && nodes[a].op) return t("The way back begins at the end: the derivative of the result by itself is 1.");
    if (nodes[a].op === "") { const d = gradients[nodes[a].name]?.[1]; return sentences(t("The derivative by {name} is complete: {g}.", { name: nodes[a].name, g: x(b) }), d !== null && d !== undefined && t("Finite differences say {d}.", { d: x(d) })); }
    return t("All that use this {sign} have reported: its gradient is {g}.", { sign: sign(a), g: x(b) });
  }
  return t("From {sign} back to {to}: times {local} makes {flow}; {total} in all so far.", { sign: sign(a), to: sign(b), local: x(local), flow: x(flow), total: x(total) });
}

export default widget({ state: () => ({}), view });
