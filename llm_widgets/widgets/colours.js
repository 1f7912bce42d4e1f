// Colours of numbers: viridis for shares, blue over white to red for what has a sign.

// Matplotlib's viridis as a polynomial in t for red, green and blue; within 2 of 255 of its table.
const RED = [0.2777273272234177, 0.1050930431085774, -0.3308618287255563, -4.634230498983486, 6.228269936347081, 4.776384997670288, -5.435455855934631];
const GREEN = [0.005407344544966578, 1.404613529898575, 0.214847559468213, -5.799100973351585, 14.17993336680509, -13.74514537774601, 4.645852612178535];
const BLUE = [0.3340998053353061, 1.384590162594685, 0.09509516302823659, -19.33244095627987, 56.69055260068105, -65.35303263337234, 26.3124352495832];
const LOW = [5, 79, 165], HIGH = [178, 24, 43];

const level = (/** @type {number[]} */ terms, /** @type {number} */ x) => Math.round(255 * Math.min(1, Math.max(0, terms.reduceRight((sum, c) => sum * x + c, 0))));

/** Viridis at 0 to 1. @param {number} x @returns {[number, number, number]} */
export const viridis = (x) => [level(RED, x), level(GREEN, x), level(BLUE, x)];
/** Blue at −1, white at 0, red at 1. @param {number} x @returns {[number, number, number]} */
export function diverging(x) {
  const end = x < 0 ? LOW : HIGH, share = Math.min(1, Math.abs(x)) ** 0.8;
  return /** @type {[number, number, number]} */ (end.map((c) => Math.round(255 + (c - 255) * share)));
}

/** Black or white, whichever is read better on the colour of a value. @param {number} value @param {number} top @param {boolean} signed */
export function inkOn(value, top, signed) {
  const [r, g, b] = signed ? diverging(value / top) : viridis(Math.min(1, value / top));
  return 0.2126 * (r / 255) ** 2.2 + 0.7152 * (g / 255) ** 2.2 + 0.0722 * (b / 255) ** 2.2 > 0.179 ? "#000000" : "#ffffff";
}
