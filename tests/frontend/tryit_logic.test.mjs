import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "../../llm_widgets/widgets/kit.js";
import { curve, reading, verdict } from "../../llm_widgets/widgets/tryit_logic.js";
import { visible } from "../../llm_widgets/widgets/visible.js";

test("spaces, line ends and signs that nobody can see are shown", () => {
  assert.equal(visible("a b\n\tc"), "a␣b↵⇥c");
  assert.equal(visible("\u0000\u0007"), "␀␇");
  assert.equal(visible("\u202e"), "⟨202E⟩");
  assert.equal(visible("<img src=x>"), "<img␣src=x>");
  assert.equal(visible("好👍"), "好👍");
});

test("the verdict says which and how sure, and is the same on both sides", () => {
  const say = (/** @type {number} */ p) => verdict(p, ["negative", "positive"], fill);
  assert.equal(say(0.5), "undecided");
  assert.equal(say(0.6), "rather positive");
  assert.equal(say(0.4), "rather negative");
  assert.equal(say(0.75), "positive");
  assert.equal(say(0.97), "clearly positive");
  assert.equal(say(0.01), "clearly negative");
});

test("what is read, cut and padded adds up", () => {
  for (const count of [0, 1, 99, 100, 101, 5000]) {
    const { read, cut, padding, hidden } = reading({ tokens: Array(Math.min(count, 400)).fill("a"), count, length: 100 });
    assert.equal(read + cut, count);
    assert.equal(read + padding, 100);
    assert.equal(hidden, Math.max(0, count - 400));
  }
  assert.deepEqual(reading({}), { read: 0, cut: 0, padding: 0, hidden: 0 });
});

test("points come in parts, again, or too late", () => {
  const points = curve(), pair = (/** @type {number[]} */ ...x) => new Float32Array(x);
  points.take(1, 0, pair(1, 0.5, 2, 0.25));
  points.take(1, 2, pair(3, 0.75));
  assert.deepEqual(points.steps, [1, 2, 3]);
  assert.deepEqual(points.values, [0.5, 0.25, 0.75]);
  points.take(1, 0, pair(1, 0.5, 2, 0.25));
  assert.deepEqual(points.steps, [1, 2]);
  points.take(2, 0, pair());
  assert.deepEqual(points.steps, []);
  points.take(1, 0, pair(9, 0.5));
  assert.deepEqual(points.steps, []);
});
