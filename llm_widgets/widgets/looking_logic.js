// Colours, numbers and sentences of the widgets that look into a language model; no document is needed here.
import { N } from "./kit.js";

/** @typedef {import("./kit.js").Translate} Translate */

/** A change with its sign, short enough for a small cell: "+0.31", "−0.02", "0". @param {number | null | undefined} x @param {number} [digits] */
export function signed(x, digits = 2) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "–";
  const size = Math.abs(x), text = size >= 100 ? size.toFixed(0) : size >= 10 ? size.toFixed(1) : size.toFixed(digits);
  return Number(text) === 0 ? "0" : `${x < 0 ? "−" : "+"}${text}`;
}

/** The same among others of which `most` is the largest: a long bar never stands beside a 0. @param {number | null | undefined} x @param {number} most */
export const signedAmong = (x, most) => (most > 0 && most < 0.005 ? (x ? `${x < 0 ? "−" : "+"}${Math.abs(x).toExponential(0).replace("-", "−")}` : "0") : signed(x));

/** How strongly a change is coloured, −1 (blue) to 1 (red), where `most` is the strongest. @param {number | null} x @param {number} most */
export const strength = (x, most) => (x === null || !Number.isFinite(x) || !(most > 0) ? 0 : Math.max(-1, Math.min(1, x / most)));

/** A diverging colour as CSS: blue below 0, the paper at 0, red above. @param {number} s  −1 to 1 */
export function diverging(s) {
  if (!s) return "var(--lw-paper)";
  return `color-mix(in srgb, var(${s < 0 ? "--lw-look-low" : "--lw-look-high"}) ${Math.round(6 + 50 * Math.sqrt(Math.abs(s)))}%, var(--lw-paper))`;
}

/** The largest size in numbers of which some may be missing. @param {(number | null)[]} values */
export const largest = (values) => values.reduce((/** @type {number} */ most, x) => Math.max(most, Math.abs(x ?? 0)), 0);

/** The head whose loss changes most, and how many could go without the loss growing by a hundredth. @param {(number | null)[][]} change @param {number} loss */
export function sumUp(change, loss) {
  let layer = 0, head = 0, idle = 0, known = 0;
  change.forEach((row, i) => row.forEach((x, j) => {
    if (x === null) return;
    known += 1;
    if (x < 0.01 * loss) idle += 1;
    const best = change[layer][head];
    if (best === null || x > best) { layer = i; head = j; }
  }));
  return { layer, head, most: change[layer]?.[head] ?? null, idle, known, all: change.flat().length };
}

/** Where a window of `size` places over `count` begins, so that `at` is in it; it moves as little as it can. @param {number} from @param {number} size @param {number} count @param {number} at */
export function windowAt(from, size, count, at) {
  const last = Math.max(0, count - size);
  return Math.max(0, Math.min(last, at < from ? at : at >= from + size ? at - size + 1 : from));
}

/** What a rank correlation means, in words. @param {number | null} r @returns {string} an English message */
export function agreement(r) {
  if (r === null || r === undefined) return N("cannot be compared here");
  if (r >= 0.7) return N("largely agree");
  if (r >= 0.4) return N("agree in part");
  if (r >= 0.15) return N("agree little");
  return r > -0.15 ? N("do not agree") : N("say the opposite");
}

/** A mean of numbers. @param {number[]} values */
export const mean = (values) => (values.length ? values.reduce((a, b) => a + b, 0) / values.length : 0);
