// One line of the example: what is printed, what is right, what else can be computed, and why they differ.
import { el } from "./kit.js";
import { appliedFormula, broken, listed, printedFormula, rightFormula } from "./example_formulas.js";
import { num } from "./formula.js";
import { LINE_NAMES, LINE_OUTCOMES, LINE_VERDICTS, whereOf, whyOf } from "./example_words.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./example_words.js").ExampleLine} ExampleLine */

const close = (/** @type {number[]} */ a, /** @type {number[]} */ b) => a.length === b.length && a.every((x, i) => Math.abs(x - b[i]) < 1e-9);

/** @param {Translate} t */
export function exampleLine(t) {
  const node = el("div", { class: "lw-example-detail", dataset: { role: "derivation" } });

  /** @param {any} found @param {ExampleLine} line @returns {[string, Node, string][]}  caption, formula, tone */
  function formulas(found, line) {
    const side = (/** @type {"printed" | "computed"} */ which) => Object.fromEntries(found.lines.map((/** @type {ExampleLine} */ one) => [one.key, one[which] ?? []]));
    const { key, printed, verdict, computed = [], follows = [], carried = [], gives } = line, { numbers } = found, document = side("printed");
    const made = /** @type {[string, Node, string][]} */ ([[t("In the document"), printedFormula(key, numbers, document), verdict === "right" ? "good" : "bad"]]);
    const applied = verdict === "rule" ? appliedFormula(key, numbers, gives) : null;
    if (applied) made.push([t("What that gives"), applied, "bad"]);
    if (verdict === "slip" && !close(follows, computed)) made.push([t("What stands there comes to"), printedFormula(key, numbers, { ...document, [key]: follows }), "bad"]);
    if (verdict === "rule" && printed.length) made.push([t("By the chain rule, from the document's own output"), rightFormula(key, numbers, { ...document, [key]: carried }), "bad"]);
    if (verdict !== "right") made.push([t("Right"), rightFormula(key, numbers, side("computed")), "good"]);
    const slopes = { weight_rule: found.differences.slice(0, -1), weight_gradient: found.differences.slice(0, -1), bias_rule: found.differences.slice(-1), bias_gradient: found.differences.slice(-1) }[key];
    if (slopes) made.push([t("By finite differences, without any chain rule"), broken([num(listed(slopes.map((/** @type {number} */ x) => Number(x.toPrecision(5)))))]), "good"]);
    return made;
  }

  return {
    node,
    /** Shows a line, or that nothing is told yet. @param {any} found @param {ExampleLine | null} line */
    paint(found, line) {
      node.classList.toggle("lw-example-empty", !line);
      if (!line) { node.replaceChildren(el("p", {}, t("After the check each line is explained here."))); return; }
      const good = line.verdict === "right", judged = `${good ? "✓" : "✗"} ${t(LINE_VERDICTS[line.verdict ?? ""])}`;
      node.replaceChildren(
        el("h4", { class: "lw-example-heading" }, t(LINE_NAMES[line.key])),
        el("p", { class: "lw-example-place" }, whereOf(t, line), " · ", el("span", { class: good ? "lw-example-good" : "lw-example-bad" }, judged), line.outcome ? ` · ${t(LINE_OUTCOMES[line.outcome])}` : ""),
        ...formulas(found, line).flatMap(([caption, formula, tone]) => [el("p", { class: "lw-example-caption" }, caption), el("div", { class: `lw-example-derived lw-example-${tone}` }, formula)]),
        el("p", { class: "lw-example-why" }, whyOf(t, line)));
    },
  };
}
