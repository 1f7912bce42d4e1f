import test from "node:test";
import assert from "node:assert/strict";
import { agreement, diverging, largest, mean, signed, signedAmong, strength, sumUp, windowAt } from "../../llm_widgets/widgets/looking_logic.js";

test("a change is short, with its sign, and nothing is 0", () => {
  assert.deepEqual([0.314, -0.02, 0.001, 0, 12.34, 250, null, NaN].map((x) => signed(x)), ["+0.31", "−0.02", "0", "0", "+12.3", "+250", "–", "–"]);
  assert.equal(signed(-0.0049, 3), "−0.005");
  assert.deepEqual([0.00031, -2e-5, 0].map((x) => signedAmong(x, 0.00031)), ["+3e−4", "−2e−5", "0"]);
  assert.deepEqual([0.31, -2e-5].map((x) => signedAmong(x, 0.31)), ["+0.31", "0"]);
});

test("colours diverge from the paper, and what is not known has none", () => {
  assert.equal(diverging(0), "var(--lw-paper)");
  assert.match(diverging(-1), /low\) 56%/);
  assert.match(diverging(1), /high\) 56%/);
  assert.deepEqual([strength(2, 1), strength(-2, 1), strength(null, 1), strength(1, 0)], [1, -1, 0, 0]);
  assert.equal(largest([null, -3, 2]), 3);
  assert.equal(largest([]), 0);
});

test("the head that matters most, and those that can go", () => {
  assert.deepEqual(sumUp([[0.001, 0.5], [-0.2, 0.011]], 1), { layer: 0, head: 1, most: 0.5, idle: 2, known: 4, all: 4 });
  assert.deepEqual(sumUp([[null, null], [null, -0.1]], 1), { layer: 1, head: 1, most: -0.1, idle: 1, known: 1, all: 4 });
});

test("a window moves as little as it can", () => {
  assert.equal(windowAt(0, 5, 20, 3), 0);
  assert.equal(windowAt(0, 5, 20, 5), 1);
  assert.equal(windowAt(10, 5, 20, 4), 4);
  assert.equal(windowAt(18, 5, 20, 19), 15);
  assert.equal(windowAt(3, 5, 2, 1), 0);
});

test("a rank correlation in words", () => {
  assert.deepEqual([0.9, 0.5, 0.2, 0, -0.5, null].map(agreement), ["largely agree", "agree in part", "agree little", "do not agree", "say the opposite", "cannot be compared here"]);
  assert.equal(mean([1, 2, 3]), 2);
});
