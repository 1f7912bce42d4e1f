// Numbers as learners type them, and as formulas show them.
import { N } from "./kit.js";

/** @typedef {import("./kit.js").Translate} Translate */

const WHY = {
  empty: N("{label} needs a number; the old one stays."),
  text: N("{label} takes a number such as 0.5, −2 or 1e-3; the old one stays. Received: {received}"),
  large: N("{label} takes numbers from {low} to {high}; the old one stays. Received: {received}"),
};

/**
 * A typed number: with a point or a comma, any minus sign, full-width digits, or as a fraction such as 1/3.
 * @param {string} text @param {number} low @param {number} high @param {boolean} [whole]
 * @returns {{ value: number } | { why: keyof typeof WHY }}
 */
export function readNumber(text, low, high, whole = false) {
  const plain = text.normalize("NFKC").trim().replace(/[−–—]/g, "-").replace(/。/g, ".").replace(/^([^,]*),([^,]*)$/, "$1.$2").replace(/\s+/g, "");
  if (!plain) return { why: "empty" };
  const one = "[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[+-]?\\d+)?";
  const parts = new RegExp(`^(${one})(?:/(${one}))?$`, "i").exec(plain);
  if (!parts) return { why: "text" };
  const value = Number(parts[1]) / (parts[2] === undefined ? 1 : Number(parts[2]));
  if (Number.isNaN(value)) return { why: "text" };
  if (!(value >= low && value <= high)) return { why: "large" };
  return { value: whole ? Math.round(value) : value };
}

/** Why a typed number was not taken. @param {keyof typeof WHY} why @param {Translate} t @param {{ label: string, low: number, high: number, received: string }} values */
export const refusal = (why, t, { label, low, high, received }) =>
  t(WHY[why], { label, low: exact(low), high: exact(high), received: received.length > 40 ? `${received.slice(0, 40)}…` : received });

/** A number to be edited: all its digits, without the noise of binary fractions. @param {number} x */
export function exact(x) {
  const size = Math.abs(x), short = Number(x.toPrecision(12));
  return (size && (size >= 1e9 || size < 1e-6) ? short.toExponential() : String(short)).replace("-", "−");
}

/** A number moved by `steps` steps, on the grid of `step`, so that 0.30000000000000004 never shows. @param {number} x @param {number} step @param {number} steps */
export const onGrid = (x, step, steps) => Number((Math.round(x / step + steps) * step).toPrecision(12));

/** A typed number within its limits, or null. @param {string} text @param {number} low @param {number} high @param {boolean} whole */
export function within(text, low, high, whole) {
  const x = Number(text.trim());
  if (!text.trim() || !Number.isFinite(x) || x < low || x > high) return null;
  return whole ? Math.round(x) : x;
}
