import assert from "node:assert/strict";
import { test } from "node:test";
import { exact, refusal, stepped, typed } from "../../llm_widgets/widgets/number_logic.js";

const english = (message, values = {}) => message.replace(/\{(\w+)\}/g, (_, name) => values[name]);

test("a number is read as people type it", () => {
  for (const [text, value] of [["0.5", 0.5], [" 0,5 ", 0.5], ["−2", -2], ["–2", -2], ["1e-3", 0.001], ["1/4", 0.25], ["-3/2", -1.5], [".5", 0.5], ["5.", 5], ["１．５", 1.5], ["－２", -2], ["1。5", 1.5], ["+7", 7]])
    assert.deepEqual(typed(text, -1e6, 1e6), { value }, text);
  assert.deepEqual(typed("2.6", 0, 10, true), { value: 3 });
});

test("what is no number, too large or empty is refused with the reason", () => {
  for (const [text, why] of [["", "empty"], ["  ", "empty"], ["abc", "text"], ["1,000,000", "text"], ["0x10", "text"], ["NaN", "text"], ["Infinity", "text"], ["0/0", "text"], ["1e400", "large"], ["1/0", "large"], ["11", "large"], ["<b>1</b>", "text"], ["１２３４５６７", "large"], ["1 2", "large"]])
    assert.deepEqual(typed(text, -10, 10), { why }, text);
  const told = refusal("large", english, { label: "w₁", low: -10, high: 10, received: "9".repeat(100) });
  assert.match(told, /^w₁ takes numbers from −10 to 10; the old one stays\. Received: 9{40}…$/);
});

test("a number to be edited shows all its digits and none of the noise", () => {
  assert.deepEqual([0.1 + 0.2, -0.5, 1e-7, 1e12, 0, 1 / 3].map(exact), ["0.3", "−0.5", "1e−7", "1e+12", "0", "0.333333333333"]);
  for (const x of [0.1, -2.5, 1e-7, 123456.789]) assert.equal(typed(exact(x), -1e6, 1e6).value, x);
});

test("steps stay on their grid", () => {
  let x = 0;
  for (let i = 0; i < 3; i += 1) x = stepped(x, 0.1, 1);
  assert.equal(x, 0.3);
  assert.equal(stepped(0.4, 0.1, 10), 1.4);
  assert.equal(stepped(1 / 3, 0.1, -1), 0.2);
});
