// Where the marks of an axis stand.

/** Round values from `low` to `high`, `count` at most. @param {number} low @param {number} high @param {number} count */
export function ticks(low, high, count) {
  if (!(high > low) || count < 1) return [];
  const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = /** @type {number} */ ([1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * (1 - 1e-9)));
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k += 1) found.push(Number((k * step).toPrecision(12)));
  return found;
}

/** Whole numbers only. @param {number} low @param {number} high @param {number} count */
export const wholeTicks = (low, high, count) => ticks(low, high, count).filter((x) => Number.isInteger(x));

/** 1, 2 and 5 times powers of ten from `low` to `high`; the powers alone where that is too many. @param {number} low @param {number} high @param {number} count */
export function logTicks(low, high, count) {
  const found = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1)
    for (const m of [1, 2, 5]) {
      const value = Number((m * 10 ** power).toPrecision(6));
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) found.push(value);
    }
  const powers = found.filter((x) => Math.abs(Math.log10(x) - Math.round(Math.log10(x))) < 1e-9);
  return found.length <= count || powers.length < 2 ? found : powers;
}
