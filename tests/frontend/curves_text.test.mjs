import assert from "node:assert/strict";
import { test } from "node:test";
import { append, makeSeries } from "../../llm_widgets/widgets/curves_data.js";
import { compared, ghostName, position, readOut, statusWords } from "../../llm_widgets/widgets/curves_text.js";
import { fill } from "../../llm_widgets/widgets/kit.js";

const t = fill;
const run = (over = {}) => {
  const series = makeSeries(4);
  append(series, 0, Float32Array.from([0.7, 0.6, 0.5, 0.4, 0.3]), Float32Array.from([0.5, 0.5, 0.75, 1, 1]));
  series.epochs = [{ epoch: 1, step: 4, loss: 0.55, accuracy: 0.69, val_loss: 0.52, val_accuracy: 0.75 }];
  return { state: "running", epochs: 3, ms: 18.24, error: null, series, baselines: [{ name: { en: "Majority", zh: "多数类" }, accuracy: 0.5 }, { name: { en: "Words", zh: "词" }, accuracy: 0.782 }], ...over };
};

test("a step lies in its epoch, the last of an epoch too", () => {
  assert.deepEqual(position(1, 4), { epoch: 1, batch: 1 });
  assert.deepEqual(position(4, 4), { epoch: 1, batch: 4 });
  assert.deepEqual(position(5, 4), { epoch: 2, batch: 1 });
});

test("each state has its words", () => {
  assert.match(statusWords(t, run(), "en")[0], /^Batch 1 of 4 in epoch 2 of 3, loss 0\.\d+, 18 ms a step$/);
  assert.equal(statusWords(t, run({ state: "running", series: makeSeries(4) }), "en")[0], "The model is being built …");
  assert.equal(statusWords(t, run({ state: "idle", series: makeSeries(4) }), "en")[0], "Press Train to see the loss fall.");
  assert.match(statusWords(t, run({ state: "paused" }), "en")[0], /^Paused at batch 1 of 4/);
  assert.match(statusWords(t, run({ state: "stopped" }), "en")[0], /^Stopped at batch 1 of 4/);
  assert.deepEqual(statusWords(t, run({ state: "failed", error: "No memory." }), "en"), ["No memory.", "bad"]);
  const [words, tone] = statusWords(t, run({ state: "finished" }), "en");
  assert.equal(words, "Finished. Validation accuracy 75.0 % after epoch 1. The network is 3.2 points below Words (78.2 %).");
  assert.equal(tone, ""); // a network that loses to a baseline is no reason for green
  assert.match(statusWords(t, run({ state: "finished" }), "zh")[0], /词/);
});

test("the comparison is honest in both directions, and calls equal what looks equal", () => {
  assert.match(compared(t, 0.8, 0.782, "X"), /1\.8 points above X/);
  assert.match(compared(t, 0.782, 0.8, "X"), /1\.8 points below X/);
  assert.match(compared(t, 0.78201, 0.782, "X"), /level with X/);
});

test("an earlier run is named by what was different", () => {
  assert.equal(ghostName(t, 3, [["lstm_units", [128, 64]]]), "128 → 64 units");
  assert.equal(ghostName(t, 3, [["dropout", 0.2], ["learning_rate", 0.01], ["seed", 4]]), "dropout 0.2, rate 0.01");
  assert.equal(ghostName(t, 3, [["bidirectional", false]]), "one direction");
  assert.equal(ghostName(t, 3, [["unit", "characters"]]), "characters");
  assert.equal(ghostName(t, 3, [["something_new", 1]]), "run 3");
  assert.equal(ghostName(t, 3, []), "run 3");
});

test("the read-out names step, loss, accuracy and validation", () => {
  const { series } = run();
  assert.match(readOut(t, series, 5, false), /^Step 5, epoch 2: loss 0\.3 \(mean 0\.\d+\), accuracy 100\.0 % \(mean [\d.]+ %\) · validation after epoch 1: loss 0\.52, accuracy 75\.0 %$/);
  assert.doesNotMatch(readOut(t, series, 3, false), /validation/);
  assert.match(readOut(t, series, 4, true), /^Epoch 1: training loss 0\.55, accuracy 69\.0 %/);
});
