// The numbers behind training curves: columns that grow, axes that do not jump, what a pixel column shows. No page needed.
import { ticks } from "./ticks.js";

/**
 * One pass over the training set.
 * @typedef {{ epoch: number, step: number, loss: number, accuracy: number, val_loss: number, val_accuracy: number }} Epoch
 */
/**
 * One run's curve. Batch i (from 0) is step i + 1; the smooth columns are running means of the raw ones.
 * @typedef {object} Series
 * @property {number} n
 * @property {number} stepsPerEpoch
 * @property {number} keep  how much of the mean each new batch leaves: 0 … 1
 * @property {Record<"loss" | "accuracy" | "smoothLoss" | "smoothAccuracy", Float32Array>} columns
 * @property {{ loss: Mean, accuracy: Mean }} means
 * @property {Epoch[]} epochs
 */
/** @typedef {{ sum: number, weight: number }} Mean */
/** @typedef {"loss" | "accuracy"} Measure */
/** @typedef {{ start: number, end: number }} Span */

/** An empty series; the mean reaches over about a twelfth of an epoch, 10 batches at least. @param {number} stepsPerEpoch @returns {Series} */
export function makeSeries(stepsPerEpoch) {
  const empty = () => new Float32Array(256);
  return {
    n: 0, stepsPerEpoch: Math.max(1, stepsPerEpoch), keep: 1 - 1 / Math.max(10, stepsPerEpoch / 12),
    columns: { loss: empty(), accuracy: empty(), smoothLoss: empty(), smoothAccuracy: empty() },
    means: { loss: { sum: 0, weight: 0 }, accuracy: { sum: 0, weight: 0 } }, epochs: [],
  };
}

/**
 * Appends batches; what came twice is left alone. Returns false where batches between are missing.
 * @param {Series} series @param {number} start index of the first batch @param {Float32Array} loss @param {Float32Array} accuracy
 */
export function append(series, start, loss, accuracy) {
  if (start > series.n) return false;
  const end = start + loss.length, { columns, means, keep } = series;
  if (end > columns.loss.length) {
    const room = 2 ** Math.ceil(Math.log2(end));
    for (const name of /** @type {(keyof Series["columns"])[]} */ (Object.keys(columns))) {
      const wider = new Float32Array(room);
      wider.set(columns[name]);
      columns[name] = wider;
    }
  }
  for (let i = series.n; i < end; i += 1) {
    columns.loss[i] = loss[i - start];
    columns.accuracy[i] = accuracy[i - start];
    columns.smoothLoss[i] = mean(means.loss, loss[i - start], keep);
    columns.smoothAccuracy[i] = mean(means.accuracy, accuracy[i - start], keep);
  }
  series.n = Math.max(series.n, end);
  return true;
}

// An exponential mean that is right from its first value on; a NaN leaves it as it is.
function mean(/** @type {Mean} */ state, /** @type {number} */ value, /** @type {number} */ keep) {
  if (Number.isFinite(value)) {
    state.sum = keep * state.sum + (1 - keep) * value;
    state.weight = keep * state.weight + (1 - keep);
  }
  return state.weight ? state.sum / state.weight : NaN;
}

/**
 * Where the axis of steps ends: a round number that grows with the run, so that it moves seldom, and never past the run's plan.
 * @param {number} n steps so far @param {number} plan steps that the run will take, 0 if unknown @param {number} longest steps of the longest earlier run
 */
export function stepEnd(n, plan, longest) {
  const reached = Math.max(n, Math.min(longest, plan || longest), 1);
  let end = 50;
  for (const m of roundNumbers()) if ((end = m) >= reached) break;
  return plan ? Math.max(reached, Math.min(end, plan)) : end;
}
function* roundNumbers() {
  for (let power = 10; power < 1e9; power *= 10) for (const m of [5, 10, 20]) yield m * power;
}

