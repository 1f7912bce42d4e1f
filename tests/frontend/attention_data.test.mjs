import assert from "node:assert/strict";
import { test } from "node:test";
import { rgba, shade } from "../../llm_widgets/widgets/attention_colours.js";
import { diverging, inkOn, viridis } from "../../llm_widgets/widgets/colours.js";
import { changes, columnOf, headOf, largest, pattern, pooled, roundTop, rowOf, strongest, typicalMost, withoutFirst } from "../../llm_widgets/widgets/attention_data.js";

const close = (a, b, by = 1e-6) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);
const matrix = (rows) => Float32Array.from(rows.flat());

test("a head is its own bytes, and a mean is the mean of its heads", () => {
  const bytes = Uint8Array.from([255, 0, 51, 204, /* head 2 */ 0, 255, 51, 204, /* layer 2 */ 255, 0, 0, 255, 0, 255, 255, 0]), shape = [2, 2, 2, 2];
  assert.deepEqual([...headOf(bytes, shape, 0, 1)].map((w) => Math.round(255 * w)), [0, 255, 51, 204]);
  assert.deepEqual([...headOf(bytes, shape, 1, null)], [0.5, 0.5, 0.5, 0.5]);
  assert.deepEqual([...headOf(bytes, shape, null, null)].map((w) => Math.round(1000 * w)), [500, 500, 350, 650]);
});

test("without their first key, rows sum to 1 again, and say how much was left", () => {
  const { weights, left } = withoutFirst(matrix([[0.9, 0.1, 0], [0.5, 0.2, 0.3], [1, 0, 0]]), 3);
  assert.ok(Number.isNaN(weights[0]) && Number.isNaN(weights[6]) && Number.isNaN(weights[7]));
  close(weights[1], 1);
  close(weights[4] + weights[5], 1);
  close(weights[5], 0.6);
  [0.1, 0.5, 0].forEach((share, i) => close(left[i], share));
});

test("what is made smaller keeps its strongest weight", () => {
  const n = 512, weights = new Float32Array(n * n).fill(0.001);
  weights[300 * n + 17] = 0.9;
  const small = pooled(weights, n, { q0: 0, k0: 0, rows: n, cols: n }, 96, 96);
  assert.deepEqual([small.high, small.wide], [96, 96]);
  close(largest(small.values), 0.9);
  close(small.values[Math.floor((300 * 96) / n) * 96 + Math.floor((17 * 96) / n)], 0.9);
  const part = pooled(weights, n, { q0: 299, k0: 16, rows: 3, cols: 3 }, 900, 900);
  assert.deepEqual([part.high, part.wide], [3, 3]);
  close(part.values[4], 0.9);
  const changed = pooled(Float32Array.from([0.1, -0.5, NaN, NaN]), 4, { q0: 0, k0: 0, rows: 1, cols: 4 }, 1, 2);
  close(changed.values[0], -0.5);
  assert.ok(Number.isNaN(changed.values[1]));
});

test("rows, columns, changes and the strongest", () => {
  const weights = matrix([[0.2, 0.8], [0.7, 0.3]]);
  assert.deepEqual(strongest(rowOf(weights, 2, 1), 5).map((w) => w.index), [0, 1]);
  assert.deepEqual(strongest(columnOf(weights, 2, 1), 1).map((w) => w.index), [0]);
  assert.deepEqual(strongest([0, NaN, -0.5, 0.2], 9).map((w) => w.index), [2, 3]);
  close(changes(weights, matrix([[0.5, 0.5], [0.7, 0.3]]))[0], 0.3);
});

test("scales end at round numbers, and the first row of a causal map does not darken the others", () => {
  assert.deepEqual([0.0001, 0.05, 0.21, 0.79, 0.95].map(roundTop), [0.002, 0.05, 0.3, 0.8, 1]);
  const n = 100, even = new Float32Array(n * n);
  for (let q = 0; q < n; q += 1) for (let k = 0; k <= q; k += 1) even[q * n + k] = 1 / (q + 1);
  assert.equal(roundTop(typicalMost(even, n)), 0.1);
  assert.equal(typicalMost(new Float32Array(4), 2), 0);
});

test("a head is named after what it does", () => {
  const n = 6, make = (at) => { const w = new Float32Array(n * n); for (let q = 0; q < n; q += 1) w[q * n + at(q)] = 1; return w; };
  assert.equal(pattern(make(() => 0), n, true).kind, "first");
  assert.equal(pattern(make((q) => Math.max(0, q - 1)), n, true).kind, "previous");
  assert.equal(pattern(make((q) => q), n, true).kind, "self");
  assert.equal(pattern(make((q) => Math.min(n - 1, q + 1)), n, true).kind, "next");
  assert.equal(pattern(new Float32Array(n * n).fill(1 / n), n, true).kind, "spread");
  assert.equal(pattern(make((q) => (q * 5 + 2) % n), n, true).kind, "mixed");
  assert.equal(pattern(make((q) => q), n, false).kind, "mixed");
  assert.deepEqual(pattern(new Float32Array(n * n), n, true), { kind: "mixed", share: 0 });
  close(pattern(make(() => 0), n, true).share, 1);
});

test("viridis is matplotlib's", () => {
  // Its values at 0, 1/9, … 1.
  const known = ["440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725"];
  known.forEach((hex, i) => viridis(i / 9).forEach((c, j) => close(c, Number.parseInt(hex.slice(2 * j, 2 * j + 2), 16), 4)));
});

test("changes go from blue over white to red, and what is nothing has no colour", () => {
  assert.deepEqual(diverging(0), [255, 255, 255]);
  assert.ok(diverging(-1)[2] > diverging(-1)[0] && diverging(1)[0] > diverging(1)[2]);
  const pixels = rgba(Float32Array.from([0, 1, NaN]), 1, false);
  assert.deepEqual([...pixels.slice(0, 4)], [...viridis(0), 255]);
  assert.deepEqual([...pixels.slice(4, 8)], [...viridis(1), 255]);
  assert.equal(pixels[11], 0);
  assert.deepEqual([shade(0.5, 1, false), shade(0.1, 0.1, false), shade(7, 1, false), shade(-1, 1, true), shade(1, 1, true)], [128, 255, 255, 0, 255]);
  assert.equal(inkOn(1, 1, false), "#000000");
  assert.equal(inkOn(0, 1, false), "#ffffff");
});
