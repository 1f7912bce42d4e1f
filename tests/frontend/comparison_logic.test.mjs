import test from "node:test";
import assert from "node:assert/strict";
import { fill } from "../../llm_widgets/widgets/kit.js";
import { losses, overlapping, reading, shown, summary } from "../../llm_widgets/widgets/comparison_logic.js";

const t = (message, values) => fill(message, values);
const way = (more) => ({ count: 3, ratio: 1, vocabulary: 9, unknown: [], different: 0, lossless: true, lost: {}, pieces: [], parts: [], ...more });

test("what cannot be seen is made visible", () => {
  assert.deepEqual([" a", "\n", "<E4 BD>", "<E4>", "<a>", "\u0301", "\ufe0f", "\u200d", "é", "👍🏽"].map(shown), ["␣a", "↵", "E4 BD", "E4", "<a>", "◌\u0301", "⟨FE0F⟩", "⟨200D⟩", "é", "👍🏽"]);
});

test("pieces with the same characters, and those that part one character", () => {
  const pieces = [["a", 1, true, 0, 1], ["E4", 2, true, 1, 2], ["BD", 3, true, 1, 2], ["bc", 4, true, 4, 6]];
  assert.deepEqual(overlapping(pieces, 0, 2), [0, 1, 2]);
  assert.deepEqual(overlapping(pieces, 1, 2), [1, 2]);
  assert.deepEqual(overlapping(pieces, 2, 4), []);
  assert.deepEqual(overlapping(pieces, 5, 99), [3]);
});

test("losses in words", () => {
  assert.equal(losses(way({}), t), "");
  assert.equal(losses(way({ unknown: [["US", 2], ["x", 1]], different: 3, lost: { unknown: 4, spaces: 1200 } }), t), "Lost: 4 unknown: US × 2, x …; white space at 1,200 places.");
});

test("all counts in one sentence", () => {
  const found = { characters: 5, shown: 5, pending: [], ways: { bytes: way({}), words: way({ count: 2, lossless: false }) } };
  assert.equal(summary(found, t), "5 characters make so many tokens: Words 2, Bytes 3. The text comes back without loss from: Bytes.");
  assert.match(summary({ ...found, characters: 1e6, seconds: 0.5, ways: { words: way({ lossless: false }) } }, t), /^1,000,000 .* none of them\. All are counted, in 0\.5 s; the first 5 characters are drawn\.$/);
  assert.match(summary({ ...found, characters: 0 }, t), /^Write or paste/);
  assert.match(summary({ ...found, pending: ["bpe", "segments"] }, t), /Words 2, Bytes 3\. Still counting: Chinese words, BPE\.$/);
});

test("how the bits of a character are read", () => {
  assert.match(reading({ code_point: 65, first: 0, most: 127, bytes: [[65, "0", "1000001"]] }, t), /^The 0 in front .* From U\+0000 to U\+007F one byte is enough\.$/);
  const han = { code_point: 0x4e2d, first: 0x800, most: 0xffff, bytes: [[228, "1110", "0100"], [184, "10", "111000"], [173, "10", "101101"]] };
  assert.equal(reading(han, t), "1110 in front says: 3 bytes belong together. 10 says: this byte goes on with a character. The other 16 bits, one after the other, are the code point. From U+0800 to U+FFFF it takes 3 bytes.");
});
