import assert from "node:assert/strict";
import { test } from "node:test";
import { change, headName, naming, oddWords, patternWords, readOut, share, shown } from "../../llm_widgets/widgets/attention_text.js";
import { fill } from "../../llm_widgets/widgets/kit.js";

const t = fill, names = (list) => naming(list, t);
const seen = (over) => readOut(t, { query: null, key: null, queries: names(["it", "was"]), keys: names(["The", "animal", "The"]), row: [0.2, 0.7, 0.1], column: [0.3, 0.6], left: null, signed: false, pair: null, ...over });

test("a token is shown so that it can be seen", () => {
  assert.deepEqual([" the", "\n", "", "a\u202eb", "注意力"].map((s) => shown(s)), ["␣the", "↵", "∅", "a⟨202E⟩b", "注意力"]);
  assert.equal(shown("x".repeat(3000)), `${"x".repeat(23)}…`);
  const family = "👩‍👩‍👧‍👦";
  assert.equal(shown(family), family);
  assert.equal([...shown(family.repeat(40)).matchAll(/👦/gu)].length, 23); // cut between pictures
});

test("a token that comes twice has its place with it", () => {
  const name = names(["The", "animal", "The"]);
  assert.deepEqual([0, 1, 2].map(name), ["“The” (no. 1)", "“animal”", "“The” (no. 3)"]);
});

test("shares are read at their own precision", () => {
  assert.deepEqual([0, 0.00005, 0.00195, 0.0123, 0.348, 1, NaN].map(share), ["0 %", "< 0.01 %", "0.2 %", "1.2 %", "35 %", "100 %", "–"]);
  assert.deepEqual([0.32, -0.05, 0].map(change), ["+32", "−5.0", "0"]);
});

test("heads have names, and what they do has words", () => {
  const chosen = { layer: 2, head: 0, layers: 4, heads: 8 };
  assert.equal(headName(t, chosen), "Layer 3, head 1");
  assert.equal(headName(t, { ...chosen, head: null }), "Layer 3, mean of 8 heads");
  assert.equal(headName(t, { ...chosen, layer: null }), "Mean of all 32 heads");
  assert.equal(patternWords(t, { kind: "previous", share: 0.83 }), "Looks mostly at the token before (83 % on average).");
});

test("what is pointed at is said in words", () => {
  assert.match(seen({}), /^Point at a token/);
  assert.equal(seen({ query: 0 }), "“it” looks at “animal” 70 %, “The” (no. 1) 20 %, “The” (no. 3) 10 %.");
  assert.equal(seen({ key: 1 }), "“animal” is looked at by “was” 60 %, “it” 30 %.");
  assert.equal(seen({ query: 0, key: 0 }), "“it” gives “The” (no. 1) 20 % of its attention, rank 2 of 3.");
  assert.equal(seen({ query: 0, key: 0, row: [0, 1, 0] }), "“it” gives “The” (no. 1) no attention.");
  assert.equal(seen({ query: 0, row: [0, 0, 0] }), "“it” looks at nothing: its weights are all zero.");
});

test("what was hidden is said", () => {
  assert.equal(seen({ query: 0, row: [NaN, 1, 0], left: 0.12 }), "“it” looks at “animal” 100 %. The first token is hidden; 12 % of the attention is left and counts as all.");
  assert.equal(seen({ query: 0, row: [NaN, NaN, NaN], left: 0 }), "All its attention went to the first token, which is hidden.");
  assert.match(seen({ query: 0, key: 0, row: [NaN, 1, 0], left: 0.12 }), /^The first token is hidden/);
});

test("a comparison says both", () => {
  assert.equal(seen({ query: 0, signed: true, row: [-0.3, 0.32, 0] }), "“it”: most changed to “animal” +32, “The” (no. 1) −30 (percentage points).");
  assert.equal(seen({ query: 0, key: 1, signed: true, row: [0, 0.32, 0], pair: [0.02, 0.34] }), "From “it” to “animal”: 2.0 %, then 34 % (+32 percentage points).");
  assert.equal(seen({ query: 0, signed: true, row: [0, 0, 0] }), "“it”: nothing has changed.");
});

test("rows that are no shares are warned of", () => {
  assert.equal(oddWords(t, null), "");
  assert.match(oddWords(t, [3, 192, 0.43, 0.97]), /^In 3 of 192 rows .* between 0.43 and 0.97\./);
});
