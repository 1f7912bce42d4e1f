import test from "node:test";
import assert from "node:assert/strict";
import { changes, explained, linkedWith, named } from "../../llm_widgets/widgets/diagram_logic.js";
import { sees } from "../../llm_widgets/widgets/diagram_signs.js";

const t = (message, values) => (values ? message.replace(/\{(\w+)\}/g, (_, name) => values[name]) : message);
const part = (id, more = {}) => ({ id, kind: "norm", shape: [null, 4], parameters: 8, row: id, detail: "layer", step: "", ...more });
const of = (...parts) => ({ sections: [{ name: "", parts, count: 1, column: 0 }], edges: [["a", "b", "tied"], ["a", "c", "around"]] });

test("what differs between two models, and what is gone", () => {
  assert.deepEqual(changes(of(part("a"), part("b")), of(part("a"), part("b", { parameters: 4 }), part("c"))), { changed: ["b", "c"], gone: [] });
  assert.deepEqual(changes(of(part("a"), part("b")), of(part("b"))), { changed: [], gone: ["a"] });
  assert.deepEqual(changes(of(part("a")), of(part("a"))), { changed: [], gone: [] });
});

test("a box is named by its kind, its detail and its step", () => {
  assert.equal(named(part("a"), t), "Layer normalization");
  assert.equal(named(part("a", { detail: "rms" }), t), "RMS normalization");
  assert.equal(named(part("a", { kind: "weights", detail: "causal unscaled" }), t), "Attention weights");
  assert.equal(named(part("a", { kind: "key", step: "cross", detail: "shared" }), t), "Keys of the encoder");
  assert.match(explained(part("a", { kind: "weights", detail: "causal unscaled" }), t), /later tokens are hidden\. The scores are not divided/);
});

test("connections besides the order are shown, ways around a step are drawn", () => {
  assert.deepEqual([...linkedWith(of(part("a")), "a")], ["b"]);
  assert.deepEqual([...linkedWith(of(part("a")), "b")], ["a"]);
});

test("the little mask hides later tokens, padding, both or nothing", () => {
  const count = (mask) => [0, 1, 2, 3, 4].flatMap((q) => [0, 1, 2, 3, 4].filter((k) => sees(mask, q, k))).length;
  assert.deepEqual(["causal", "padding", "causal_padding", "none"].map(count), [15, 20, 14, 25]);
});