/** The value that a share `q` of the finite numbers stays below; NaN for none. Of many numbers, 4,000 are looked at. @param {Float32Array} values @param {number} n @param {number} q */
export function quantile(values, n, q) {
  const stride = Math.max(1, Math.floor(n / 4000)), some = [];
  for (let i = 0; i < n; i += stride) if (Number.isFinite(values[i])) some.push(values[i]);
  if (!some.length) return NaN;
  some.sort((a, b) => a - b);
  return some[Math.min(some.length - 1, Math.floor(q * some.length))];
}

/**
 * The loss axis: from 0 to a round number that holds nearly all values, or for a log scale from a power of ten. A single wild batch does
 * not squeeze the rest. While nothing is below 0.5 yet it begins there, so that the first small fall from ln 2 is seen.
 * @param {number[]} values  what must be seen: means, epochs, earlier runs, a high and a low quantile of the batches @param {boolean} log @returns {Span}
 */
export function lossSpan(values, log) {
  const finite = values.filter((x) => Number.isFinite(x));
  const high = Math.max(0.8, ...finite) * (1 + 1e-6);
  const end = high <= 0.801 ? 0.8 : /** @type {number} */ (ticks(0, high * 1.5, 6).find((x) => x >= high) ?? high);
  if (!log) return { start: end === 0.8 && finite.length && Math.min(...finite) >= 0.5 ? 0.5 : 0, end };
  const low = Math.min(0.1, ...finite.filter((x) => x > 0));
  return { start: Math.max(1e-6, 10 ** Math.floor(Math.log10(low) + 1e-9)), end };
}

/** The accuracy axis: from 0.3, or from 0 where something lies lower. @param {number[]} values @returns {Span} */
export function accuracySpan(values) {
  return { start: values.some((x) => x < 0.3) ? 0 : 0.3, end: 1 };
}

/**
 * Lowest and highest value in each of `columns` pixel columns, NaN where there is none: [low, high, low, high, …].
 * @param {Float32Array} values @param {number} n @param {number} end the step at the right edge @param {number} columns
 */
export function envelope(values, n, end, columns) {
  const found = new Float32Array(2 * columns).fill(NaN), scale = columns / end;
  for (let i = 0; i < n; i += 1) {
    const value = values[i], column = Math.min(columns - 1, Math.floor((i + 1) * scale));
    if (!Number.isFinite(value)) continue;
    if (!(found[2 * column] <= value)) found[2 * column] = value;
    if (!(found[2 * column + 1] >= value)) found[2 * column + 1] = value;
  }
  return found;
}

/** Every `stride`-th index up to n − 1, and always the last: enough to draw a line `columns` pixels wide. @param {number} n @param {number} columns */
export function thin(n, columns) {
  const stride = Math.max(1, Math.floor(n / Math.max(1, 2 * columns))), found = [];
  for (let i = 0; i < n; i += stride) found.push(i);
  if (n && found[found.length - 1] !== n - 1) found.push(n - 1);
  return found;
}

/** The newest epoch that had ended at `step`. @param {Epoch[]} epochs @param {number} step */
export function epochAt(epochs, step) {
  let found = /** @type {Epoch | null} */ (null);
  for (const record of epochs) if (record.step <= step) found = record;
  return found;
}

/** The curve as rows of a table: each batch, with the validation of the epoch that ended there. @param {Series} series @returns {(string | number)[][]} */
export function batchRows(series) {
  const ends = new Map(series.epochs.map((record) => [record.step, record])), rows = [];
  for (let i = 0; i < series.n; i += 1) {
    const end = ends.get(i + 1), short = (/** @type {number | undefined} */ x) => (x === undefined || !Number.isFinite(x) ? "" : Number(x.toPrecision(6)));
    rows.push([i + 1, Math.floor(i / series.stepsPerEpoch) + 1, short(series.columns.loss[i]), short(series.columns.accuracy[i]), short(end?.val_loss), short(end?.val_accuracy)]);
  }
  return rows;
}
export const COLUMNS = ["step", "epoch", "loss", "accuracy", "val_loss", "val_accuracy"];
