import assert from "node:assert/strict";
import { test } from "node:test";
import { RATES, judged, position, progress, sentence, transport } from "../../llm_widgets/widgets/controls_logic.js";
import { fill } from "../../llm_widgets/widgets/kit.js";

const t = fill;
const moving = { state: "running", epoch: 2, epochs: 10, batch: 116, batches: 232, step: 348, loss: 0.43, accuracy: 0.8125, ms_per_step: 18.2, learning_rate: 1e-3, error: null, val_loss: null, val_accuracy: null };

test("the large button says what it will do, and only what makes sense can be pressed", () => {
  const table = {
    idle: ["train", true, false, false], running: ["pause", true, true, true], paused: ["resume", true, true, true],
    finished: ["train", false, false, true], stopped: ["train", false, false, true], failed: ["train", false, false, true],
  };
  for (const [state, [primary, step, stop, reset]] of Object.entries(table)) {
    const can = transport(state, 0);
    assert.deepEqual([can.primary.action, can.step, can.stop, can.reset], [primary, step, stop, reset], state);
  }
});

test("progress counts epochs and batches, never beyond the end", () => {
  assert.deepEqual(progress(moving), { whole: 0.15, epoch: 0.5 });
  assert.deepEqual(progress({ ...moving, state: "finished", epoch: 10, batch: 232 }), { whole: 1, epoch: 1 });
  assert.deepEqual(progress({ state: "idle", step: 0 }), { whole: 0, epoch: 0 });
  assert.deepEqual(progress({}), { whole: 0, epoch: 0 });
});

test("the status line speaks in words, and leaves out what is not known", () => {
  assert.equal(position(moving, t), "Epoch 2 of 10, batch 116 of 232, loss 0.430, accuracy 0.813, 18 ms a step");
  assert.equal(position({ ...moving, loss: null, accuracy: NaN, ms_per_step: null }, t), "Epoch 2 of 10, batch 116 of 232");
  assert.equal(sentence({ ...moving, step: 0 }, false, t), "Getting ready: the model is being built.");
  assert.equal(sentence({ state: "idle" }, false, t), "Ready. Press Train.");
  assert.match(sentence({ ...moving, state: "paused" }, false, t), /^Paused\. Epoch 2/);
  assert.match(sentence({ state: "idle" }, true, t), /recording/);
});

test("its length does not change while the numbers do", () => {
  const lengths = [0.1, 0.12345, 0.5, 0.999].map((loss) => position({ ...moving, loss }, t).length);
  assert.equal(new Set(lengths).size, 1);
});

test("the verdict names the best baseline and says plainly which is better", () => {
  const baselines = /** @type {[string, number][]} */ ([["Majority", 0.504], ["TF-IDF with logistic regression", 0.798]]);
  assert.equal(judged({ accuracy: 0.774, baselines }, t), "Validation accuracy 77.4 %. This does not beat the best baseline, TF-IDF with logistic regression at 79.8 %: it is 2.4 percentage points below.");
  assert.match(judged({ accuracy: 0.81, baselines }, t), /This beats .* by 1\.2 percentage points/);
  assert.match(judged({ accuracy: 0.798, baselines }, t), /equals/);
  assert.equal(judged({ accuracy: 0.774, baselines: [] }, t), "Validation accuracy 77.4 %.");
});

test("the rates are three to a decade and rise", () => {
  assert.deepEqual(RATES, [...RATES].sort((a, b) => a - b));
  assert.ok(RATES.includes(1e-3));
});
