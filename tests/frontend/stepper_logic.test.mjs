import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, heldPart, knownAt, labelPlace, netLayout, netMoved, parameterAt, parameterOf, sharedTarget, stopAt, stopsOf, unitName } from "../../llm_widgets/widgets/stepper_logic.js";

test("units are named as briefly as they can be told apart", () => {
  assert.equal(unitName([2, 3, 1], 0, 1), "x₂");
  assert.equal(unitName([2, 3, 1], 1, 2), "h₃");
  assert.equal(unitName([2, 3, 1], 2, 0), "y");
  assert.equal(unitName([1, 2, 2, 3], 2, 1), "h₂⁽²⁾");
  assert.equal(unitName([1, 2, 2, 3], 0, 0), "x");
});

test("every parameter has one place", () => {
  const sizes = [3, 2, 4, 1];
  const count = sizes.slice(1).reduce((sum, n, l) => sum + (sizes[l] + 1) * n, 0);
  for (let at = 0; at < count; at += 1) { const { layer, i, j } = parameterOf(sizes, at); assert.equal(parameterAt(sizes, layer, i, j), at); }
  assert.deepEqual(parameterOf([2, 3, 1], 8), { layer: 0, i: null, j: 2 });
});

test("numbers stay within a unit's box", () => {
  for (const x of [0, 0.123456, -0.5, -12.345, 123.456, 1e-7, -9.999e5, 1e300, -0.004]) assert.ok(brief(x).length <= 6, brief(x));
  assert.deepEqual([brief(-0.456), brief(1), brief(0), brief(null), brief(12.34, 4)], ["−0.46", "1.00", "0", "–", "12"]);
});

const found = {
  sizes: [1, 1, 1], names: ["tanh", "identity", "half_squared_error"], x: [2], target: [0], W: [[[3]], [[4]]], b: [[0], [0]], z: [[6], [4]], a: [[1], [4]], delta: [[0.5], [4]], dW: [[[1]], [[4]]], updates: 0, most: 9, rate: 1, mismatch: "",
  steps: [["start"], ["forward-edge", 0, 0, 0, 2, 6, 6], ["forward-node", 0, 0, 6, null, null], ["forward-edge", 1, 0, 0, 1, 4, 4], ["forward-node", 1, 0, 4, null, null], ["loss"], ["backward-node", 1, 0, 4, 4, 1], ["backward-edge", 1, 0, 0, 4, 16, 16], ["backward-node", 0, 0, 6, 16, 0.03], ["backward-edge", 0, 0, 0, 0.5, 1.5, 1.5], ["update"]],
};

test("at each step is known what was computed until then, and nothing more", () => {
  const start = knownAt(found, 0), edge = knownAt(found, 1), unit = knownAt(found, 2), back = knownAt(found, 7), end = knownAt(found, 99);
  assert.deepEqual([start.value(0, 0), start.value(1, 0), start.active, start.loss], [2, undefined, null, false]);
  assert.deepEqual([edge.sum(1, 0), edge.value(1, 0), edge.active], [6, undefined, { kind: "edge", layer: 0, i: 0, j: 0 }]);
  assert.deepEqual([unit.value(1, 0), unit.active], [1, { kind: "node", column: 1, unit: 0 }]);
  assert.deepEqual([back.back(1, 0), back.delta(1, 0), back.gradient(1, 0, 0), back.gradient(0, 0, 0), back.backward], [16, undefined, 4, undefined, true]);
  assert.deepEqual([end.gradient(0, 0, 0), end.moved], [1, true]);
});

test("one may stop at units only", () => {
  const stops = stopsOf(found.steps, true);
  assert.deepEqual(stops, [0, 2, 4, 5, 6, 8, 10]);
  assert.equal(stopAt(stops, 7), 4);
  assert.equal(stopsOf(found.steps, false).length, found.steps.length);
});

test("arrow keys reach every unit and every weight, and never leave the network", () => {
  const sizes = [2, 3, 1], seen = new Set(), queue = [{ kind: "node", column: 0, unit: 0 }];
  while (queue.length) {
    const part = queue.pop(), key = JSON.stringify(part);
    assert.deepEqual(heldPart(sizes, part), part);
    if (seen.has(key)) continue;
    seen.add(key);
    for (const pressed of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"]) queue.push(netMoved(sizes, part, pressed));
  }
  assert.equal(seen.size, 6 + 9);
  assert.equal(netMoved(sizes, { kind: "node", column: 0, unit: 0 }, "a"), null);
  assert.deepEqual(heldPart([1, 1], { kind: "edge", layer: 1, i: 0, j: 0 }), { kind: "node", column: 0, unit: 0 });
});

test("labels are shown where they have room, and boxes lie apart at any width", () => {
  assert.ok(netLayout([2, 3, 1], 900, 320, 1).labels.every(({ shown }) => shown));
  assert.ok(netLayout([6, 6, 6, 6, 3], 900, 320, 1).labels.every(({ shown }) => !shown));
  for (const sizes of [[2, 3, 1], [6, 6, 6, 6, 3]]) for (const width of [286, 620, 1150]) {
    const { x, y, wide, high } = netLayout(sizes, width, 320, 1);
    assert.ok(x[0] - wide / 2 >= 0 && x[x.length - 1] + wide / 2 <= width);
    x.slice(1).forEach((v, k) => assert.ok(v - x[k] > wide, `${width} ${sizes}`));
    for (const column of y) column.slice(1).forEach((v, k) => assert.ok(v - column[k] > high));
  }
  assert.ok(labelPlace([50, 150], [20, 100, 180], 0.1).gap > 10);
});

test("a changed share leaves the others their ratio", () => {
  assert.deepEqual(sharedTarget([1, 0, 0], 1, 0.5), [0.5, 0.5, 0]);
  assert.deepEqual(sharedTarget([1, 0, 0], 0, 0.4), [0.4, 0.3, 0.3]);
  assert.deepEqual(sharedTarget([0.2, 0.8], 0, 7), [1, 0]);
});
