import assert from "node:assert/strict";
import { test } from "node:test";
import { fill } from "../../llm_widgets/widgets/kit.js";
import { className, dragged, naiveFailure, reach, share, softmaxWords } from "../../llm_widgets/widgets/softmax_logic.js";

const found = (over = {}) => ({ scaled: [2, 1], p: [0.7311, 0.2689], log_p: [], plainly: { exps: [7.389, 2.718], sum: 10.107, p: [0.73, 0.27] }, shifted: { highest: 2, exps: [1, 0.37], sum: 1.37 }, moved: 0, total: 1, loss: 0.3133, bits: 0.452, perplexity: 1.37, squared: 0.07, entropy_gradient: [-0.27, 0.27], squared_gradient: [-0.1, 0.1], curve: { p: [], entropy: [], squared: [] }, ...over });
const say = (f, now = {}) => softmaxWords(f, { name: "cat", target: 0, constant: 0, ...now }, fill);

test("bars reach round numbers above every logit", () => {
  for (const z of [0, 0.1, 4.9, 5, 12.25, 999, 1000, 1e6]) assert.ok(reach([z, -z]) >= z);
  assert.deepEqual([reach([0, 1]), reach([12]), reach([1000])], [5, 20, 1000]);
});

test("a drag gives short numbers within the bar", () => {
  assert.deepEqual([dragged(0.333, 5), dragged(-7, 5), dragged(7, 20), dragged(0.001, 5)], [1.7, -5, 20, 0]);
});

test("both ways in which the plain way fails are told", () => {
  assert.equal(naiveFailure(found()), "");
  assert.match(say(found()), /^cat gets 73.1 %: .* 0.313 nats, 0.452 bits, as much as a blind choice among 1.37 classes costs\.$/);
  assert.match(say(found({ scaled: [1000, 1], plainly: { exps: [null, 2.7], sum: null, p: [null, 0] } })), /e to the power of 1000 is more/);
  assert.match(say(found({ scaled: [-1000, -1001], plainly: { exps: [0, 0], sum: 0, p: [null, null] } })), /rounds to 0/);
});

test("a constant that changed nothing, or all digits, is told", () => {
  assert.match(say(found({ moved: 1e-17 }), { constant: 10 }), /10 was added to every logit, and no probability has moved/);
  assert.match(say(found({ moved: 0.2 }), { constant: 1e17 }), /16 digits/);
});

test("what is surely wrong is pulled by one loss alone, and huge perplexity is left out", () => {
  assert.match(say(found({ p: [1e-5, 1], entropy_gradient: [-1, 1], squared_gradient: [-1e-5, 1e-5], loss: 11.5, perplexity: 1e5 })), /with 1, the squared error only with 1\.0e−5\.$/);
  assert.doesNotMatch(say(found({ perplexity: null })), /choice among/);
});

test("names and shares", () => {
  assert.deepEqual([className(["cat", ""], 0, fill), className(["cat", ""], 1, fill), className([], 2, fill)], ["cat", "class 2", "class 3"]);
  assert.deepEqual([share(0), share(0.5), share(1e-9)], ["0.0 %", "50.0 %", "1.0e−7 %"]);
});
