import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "../../llm_widgets/widgets/kit.js";
import { contourSegments, drawablePath, heightAxis, raceWords, rank, updateOf } from "../../llm_widgets/widgets/race_logic.js";

const n = 41, grid = (f) => Float64Array.from({ length: n * n }, (_, i) => f((i % n) / 20 - 1, Math.floor(i / n) / 20 - 1));

test("the contour of a bowl is a circle, and closed", () => {
  const segments = contourSegments(grid((x, y) => x * x + y * y), n, 0.2537), ends = new Map();
  for (let i = 0; i < segments.length; i += 2) {
    const x = segments[i] / 20 - 1, y = segments[i + 1] / 20 - 1;
    assert.ok(Math.abs(Math.hypot(x, y) - Math.sqrt(0.2537)) < 0.002, `${x}, ${y}`);
    const key = `${segments[i].toFixed(6)} ${segments[i + 1].toFixed(6)}`;
    ends.set(key, (ends.get(key) ?? 0) + 1);
  }
  assert.ok(segments.length > 4 * 40);
  assert.ok([...ends.values()].every((count) => count === 2), "each end is the beginning of the next");
});

test("a straight slope has straight contours, and a level that is not met none", () => {
  const segments = contourSegments(grid((x) => x), n, 0.33);
  for (let i = 0; i < segments.length; i += 2) assert.ok(Math.abs(segments[i] - 26.6) < 1e-9);
  assert.deepEqual(contourSegments(grid((x) => x), n, 2), []);
  assert.ok(contourSegments(grid((x, y) => x * y), n, 0.001).length > 0);
});

test("ranks rise from 0 to 1", () => {
  const ranks = [-5, 0, 0.5, 1, 2, 9].map((h) => rank(h, [0, 1, 4]));
  assert.deepEqual([...ranks].sort((a, b) => a - b), ranks);
  assert.ok(ranks[0] > 0 && ranks[5] < 1);
});

test("a path that leaves is drawn to the edge and no farther", () => {
  const domain = [[-1, 1], [-1, 1]];
  assert.deepEqual(drawablePath([[0, 0], [0.5, 0.5]], domain), [[0, 0], [0.5, 0.5]]);
  const path = drawablePath([[0, 0], [1e9, 0], [-1e18, 3]], domain);
  assert.equal(path.length, 2);
  assert.ok(path[1][0] > 1 && path[1][0] < 20 && path[1][1] === 0);
});

const racer = (over) => ({ points: [[1, 1], [0.5, 0.5], [0, 0]], heights: [1, 0.25, 0], gradients: [[1, 1], [1, 1]], diverged: false, arrived: null, ...over });
const race = (racers, minima = [[0, 0]]) => ({ surface: "bowl", latex: "", domain: [[-1, 1], [-1, 1]], minima, grid: n, levels: [], racers });

test("the race is told as far as it has gone", () => {
  const now = race({ sgd: racer({ arrived: 2 }), momentum: racer({ diverged: true }), adam: racer({ arrived: 1 }) });
  assert.match(raceWords(now, 0, 2, [1, 1], fill), /Step 0 of 2, all at \(1, 1\)\. Who will be first/);
  assert.match(raceWords(now, 1, 2, [1, 1], fill), /^Step 1 of 2\. First at a minimum: Adam, after 1 steps\. On the way: SGD at height 0\.25, Momentum at height 0\.25\.$/);
  assert.match(raceWords(now, 2, 2, [1, 1], fill), /Adam, after 1 steps\. Then SGD after 2\. Momentum diverged/);
  const none = race({ sgd: racer({}), momentum: racer({}), adam: racer({}) });
  assert.match(raceWords(none, 2, 2, [1, 1], fill), /Not there after 2 steps: SGD, Momentum, Adam/);
  assert.match(raceWords(race({ sgd: racer({ arrived: 1 }), momentum: racer({ arrived: 1 }), adam: racer({}) }, []), 1, 2, [1, 1], fill), /First out of the saddle: SGD, Momentum, after 1/);
});

test("the axis is logarithmic where the lowest is 0, and holds what is drawn", () => {
  const all = { sgd: racer({ heights: [1, 1e40] }), momentum: racer({}), adam: racer({ heights: [1, 1e-30] }) };
  const { log, y } = heightAxis(race(all));
  assert.ok(log && y[0] > 0 && y[0] < y[1] && y[1] <= 1e4);
  assert.equal(heightAxis(race({ sgd: racer({ heights: [1, -1e9] }), momentum: racer({}), adam: racer({}) }, [])).log, false);
  const flat = racer({ heights: [0, 0] });
  assert.ok(heightAxis(race({ sgd: flat, momentum: flat, adam: flat })).y.every(Number.isFinite));
});

test("a step shows the update that comes next, at the end the last one", () => {
  assert.deepEqual([0, 1, 2, 99].map((step) => updateOf(racer({}), step)), [0, 1, 1, 1]);
  assert.equal(updateOf(racer({ gradients: [] }), 0), -1);
});
