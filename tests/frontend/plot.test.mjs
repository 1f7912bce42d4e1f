import assert from "node:assert/strict";
import { test } from "node:test";
import { frameOf, powerLabel, spanOf } from "../../llm_widgets/widgets/plot.js";

test("places on the canvas and in the data are each other's inverse, on both kinds of axis", () => {
  for (const log of [false, true]) {
    const frame = frameOf(600, 240, 1.6, { x: [-4, 4], y: [0.001, 10], log, xName: "x" });
    for (const [x, y] of [[-4, 0.001], [0, 1], [4, 10]]) {
      assert.ok(Math.abs(frame.toX(frame.px(x)) - x) < 1e-9);
      assert.ok(Math.abs(frame.toY(frame.py(y)) - y) < 1e-9);
    }
    assert.ok(frame.px(4) <= 600 && frame.py(10) >= 0 && frame.py(0.001) <= 240);
  }
});

test("an axis holds its values and starts at 0 where that is near", () => {
  assert.deepEqual(spanOf([]), [0, 1]);
  assert.deepEqual(spanOf([null, NaN]), [0, 1]);
  const [low, high] = spanOf([1, 10]);
  assert.ok(low === 0 && high > 10);
  const [a, b] = spanOf([5, 5]);
  assert.ok(a < 5 && b > 5);
});

test("a label of a logarithmic axis is never wider than its margin", () => {
  assert.deepEqual([1e-16, 1e-12, 2e-5, 1e-4, 0.05, 20, 5e5, 1e6, 1e300].map(powerLabel), ["10⁻¹⁶", "10⁻¹²", "2·10⁻⁵", "0.0001", "0.05", "20", "500,000", "10⁶", "10³⁰⁰"]);
});
