import assert from "node:assert/strict";
import { test } from "node:test";
import { graphKnown, graphLayout, levels, nodeSign } from "../../llm_widgets/widgets/autodiff_logic.js";

const node = (index, op, name, value, depth) => ({ index, op, name, value, depth });
// (a·b) + a, as the kernel lists it
const nodes = [node(0, "", "a", 2, 0), node(1, "", "b", 3, 0), node(2, "*", "", 6, 1), node(3, "+", "", 8, 2)];
const edges = [{ source: 0, target: 2, argument: 0 }, { source: 1, target: 2, argument: 1 }, { source: 2, target: 3, argument: 0 }, { source: 0, target: 3, argument: 1 }];
const steps = [["start"], ["forward", 2], ["forward", 3], ["gradient", 3, 1], ["edge", 3, 2, 0, 1, 1, 1], ["edge", 3, 0, 1, 1, 1, 1], ["gradient", 2, 1], ["edge", 2, 0, 0, 3, 3, 4], ["edge", 2, 1, 1, 2, 2, 2], ["gradient", 1, 2], ["gradient", 0, 4]];

test("an input stands before the first that uses it, and boxes do not overlap at any width", () => {
  assert.deepEqual(levels(nodes, edges), [0, 0, 1, 2]);
  assert.deepEqual(levels([node(0, "", "a", 1, 0)], []), [0]);
  for (const width of [286, 500, 1100]) {
    const { places, wide, high, height, upright } = graphLayout(nodes, edges, width, 1);
    assert.equal(upright, width < 288);
    for (const [i, p] of places.entries()) {
      assert.ok(p.x - wide / 2 >= 0 && p.x + wide / 2 <= width && p.y - high / 2 >= 0 && p.y + high / 2 <= height);
      for (const q of places.slice(i + 1)) assert.ok(Math.abs(p.x - q.x) >= wide || Math.abs(p.y - q.y) >= high);
    }
  }
});

test("at each step is known what was computed until then", () => {
  const found = { nodes, edges, steps, expression: "", values: {}, gradients: {} };
  const start = graphKnown(found, 0), edge = graphKnown(found, 5), end = graphKnown(found, 99);
  assert.deepEqual([...start.value], [0, 1]);
  assert.deepEqual([edge.part.get(0), edge.gradient.has(0), edge.argument, edge.node], [1, false, 1, 3]);
  assert.deepEqual([end.gradient.get(0), end.part.get(0), end.flow.size], [4, 4, 4]);
});

test("nodes are written as formulas write them", () => {
  assert.deepEqual(["*", "/", "neg", "**", "exp"].map((op) => nodeSign(node(0, op, "", 1, 1))), ["×", "÷", "−", "^", "exp"]);
  assert.deepEqual([nodeSign(node(0, "", "w", 1, 0)), nodeSign(node(0, "constant", "", -0.5, 0))], ["w", "−0.5"]);
});
