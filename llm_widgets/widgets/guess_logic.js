// The arithmetic of "guess the next word" that follows the slider: what a guess will cost, before it is made.

/** What the right word costs somebody who gave it this probability. @param {number} p */
export const bitsOf = (p) => -Math.log2(p);

/** What a guess costs if it is right, and if it is not. @param {number} sure  per cent @param {number} others  words that share the rest */
export const costs = (sure, others) => ({ right: bitsOf(sure / 100), wrong: bitsOf((1 - sure / 100) / Math.max(1, others)) });

/** Bits for reading. @param {number} x */
export const bitsText = (x) => (x < 9.995 ? x.toFixed(2) : x.toFixed(1));

/** 2 to the power of the mean bits, for reading. @param {number} bits */
export const perplexityText = (bits) => (bits > 40 ? "> 10¹²" : bits < 4 ? (2 ** bits).toFixed(1) : Math.round(2 ** bits).toLocaleString("en"));

/** A probability for reading: small ones are told, too. @param {number} p */
export const chanceText = (p) => (p >= 0.0995 ? `${(100 * p).toFixed(0)} %` : p >= 0.00095 ? `${(100 * p).toFixed(1)} %` : p >= 0.00000095 ? `${Number((100 * p).toPrecision(1))} %` : "≈ 0 %");

/**
 * What a card shows: the likeliest words, and the right one below them where it is none of these.
 * @param {{ top: [string, number][], p: number }} said @param {string} word @param {number} rows
 * @returns {{ word: string, p: number, right: boolean, below: boolean }[]}
 */
export function barsOf(said, word, rows) {
  const among = said.top.slice(0, rows - 1).map(([name, p]) => ({ word: name, p, right: name === word, below: false }));
  if (said.top.length === rows) among.push({ word: said.top[rows - 1][0], p: said.top[rows - 1][1], right: said.top[rows - 1][0] === word, below: false });
  return among.some((bar) => bar.right) ? among : [...among, { word, p: said.p, right: true, below: true }].slice(-rows);
}
