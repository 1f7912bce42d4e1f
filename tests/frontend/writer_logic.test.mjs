import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "../../llm_widgets/widgets/kit.js";
import { MAX_PROMPT, after, chances, choice, filled, history, learned, promptNotes, short } from "../../llm_widgets/widgets/writer_logic.js";

const sample = (/** @type {number} */ step) => ({ step, prompt: "a", text: `b${step}`, loss: 1 });
const steps = (/** @type {ReturnType<typeof history>} */ h) => h.samples.map((s) => s.step);

test("samples are put behind each other, and a fresh series replaces them", () => {
  const h = history();
  assert.equal(h.index, -1);
  h.take(true, [sample(1), sample(5)], 2);
  h.take(false, [sample(9)], 3);
  assert.deepEqual(steps(h), [1, 5, 9]);
  h.take(true, [], 0);
  assert.deepEqual(steps(h), []);
  assert.equal(h.index, -1);
});

test("of many samples the first and the newest stay", () => {
  const h = history();
  h.take(true, [sample(1), sample(2), sample(3)], 3);
  h.take(false, [sample(4), sample(5)], 3);
  assert.deepEqual(steps(h), [1, 4, 5]);
});

test("the newest is shown until somebody goes back, and again at the right end", () => {
  const h = history();
  h.take(true, [sample(1), sample(5)], 2);
  assert.equal(h.index, 1);
  h.look(0);
  h.take(false, [sample(9)], 3);
  assert.equal(h.index, 0);
  assert.equal(h.following, false);
  h.look(2);
  h.take(false, [sample(12)], 4);
  assert.equal(h.following, true);
  assert.equal(h.index, 3);
});

test("who looks at a sample keeps it when a view opens, loses it with a new run, and moves on when it is dropped", () => {
  const h = history();
  h.take(true, [sample(1), sample(5), sample(9)], 3);
  h.look(1);
  h.take(true, [sample(1), sample(5), sample(9), sample(12)], 4);
  assert.equal(h.index, 1);
  h.take(false, [sample(15)], 4);
  assert.deepEqual(steps(h), [1, 9, 12, 15]);
  assert.equal(h.index, 1);
  assert.equal(h.following, false);
  h.take(true, [], 0);
  h.take(false, [sample(1)], 1);
  assert.equal(h.following, true);
});

test("what is said of a sample", () => {
  assert.equal(after(1, fill), "after 1 batch");
  assert.equal(learned({ step: 1812, loss: 1.534 }, fill), "after 1,812 batches, loss 1.53");
  assert.equal(learned({ step: 2, loss: null }, fill), "after 2 batches");
});

test("settings that do not count are not named", () => {
  assert.equal(choice({ temperature: 0, top_k: 3, top_p: 0.5, seed: 7 }, fill), "temperature 0");
  assert.equal(choice({ temperature: 0.8, top_k: null, top_p: 1, seed: 7 }, fill), "temperature 0.8, seed 7");
  assert.equal(choice({ temperature: 1, top_k: 3, top_p: 0.5, seed: 7 }, fill), "temperature 1, top-k 3, top-p 0.5, seed 7");
});

test("what the model does not read of a prompt is told", () => {
  assert.equal(promptNotes({ tokens: ["a", "b"], known: [true, true], read: 2 }, 2, fill), "");
  assert.match(promptNotes({ tokens: ["a", "b"], known: [true, false], read: 2 }, 2, fill), /^1 not in the vocabulary/);
  assert.match(promptNotes({ tokens: ["a", "b", "c"], known: [true, true, true], read: 1 }, 3, fill), /only the last 1 of these 3/);
  assert.match(promptNotes({}, MAX_PROMPT + 1, fill), /first 500 characters/);
  assert.match(promptNotes({ tokens: [] }, 0, fill), /from nothing/);
});

test("a text on one line is cut between characters", () => {
  assert.equal(short("a\n b", 9), "a b");
  assert.equal(short("👍👍👍", 2), "👍👍…");
});

test("a filled text is its pieces with what was put between them, however odd the text", () => {
  assert.deepEqual(filled("the c_t s_", ["a", "at"]), [["the c", false], ["a", true], ["t s", false], ["at", true], ["", false]]);
  assert.deepEqual(filled("the", ["."]), [["the", false], [".", true], ["", false]], "a gap at the end");
  assert.deepEqual(filled("<b>_", []), [["<b>", false], ["_", true], ["", false]], "what is not filled stays a gap");
  for (const text of ["_", "__", "a_b_c", "\u202e_"]) {
    const fills = [...text.matchAll(/_/g)].map((_, i) => String(i));
    let i = 0;
    assert.equal(filled(text, fills).map(([piece]) => piece).join(""), text.replace(/_/g, () => fills[i++]));
  }
});

test("candidates are said with their chances, and what is not seen is made visible", () => {
  assert.equal(chances([["e", 0.931], [" ", 0.05], ["x", 0.004]]), "e 93 %, \u2423 5 %, x < 1 %");
});

test("the note says how much is read, and that a text without a gap has one at its end", () => {
  const t = (/** @type {string} */ text, /** @type {any} */ values) => fill(text, values);
  assert.equal(promptNotes({ tokens: [], known: [], read: 0, fills: true, gaps: 0 }, 0, t), "There is no _ in the text: one at its end is filled.");
  assert.equal(promptNotes({ tokens: ["_"], known: [true], read: 1, fills: true, gaps: 1 }, 1, t), "");
});
