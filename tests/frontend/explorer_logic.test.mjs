import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "../../llm_widgets/widgets/kit.js";
import { cellsOf, choosing, fit, layout, python, rowName, scaleTop, searching, segments, share, shown, undecided, worth } from "../../llm_widgets/widgets/explorer_logic.js";

/** @typedef {import("../../llm_widgets/widgets/explorer_logic.js").Bars} Bars */
/** @param {Partial<Bars>} some @returns {Bars} */
const bars = (some = {}) => ({ rows: [[1, " cat", 7, 2, 0.5, 0.6], [2, "\n", 8, 1, 0.3, 0.4]], others: [1, 0.2, 0], kept: 2, count: 3, chosen: 8, before: 0.6, draw: 0.75, entropy: [1.5, 1], log_probability: -4, written: 2, ...some });

test("the scale is the first round share that holds all bars", () => {
  assert.deepEqual([[0.01], [0.05], [0.051, 0.02], [0.3], [0.9], [], [1.0000001]].map(scaleTop), [0.05, 0.05, 0.1, 0.5, 1, 0.05, 1]);
});

test("shares are about as wide as each other, and what is tiny is not called nothing", () => {
  assert.deepEqual([0, 1e-9, 0.00123, 0.123, 0.99951, 1].map(share), ["0 %", "< 0.01 %", "0.12 %", "12.3 %", "100 %", "100 %"]);
});

test("any token can be seen and fits", () => {
  assert.equal(shown(" a\n"), "␣a↵");
  assert.equal(shown(""), "∅");
  assert.equal(fit("abcdef", 6), "abcdef");
  assert.equal(fit("abcdefg", 6), "abcde…");
  assert.equal(fit("春眠不觉晓", 6), "春眠…");
  assert.ok(cellsOf(fit("春眠不觉晓", 6)) <= 6);
  assert.equal(fit("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 3), "👩‍👩‍👧‍👦…");
  assert.equal(fit("\ud800", 3), "\ud800");
});

test("the pieces of the line are as wide as the probabilities, and the draw falls on the chosen one", () => {
  const found = segments(bars()), on = found.filter((piece) => piece.start <= 0.75 && 0.75 < piece.start + piece.width);
  assert.deepEqual(found.map((piece) => [piece.start, piece.width]), [[0, 0.6], [0.6, 0.4]]);
  assert.deepEqual(on.map((piece) => piece.chosen), [true]);
});

test("a chosen token far down lies within the piece of all others", () => {
  const far = segments(bars({ rows: [[1, "a", 1, 2, 0.5, 0.5], [40, "z", 9, 0, 0.1, 0.1]], others: [60, 0.4, 0.4], kept: 62, chosen: 9, before: 0.7 }));
  assert.deepEqual(far.map((piece) => [piece.token, piece.start, piece.chosen]), [["a", 0, false], ["z", 0.7, true], ["", 0.5, false]]);
  assert.ok(Math.abs(far[2].width - 0.5) < 1e-9);
});

test("branches keep their row, and new ones lie under them", () => {
  const spots = layout({ kind: "branches", here: 4, nodes: [[3, -1, "a", true, true, null], [4, 0, "b", false, false, -1], [5, 1, "c", false, false, -1], [6, 1, "d", false, false, -1], [7, 0, "e", false, true, -1]] }, fill);
  assert.deepEqual(spots.map(({ column, row }) => [column, row]), [[0, 0], [1, 0], [2, 0], [2, 1], [1, 2]]);
  assert.equal(spots.filter((spot) => spot.here).length, 1);
  const places = spots.map(({ column, row }) => `${column}.${row}`);
  assert.equal(new Set(places).size, places.length);
  assert.equal(layout({ kind: "branches", here: 0, nodes: [[0, -1, "", true, true, null]] }, fill)[0].text, "start");
});

test("beams lie in the order of their scores, the winner is marked, and each line leads to its parent", () => {
  /** @type {any} */ const tree = { kind: "beams", root: "x", over: true, best: [1, 0], viewed: [1, 0], levels: [[[0, "a", -1, -1, true, false], [0, "b", -2, -2, true, false], [0, "c", -3, -3, false, false]], [[1, "d", -1, -2, true, true], [0, "e", -4, -8, false, false]]] };
  const spots = layout(tree, fill);
  assert.deepEqual(spots.map(({ column, row, parent }) => [column, row, parent]), [[0, 0, -1], [1, 0, 0], [1, 1, 0], [1, 2, 0], [2, 0, 2], [2, 1, 1]]);
  assert.equal(spots[4].text, "★ d");
  assert.match(spots[4].kind, /kept ended on won/);
  assert.match(spots[3].kind, /dropped/);
  assert.equal(spots[4].note, "−1.00");
  assert.equal(searching(tree, 2, fill), "The search has ended. Winner: “bd”, score −1.00. Step goes on from there.");
  assert.equal(searching({ ...tree, levels: [], best: [] }, 2, fill), "");
});

test("what is said", () => {
  assert.equal(choosing("sample", bars(), 1, fill), "The draw 0.750 falls on “↵”. The settings leave 2 of 3 tokens.");
  assert.match(choosing("sample", bars(), 0, fill), /^Temperature 0/);
  assert.match(choosing("greedy", bars(), 1, fill), /^Always the likeliest: “↵”/);
  assert.match(undecided(bars(), fill), /^Entropy 1\.50 bits: as undecided as among 2\.8 .* With the settings: 1\.00 bits, 2\.0 tokens\.$/);
  assert.equal(worth(bars(), fill), "2 tokens written, log-probability −4.00 (−2.00 a token)");
  assert.equal(worth(bars({ written: 0 }), fill), "Nothing written yet after the prompt.");
  assert.match(rowName(bars().rows[0], false, fill), /^1: “␣cat”, 60\.0 %; the model gives it 50\.0 %/);
  assert.match(rowName(bars().rows[0], true, fill), /cut by the settings/);
});

test("what was done by hand can be written down", () => {
  assert.equal(python("A \"b\"\n", { strategy: "sample", temperature: 0.8, top_k: null, seed: 3 }, [7, 8]), 'explorer = lw.TokenExplorer(source, "A \\"b\\"\\n", strategy="sample", temperature=0.8, top_k=None, seed=3)\nfor token in [7, 8]:\n    explorer.take(token)\nexplorer\n');
});
