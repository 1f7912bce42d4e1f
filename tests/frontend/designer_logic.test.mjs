import assert from "node:assert/strict";
import { test } from "node:test";
import { nextStop, outbox, positionOf, sameSpec, shapeText, stepped, stops, typed, withLayer, withoutLayer } from "../../llm_widgets/widgets/designer_logic.js";

const field = (/** @type {object} */ more) => /** @type {any} */ ({ name: "x", kind: "int", minimum: 1, maximum: 500, step: 1, scale: "log2", limit: 10_000, most: 4, ...more });
const dropout = field({ kind: "float", minimum: 0, maximum: 0.9, step: 0.05, scale: "linear", limit: 0.95 });

test("a slider stands at doublings, at both ends and at the presets' values", () => {
  assert.deepEqual(stops(field({}), [100, 100, 9999]), [1, 2, 4, 8, 16, 32, 64, 100, 128, 256, 500]);
  assert.deepEqual(stops(field({ minimum: 2, maximum: 10_000 })).slice(-3), [4096, 8192, 10_000]);
  assert.equal(stops(dropout).length, 19);
  assert.equal(stops(dropout)[3], 0.15);
});

test("every stop lies at its own index, values between lie between, values beyond at the ends", () => {
  for (const f of [field({}), dropout]) {
    const list = stops(f);
    list.forEach((x, i) => assert.ok(Math.abs(positionOf(list, x, f.scale === "log2") - i) < 1e-9));
    assert.equal(positionOf(list, 1e9, true), list.length - 1);
    assert.equal(positionOf(list, -1, true), 0);
  }
  const between = positionOf([64, 128], Math.sqrt(64 * 128), true);
  assert.ok(Math.abs(between - 0.5) < 1e-9);
});

test("arrows go to the next stop, also from a value between two, and stay at the ends", () => {
  const list = [32, 64, 128];
  assert.equal(nextStop(list, 128, -1), 64);
  assert.equal(nextStop(list, 100, -1), 64);
  assert.equal(nextStop(list, 100, 1), 128);
  assert.equal(nextStop(list, 128, 1), 128);
  assert.equal(nextStop(list, 32, -1), 32);
});

test("the step buttons go to round numbers, there and back, within the limits", () => {
  const f = field({ maximum: 1024, limit: 16_384 });
  assert.equal(stepped(f, 128, 1), 144);
  assert.equal(stepped(f, 128, -1), 120);
  assert.equal(stepped(f, 144, -1), 128);
  assert.equal(stepped(f, 100, 1), 104);
  assert.equal(stepped(f, 3, -1), 2);
  assert.equal(stepped(f, 1, -1), 1);
  assert.equal(stepped(f, 16_384, 1), 16_384);
  assert.equal(stepped(dropout, 0.1, 1), 0.15);
  assert.equal(stepped(dropout, 0, -1), 0);
  for (let x = 1, n = 0; x < 16_384; n += 1) {
    const up = stepped(f, x, 1);
    assert.ok(up > x && stepped(f, up, -1) < up);
    assert.ok(n < 200);
    x = up;
  }
});

test("what is typed becomes a value or nothing", () => {
  assert.equal(typed(field({}), " 1,024 "), 1024);
  assert.equal(typed(field({}), "64.4"), 64);
  assert.equal(typed(dropout, "0.25"), 0.25);
  assert.equal(typed(field({}), ""), null);
  assert.equal(typed(field({}), "many"), null);
  assert.equal(typed(field({}), "1e999"), null);
});

test("layers are added half as wide, up to the most, and one always stays", () => {
  assert.deepEqual(withLayer([128], 4), [128, 64]);
  assert.deepEqual(withLayer([1], 4), [1, 1]);
  assert.deepEqual(withLayer([8, 8, 8, 8], 4), [8, 8, 8, 8]);
  assert.deepEqual(withoutLayer([128, 64], 0), [64]);
  assert.deepEqual(withoutLayer([128], 0), [128]);
});

test("specs are equal whatever the order of their fields", () => {
  assert.ok(sameSpec({ a: 1, b: [2, 3] }, { b: [2, 3], a: 1 }));
  assert.ok(!sameSpec({ a: 1, b: [2, 3] }, { a: 1, b: [3, 2] }));
  assert.equal(shapeText([null, 100, 32]), "B × 100 × 32");
});

/** An outbox whose frames are called by hand. */
function hand(patience = 1000) {
  /** @type {any[]} */ const sent = [];
  /** @type {(() => void)[]} */ const frames = [];
  const box = outbox((content) => sent.push(content), (flush) => frames.push(flush), patience);
  return { sent, box, frame: () => frames.splice(0).forEach((f) => f()) };
}

test("of many changes in one frame the newest alone is sent", () => {
  const { sent, box, frame } = hand();
  for (let x = 0; x < 100; x += 1) box.put({ x });
  assert.equal(sent.length, 0);
  frame();
  assert.deepEqual(sent.map((s) => s.x), [99]);
  assert.ok(box.open);
  assert.ok(box.answer(sent[0].turn));
  assert.ok(!box.open);
  box.dispose();
});

test("while an answer is awaited one change waits: the last; another page's answer settles nothing", () => {
  const { sent, box, frame } = hand();
  box.put({ x: 1 });
  frame();
  box.put({ x: 2 });
  box.put({ x: 3 });
  frame();
  assert.equal(sent.length, 1);
  assert.ok(!box.answer("another-1"));
  assert.ok(!box.answer(sent[0].turn));
  frame();
  assert.deepEqual(sent.map((s) => s.x), [1, 3]);
  assert.ok(box.answer(sent[1].turn));
  box.dispose();
});

test("an answer that never comes holds nothing up for ever", async () => {
  const { sent, box, frame } = hand(5);
  box.put({ x: 1 });
  frame();
  box.put({ x: 2 });
  frame();
  await new Promise((done) => setTimeout(done, 30));
  frame();
  assert.deepEqual(sent.map((s) => s.x), [1, 2]);
  assert.ok(!box.answer(sent[0].turn));
  assert.ok(box.answer(sent[1].turn));
  box.dispose();
});
