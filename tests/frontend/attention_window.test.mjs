import assert from "node:assert/strict";
import { test } from "node:test";
import { squareAt } from "../../llm_widgets/widgets/attention_draw.js";
import { isWhole, listed, moved, revealing, whole, zoomed } from "../../llm_widgets/widgets/attention_window.js";

test("zooming keeps the cell under the pointer in its place, and ends at both ends", () => {
  let part = whole(512, 512);
  for (let i = 0; i < 30; i += 1) {
    const at = (300 - part.q0) / part.rows;
    part = zoomed(part, 1.5, 300, 100, 512, 512);
    assert.ok(Math.abs((300 - part.q0) / part.rows - at) <= 1 / part.rows, JSON.stringify(part));
  }
  assert.deepEqual([part.rows, part.cols], [6, 6]);
  for (let i = 0; i < 30; i += 1) part = zoomed(part, 1 / 1.5, 300, 100, 512, 512);
  assert.ok(isWhole(part, 512, 512));
  assert.deepEqual(part, whole(512, 512));
});

test("a small map is not zoomed, and a long one on its long axis alone", () => {
  assert.deepEqual(zoomed(whole(3, 3), 2, 1, 1, 3, 3), whole(3, 3));
  assert.deepEqual(zoomed(whole(4, 100), 2, 1, 50, 4, 100), { rows: 4, cols: 50, q0: 0, k0: 25 });
});

test("a part never leaves the map, and moves as little as is needed", () => {
  const part = { q0: 10, k0: 10, rows: 20, cols: 20 };
  assert.deepEqual(moved(part, -99, 999, 100, 100), { ...part, q0: 0, k0: 80 });
  assert.equal(revealing(part, 15, 15, 100, 100).q0, 10);
  assert.deepEqual(revealing(part, 30, 9, 100, 100), { ...part, q0: 11, k0: 9 });
  assert.deepEqual(revealing(part, null, null, 100, 100), part);
});

test("a list shows all, or the chosen in their order, or those around one", () => {
  assert.deepEqual(listed(3, 5, [2], 0), [0, 1, 2]);
  assert.deepEqual(listed(100, 3, [50, 7, 99, 1], 0), [7, 50, 99]);
  assert.deepEqual(listed(100, 4, null, 50), [48, 49, 50, 51]);
  assert.deepEqual(listed(100, 4, null, 99), [96, 97, 98, 99]);
  assert.deepEqual(listed(100, 4, [], 0), [0, 1, 2, 3]);
});

test("a point is a square, a name, or nothing", () => {
  const box = { left: 50, top: 40, cellW: 10, cellH: 20 }, part = { q0: 5, k0: 7, rows: 3, cols: 4 };
  assert.deepEqual(squareAt(box, part, 61, 61), { query: 6, key: 8 });
  assert.deepEqual(squareAt(box, part, 20, 95), { query: 7, key: null });
  assert.deepEqual(squareAt(box, part, 89, 10), { query: null, key: 10 });
  assert.equal(squareAt(box, part, 20, 10), null);
  assert.equal(squareAt(box, part, 91, 50), null);
  assert.equal(squareAt(box, part, 60, 101), null);
});
