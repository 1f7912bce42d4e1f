import assert from "node:assert/strict";
import { test } from "node:test";
import { keepAttention } from "../../llm_widgets/widgets/attention_store.js";

function host(traits = {}) {
  const sent = [], listeners = new Set();
  const model = { get: (name) => traits[name], send: (content) => sent.push(content), on: (_, f) => listeners.add(f), off: (_, f) => listeners.delete(f) };
  const store = keepAttention(model), tell = (content, ...buffers) => listeners.forEach((f) => f({ generation: 1, odd: null, live: true, ...content }, buffers));
  const begin = (steps) => tell({ type: "begin", shape: [1, 1, 1, 2], queries: ["a"], keys: ["b", "c"], steps, step: steps.at(-1) }, Uint8Array.from([1, 2]).buffer);
  return { store, sent, tell, begin, listeners };
}

test("a snapshot that is there is given, another one asked for once", () => {
  const { store, sent, tell, begin } = host();
  begin([0, 10]);
  assert.deepEqual([...store.bytes(10)], [1, 2]);
  assert.equal(store.bytes(0), undefined);
  assert.equal(store.bytes(0), undefined);
  assert.deepEqual(sent, [{ type: "want", generation: 1, step: 0 }]);
  tell({ type: "maps", step: 0, steps: [0, 10] }, new DataView(Uint8Array.from([9, 3, 4]).buffer, 1));
  assert.deepEqual([...store.bytes(0)], [3, 4]);
});

test("a frame brings the newest, and makes exact numbers of the same step old", () => {
  const { store, sent, tell, begin } = host(), heard = [];
  store.views.add((content) => heard.push(content.type));
  begin([0]);
  store.askExact(0, 0, 0);
  assert.equal(sent[0].exact, true);
  tell({ type: "exact", step: 0, layer: 0, head: 0 }, Float32Array.from([0.25, 0.75]).buffer);
  assert.deepEqual([...store.exact(0, 0, 0)], [0.25, 0.75]);
  tell({ type: "frame", step: 0, steps: [0] }, Uint8Array.from([5, 6]).buffer);
  assert.equal(store.exact(0, 0, 0), undefined);
  tell({ type: "frame", step: 7, steps: [0, 7] }, Uint8Array.from([7, 8]).buffer);
  assert.deepEqual(store.about.steps, [0, 7]);
  assert.deepEqual([...store.bytes(7)], [7, 8]);
  assert.deepEqual(heard, ["begin", "exact", "frame", "frame"]);
});

test("news of something unknown is not shown, and its beginning asked for", () => {
  const { store, sent, tell } = host();
  tell({ type: "frame", step: 3, steps: [3] }, Uint8Array.from([7, 8]).buffer);
  assert.deepEqual(sent, [{ type: "hello" }]);
  assert.equal(store.has(3), false);
});

test("a page of its own asks nobody, and an end is an end", () => {
  const { store, sent, begin, listeners } = host({ _standalone: true });
  begin([0, 1]);
  assert.equal(store.bytes(0), undefined);
  assert.deepEqual(sent, []);
  store.dispose();
  assert.equal(listeners.size, 0);
});

test("memory is bounded, and what is needed stays", () => {
  const { store, tell, begin } = host();
  begin([0]);
  const large = new ArrayBuffer(40_000_000);
  for (let step = 1; step <= 6; step += 1) tell({ type: "frame", step, steps: [0, step] }, large);
  assert.deepEqual([3, 4, 5, 6].map((step) => store.has(step)), [false, true, true, true]);
});

test("a saved notebook has no kernel: the pictures in its state are shown", () => {
  const picture = new DataView(Uint8Array.from([9, 9, 1, 2, 3, 4]).buffer, 2);
  const { store, sent } = host({ _picture: picture, _about: { type: "begin", generation: 3, shape: [1, 1, 1, 2], queries: ["a"], keys: ["b", "c"], steps: [0, 10], odd: null, live: true, step: 10 } });
  assert.deepEqual([store.about.steps, [...store.bytes(0)], [...store.bytes(10)]], [[0, 10], [1, 2], [3, 4]]);
  assert.deepEqual(sent, []);
  assert.equal(host({ _picture: new DataView(new ArrayBuffer(0)), _about: {} }).store.about.generation, -1);
});
