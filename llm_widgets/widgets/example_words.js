// What the worked example says of each line, in words.
import { N } from "./kit.js";
import { brief, listed } from "./example_formulas.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {{ key: string, kind: string, section: string, documents: string[], printed: number[], computed?: number[], follows?: number[], carried?: number[], gives?: number[], verdict?: string, outcome?: string }} ExampleLine */

export const LINE_NAMES = /** @type {Record<string, string>} */ ({
  products: N("Weights times inputs"), weighted_sum: N("Weighted sum"), output: N("Output"), loss: N("Loss"), weight_rule: N("Formula of the weight gradient"),
  bias_rule: N("Formula of the bias gradient"), weight_gradient: N("Weight gradient"), bias_gradient: N("Bias gradient"), update_rule: N("Rule of the update"),
  new_weight: N("New weights"), new_bias: N("New bias"),
});
export const LINE_VERDICTS = /** @type {Record<string, string>} */ ({ right: N("right"), slip: N("slip of arithmetic"), rule: N("wrong rule"), follows: N("follows from an earlier error") });
export const LINE_OUTCOMES = /** @type {Record<string, string>} */ ({ found: N("found"), missed: N("missed"), false_alarm: N("false alarm"), cleared: N("rightly left") });

const LINE_WHY = /** @type {Record<string, string>} */ ({
  products: N("Each weight times its input. All three products are right."),
  weighted_sum: N("A slip of arithmetic: the four numbers sum to {right}, not {printed}. Nearly everything below inherits it."),
  output: N("ReLU leaves a number above 0 as it is, so the rule is right. The number is wrong because the sum was."),
  loss: N("Half the squared error, rightly computed from the wrong output. It is {times} times the right loss, {right}."),
  weight_rule: N("A wrong rule. How the loss changes with the output, ∂L/∂y, is missing; the input stands in its place, although it is already within ∂y/∂w. No target occurs in it, so it cannot know which way to go. Applied here it would give {gives}."),
  bias_rule: N("A wrong rule: this is how the output changes with the bias, not how the loss does. ∂L/∂y is missing. Applied here it would give {gives}, whatever the target is."),
  weight_gradient: N("A wrong rule, and not even the one written above it: inputs times weights, the products of the forward pass once more. The output is too small, so each weight must grow: all three gradients must be below 0, and none is."),
  bias_gradient: N("This line uses output minus target, as the chain rule does, and not the formula above it. So the rule is right, and the number only inherits the wrong output."),
  update_rule: N("Right: a step against the gradient, as long as the learning rate η says."),
  new_weight: N("A slip of arithmetic on top of a wrong gradient: even what is written there comes to {follows}. The right gradient gives {right}. No rule leads to {printed}."),
  new_bias: N("Rightly computed from the wrong bias gradient."),
});
/** Why a line is right or wrong, with its numbers. @param {Translate} t @param {ExampleLine} line */
export function whyOf(t, line) {
  const { printed, computed = [], follows = [], gives = [] } = line;
  return t(LINE_WHY[line.key], { printed: listed(printed), right: listed(computed), follows: listed(follows), gives: listed(gives), times: printed.length ? brief(printed[0] / computed[0]) : "" });
}

/** Where a line stands. @param {Translate} t @param {ExampleLine} line */
export const whereOf = (t, { documents, section }) =>
  documents.length > 1 ? t("both documents, section {section}", { section }) : t("Chinese document, section {section}", { section });

export const RULE_NAMES = /** @type {Record<string, string>} */ ({
  as_printed: N("The printed new numbers, then as computed there"), as_computed: N("As the document computes: inputs times weights"), as_formula: N("As the formula is written: x · ∂y/∂w"),
});
export const RULE_WORDS = /** @type {Record<string, string>} */ ({
  as_printed: N("The first update is the printed one, [0, −0.2, 0] and 0.52, to which no rule leads. Then each step takes inputs times weights off the weights."),
  as_computed: N("Inputs times weights in place of the gradient: each weight shrinks towards 0 (or swings ever wider, where the learning rate is large), whatever the target is. Only the bias learns."),
  as_formula: N("No target occurs in this formula. It pushes the weighted sum below 0, where ReLU gives 0 and its slope is 0: after that nothing moves any more."),
});
