// What the transfer lab says and draws of its numbers, without a page.
import { number, percent, sentences } from "./kit.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {{ mean: number, sd: number, low?: number, high?: number }} Spread */
/** @typedef {{ name: { en: string, zh: string }, split: string, accuracy: number | null }} Rule */
/** @typedef {{ draw: number, scratch: number, pretrained: number, gain: number, baselines: number[] }} Result */
/** @typedef {{ training: [number, number][], accuracy: [number, number][], loss: [number, number][] }} Copy */
/**
 * @typedef {object} Found
 * @property {string} state @property {string} phase @property {string | null} error @property {number} labels @property {number} draw @property {boolean} freeze
 * @property {number} texts @property {[number, number]} sizes @property {number} epochs @property {number} plan
 * @property {[number, number][]} pretraining @property {number} pretraining_plan @property {number | null} pretraining_seconds
 * @property {{ scratch: Copy, pretrained: Copy }} copies @property {Rule[]} baselines @property {Result | null} result
 * @property {{ draw: number, scratch: [number, number][], pretrained: [number, number][] }[]} past @property {Result[]} draws @property {number} others
 * @property {{ n: number, scratch: Spread, pretrained: Spread, gain: Spread, baselines: Spread[] } | null} mean
 */

/** Percentage points with their sign. @param {number} x */
export const points = (x) => `${x < 0 ? "−" : "+"}${Math.abs(100 * x).toFixed(1)}`;

/** The newest value of a curve. @param {[number, number][]} curve */
export const newest = (curve) => curve.at(-1)?.[1] ?? null;

/** The status line. @param {Found} now @param {Translate} t */
export function transferWords(now, t) {
  if (now.error) return now.error;
  if (now.result) {
    const { result, mean } = now;
    const this_draw = t("Test accuracy with {labels} labels: {scratch} from nothing, {pretrained} pre-trained, {gain} points.", { labels: number(now.labels), scratch: percent(result.scratch), pretrained: percent(result.pretrained), gain: points(result.gain) });
    return sentences(this_draw, mean ? t("Mean gain of {n} draws: {gain} ± {sd} points, from {low} to {high}.", { n: mean.n, gain: points(mean.gain.mean), sd: (100 * mean.gain.sd).toFixed(1), low: points(mean.gain.low ?? 0), high: points(mean.gain.high ?? 0) }) : t("One draw says little: press “Another draw of labels”."));
  }
  if (now.state === "idle") return !now.pretraining.length
    ? t("Ready. Train first learns word vectors from {texts} reviews without their labels, then both copies from {labels} labels.", { texts: number(now.texts), labels: number(now.labels) })
    : t("Ready. Train lets both copies learn from the same {labels} labels.", { labels: number(now.labels) });
  const paused = now.state === "paused" ? t("Paused.") : now.state === "stopped" ? t("Stopped.") : "";
  if (now.phase === "tuning") {
    const step = newest(now.copies.pretrained.training) === null ? 0 : /** @type {[number, number]} */ (now.copies.pretrained.training.at(-1))[0];
    return sentences(paused, t("Fine-tuning, batch {step} of {plan}: validation {scratch} from nothing, {pretrained} pre-trained.", { step, plan: now.plan, scratch: percent(newest(now.copies.scratch.accuracy)), pretrained: percent(newest(now.copies.pretrained.accuracy)) }));
  }
  if (now.phase === "pretraining" && now.pretraining.length) return sentences(paused, t("Pre-training without labels, batch {step} of {plan}, loss {loss}.", { step: now.pretraining.at(-1)?.[0], plan: now.pretraining_plan, loss: newest(now.pretraining)?.toFixed(3) }));
  if (now.phase === "baselines") return sentences(paused, t("TF-IDF with logistic regression learns from the same labels."));
  if (now.phase === "test") return t("The test reviews are read, once.");
  return paused || t("Getting ready: the model is being built.");
}

/** What the rows of the result table are. @param {Found} now @param {boolean} chinese @param {Translate} t @returns {{ name: string, role: string, draw: string, mean: string }[]} */
export function resultRows(now, chinese, t) {
  const spread = (/** @type {Spread | undefined} */ s) => (s ? `${percent(s.mean)} ± ${(100 * s.sd).toFixed(1)}` : "–");
  const rows = [
    { name: t("pre-trained"), role: "pretrained", draw: percent(now.result?.pretrained), mean: spread(now.mean?.pretrained) },
    { name: t("from nothing"), role: "scratch", draw: percent(now.result?.scratch), mean: spread(now.mean?.scratch) },
  ];
  const rules = now.baselines.filter(({ split }) => split === "test");
  rules.forEach((rule, i) => rows.push({ name: rule.name[chinese ? "zh" : "en"], role: "baseline", draw: percent(rule.accuracy), mean: spread(now.mean?.baselines[i]) }));
  return rows;
}

/** The vertical axis of accuracies: never all of 0 to 1, as the differences are what counts. @param {number[]} values @returns {[number, number]} */
export function accuracyAxis(values) {
  const low = Math.min(0.45, ...values), high = Math.max(0.7, ...values);
  return [Math.floor(low * 20 - 0.2) / 20, Math.ceil(high * 20 + 0.2) / 20];
}
