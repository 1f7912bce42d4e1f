import assert from "node:assert/strict";
import test from "node:test";
import { fill } from "../../llm_widgets/widgets/kit.js";
import { LOOKUP_ROWS, cosine, lookupCell, lookupLayout, lookupWords, samePlaces, spreadLabels } from "../../llm_widgets/widgets/lookup_logic.js";

const t = (message, values) => fill(message, values);
const now = { name: "", size: [10, 2], tokens: ["a", " ", "a", "z"], ids: [3, 1, 3, -1], known: [true, true, true, false], count: 4, table_rows: [[1, 2], [0, 0.5], [1, 2], [0, 0]], rows: [[2, 2], [0, 1.5], [1, 3], [0, 1]], places: [[1, 0], [0, 1], [0, 1], [0, 1]], apart: 0, top: 2, live: false };

test("everything lies inside, whatever the width and the number of tokens", () => {
  for (const u of [1, 1.6]) for (const width of [288, 320, 619, 620, 1000, 1170]) for (const tokens of [0, 1, 9, LOOKUP_ROWS]) {
    const { strip, out, line, labels, height } = lookupLayout(width, u, tokens);
    for (const box of [strip, out]) {
      assert.ok(box.w > 60 * u && box.x >= 0 && box.x + box.w <= width, `${width} ${u}`);
      assert.ok(box.y + box.h <= height);
    }
    assert.ok(tokens * line <= out.h);
    assert.ok(out.x - labels >= 0);
    if (out.y > strip.y + 1) assert.ok(out.y > strip.y + strip.h + 20 * u);
    else assert.ok(out.x - labels > strip.x + strip.w);
  }
});

test("labels keep their distance and their order, and lie within", () => {
  assert.deepEqual(spreadLabels([5, 50], 10, 0, 100), [5, 50]);
  for (const at of [[0, 0, 0], [99, 99, 100], [1, 2, 3, 50, 51, 52, 98, 99]]) {
    const found = spreadLabels(at, 10, 0, 100);
    found.forEach((y, i) => assert.ok(y >= 0 && y <= 100 && (i === 0 || y - found[i - 1] >= 10 - 1e-9)));
  }
  assert.equal(spreadLabels([1, 2, 3], 60, 0, 100), null);
});

test("the same token is told at all its places, and what becomes of it with places added", () => {
  assert.deepEqual(samePlaces(now, 0), [0, 2]);
  assert.deepEqual(samePlaces(now, 3), []);
  assert.match(lookupWords(now, 2, false, t), /4 tokens take 4 rows .* stands at places 1, 3: the same row 3/);
  assert.match(lookupWords(now, 2, true, t), new RegExp(`their cosine is ${cosine([2, 2], [1, 3]).toFixed(3)}`));
  assert.match(lookupWords(now, 3, false, t), /not in the table/);
  assert.match(lookupWords({ ...now, count: 90 }, 1, false, t), /The first 4 of 90/);
  assert.match(lookupWords({ ...now, tokens: [], ids: [] }, 0, false, t), /Type a text/);
  assert.match(lookupWords({ waiting: true }, 0, false, t), /made ready/);
  assert.equal(lookupCell(now, 2, 1, true, t), "“a” at place 3, number 2 of 2: 2 from row 3, 1 for the place, together 3");
  assert.match(lookupCell(now, 3, 0, true, t), /takes no row/);
  assert.equal(cosine([0, 0], [1, 2]), 0);
});
