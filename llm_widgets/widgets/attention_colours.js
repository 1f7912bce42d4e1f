// Tables of colours for many weights at once, and the scale beside them.
import { diverging, viridis } from "./colours.js";

const table256 = (/** @type {(x: number) => [number, number, number]} */ colour, /** @type {(i: number) => number} */ at) => Uint8ClampedArray.from(Array.from({ length: 256 }, (_, i) => colour(at(i))).flat());
const WEIGHTS = table256(viridis, (i) => i / 255), CHANGES = table256(diverging, (i) => (i - 127.5) / 127.5);

/** The place of a value in its table of 256 colours. @param {number} value @param {number} top @param {boolean} signed */
export const shade = (value, top, signed) => Math.round(signed ? 127.5 + 127.5 * Math.min(1, Math.max(-1, value / top)) : 255 * Math.min(1, Math.max(0, value / top)));

/** Colours of values, RGBA; NaN is nothing, through which the paper shows. @param {Float32Array} values @param {number} top @param {boolean} signed */
export function rgba(values, top, signed) {
  const table = signed ? CHANGES : WEIGHTS, found = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i += 1) {
    if (Number.isNaN(values[i])) continue;
    const at = 3 * shade(values[i], top, signed);
    found[4 * i] = table[at];
    found[4 * i + 1] = table[at + 1];
    found[4 * i + 2] = table[at + 2];
    found[4 * i + 3] = 255;
  }
  return found;
}

/** A colour scale as a CSS background. @param {boolean} signed */
export const gradient = (signed) => `linear-gradient(to right, ${Array.from({ length: 17 }, (_, i) => `rgb(${(signed ? diverging(i / 8 - 1) : viridis(i / 16)).join(" ")})`).join(", ")})`;
