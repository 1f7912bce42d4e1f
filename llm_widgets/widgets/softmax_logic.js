// The numbers and words of the softmax explorer; no page needed.
import { N, number, percent, sentences } from "./kit.js";
import { exact } from "./number_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** What the kernel computed; null stands for a number that is none: ∞, or ∞ by ∞.
 * @typedef {{ scaled: number[], p: number[], log_p: number[], plainly: { exps: (number | null)[], sum: number | null, p: (number | null)[] }, shifted: { highest: number, exps: number[], sum: number }, moved: number, total: number, loss: number, bits: number, perplexity: number | null, squared: number, entropy_gradient: number[], squared_gradient: number[], curve: { p: number[], entropy: number[], squared: number[] } }} Found */

/** A class's name: its label, or its number. @param {string[]} labels @param {number} i @param {Translate} t */
export const className = (labels, i, t) => labels[i] || t("class {i}", { i: i + 1 });

/** The longest bar stands for this: a round number, above every logit. @param {number[]} logits */
export function reach(logits) {
  const most = Math.max(5, ...logits.map(Math.abs)), power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((x) => x * power).find((x) => x >= most) ?? most;
}

/** A logit where a bar was dragged to, to two digits or so. @param {number} share  −1 to 1 @param {number} span */
export const dragged = (share, span) => { const step = span / 50; return Number((Math.round((Math.max(-1, Math.min(1, share)) * span) / step) * step).toPrecision(6)); };

/** A probability: all of it must show, however small. @param {number} p */
export const share = (p) => (p >= 0.0005 || p === 0 ? percent(p) : `${number(100 * p, 2)} %`);
/** @param {number | null} x */
export const large = (x) => (x === null ? "∞" : number(x, 4));

/** Did the way without the maximum fail? "" no; "over" eᶻ overflowed; "under" every eᶻ became 0. @param {Found} found */
export const naiveFailure = ({ plainly }) => (plainly.sum === null ? "over" : plainly.sum === 0 ? "under" : "");

/** The state in words. @param {Found} found @param {{ name: string, target: number, constant: number }} now @param {Translate} t */
export function softmaxWords(found, { name, target, constant }, t) {
  const p = found.p[target], failed = naiveFailure(found), pull = found.entropy_gradient[target], slack = found.squared_gradient[target];
  const first = found.perplexity === null || found.perplexity > 1e6
    ? t("{name} gets {share}: the cross-entropy is {nats} nats, {bits} bits.", { name, share: share(p), nats: number(found.loss), bits: number(found.bits) })
    : t("{name} gets {share}: the cross-entropy is {nats} nats, {bits} bits, as much as a blind choice among {n} classes costs.", { name, share: share(p), nats: number(found.loss), bits: number(found.bits), n: number(found.perplexity) });
  const highest = Math.max(...found.scaled);
  const why = failed === "over" ? t("Without subtracting the maximum the computer gives up: e to the power of {z} is more than it can hold, and ∞ ÷ ∞ is no number.", { z: exact(highest) })
    : failed === "under" ? t("Without subtracting the maximum the computer gives up: every e to the power of z rounds to 0, and 0 ÷ 0 is no number.")
    : constant !== 0 ? (found.moved < 1e-9 ? t("{c} was added to every logit, and no probability has moved: the largest change is {d}.", { c: exact(constant), d: number(found.moved, 2) }) : t("{c} was added to every logit. The computer keeps 16 digits, so the small differences are lost: a probability moved by {d}.", { c: exact(constant), d: number(found.moved, 2) }))
    : p < 0.05 ? t("Surely wrong: cross-entropy pulls the target's logit with {a}, the squared error only with {b}.", { a: number(-pull), b: number(-slack, 2) })
    : "";
  return sentences(first, why);
}

export const SOFTMAX_HELP = N("Softmax turns any numbers, the logits, into probabilities that sum to 1; the cross-entropy is the negative logarithm of the one that the right class got. Type a logit or drag its bar, choose the target, turn the temperature. Both ways to compute softmax stand beside each other: as written, and with the largest logit subtracted first, which changes nothing and never overflows. Below: the loss over the target's probability, and which way each loss pulls each logit.");
