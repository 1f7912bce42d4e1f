// The neuron's words: names of its parameters, what a place in its history tells, why a finite difference differs, and its table.
import { N, number, sentences } from "./kit.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** `why`: "kink", "limits", "coarse", "edge" or "". The gradient is absent where the loss cannot be computed.
 * @typedef {{ name: string, value: number, after: number | null, gradient?: number | null, difference?: number | null, step?: number, error?: number, agrees?: boolean, why?: string }} Parameter */
/** @typedef {{ loss: number, dL_dy: number, dy_dz: number, dL_dz: number }} Back */
/** What the kernel found. @typedef {{ x: number[], w: number[], b: number, target: number, activation: string, loss: string, learning_rate: number, step: number, products: number[], z: number, y: number, back: Back | null, parameters: Parameter[], updates: number, more: boolean, losses: (number | null)[], loss_after: number | null, problem: string, news: string }} Found */

const PROBLEMS = /** @type {Record<string, string>} */ ({
  double_sigmoid: N("This loss applies a sigmoid itself, and the output has gone through one already. Choose the activation “identity”, or the loss “binary cross-entropy”. All numbers are kept."),
  target: N("A cross-entropy compares probabilities: its target must lie between 0 and 1, and t is {t}. Change t, or choose a squared error. All numbers are kept."),
  output: N("A cross-entropy compares probabilities: y must lie between 0 and 1, and it is {y}. Choose the activation “sigmoid”, or the loss “from logits”. All numbers are kept."),
  overflow: N("The next update would give numbers too large for the computer. Choose a smaller learning rate, or smaller numbers; Reset goes back to the beginning."),
});
const NEWS = /** @type {Record<string, string>} */ ({
  diverging: N("It diverges: the loss rises with every update, because each step overshoots the target by more. Choose a smaller learning rate."),
  rose: N("The last update made the loss larger: the step overshot. Choose a smaller learning rate."),
  dead: N("z is not above 0, so ReLU gives 0 and its derivative is 0: every gradient is 0 and nothing is learned. Change a number so that z rises above 0."),
  still: N("The update changes nothing any more."),
});
const REASONS = /** @type {Record<string, string>} */ ({
  kink: N("Neither is wrong: ReLU has a kink at z = 0 and no derivative there. The gradient takes 0 by agreement; the finite difference looks at both sides and takes their mean. Move z a little off 0 and they agree."),
  limits: N("y is so near to 0 or 1 that its digits are gone: the loss is held at its limits there. The loss “from logits” has no such limits."),
  coarse: N("The finite difference is the coarse one here: with so large a factor its small step moves z far, and the curve bends on the way."),
  edge: N("There is no finite difference here: a small step to one side leaves the numbers for which the loss is defined."),
  "": N("They differ, and no reason is known."),
});
/** What mends a combination that the library refuses: a label and the settings to change. */
export const MENDS = /** @type {Record<string, { label: string, changes: Record<string, any> }>} */ ({
  double_sigmoid: { label: N("Take the activation identity"), changes: { activation: "identity" } },
  target: { label: N("Set the target to 1"), changes: { target: 1 } },
  output: { label: N("Take the activation sigmoid"), changes: { activation: "sigmoid" } },
});

const BELOW = "₀₁₂₃₄₅₆₇₈₉";
/** "w2" as w₂. @param {string} name */
export const written = (name) => name[0] + [...name.slice(1)].map((digit) => BELOW[Number(digit)]).join("");
/** @param {number} n */
export const parameterNames = (n) => [...Array.from({ length: n }, (_, i) => `w${i + 1}`), "b", ...Array.from({ length: n }, (_, i) => `x${i + 1}`)];

const KINDS = /** @type {Record<string, string>} */ ({ w: N("Weight {name}"), b: N("Bias {name}"), x: N("Input {name}") });
/** @param {string} name @param {Translate} t */
export const spoken = (name, t) => t(KINDS[name[0]], { name: written(name) });

