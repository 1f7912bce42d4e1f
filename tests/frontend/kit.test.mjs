import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, csv, fill, floats, languageTag, number, percent, translator } from "../../llm_widgets/widgets/kit.js";

test("numbers are short, and what is no number is no zero", () => {
  assert.equal(number(1234567), "1,234,567");
  assert.equal(number(0.43219), "0.432");
  assert.equal(number(-0.5), "−0.5");
  assert.equal(number(0.00001234), "1.23e−5");
  assert.equal(number(null), "–");
  assert.equal(number(NaN), "–");
  assert.equal(number(Infinity), "∞");
  assert.equal(percent(0.7819), "78.2 %");
  assert.equal(percent(undefined), "–");
  assert.equal(bytes(999), "999 B");
  assert.equal(bytes(1_500_000), "1.5 MB");
});

test("placeholders are filled, unknown ones stay, and values are not filled again", () => {
  assert.equal(fill("{a} of {b}", { a: 1 }), "1 of {b}");
  assert.equal(fill("{a}", { a: "{b}", b: 2 }), "{b}");
  assert.equal(fill("{a}"), "{a}");
});

test("the translator takes the catalogue's string, and English where there is none", () => {
  const model = /** @type {any} */ ({ get: (name) => ({ _labels: { Train: "训练" }, language: "zh" })[name] });
  assert.equal(translator(model)("Train"), "训练");
  assert.equal(translator(model)("Stop"), "Stop");
  assert.equal(languageTag(model), "zh-CN");
});

test("a CSV cell with commas, quotes or line ends comes back whole", () => {
  assert.equal(csv([["a", 'say "x", y'], [null, 1.5]]), 'a,"say ""x"", y"\n,1.5\n');
});

test("floats are read from a buffer that is not aligned", () => {
  const bytes = new Uint8Array(9);
  new DataView(bytes.buffer).setFloat32(1, 1.5, true);
  assert.deepEqual([...floats(new DataView(bytes.buffer, 1, 8))], [1.5, 0]);
});
