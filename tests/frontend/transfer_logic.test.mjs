import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "../../llm_widgets/widgets/kit.js";
import { accuracyAxis, newest, points, resultRows, transferWords } from "../../llm_widgets/widgets/transfer_logic.js";

const copy = { training: [], accuracy: [[0, 0.5]], loss: [[0, 0.7]] };
const found = {
  state: "idle", phase: "idle", error: null, labels: 100, draw: 0, freeze: false, texts: 7396, sizes: [1585, 1585], epochs: 3, plan: 21, pretraining: [], pretraining_plan: 1624,
  pretraining_seconds: null, copies: { scratch: copy, pretrained: copy }, baselines: [], result: null, past: [], draws: [], others: 0, mean: null,
};
const result = { draw: 0, scratch: 0.58, pretrained: 0.65, gain: 0.07, baselines: [0.57] };

test("each phase has its sentence", () => {
  assert.match(transferWords(found, fill), /^Ready\. Train first learns word vectors from 7,396 reviews/);
  assert.match(transferWords({ ...found, pretraining: [[1, 4]] }, fill), /^Ready\. Train lets both copies/);
  assert.match(transferWords({ ...found, state: "running" }, fill), /^Getting ready/);
  assert.equal(transferWords({ ...found, state: "running", phase: "pretraining", pretraining: [[8, 4.1234]] }, fill), "Pre-training without labels, batch 8 of 1624, loss 4.123.");
  assert.match(transferWords({ ...found, state: "paused", phase: "tuning" }, fill), /^Paused\. Fine-tuning, batch 0 of 21: validation 50\.0 %/);
  assert.match(transferWords({ ...found, result }, fill), /\+7\.0 points\. One draw says little/);
  const spread = { mean: 0.066, sd: 0.015, low: -0.004, high: 0.075 };
  assert.match(transferWords({ ...found, result, mean: { n: 4, scratch: spread, pretrained: spread, gain: spread, baselines: [] } }, fill), /Mean gain of 4 draws: \+6\.6 ± 1\.5 points, from −0\.4 to \+7\.5\./);
  assert.equal(transferWords({ ...found, error: "too large" }, fill), "too large");
});

test("points carry their sign, curves their newest value, the axis all values", () => {
  assert.deepEqual([points(0.071), points(-0.004), points(0)], ["+7.1", "−0.4", "+0.0"]);
  assert.deepEqual([newest([]), newest([[1, 0.2], [2, 0.3]])], [null, 0.3]);
  for (const values of [[0.5], [0.1, 0.99], [0.45, 0.7]]) {
    const [low, high] = accuracyAxis(values);
    assert.ok(low <= Math.min(...values) && high >= Math.max(...values));
  }
});

test("a row of the table is there before its number is", () => {
  const name = { en: "Majority", zh: "多数类" };
  const rows = resultRows({ ...found, baselines: [{ name, split: "test", accuracy: null }, { name, split: "validation", accuracy: 0.5 }] }, true, fill);
  assert.deepEqual(rows.map((row) => [row.name, row.draw, row.mean]), [["pre-trained", "–", "–"], ["from nothing", "–", "–"], ["多数类", "–", "–"]]);
});
