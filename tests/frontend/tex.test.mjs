import assert from "node:assert/strict";
import { test } from "node:test";
import { texTree } from "../../llm_widgets/widgets/tex.js";

const id = (x) => ["id", x], op = (x) => ["op", x], num = (x) => ["num", x];

test("fractions, roots, scripts and signs", () => {
  assert.deepEqual(texTree("\\tfrac{1}{2} (y - t)^2"), ["row", ["frac", num("1"), num("2")], ["sup", ["fence", "(", ["row", id("y"), op("−"), id("t")], ")"], num("2")]]);
  assert.deepEqual(texTree("\\ln p + \\max(0, x)"), ["row", ["row", id("ln"), ["gap", ","]], id("p"), op("+"), id("max"), ["fence", "(", ["row", num("0"), op(","), id("x")], ")"]]);
  assert.deepEqual(texTree("\\sqrt{x_1^2}"), ["root", ["subsup", id("x"), num("1"), num("2")]]);
  assert.deepEqual(texTree("w \\leftarrow w - \\eta g"), ["row", id("w"), op("←"), id("w"), op("−"), id("η"), id("g")]);
  assert.deepEqual(texTree("\\hat{m}_{t}"), ["sub", ["over", id("m"), "^"], id("t")]);
  assert.deepEqual(texTree("\\text{a word}"), ["text", "a word"]);
  assert.deepEqual(texTree("-1.5e-3 \\cdot 10,000"), ["row", op("−"), num("1.5e-3"), op("·"), num("10,000")]);
});

test("what is wrong or unknown never fails", () => {
  for (const source of ["", "{", "}", "\\", "x^", "_", "\\frac{1}", "\\nothing", "a{b{c", "(a", "[", "a)", "\\ln", "\ud800", "<img src=x>", "\\text{"]) assert.ok(Array.isArray(texTree(source)));
  assert.deepEqual(texTree("\\nothing"), ["id", "nothing"]);
});
