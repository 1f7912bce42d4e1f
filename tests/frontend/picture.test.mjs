import assert from "node:assert/strict";
import { test } from "node:test";
import { clean, dotsFor, ordered } from "../../llm_widgets/widgets/picture.js";

const labels = (own) => ordered(own.map((label) => ({ label, own: true })), ["Save the picture (PNG)", "Save as a page (HTML)"].map((label) => ({ label, own: false })));

test("every menu has table, picture, numbers and page in one order, then what is the widget's own", () => {
  const menu = labels(["Copy text", "Save the numbers (CSV)", "Show as a table", "Start again"]);
  assert.deepEqual(menu.map(({ label }) => label), ["Show as a table", "Save the picture (PNG)", "Save the numbers (CSV)", "Save as a page (HTML)", "Copy text", "Start again"]);
  assert.deepEqual(labels([]).map(({ label }) => label), ["Save the picture (PNG)", "Save as a page (HTML)"]);
});

test("a widget's own picture is offered once, and stays its own", () => {
  const menu = labels(["Save as a page (HTML)", "Save the picture (PNG)", "Show as a table"]);
  assert.deepEqual(menu.map(({ own }) => own), [true, true, true]);
  assert.equal(menu[0].label, "Show as a table");
});

test("what no XML may hold is replaced, everything else stays", () => {
  assert.equal(clean("a\0b\ud83dc\udc4d\u001b\uffff"), "a�b�c���");
  for (const text of ["<b>&\"' \t\n", "👍 مرحبا 中文", "\u00a0\u200f"]) assert.equal(clean(text), text);
});

test("two dots a pixel, fewer where no browser could draw so many", () => {
  assert.equal(dotsFor(1200, 900), 2);
  for (const [width, height] of [[1200, 40_000], [9000, 9000], [20_000, 10]]) {
    const dots = dotsFor(width, height);
    assert.ok(dots < 2 && width * dots <= 16_000.001 && height * dots <= 16_000.001 && width * height * dots ** 2 <= 48e6 + 1);
  }
});
