import assert from "node:assert/strict";
import test from "node:test";
import { fill } from "../../llm_widgets/widgets/kit.js";
import { cosineShort, inCommon, sentencePairs, sentenceWords } from "../../llm_widgets/widgets/sentence_logic.js";

const t = (message, values) => fill(message, values);
const now = { sentences: ["a", "b", "c"], cosines: [[1, 0.9, 0.2], [0.9, 1, 0.3], [0.2, 0.3, 1]], words: [[1, 0.8, 0.9], [0.8, 1, 0], [0.9, 0, 1]], word_lists: [], points: [], share: 1, name: "minilm", size: 3, waits: false, unknown: null };

test("pairs are ordered by what is asked", () => {
  const order = (by, found = now) => sentencePairs(found, by).map(({ i, j }) => `${i}${j}`).join(" ");
  assert.equal(order("encoder"), "01 12 02");
  assert.equal(order("words"), "02 01 12");
  assert.equal(order("apart"), "02 12 01");
  assert.equal(order("encoder", { ...now, cosines: null }), "02 01 12");
});

test("short cosines fit their cells, and zero has no sign", () => {
  assert.deepEqual([1, 0.567, -0.001, -0.05, -1].map(cosineShort), ["1.00", "0.57", "0.00", "−.05", "−1.00"]);
});

test("what is said names both, or the words alone", () => {
  assert.equal(sentenceWords(now, "ready", "MiniLM", t), "For MiniLM 1 and 2 are nearest: cosine 0.90. Farthest from what the words say are 1 and 3: 0.20 for MiniLM, 0.90 for the words.");
  assert.match(sentenceWords({ ...now, cosines: null }, "missing", "MiniLM", t), /^By their words 1 and 3 are nearest: cosine 0.90.$/);
  assert.match(sentenceWords({ ...now, cosines: null }, "loading", "MiniLM", t), /MiniLM is being made ready/);
  assert.deepEqual(inCommon(["the", "dog", "the"], ["the", "cat"]), ["the"]);
});
