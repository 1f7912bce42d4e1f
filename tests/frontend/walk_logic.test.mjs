import assert from "node:assert/strict";
import test from "node:test";
import { walkColumns, walkFixed, walkFlow, walkLargest, walkMoved, walkPath, walkPower, walkRaised } from "../../llm_widgets/widgets/walk_logic.js";

test("single steps lead through every turn and back again", () => {
  let here = { step: 0, turn: 0 };
  const seen = [];
  for (let i = 0; i < 60; i += 1) {
    seen.push(`${here.turn}:${here.step}`);
    const { places, at } = walkPath(here, 3, 16, true);
    assert.deepEqual(places[at], here);
    here = places[at + 1];
  }
  assert.deepEqual(seen.slice(14, 18), ["0:14", "0:15", "1:3", "1:4"]);
  assert.equal(seen.length, new Set(seen).size);
  for (const before of seen.reverse()) {
    const { places, at } = walkPath(here, 3, 16, true);
    here = places[at - 1];
    assert.equal(`${here.turn}:${here.step}`, before);
  }
  const { places, at } = walkPath({ step: 7, turn: 4 }, 3, 16, false);
  assert.deepEqual([places[0], places.at(-1), places[at]], [{ step: 0, turn: 0 }, { step: 15, turn: 4 }, { step: 7, turn: 4 }]);
  assert.deepEqual(walkPath({ step: 1, turn: 9 }, 3, 16, true).places[2], { step: 2, turn: 9 }, "what is before the loop keeps the turn");
});

test("boxes lie side by side within the width, and every arrow begins and ends at a box", () => {
  for (const u of [1, 1.6]) for (const width of [286, 320, 540, 700, 900, 1168]) for (const [count, back] of [[7, 3], [4, 0]]) {
    const { boxes, arrows, height, label } = walkFlow(width, u, 22 * u, count, walkColumns(width, u), back);
    assert.equal(arrows.length, count);
    for (const [i, a] of boxes.entries()) {
      assert.ok(a.x >= 0 && a.x + a.w <= width + 1e-6 && a.y >= 22 * u && a.y + a.h <= height, `box ${i} at ${width}`);
      for (const b of boxes.slice(0, i)) assert.ok(a.x >= b.x + b.w || b.x >= a.x + a.w || a.y >= b.y + b.h || b.y >= a.y + a.h);
    }
    const touches = ([x, y], b) => x >= b.x - 1e-6 && x <= b.x + b.w + 1e-6 && y >= b.y - 1e-6 && y <= b.y + b.h + 1e-6;
    arrows.forEach(({ points, loop }, i) => {
      assert.ok(touches(points[0], boxes[i]) && touches(points.at(-1), boxes[loop ? back : i + 1]));
      for (const [x, y] of points) assert.ok(x >= 0 && x <= width && y <= height);
    });
    assert.ok(label.x >= 0 && label.x + label.w <= width + 1e-6 && label.w > 80);
  }
});

test("a key moves within the matrix", () => {
  assert.deepEqual(walkMoved("ArrowDown", [7, 0], 8, 3), [7, 0]);
  assert.deepEqual(walkMoved("End", [2, 0], 8, 3), [2, 2]);
  assert.deepEqual(walkMoved("PageUp", [12, 1], 30, 3), [4, 1]);
  assert.equal(walkMoved("a", [0, 0], 8, 3), null);
});

test("numbers of cells share one power of ten and have no negative zero", () => {
  assert.equal(walkLargest([[1, null], [-3, 2]]), 3);
  assert.deepEqual([1.2, 0.05, 0.00037, 4e5].map(walkPower), [0, 0, -4, 5]);
  assert.equal(walkRaised(-14), "⁻¹⁴");
  assert.deepEqual([walkFixed(-0.001, 2), walkFixed(-0.012, 2), walkFixed(10, 1)], ["0.00", "−0.01", "10.0"]);
});
