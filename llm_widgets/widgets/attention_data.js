// What attention maps know without a document: one head's weights, means, rows without their first key, and what a head looks at.

/** @typedef {[layers: number, heads: number, queries: number, keys: number]} Shape */
/** @typedef {"first" | "previous" | "self" | "next" | "spread" | "mixed"} Kind */

/**
 * One head's weights [T × S] from all bytes of a snapshot; a layer or head of null stands for the mean over it.
 * @param {Uint8Array} bytes @param {Shape} shape @param {number | null} layer @param {number | null} head
 */
export function headOf(bytes, [layers, heads, queries, keys], layer, head) {
  const n = queries * keys, found = new Float32Array(n);
  const from = layer === null ? 0 : layer * heads + (head ?? 0), count = layer === null ? layers * heads : head === null ? heads : 1;
  for (let m = from; m < from + count; m += 1) for (let i = 0, at = m * n; i < n; i += 1) found[i] += bytes[at + i];
  for (let i = 0; i < n; i += 1) found[i] /= 255 * count;
  return found;
}

/**
 * Each row without its first key, as shares of what is left of it; what is hidden is NaN, and so is a row with nothing left.
 * @param {Float32Array} weights @param {number} keys @returns {{ weights: Float32Array, left: Float32Array }}
 */
export function withoutFirst(weights, keys) {
  const found = new Float32Array(weights.length), queries = weights.length / keys, left = new Float32Array(queries);
  for (let q = 0; q < queries; q += 1) {
    const row = weights.subarray(q * keys, (q + 1) * keys);
    for (let k = 1; k < keys; k += 1) left[q] += row[k];
    for (let k = 0; k < keys; k += 1) found[q * keys + k] = k && left[q] > 0 ? row[k] / left[q] : NaN;
  }
  return { weights: found, left };
}

/** What has changed from `before` to `after`. @param {Float32Array} before @param {Float32Array} after */
export const changes = (before, after) => after.map((w, i) => w - before[i]);

/** The largest size of any weight; 0 where there is none. @param {Float32Array} weights */
export function largest(weights) {
  let most = 0;
  for (const w of weights) if (Math.abs(w) > most) most = Math.abs(w);
  return most;
}

const TOPS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8];
/** The mean of what each row has most of: a causal map's first row, which is always 1, does not darken all others. @param {Float32Array} weights @param {number} keys */
export function typicalMost(weights, keys) {
  let sum = 0, rows = 0;
  for (let at = 0; at < weights.length; at += keys) {
    const most = largest(weights.subarray(at, at + keys));
    if (most) { sum += most; rows += 1; }
  }
  return rows ? sum / rows : 0;
}

/** The end of a colour scale: the next round number, so that the scale stands still while weights move. @param {number} most */
export const roundTop = (most) => TOPS.find((top) => most <= top) ?? 1;

/**
 * A part of a map as at most `high` × `wide` numbers, each the one of greatest size of those that it stands for, so that thin lines stay.
 * @param {Float32Array} weights @param {number} keys @param {{ q0: number, k0: number, rows: number, cols: number }} part @param {number} high @param {number} wide
 */
export function pooled(weights, keys, { q0, k0, rows, cols }, high, wide) {
  const h = Math.min(rows, Math.max(1, Math.floor(high))), w = Math.min(cols, Math.max(1, Math.floor(wide))), found = new Float32Array(h * w).fill(NaN);
  for (let q = 0; q < rows; q += 1) {
    const row = Math.floor((q * h) / rows) * w, from = (q0 + q) * keys + k0;
    for (let k = 0; k < cols; k += 1) {
      const at = row + Math.floor((k * w) / cols), value = weights[from + k];
      if (!(Math.abs(found[at]) >= Math.abs(value))) found[at] = value;
    }
  }
  return { values: found, high: h, wide: w };
}

/** The strongest of a list of weights, strongest first. @param {ArrayLike<number>} weights @param {number} count */
export const strongest = (weights, count) =>
  Array.from(weights, (weight, index) => ({ index, weight })).filter((one) => Math.abs(one.weight) > 0).sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.index - b.index).slice(0, count);

/** A query's weights. @param {Float32Array} weights @param {number} keys @param {number} query */
export const rowOf = (weights, keys, query) => weights.subarray(query * keys, (query + 1) * keys);
/** What all queries give to one key. @param {Float32Array} weights @param {number} keys @param {number} key */
export const columnOf = (weights, keys, key) => Float32Array.from({ length: weights.length / keys }, (_, q) => weights[q * keys + key]);

/**
 * What a head mostly looks at, and with which share of its attention on average. Where queries and keys are not the same tokens, places say nothing.
 * @param {Float32Array} weights @param {number} keys @param {boolean} same @returns {{ kind: Kind, share: number }}
 */
export function pattern(weights, keys, same) {
  const queries = weights.length / keys, sums = { first: 0, previous: 0, self: 0, next: 0 }, counts = { first: 0, previous: 0, self: 0, next: 0 };
  let even = 0, rows = 0;
  for (let q = 0; q < queries; q += 1) {
    let total = 0, entropy = 0, open = 0;
    for (let k = 0; k < keys; k += 1) {
      const w = weights[q * keys + k];
      if (w > 0) { total += w; entropy -= w * Math.log(w); open += 1; }
    }
    if (!total) continue;
    if (open > 1) { even += Math.exp(entropy) / open; rows += 1; }
    for (const [kind, k] of /** @type {[keyof typeof sums, number][]} */ ([["first", q ? 0 : -1], ["previous", q - 1], ["self", q], ["next", q + 1]])) {
      if (k < 0 || k >= keys || (!same && kind !== "first")) continue;
      const w = weights[q * keys + k];
      if (Number.isNaN(w)) continue;
      sums[kind] += w;
      counts[kind] += 1;
    }
  }
  const [kind, share] = /** @type {[Kind, number][]} */ (Object.keys(sums).map((name) => { const k = /** @type {keyof typeof sums} */ (name); return [k, counts[k] ? sums[k] / counts[k] : 0]; })).sort((a, b) => b[1] - a[1])[0];
  if (share >= 0.4) return { kind, share };
  return rows && even / rows > 0.8 ? { kind: "spread", share: even / rows } : { kind: "mixed", share };
}
