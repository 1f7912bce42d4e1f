// The explorer's numbers beside the diagram: parameters, memory and operations of the whole, and the formulas of one box.
import { N, bytes, el, number, percent, sentences } from "./kit.js";
import { explained, named } from "./diagram_logic.js";
import { shapeText } from "./designer_logic.js";
import { costsOf, diagramOf, operations, orDash, partOf, value } from "./architecture_logic.js";
import { formulaLines } from "./architecture_formulas.js";

/** @typedef {import("./architecture_logic.js").Found} Found */
/** @typedef {import("./architecture_logic.js").Sizes} Sizes */
/** @typedef {import("./kit.js").Translate} Translate */

/** Rows of the table of costs: heads, and costs by name. @type {([head: string] | [name: string, label: string, kind: "bytes" | "operations", tone: string])[]} */
export const COSTS = [
  [N("Memory of a training step")],
  ["weights", N("weights"), "bytes", "weights"], ["gradients", N("gradients"), "bytes", "gradients"], ["optimizer", N("optimizer (Adam)"), "bytes", "optimizer"], ["activations", N("activations"), "bytes", "activations"], ["training", N("together"), "bytes", "sum"],
  [N("Memory of inference")],
  ["cache", N("key-value cache of the text"), "bytes", "cache"], ["inference", N("weights and cache"), "bytes", "sum"],
  [N("Operations of training")],
  ["token", N("one token"), "operations", ""], ["step", N("one step on a batch"), "operations", ""], ["run", N("the whole training"), "operations", ""], ["rule", N("by the rule 6·N·D"), "operations", "rule"],
  [N("Operations of inference")],
  ["prefill", N("reading the text"), "operations", ""], ["cached", N("one more token, with the cache"), "operations", ""], ["uncached", N("one more token, without it"), "operations", ""],
];

/** What a cost is called; of an encoder-decoder a token meets half of the parameters. @param {string} name @param {string} label @param {boolean} two @param {Translate} t */
export const costName = (name, label, two, t) => (name === "rule" && two ? t("by the rule 3·N·D: each token meets half of the parameters") : t(label));

/**
 * The table of costs; `inputs` are fields that stand in it: the tokens of a text and of the whole training.
 * @param {Translate} t @param {{ run: Node, prefill: Node }} inputs
 */
export function costTable(t, inputs) {
  const total = el("div", { class: "lw-archx-total lw-number", dataset: { cost: "parameters" } }), said = el("p", { class: "lw-caption", dataset: { role: "published" } });
  /** @type {Record<string, { label: HTMLElement, number: HTMLElement, bar: HTMLElement }>} */
  const cells = {};
  const heads = /** @type {[HTMLElement, string][]} */ ([]);
  const rows = COSTS.map((cost) => {
    if (cost.length === 1) { const head = el("th", { scope: "colgroup", colspan: 2 }); heads.push([head, cost[0]]); return el("tr", { class: "lw-archx-head" }, head); }
    const [name, , , tone] = cost, label = el("span", {}), value = el("td", { class: "lw-number", dataset: { cost: name } }), bar = el("span", { class: `lw-archx-bar lw-archx-${tone || "none"}`, "aria-hidden": "true" });
    cells[name] = { label, number: value, bar };
    return el("tr", {}, el("th", { scope: "row" }, label, name === "run" ? inputs.run : name === "prefill" ? inputs.prefill : null, tone && tone !== "sum" && tone !== "rule" ? bar : null), value);
  });
  return {
    head: el("div", {}, total, said), node: el("table", { class: "lw-table lw-archx-costs" }, el("tbody", {}, ...rows)),
    relabel() { for (const [head, text] of heads) head.textContent = t(text); },
    /** @param {Found} found @param {Sizes} sizes @param {string} dtype @param {{ title: string, said: string, source: string, note: string, count: number } | null} published */
    paint(found, sizes, dtype, published) {
      const costs = costsOf(found, sizes, dtype), two = "M" in found.sizes, most = Math.max(...["weights", "gradients", "optimizer", "activations", "cache"].map((name) => costs[name] ?? 0), 1);
      total.textContent = t("{n} parameters", { n: number(costs.parameters) });
      const words = published ? published.said ? sentences(t("{title}, published as {said} ({source}).", { ...published, title: t(published.title) }), published.note && t(published.note)) : t("{title}.", { title: t(published.title) }) : t("Sizes of your own.");
      if (said.textContent !== words) said.textContent = words;
      for (const cost of COSTS) {
        if (cost.length === 1) continue;
        const [name, label, kind] = cost, cell = cells[name], x = costs[name];
        const text = kind === "bytes" ? orDash(x, bytes) : operations(x);
        const ratio = name === "rule" && x ? ` (${number(x / Number(costs.run), 3)} ×)` : "";
        if (cell.number.textContent !== text + ratio) cell.number.textContent = text + ratio;
        const called = costName(name, label, two, t);
        if (cell.label.textContent !== called) cell.label.textContent = called;
        if (kind === "bytes") cell.bar.style.width = `${(100 * (x ?? 0)) / most}%`;
      }
      return costs;
    },
  };
}

