// How well two classes are told apart, for every threshold; the same figures as `llm_widgets.analysis.Evaluation`. No page needed.

/** @typedef {{ tn: number, fp: number, fn: number, tp: number }} Confusion */
/** @typedef {{ accuracy: number, precision: number, recall: number, f1: number }} Figures */

/** Counts; "positive" is said where the probability is greater than the threshold. @param {Float32Array} labels @param {Float32Array} probabilities @param {number} threshold @returns {Confusion} */
export function confusion(labels, probabilities, threshold) {
  const counts = { tn: 0, fp: 0, fn: 0, tp: 0 };
  for (let i = 0; i < labels.length; i += 1) counts[probabilities[i] > threshold ? (labels[i] ? "tp" : "fp") : labels[i] ? "fn" : "tn"] += 1;
  return counts;
}

const ratio = (/** @type {number} */ part, /** @type {number} */ whole) => (whole ? part / whole : 0);

/** What the counts come to; 0 where there is nothing to divide by. @param {Confusion} counts @returns {Figures} */
export const figures = ({ tn, fp, fn, tp }) =>
  ({ accuracy: ratio(tp + tn, tn + fp + fn + tp), precision: ratio(tp, tp + fp), recall: ratio(tp, tp + fn), f1: ratio(2 * tp, 2 * tp + fp + fn) });

/** The figures at `n` thresholds from 0 to 1. @param {Float32Array} labels @param {Float32Array} probabilities @param {number} [n] */
export const thresholdCurve = (labels, probabilities, n = 101) =>
  Array.from({ length: n }, (_, i) => ({ threshold: i / (n - 1), ...figures(confusion(labels, probabilities, i / (n - 1))) }));

/**
 * A text cut into pieces, the unknown ones marked. Spans count whole characters, as Python does, not JavaScript's half ones.
 * @param {string} text @param {[number, number][]} unknown  in order @returns {{ text: string, unknown: boolean }[]}
 */
export function marked(text, unknown) {
  const characters = Array.from(text), pieces = [];
  let at = 0;
  for (const [start, end] of unknown) {
    if (start < at || end <= start) continue;
    if (start > at) pieces.push({ text: characters.slice(at, start).join(""), unknown: false });
    pieces.push({ text: characters.slice(start, end).join(""), unknown: true });
    at = end;
  }
  if (at < characters.length) pieces.push({ text: characters.slice(at).join(""), unknown: false });
  return pieces;
}

/** The beginning of a text, in whole characters. @param {string} text @param {number} [most] */
export function beginning(text, most = 80) {
  const characters = Array.from(text);
  return characters.length > most ? `${characters.slice(0, most).join("").trimEnd()} …` : text;
}
