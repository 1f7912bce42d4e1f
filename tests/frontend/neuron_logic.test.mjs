import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "../../llm_widgets/widgets/kit.js";
import { ACTIVATION_NAMES } from "../../llm_widgets/widgets/function_names.js";
import { MENDS, brief, compact, parameterNames, problem, reason, sign, spoken, status, tone, twin, verdict, whole5, written } from "../../llm_widgets/widgets/neuron_logic.js";

const t = (message, values) => fill(message, values);
const right = { name: "w1", value: 0.1, after: 0.11, gradient: -0.1, difference: -0.1, step: 6e-6, error: 1e-11, agrees: true, why: "" };
const found = {
  x: [1], w: [0.1], b: 0.5, target: 2, activation: "relu", loss: "half_squared_error", learning_rate: 0.1, step: 0, products: [0.1], z: 0.6, y: 0.6,
  back: { loss: 0.98, dL_dy: -1.4, dy_dz: 1, dL_dz: -1.4 }, parameters: [right], updates: 0, more: true, losses: [0.98], loss_after: 0.5, problem: "", news: "",
};

test("names are written and spoken", () => {
  assert.equal(written("w12"), "w₁₂");
  assert.equal(written("b"), "b");
  assert.deepEqual(parameterNames(2), ["w1", "w2", "b", "x1", "x2"]);
  assert.equal(spoken("x2", t), "Input x₂");
});

test("numbers are short and stay true", () => {
  assert.equal(brief(0.093359123), 0.09336);
  assert.equal(brief(-123456.7), -123460);
  assert.equal(brief(0.0000123456), 0.000012);
  assert.equal(compact(-0.000195), "−1.9e−4");
  assert.equal(compact(0), "0");
  assert.equal(compact(null), "–");
  assert.ok(whole5(0.1 + 0.2) && whole5(0) && !whole5(1 / 3));
});

test("a check is told by sign, word and reason", () => {
  assert.deepEqual([sign(right), verdict(right, t)], ["✓", "agree"]);
  const kink = { ...right, agrees: false, why: "kink" };
  assert.deepEqual([sign(kink), verdict(kink, t)], ["≠", "differ"]);
  assert.match(reason(kink, t), /^Neither is wrong/);
  assert.match(reason({ ...kink, why: "" }, t), /no reason is known/);
  assert.equal(sign({ ...kink, why: "edge" }), "–");
  assert.equal(verdict({ name: "b", value: 1, after: null }, t), "–");
});

test("the status says where training is and what is wrong", () => {
  assert.equal(status(found, t), "The neuron answers 0.6, the target is 2: the loss is 0.98. The next update makes it 0.5.");
  assert.match(status({ ...found, loss_after: 1.2 }, t), /larger, 1\.2: the learning rate is too large/);
  assert.match(status({ ...found, step: 3, news: "diverging", losses: [1, 2, 3, 0.98] }, t), /^After 3 updates .* at first it was 1\. It diverges/);
  assert.ok(tone({ ...found, news: "dead" }) && !tone({ ...found, news: "still" }));
  for (const [key, { changes }] of Object.entries(MENDS)) {
    const refused = { ...found, back: null, problem: key };
    assert.ok(problem(refused, t) && status(refused, t) === problem(refused, t), key);
    for (const value of Object.values(changes)) assert.ok(typeof value === "number" || value in ACTIVATION_NAMES);
  }
});

test("the table has every quantity once, also where there is no loss", () => {
  for (const now of [found, { ...found, back: null, parameters: [{ name: "w1", value: 0.1, after: null }], losses: [null] }]) {
    const { columns, rows } = twin(now, t), names = rows.map((row) => row[0]);
    assert.ok(rows.every((row) => row.length === columns.length));
    assert.equal(new Set(names).size, names.length);
    for (const name of ["Weight w₁", "w₁·x₁", "Weighted sum z", "Output y", "Target t", "Learning rate η", "∂L/∂y", "∂y/∂z", "Loss after 0 updates"]) assert.ok(names.includes(name), name);
  }
});
