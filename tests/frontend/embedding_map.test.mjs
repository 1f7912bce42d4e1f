// What the embedding map computes without a document.
import assert from "node:assert/strict";
import { test } from "node:test";
import { WHOLE, between, labelBox, matches, movedMap, placeLabels, pointAt, pointBeyond, reachOf, revealingMap, roundedTop, shadeOf, unpackPoints, zoomedMap } from "../../llm_widgets/widgets/embedding_map_logic.js";
import { drawPoints, packedColour, pointColours, rgbOf } from "../../llm_widgets/widgets/embedding_map_draw.js";

test("points come from two bytes a coordinate, little end first, from any place in a buffer", () => {
  const bytes = new Uint8Array([9, 0, 0, 255, 255, 0, 128]);
  assert.deepEqual([...unpackPoints(new DataView(bytes.buffer, 1, 4), 2)], [-2, 2]);
  assert.ok(Math.abs(unpackPoints(bytes.buffer.slice(5), 2)[0]) < 1e-4);
});

test("the scale changes seldom and never cuts a point off", () => {
  for (const most of [1e-6, 0.05, 0.999, 1, 1.0001, 3.7, 1e6]) {
    assert.ok(roundedTop(most) >= most * (1 - 1e-9) && roundedTop(most) <= most * 1.2501, String(most));
    assert.equal(roundedTop(roundedTop(most)), roundedTop(most));
  }
  assert.equal(roundedTop(0), 1);
  assert.deepEqual(reachOf(new Float32Array([-1, 0, 0.5, -0.25])), [1, roundedTop(0.25)]);
  assert.deepEqual([...between(new Float32Array([0, 10]), new Float32Array([1, 20]), 0.5, new Float32Array(2))], [0.5, 15]);
});

test("zooming keeps its place, and nothing goes beyond the edges", () => {
  const near = zoomedMap(WHOLE, 4, 0.5, -0.25);
  assert.ok(Math.abs((0.5 - near.x) * 4 - 0.5) < 1e-12 && near.zoom === 4);
  assert.deepEqual(zoomedMap(near, 1e-9), WHOLE);
  assert.equal(zoomedMap(near, 1e9).zoom, 60);
  assert.equal(movedMap(near, 100, 0).x, 0.75);
  assert.deepEqual(movedMap(WHOLE, 1, 1), WHOLE);
  assert.equal(revealingMap(near, near.x, near.y).x, near.x);
  assert.ok(Math.abs(revealingMap(near, -0.5, 0).x - -0.5) <= 0.9 / 4 + 1e-12);
});

test("the nearest point is found, and the next one in each direction", () => {
  const screen = new Float32Array([0, 0, 10, 1, 30, 0, 0, 20, 9, 9]);
  assert.equal(pointAt(screen, 11, 2, 14), 1);
  assert.equal(pointAt(screen, 100, 100, 14), -1);
  assert.deepEqual([pointBeyond(screen, 0, 1, 0), pointBeyond(screen, 0, 0, 1), pointBeyond(screen, 0, -1, 0), pointBeyond(screen, 2, -1, 0)], [1, 3, -1, 1]);
});

test("labels never overlap, stay inside, and keep their side", () => {
  const screen = Float32Array.from({ length: 400 }, (_, i) => ((i * 7919) % 401) * (i % 2 ? 0.7 : 1.6)), area = { left: 0, top: 0, right: 640, bottom: 280 };
  const options = { height: 16, gap: 5, most: 40 }, width = (/** @type {number} */ row) => 20 + (row % 5) * 12, rows = Array.from({ length: 200 }, (_, i) => i);
  const placed = placeLabels(rows, screen, width, area, options);
  assert.ok(placed.size > 15 && placed.size <= 40);
  const boxes = [...placed].map(([row, side]) => labelBox(screen[2 * row], screen[2 * row + 1], width(row), 16, 5, side));
  for (const [i, a] of boxes.entries()) {
    assert.ok(a.left >= 0 && a.right <= 640 && a.top >= 0 && a.bottom <= 280);
    for (const b of boxes.slice(i + 1)) assert.ok(a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top);
  }
  const again = placeLabels([...placed.keys()], screen, width, area, { ...options, before: placed });
  assert.deepEqual([...again], [...placed]);
});

test("a search finds the same name first, then beginnings, whatever the case and the form of accents", () => {
  const names = ["unlike", "Like", "likely", "café", "<b>", "爱"];
  assert.deepEqual(matches(names, " like "), [1, 2, 0]);
  assert.deepEqual(matches(names, "cafe\u0301"), [3]);
  assert.deepEqual([matches(names, ""), matches(names, "zzz"), matches(names, "<b>"), matches(names, "爱")], [[], [], [4], [5]]);
});

test("half positive is white, counts are logarithmic, and a disc is drawn in its colour", () => {
  assert.deepEqual([shadeOf("polarity", 0.5, 0, 1), shadeOf("polarity", 0.95, 0, 1), shadeOf("polarity", 0.1, 0, 1)], [0, 1, -1]);
  assert.ok(Math.abs(shadeOf("count", 10, 1, 100) - 0.5) < 1e-12);
  assert.equal(shadeOf("count", 7, 7, 7), 0.5);
  assert.deepEqual([rgbOf("rgb(1, 2, 3)"), rgbOf("color(srgb 0 1 0.5)")], [[1, 2, 3], [0, 255, 128]]);
  const white = pointColours("polarity", new Float32Array([0.5]), 1, [1, 1, 1]).colours[0];
  assert.equal(white, packedColour([255, 255, 255]));
  const raster = { data: new Uint32Array(400), width: 20, height: 20, image: /** @type {any} */ (null) };
  drawPoints(raster, new Float32Array([10, 10, -50, 3, 0, 0, 10.4, 10.4]), 1, 3, new Uint32Array([white, 1, 2, packedColour([9, 8, 7])]), [0, 1, 2, 3], 0, () => 1);
  assert.equal(raster.data[10 * 20 + 10], (255 << 24 >>> 0) + white); // the first one lies on top
  assert.equal(raster.data[0] & 0xffffff, 2); // what lies half outside is cut off
});
