import assert from "node:assert/strict";
import { test } from "node:test";
import { goes, nextStop, outbox, plain, positionOf, sameSpec, shapeText, sizesText, stepped, steppedFor, stops, transformerRows, typed, withLayer, withoutLayer } from "../../llm_widgets/widgets/designer_logic.js";

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

const width = field({ name: "d_model", maximum: 512, limit: 16_384 });
const heads = field({ name: "num_heads", maximum: 16, limit: 1024 });
const multiples = { d_model: "num_heads", num_heads: "num_key_value_heads" };
const gpt = { d_model: 64, num_heads: 4, num_key_value_heads: 0 };

test("a width's slider stops at multiples of the heads alone", () => {
  assert.deepEqual(stops(width, [32, 100], 16), [16, 32, 64, 128, 256, 512]);
  assert.deepEqual(stops(width, [64], 6), [6, 12, 24, 48, 96, 192, 384, 510]);
  assert.deepEqual(stops(width, [], 1000), [1000]);
  assert.deepEqual(stops(width, [], 1), stops(width));
});

test("a slider that can stand at 0 has doublings above it", () => {
  const f = field({ minimum: 0, maximum: 16 });
  assert.deepEqual(stops(f), [0, 1, 2, 4, 8, 16]);
  stops(f).forEach((x, i) => assert.equal(positionOf(stops(f), x, true), i));
});

test("the step buttons pass over sizes that do not divide one another", () => {
  assert.equal(steppedFor(heads, gpt, 1, multiples), 8);
  assert.equal(steppedFor(heads, { ...gpt, num_heads: 8 }, -1, multiples), 4);
  assert.equal(steppedFor(width, { ...gpt, num_heads: 16 }, 1, multiples), 80);
  assert.equal(steppedFor(heads, { ...gpt, num_key_value_heads: 4 }, -1, multiples), 3); // none goes: the spec says why
  assert.equal(steppedFor(width, gpt, 1, {}), 72);
});

test("sizes go together where each divides its own", () => {
  assert.ok(goes(gpt, "num_heads", 8, multiples));
  assert.ok(!goes({ ...gpt, num_heads: 16 }, "d_model", 72, multiples));
  assert.ok(goes(gpt, "num_key_value_heads", 0, multiples));
  assert.ok(!goes(gpt, "num_key_value_heads", 3, multiples));
  assert.ok(goes({ ...gpt, num_heads: 16, d_head: 32 }, "d_model", 72, multiples)); // heads with a width of their own
  assert.ok(!goes({ ...gpt, d_head: 32 }, "num_key_value_heads", 3, multiples));
  assert.ok(goes({ ...gpt, d_model: 65 }, "max_length", 9, multiples));
});

test("equal blocks are one row, and positions have a row whatever they are", () => {
  const block = (/** @type {number} */ n) => /** @type {any} */ ([`block_${n}`, "Transformer block", [null, 8, 4], 50]);
  /** @type {any[]} */ const ends = [["ids", "Input", [null, 8], 0], ["embedding", "Embedding", [null, 8, 4], 40]];
  const rows = [...ends, ...Array.from({ length: 12 }, (_, i) => block(i + 1)), ["logits", "Dense", [null, 8, 10], 0]];
  const learned = transformerRows([...rows.slice(0, 2), ["positions", "Learned positions", [null, 8, 4], 32], ...rows.slice(2)], { position: "learned" });
  assert.deepEqual(learned.map((r) => r[4]), [1, 1, 1, 12, 1]);
  assert.equal(learned[3][3], 600);
  for (const [position, shape] of [["sinusoidal", [null, 8, 4]], ["rotary", []], ["none", []]]) {
    const shown = transformerRows(rows, { position });
    assert.equal(shown.length, learned.length);
    assert.deepEqual(shown[2][2], shape);
  }
  assert.equal(rows[2][3], 50);
});

test("a very small value is short, and reads back as itself", () => {
  const epsilon = field({ kind: "float", minimum: 0, maximum: 0.001, step: 0.00001, scale: "linear", limit: 1 });
  assert.deepEqual([0, 1e-12, 0.00001, 0.05, 10_000].map(plain), ["0", "1e-12", "1e-5", "0.05", "10000"]);
  assert.equal(typed(epsilon, plain(1e-5)), 1e-5);
  assert.equal(stepped(field({ kind: "float", maximum: 1e6, limit: 1e12 }), 10_000, 1), 10_240);
});

test("a preset reads as its sizes", () => {
  const fields = [field({ name: "d_model", label: "Width" }), field({ name: "d_ff", label: "Feed-forward width" }), field({ name: "num_layers", label: "Layers" })];
  assert.equal(sizesText({ d_model: 32, num_layers: 1, d_ff: 0 }, fields, (x) => x), "Width 32 · Layers 1");
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
