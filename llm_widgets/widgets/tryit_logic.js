// What the try-it box knows without a document: how a token is shown, the verdict in words, the curve of one text.

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {{ tokens?: string[], known?: boolean[], count?: number, unknown?: number, length?: number, unit?: string }} Tokens */

export const MAX_TEXT = 10_000;

/** How sure the model is of the label that it prefers, in words. @param {number} p @param {[string, string]} names @param {Translate} t */
export function verdict(p, names, t) {
  const label = t(names[p >= 0.5 ? 1 : 0]), sure = Math.abs(p - 0.5);
  if (sure < 0.05) return t("undecided");
  if (sure < 0.2) return t("rather {label}", { label });
  return sure < 0.4 ? label : t("clearly {label}", { label });
}

/** How many of the drawn tokens the model reads, how many are cut, how much padding follows. @param {Tokens} tokens */
export function reading(tokens) {
  const count = tokens.count ?? 0, length = tokens.length ?? 0, drawn = tokens.tokens?.length ?? 0;
  return { read: Math.min(count, length), cut: Math.max(0, count - length), padding: Math.max(0, length - count), hidden: count - drawn };
}

/** Points that came are put behind those that are there; another series starts afresh. */
export function curve() {
  let series = -1;
  /** @type {number[]} */ let steps = [];
  /** @type {number[]} */ let values = [];
  return {
    /** @param {number} number @param {number} start @param {Float32Array} pairs  step, probability, step, probability … */
    take(number, start, pairs) {
      if (number < series) return;
      if (number !== series) { series = number; steps = []; values = []; }
      steps.length = values.length = Math.min(start, steps.length);
      for (let i = 0; i + 1 < pairs.length; i += 2) { steps.push(pairs[i]); values.push(pairs[i + 1]); }
    },
    get steps() { return steps; },
    get values() { return values; },
  };
}
