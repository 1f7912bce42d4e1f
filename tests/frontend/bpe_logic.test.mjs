import assert from "node:assert/strict";
import { test } from "node:test";
import { bpeRows, bpeWords, pairText, perToken, pieceColour, pieceText, tieWords, together } from "../../llm_widgets/widgets/bpe_logic.js";
import { fill } from "../../llm_widgets/widgets/kit.js";

const t = (message, values) => fill(message, values);
const known = { first: 2, vocabulary: ["a", " ", "a ", ["E7 9A"]], merges: [[0, 1, 2]], tokens: [8, 5], sizes: [2, 3], order: [0], common: [[0, 1]], shown: 8, characters: 8, words: 1, different: 1, greedy: [] };
const now = { step: 1, alphabet: "bytes", cuts: [], tokens: 5, vocabulary_size: 3, merged: [0, 1, 2, 3], own: { ids: [], pieces: [], ends: [], applied: [] }, hidden: false, pairs: [[2, 0, 2]], tied: 1, next: [2, 0, 2], end: false, there: 1, complete: true, guess: null, right: false, guesses: 0, rights: 0 };

test("pieces are seen: spaces, bytes, what is not known", () => {
  assert.equal(pieceText("a b\n"), "a␣b↵");
  assert.equal(pieceText(["E7 9A"]), "E7 9A");
  assert.equal(pieceText(undefined), "�");
  assert.equal(pairText(known, [2, 0]), "“a␣” + “a”");
  assert.deepEqual([-1, 0, 2, 8].map((id) => pieceColour(id, 2)), ["unknown", "", "0", "0"]);
});

test("the status says what was merged, what is left, and what comes", () => {
  assert.equal(bpeWords(now, known, 9, t), "Merge 1: “a” + “␣” became “a␣”, 3 times. 5 tokens, 1.6 characters a token. Next: “a␣” + “a”, which stands 2 times.");
  assert.match(bpeWords({ ...now, step: 0, merged: null }, known, 9, t), /^Before the first merge/);
  assert.match(bpeWords({ ...now, complete: false, there: 4 }, known, 9, t), /4 of 9 merges are learned so far/);
  assert.match(bpeWords(now, known, 1, t), /ask for more below/);
  assert.match(bpeWords({ ...now, end: true, next: null }, known, 9, t), /come to its end/);
  assert.match(bpeWords({ ...now, step: 0, merged: null, end: true, next: null }, known, 9, t), /nothing to merge/);
  assert.match(bpeWords(now, { ...known, greedy: [8, 4] }, 9, t), /With the commonest pairs alone it would be 4 tokens/);
  assert.match(bpeWords(now, { ...known, characters: 0 }, 9, t), /no text/);
});

test("a guess is judged, and nothing is told before it", () => {
  const hidden = bpeWords({ ...now, hidden: true, next: null, tied: 0, complete: false }, known, 9, t);
  assert.match(hidden, /Guess in the table\.$/);
  const guessed = { ...now, guesses: 3, rights: 2 };
  assert.match(bpeWords({ ...guessed, guess: [2, 0], right: true }, known, 9, t), /Right: it stands most often\. 2 of 3/);
  assert.match(bpeWords({ ...guessed, guess: [0, 0], right: true }, known, 9, t), /Right: “a” \+ “a” stands as often/);
  assert.match(bpeWords({ ...guessed, guess: [0, 0], right: false }, known, 9, t), /No: “a” \+ “a” does not/);
});

test("ties are told", () => {
  assert.match(tieWords({ ...now, tied: 4 }, t), /^As common as the first: 3 more/);
  assert.match(tieWords(now, t), /No other/);
  assert.equal(tieWords({ ...now, end: true }, t), "");
  assert.match(tieWords({ ...now, hidden: true }, t), /with your guess/);
});

test("a merge that applies twice in a word is one line, in two words it is two", () => {
  const bytes = (...names) => names.map((name) => [0, [name]]), text = (...names) => names.map((name) => [0, name]);
  assert.deepEqual(together([[4, bytes("E7", "9A", "E7 9A")], [4, bytes("E7 9A", "E7 9A")], [5, bytes("E7 9A E7 9A")]]).map((one) => one[1].length), [2, 1]);
  assert.equal(together([[0, text("ab")], [0, text("ab", "c")]]).length, 2);
});

test("the table has every step so far", () => {
  const { columns, rows } = bpeRows(known, 1, t);
  assert.deepEqual(rows, [[0, null, null, null, 8, 2, "1"], [1, "a", "␣", "a␣", 5, 3, "1.6"]]);
  assert.equal(columns.length, rows[0].length);
  assert.equal(perToken({ ...known, tokens: [0] }, 0), null);
});