/** The numbers of one box. @param {Translate} t @param {(text: string) => void} copied */
export function boxDetail(t, copied) {
  const title = el("h4", { class: "lw-archx-title" }), words = el("p", { class: "lw-caption" }), facts = el("div", { class: "lw-archx-facts" });
  const code = el("code", { class: "lw-archx-code", dataset: { role: "code" } }), codeName = el("span", { class: "lw-caption" });
  const copy = el("button", { type: "button", dataset: { action: "copy" }, on: { click: async () => { const text = code.textContent ?? ""; try { await navigator.clipboard.writeText(text); } catch { getSelection()?.selectAllChildren(code); document.execCommand("copy"); } copied(text); } } });
  const codeBox = el("div", { class: "lw-archx-codebox" }, el("div", { class: "lw-archx-codehead" }, codeName, copy), code);
  const node = el("div", { class: "lw-archx-detail", role: "group", dataset: { role: "detail" } }, title, words, facts, codeBox);
  const fact = (/** @type {string} */ name, /** @type {(Node | string)[]} */ lines, /** @type {string} */ tail, /** @type {number | null} */ share) => el("div", { class: "lw-archx-fact" }, el("span", { class: "lw-caption" }, name), el("div", { class: "lw-scroll lw-archx-lines", tabindex: "-1" }, ...lines.map((line) => el("div", {}, line))),
    share === null ? null : el("div", { class: "lw-archx-share" }, el("span", { class: "lw-archx-track", "aria-hidden": "true" }, el("span", { style: { width: `${100 * share}%` } })), tail));
  return {
    node,
    relabel() { copy.textContent = t("Copy"); codeName.textContent = t("Its line of Keras; the lines before it make what it reads"); node.setAttribute("aria-label", t("Numbers of the chosen box")); },
    /** @param {Found} found @param {Sizes} sizes @param {string} id @param {string} line  its code, with the sizes put in @param {Record<string, number | null>} costs */
    paint(found, sizes, id, line, costs) {
      const chosen = partOf(found, id);
      codeBox.hidden = facts.hidden = !chosen;
      if (!chosen) { title.textContent = t("Choose a box"); words.textContent = t("Click a box, or press the arrow keys in the diagram: its formulas and its line of code appear here."); return; }
      const { part, section } = chosen, copies = value(section.count, sizes), parameters = value(part.parameters, sizes), flops = value(part.flops, sizes);
      const drawn = /** @type {import("./diagram_logic.js").Part} */ (diagramOf(found, sizes).sections.flatMap((s) => s.parts).find((p) => p.id === id));
      title.textContent = named(drawn, t);
      words.textContent = explained(drawn, t);
      const of = (/** @type {number} */ x, /** @type {number | null} */ all) => (all ? (x * copies) / all : 0);
      const tail = (/** @type {number} */ share, /** @type {string} */ sum) => (copies > 1 ? t("× {n} blocks = {sum}: {share} of the whole", { n: copies, sum, share: percent(share) }) : t("{share} of the whole", { share: percent(share) }));
      const shares = [of(parameters, costs.parameters), of(flops, costs.forward)];
      facts.replaceChildren(
        fact(t("Shape of what leaves it"), [`${drawn.letters} = ${shapeText(drawn.shape)}`], "", null),
        fact(t("Parameters"), parameters ? formulaLines(part.parameters, sizes, number(parameters)) : [t("none: nothing is learned here")], tail(shares[0], number(parameters * copies)), parameters ? shares[0] : null),
        fact(t("Operations, forward, on a batch"), flops ? formulaLines(part.flops, sizes, operations(flops)) : [t("no matrix product; what is done number by number is not counted")], tail(shares[1], operations(flops * copies)), flops ? shares[1] : null));
      code.textContent = line;
    },
  };
}