/** A field's number, short while nobody edits it. @param {number} x */
export const brief = (x) => Number(Math.abs(x) >= 1e-2 ? Math.abs(x) < 1 ? x.toFixed(5) : x.toPrecision(5) : x.toPrecision(2));
/** A number in little room. @param {number | null | undefined} x */
export const compact = (x) => (typeof x === "number" && x !== 0 && Math.abs(x) < 1e-3 ? x.toExponential(1).replace(/-/g, "−") : number(x, 3));
/** Whether nothing is lost at five digits, so that “=” may stand before the number. @param {number} x */
export const whole5 = (x) => Math.abs(Number(x.toPrecision(5)) - x) <= 1e-12 * Math.abs(x);

/** @param {Parameter} p @param {Translate} t */
export function verdict(p, t) {
  if (p.gradient === undefined || p.gradient === null) return "–";
  return p.agrees ? t("agree") : p.why === "edge" ? "–" : t("differ");
}
/** The verdict as a sign. @param {Parameter} p */
export const sign = (p) => (p.gradient === undefined || p.gradient === null || p.why === "edge" ? "–" : p.agrees ? "✓" : "≠");
/** What a finite difference says about a gradient. @param {Parameter} p @param {Translate} t */
export function reason(p, t) {
  if (p.agrees) return t("Gradient and finite difference agree (relative difference {error}).", { error: number(p.error, 2) });
  return t(REASONS[p.why ?? ""]);
}

/** Why there is no loss, or no update. @param {Found} found @param {Translate} t */
export const problem = (found, t) => (found.problem ? t(PROBLEMS[found.problem], { t: number(found.target, 5), y: number(found.y, 5) }) : "");

/** The status in words. @param {Found} found @param {Translate} t */
export function status(found, t) {
  const { back, step, losses, loss_after: next } = found;
  if (!back) return problem(found, t);
  const loss = number(back.loss, 4);
  const here = step
    ? t("After {n} updates the loss is {loss}; at first it was {first}.", { n: step, loss, first: number(losses[0], 4) })
    : t("The neuron answers {y}, the target is {t}: the loss is {loss}.", { y: number(found.y, 5), t: number(found.target, 5), loss });
  if (found.problem || found.news) return sentences(here, problem(found, t) || t(NEWS[found.news]));
  if (next === null) return here;
  const grows = next > back.loss && t("The next update makes it larger, {next}: the learning rate is too large.", { next: number(next, 4) });
  return sentences(here, grows || t("The next update makes it {next}.", { next: number(next, 4) }));
}
/** Whether something is to be mended. @param {Found} found */
export const tone = (found) => Boolean(found.problem || found.news === "diverging" || found.news === "rose" || found.news === "dead");

/** The text twin: every quantity with its gradient, the check and the update, and the losses so far. @param {Found} found @param {Translate} t */
export function twin(found, t) {
  const row = (/** @type {string} */ name, /** @type {number | null | undefined} */ value) => /** @type {(string | number | null)[]} */ ([name, value ?? null, null, null, null, null]);
  const { back } = found;
  return {
    caption: t("The neuron's numbers after {n} updates", { n: found.step }),
    columns: [t("Quantity"), t("Value"), t("Gradient of the loss"), t("Finite difference"), t("Agreement"), t("After the update")],
    rows: [
      ...found.parameters.map((p) => [spoken(p.name, t), p.value, p.gradient ?? null, p.difference ?? null, verdict(p, t), p.after]),
      ...found.products.map((product, i) => row(`w${BELOW[i + 1]}·x${BELOW[i + 1]}`, product)),
      [t("Weighted sum {name}", { name: "z" }), found.z, back?.dL_dz ?? null, null, null, null],
      [t("Output {name}", { name: "y" }), found.y, back?.dL_dy ?? null, null, null, null],
      row(t("Target {name}", { name: "t" }), found.target), row(t("Learning rate {name}", { name: "η" }), found.learning_rate),
      row("∂L/∂y", back?.dL_dy), row("∂y/∂z", back?.dy_dz), row("∂L/∂z", back?.dL_dz),
      ...found.losses.map((loss, i) => row(t("Loss after {n} updates", { n: i }), loss)),
    ],
  };
}
