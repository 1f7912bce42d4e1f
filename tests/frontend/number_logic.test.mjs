import assert from "node:assert/strict";
import { test } from "node:test";
import { exact, onGrid, readNumber, refusal, within } from "../../llm_widgets/widgets/number_logic.js";

const english = (message, values = {}) => message.replace(/\{(\w+)\}/g, (_, name) => values[name]);

test("a number is read as people type it", () => {
  for (const [text, value] of [["0.5", 0.5], [" 0,5 ", 0.5], ["−2", -2], ["–2", -2], ["1e-3", 0.001], ["1/4", 0.25], ["-3/2", -1.5], [".5", 0.5], ["5.", 5], ["１．５", 1.5], ["－２", -2], ["1。5", 1.5], ["+7", 7]])
    assert.deepEqual(readNumber(text, -1e6, 1e6), { value }, text);
  assert.deepEqual(readNumber("2.6", 0, 10, true), { value: 3 });
});

test("what is no number, too large or empty is refused with the reason", () => {
  for (const [text, why] of [["", "empty"], ["  ", "empty"], ["abc", "text"], ["1,000,000", "text"], ["0x10", "text"], ["NaN", "text"], ["Infinity", "text"], ["0/0", "text"], ["1e400", "large"], ["1/0", "large"], ["11", "large"], ["<b>1</b>", "text"], ["１２３４５６７", "large"], ["1 2", "large"]])
    assert.deepEqual(readNumber(text, -10, 10), { why }, text);
  const told = refusal("large", english, { label: "w₁", low: -10, high: 10, received: "9".repeat(100) });
  assert.match(told, /^w₁ takes numbers from −10 to 10; the old one stays\. Received: 9{40}…$/);
});

test("a number to be edited shows all its digits and none of the noise", () => {
  assert.deepEqual([0.1 + 0.2, -0.5, 1e-7, 1e12, 0, 1 / 3].map(exact), ["0.3", "−0.5", "1e−7", "1e+12", "0", "0.333333333333"]);
  for (const x of [0.1, -2.5, 1e-7, 123456.789]) assert.equal(readNumber(exact(x), -1e6, 1e6).value, x);
});

test("steps stay on their grid", () => {
  let x = 0;
  for (let i = 0; i < 3; i += 1) x = onGrid(x, 0.1, 1);
  assert.equal(x, 0.3);
  assert.equal(onGrid(0.4, 0.1, 10), 1.4);
  assert.equal(onGrid(1 / 3, 0.1, -1), 0.2);
});

test("a typed number is taken within its limits only", () => {
  assert.equal(within("0.02", 1e-7, 100, false), 0.02);
  assert.equal(within("1e-3", 1e-7, 100, false), 0.001);
  assert.equal(within("12.6", 1, 100, true), 13);
  for (const text of ["", "0", "-1", "abc", "1e999", "101"]) assert.equal(within(text, 1, 100, true), null, text);
});
