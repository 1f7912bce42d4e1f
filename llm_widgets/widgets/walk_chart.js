// The flowchart of both walks: the documents' seven and four steps as boxes, and the loops that make a model of them.
import { N, el } from "./kit.js";
import { walkColumns, walkFlow } from "./walk_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */

const WALK_BOXES = {
  training: [["collection", N("Collection")], ["preprocessing", N("Preprocessing")], ["initialisation", N("Initialisation")], ["forward", N("Forward pass")], ["loss", N("Loss")], ["backpropagation", N("Backpropagation")], ["update", N("Update")]],
  inference: [["input", N("Input")], ["embedding", N("Embedding")], ["network", N("Network")], ["output", N("Output")]],
};
/** What each box and each smaller step is called. @type {Record<string, string>} */
export const WALK_NAMES = {
  ...Object.fromEntries([...WALK_BOXES.training, ...WALK_BOXES.inference]),
  embedding: N("Embedding"), positions: N("Positions"), qkv: N("q, k, v"), scores: N("Scores"), mask: N("Mask"), softmax: N("Softmax"), mix: N("Mix"), feed_forward: N("Feed-forward"), logits: N("Logits"), probabilities: N("Probabilities"), choice: N("Choice"),
};
const WALK_ROWS = /** @type {["training" | "inference", string, string, number][]} */ ([["training", N("Training"), N("again: next batch"), 3], ["inference", N("Inference"), N("again: with the new token"), 0]]);
const SVG = "http://www.w3.org/2000/svg";

/**
 * `go` moves to a box, `goStep` to one of the smaller steps.
 * @param {{ t: Translate, kind: "training" | "inference", steps: [string, string][], go: (step: number) => void }} options
 */
export function walkChart({ t, kind, steps, go }) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  const field = el("div", { class: "lw-walk-flow" });
  const inner = steps.map(([step, box], i) => ({ step, box, i })).filter(({ box }) => steps.filter(([, other]) => other === box).length > 1);
  const subs = inner.map(({ step, i }) => el("button", { type: "button", class: "lw-walk-sub", dataset: { sub: step }, on: { click: () => go(i) } }));
  const within = el("div", { class: "lw-walk-subs", role: "group" }, ...subs);
  const rows = WALK_ROWS.map(([of, title, again, back]) => {
    const on = of === kind;
    const boxes = WALK_BOXES[of].map(([box, name], i) => {
      const number = el("span", { class: "lw-walk-digit", "aria-hidden": "true" }, String(i + 1)), word = el("span", {});
      const node = el(on ? "button" : "div", { class: on ? "lw-walk-box" : "lw-walk-box lw-walk-off", dataset: { box }, ...(on ? { type: "button", on: { click: () => go(steps.findIndex(([, other]) => other === box)) } } : {}) }, number, word);
      return { box, name, node, word };
    });
    const caption = el("div", { class: "lw-walk-title" }), label = el("div", { class: "lw-walk-again" });
    field.append(caption, label, ...boxes.map((b) => b.node));
    return { of, on, title, again, back, boxes, caption, label };
  });
  field.prepend(svg);
  let wide = 0, scale = 0;
  function layout() {
    const width = field.clientWidth, u = Number(getComputedStyle(field).getPropertyValue("--lw-scale")) || 1;
    if (!width || (width === wide && u === scale)) return;
    [wide, scale] = [width, u];
    const columns = walkColumns(width, u);
    let top = 0;
    svg.replaceChildren();
    for (const { on, boxes, caption, label, back } of rows) {
      const flow = walkFlow(width, u, top + 22 * u, boxes.length, columns, back);
      Object.assign(caption.style, { top: `${top}px`, left: "0" });
      boxes.forEach(({ node }, i) => { const b = flow.boxes[i]; Object.assign(node.style, { left: `${b.x}px`, top: `${b.y}px`, width: `${b.w}px`, height: `${b.h}px` }); });
      Object.assign(label.style, { left: `${flow.label.x}px`, top: `${flow.label.y}px`, width: `${flow.label.w}px`, textAlign: flow.label.middle ? "center" : "start" });
      for (const { points, loop } of flow.arrows) {
        const line = document.createElementNS(SVG, "polyline"), head = document.createElementNS(SVG, "polygon");
        const [x, y] = points[points.length - 1], [fx, fy] = points[points.length - 2], dx = Math.sign(x - fx), dy = Math.sign(y - fy), s = 6 * u;
        line.setAttribute("points", [...points.slice(0, -1), [x - dx * s, y - dy * s]].join(" "));
        head.setAttribute("points", [[x, y], [x - dx * s - dy * s * 0.6, y - dy * s - dx * s * 0.6], [x - dx * s + dy * s * 0.6, y - dy * s + dx * s * 0.6]].join(" "));
        const of = on ? (loop ? "lw-walk-loop" : "lw-walk-arrow") : "lw-walk-arrow lw-walk-faint";
        line.setAttribute("class", of);
        head.setAttribute("class", `${of} lw-walk-head`);
        svg.append(line, head);
      }
      top = flow.height + 4 * u;
    }
    field.style.height = `${top}px`;
    svg.setAttribute("width", String(width));
    svg.setAttribute("height", String(top));
  }
  const sizes = new ResizeObserver(layout);
  sizes.observe(field);
  return {
    node: el("div", {}, field, within),
    layout,
    relabel() {
      for (const { boxes, caption, label, title, again, on } of rows) {
        caption.replaceChildren(t(title), ...(on ? [] : [" (", el("code", {}, kind === "training" ? "InferenceWalk" : "TrainingWalk"), ")"]));
        label.textContent = t(again);
        for (const { name, word } of boxes) word.textContent = t(name);
      }
      inner.forEach(({ step }, i) => { subs[i].textContent = t(WALK_NAMES[step]); });
      within.setAttribute("aria-label", t("Smaller steps"));
      field.setAttribute("aria-label", t("Flowchart"));
    },
    /** @param {number} at */
    paint(at) {
      layout();
      const [step, box] = steps[at];
      for (const { on, boxes } of rows) if (on) for (const b of boxes) { if (b.box === box) b.node.setAttribute("aria-current", "step"); else b.node.removeAttribute("aria-current"); }
      inner.forEach((one, i) => {
        if (one.step === step && one.box === box) subs[i].setAttribute("aria-current", "step"); else subs[i].removeAttribute("aria-current");
        subs[i].classList.toggle("lw-walk-in", one.box === box);
      });
    },
    dispose() { sizes.disconnect(); },
  };
}
