import test from "node:test";
import assert from "node:assert/strict";
import { CHAINS, environment, leftOut, linkOf, operations, orDash, value, written } from "../../llm_widgets/widgets/architecture_logic.js";
import { structure } from "../../llm_widgets/widgets/diagram_logic.js";

test("a formula with its sizes put in", () => {
  const formula = ["*", 2, ["+", "C", 1], "C", ["/", "F", "H"]];
  assert.equal(value(formula, { C: 4, F: 6, H: 2 }), 120);
  assert.equal(written(formula), "2·(C + 1)·C·(F / H)");
  assert.equal(written(formula, { C: 4096, F: 6, H: 2 }), "2·(4,096 + 1)·4,096·(6 / 2)");
  assert.equal(value(0, {}), 0);
  assert.equal(written("V"), "V");
});

test("a size that is 0 follows from others, and a text is never longer than what is read", () => {
  const found = { sizes: { T: ["max_length", -1, null], C: ["d_model", -1, null], F: ["d_ff", -1, ["*", 4, "C"]], U2: ["lstm_units", 1, null] }, bytes: { int4: { bytes_weight: 0.5 } } };
  const settings = { batch_size: 2, tokens: 100, run_tokens: 7, dtype: "int4" };
  assert.deepEqual(environment(found, { max_length: 8, d_model: 3, d_ff: 0, lstm_units: [5, 6] }, settings), { T: 8, C: 3, F: 12, U2: 6, B: 2, P: 8, Z: 7, bytes_weight: 0.5 });
  assert.equal(environment(found, { max_length: 8, d_model: 3, d_ff: 5, lstm_units: [5, 6] }, { ...settings, tokens: 0 }).P, 8);
});

test("operations in units that have a name, and as powers of ten beyond", () => {
  assert.deepEqual([0, 999, 291_648_307_200, 3.14e23, null, NaN].map(operations), ["0 FLOP", "999 FLOP", "292 GFLOP", "3.14 × 10²³ FLOP", "–", "–"]);
  assert.deepEqual([null, NaN, 5].map((x) => orDash(x, String)), ["–", "–", "5"]);
});

const part = (kind) => ({ id: kind, kind, shape: [1], parameters: 0, row: "", detail: "", step: "" });
const gpt = { edges: [], sections: [
  { name: "", column: 0, count: 1, parts: ["ids", "embedding", "positions"].map(part) },
  { name: "block", column: 0, count: 3, parts: ["norm", "query", "key", "value", "weights", "output", "add", "norm", "up", "activation", "down", "add"].map(part) },
  { name: "", column: 0, count: 1, parts: ["norm", "logits"].map(part) },
] };

test("what each document's chain names", () => {
  const named = (document) => gpt.sections.flatMap((s) => s.parts).map((p) => CHAINS[document][linkOf(p, document)]?.split(" ")[0]);
  assert.deepEqual(named("en"), ["Input", "Embedding", undefined, undefined, "Hidden", "Hidden", "Hidden", "Hidden", "Hidden", undefined, undefined, "Hidden", "Hidden", "Hidden", undefined, undefined, "Output"]);
  assert.deepEqual(named("zh"), [undefined, "Embedding", undefined, undefined, "Self-attention", "Self-attention", "Self-attention", "Self-attention", "Self-attention", undefined, undefined, "Feed-forward", "Feed-forward", "Feed-forward", undefined, undefined, "Output"]);
});

test("and what it leaves out, with how often", () => {
  assert.deepEqual(leftOut(gpt, "zh").map((one) => one.count), [1, 1, 6, 7, 3, 1]);
  assert.equal(leftOut(gpt, "en").length, 8);
  const lstm = { edges: [], sections: [{ name: "", column: 0, count: 1, parts: ["Input", "Embedding", "LSTM", "Dense"].map(part) }] };
  assert.deepEqual(leftOut(lstm, "en"), [{ name: "tokenization: from text to ids", count: 1 }]);
});

test("sizes alone change no structure", () => {
  const wider = structuredClone(gpt);
  wider.sections[0].parts[1].shape = [9];
  wider.sections[0].parts[1].parameters = 12;
  wider.sections[1].count = 5;
  assert.equal(structure(wider), structure(gpt));
  wider.sections[0].parts[1].detail = "shared";
  assert.notEqual(structure(wider), structure(gpt));
});
