import assert from "node:assert/strict";
import { test } from "node:test";
import { barsOf, bitsText, chanceText, costs, perplexityText } from "../../llm_widgets/widgets/guess_logic.js";

test("a guess costs −log₂ p, or what the others share", () => {
  assert.equal(costs(50, 8).right, 1);
  assert.equal(costs(50, 8).wrong, 4);
  assert.equal(costs(50, 0).wrong, 1);
  // A proper score: whoever is right q of the time pays least by saying q.
  const mean = (said, q) => q * costs(said, 100).right + (1 - q) * costs(said, 100).wrong;
  for (const q of [0.1, 0.35, 0.8]) {
    const best = Array.from({ length: 99 }, (_, i) => i + 1).reduce((a, b) => (mean(a, q) <= mean(b, q) ? a : b));
    assert.equal(best, Math.round(100 * q));
  }
});

test("the right word is shown wherever it stands", () => {
  const top = [["a", 0.4], ["b", 0.2], ["c", 0.1], ["d", 0.05], ["e", 0.04]];
  assert.deepEqual(barsOf({ top, p: 0.1 }, "c", 6).map(({ word, right }) => [word, right]), [["a", false], ["b", false], ["c", true], ["d", false], ["e", false]]);
  const below = barsOf({ top, p: 1e-7 }, "z", 6);
  assert.equal(below.length, 6);
  assert.deepEqual(below[5], { word: "z", p: 1e-7, right: true, below: true });
  const six = [...top, ["f", 0.01]];
  assert.deepEqual(barsOf({ top: six, p: 0.01 }, "f", 6).map(({ word }) => word), ["a", "b", "c", "d", "e", "f"]);
});

test("small chances and large costs can be read", () => {
  assert.deepEqual([0.5, 0.0996, 0.05, 0.001, 0.0002, 3e-6, 1e-9].map(chanceText), ["50 %", "10 %", "5.0 %", "0.1 %", "0.02 %", "0.0003 %", "≈ 0 %"]);
  assert.deepEqual([0.014, 9.994, 12.2].map(bitsText), ["0.01", "9.99", "12.2"]);
  assert.deepEqual([0.39, 8.6, 12, 900].map(perplexityText), ["1.3", "388", "4,096", "> 10¹²"]);
});
