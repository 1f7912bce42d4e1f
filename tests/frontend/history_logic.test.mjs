import assert from "node:assert/strict";
import { test } from "node:test";
import { chapterAddress, matching } from "../../llm_widgets/widgets/glossary_logic.js";
import { large, nearest, panned, placedNames, powers, runs, showing, zoomed } from "../../llm_widgets/widgets/history_logic.js";

const WHOLE = [1910, 2028, 6, 13];
const close = (a, b) => a.every((v, i) => Math.abs(v - b[i]) < 1e-9);

test("a zoom keeps what is under the pointer where it is, and back is back", () => {
  const span = [1990, 2028, 6, 13], at = [2020, 11], share = ([a, b, c, d]) => [(at[0] - a) / (b - a), (at[1] - c) / (d - c)];
  const near = zoomed(span, 2, at, WHOLE);
  assert.ok(close(share(near), share(span)));
  assert.ok(close(zoomed(near, 0.5, at, WHOLE), span));
  assert.ok(near[1] - near[0] === 19);
});

test("nothing is enlarged without end, and never more is seen than there is", () => {
  let span = [1990, 2028, 6, 13];
  for (let i = 0; i < 60; i += 1) span = zoomed(span, 3, [2020, 11], WHOLE);
  assert.ok(span[1] - span[0] >= 0.49 && span[3] - span[2] >= 0.49);
  for (let i = 0; i < 60; i += 1) span = zoomed(span, 0.3, [1950, 7], WHOLE);
  assert.ok(close(span, WHOLE));
});

test("a drag ends at the edges", () => {
  const span = [2000, 2010, 8, 10];
  assert.deepEqual(panned(span, 5, -1, WHOLE), [2005, 2015, 7, 9]);
  assert.deepEqual(panned(span, 1e6, 1e6, WHOLE), [2018, 2028, 11, 13]);
  assert.deepEqual(panned(span, -1e6, -1e6, WHOLE), [1910, 1920, 6, 8]);
  assert.ok(close(panned(WHOLE, 40, 2, WHOLE), WHOLE));
});

test("what is chosen comes into sight, and no more is moved than it takes", () => {
  const span = [2000, 2010, 8, 10];
  assert.deepEqual(showing(span, 2005, 1e9, WHOLE), span);
  const later = showing(span, 2020, 1e12, WHOLE);
  assert.ok(later[1] > 2020 && later[3] > 12 && later[1] - later[0] === 10);
  assert.deepEqual(showing(span, 2005, null, WHOLE), span);
});

test("the nearest is found within reach", () => {
  const places = [{ x: 0, y: 0, name: "a" }, { x: 10, y: 0, name: "b" }];
  assert.equal(nearest(places, 6, 0, 22).name, "b");
  assert.equal(nearest(places, 100, 0, 22), null);
  assert.equal(nearest([], 0, 0, 22), null);
});

test("no name lies over another name, over a point, or over the edge, and the first have the best places", () => {
  const bounds = { left: 0, top: 0, right: 300, bottom: 200 };
  let state = 1;
  const random = () => { state = (state * 16807) % 2147483647; return state / 2147483647; };
  for (let round = 0; round < 50; round += 1) {
    const items = Array.from({ length: 40 }, (_, key) => ({ key, x: random() * 300, y: random() * 200, width: 20 + random() * 80, radius: random() < 0.1 ? 10 : 6 }));
    const placed = placedNames(items, 14, 6, bounds);
    assert.ok(placed.length > 0);
    placed.forEach((one, i) => {
      assert.ok(one.left >= 0 && one.right <= 300 && one.top >= 0 && one.bottom <= 200);
      for (const other of placed.slice(0, i)) assert.ok(one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top);
      for (const { x, y, radius } of items) assert.ok(one.right <= x - radius || x + radius <= one.left || one.bottom <= y - radius || y + radius <= one.top);
    });
  }
  const alone = placedNames([{ x: 100, y: 100, width: 40 }], 14, 6, bounds);
  assert.ok(alone[0].left > 106, "to the right of its point");
  assert.deepEqual(placedNames([{ x: 100, y: 100, width: 400 }], 14, 6, bounds), []);
});

test("large numbers are said as each language counts", () => {
  const t = (message, values) => message.replace("{n}", values.n);
  assert.deepEqual([2e12, 175e9, 1.542e9, 93.6e6, 20000].map((x) => large(t, x, false)), ["2 trillion", "175 billion", "1.54 billion", "93.6 million", "20,000"]);
  assert.deepEqual([2e12, 175e9, 93.6e6, 20000].map((x) => large(t, x, true)), ["2 trillion", "1750 hundred million", "9360 ten thousand", "2 ten thousand"]);
  assert.deepEqual(powers(3.15e23), ["3.15", "23"]);
});

test("the glossary is searched in both languages, and the nearest comes first", () => {
  const entries = [
    { english: "key-value cache", chinese: "键值缓存", en: "Keys of a token are kept.", zh: "保留词元的键。" },
    { english: "tokenizer", chinese: "分词器", en: "Cuts text.", zh: "把文本切成词元。" },
    { english: "token", chinese: "词元", en: "A piece.", zh: "一小段文本。" },
  ];
  const names = (query) => matching(entries, query).map(({ english }) => english);
  assert.deepEqual(names("token"), ["token", "tokenizer", "key-value cache"]);
  assert.deepEqual(names("词元")[0], "token");
  assert.deepEqual(names(" ＴＯＫＥＮ  piece"), ["token"]);
  assert.deepEqual(names(""), ["key-value cache", "tokenizer", "token"]);
  assert.deepEqual(names("<b>"), []);
});

test("a chapter's address is known where the page's address tells", () => {
  assert.equal(chapterAddress("/notebooks/en/01-background.ipynb", "04-mathematics"), "/notebooks/en/04-mathematics.ipynb");
  assert.equal(chapterAddress("/user/x/lab/tree/zh/glossary.ipynb", "05-practice"), "/user/x/lab/tree/zh/05-practice.ipynb");
  assert.equal(chapterAddress("/lab", "05-practice"), null);
  assert.equal(chapterAddress("/files/x.html", "05-practice"), null);
});

test("a sentence is told apart into what is written in Latin letters and the rest", () => {
  assert.deepEqual(runs("见 OPT (2022), §2：1800 亿，800 GB"), [["见 ", false], ["OPT (2022), §2", true], ["：1800 亿，800 ", false], ["GB", true]]);
  assert.deepEqual(runs("Hoffmann et al. (2022), table 1"), [["Hoffmann et al. (2022), table 1", true]]);
  assert.deepEqual(runs(""), []);
});
