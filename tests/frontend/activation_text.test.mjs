import assert from "node:assert/strict";
import { test } from "node:test";
import { chainWords, decades, functionSpan, outputWords, pointWords, stackWords, zoneAt, zonesWords } from "../../llm_widgets/widgets/activation_text.js";
import { fill } from "../../llm_widgets/widgets/kit.js";

const stack = (gradients, dead = [0], overflow = null) => stackWords(fill, { gradients, activations: [], dead, overflow });

test("what has become of a gradient is told with its numbers", () => {
  assert.match(stack([1, 0.1, 0.001]), /vanishes: of norm 1 at the top, 0\.001 is left after 2 layers, a factor of 0\.0316 each/);
  assert.match(stack([1, 1e-9]), /fp16\) would call this 0/);
  assert.match(stack([1, 30, 900]), /explodes: .* has 900 after 2 layers, a factor of 30 each/);
  assert.match(stack([1, 1e6]), /call this infinite/);
  assert.match(stack([1, 0.9], [0.5, 0.5]), /gets through.*50 % of a layer's units are dead/);
  assert.match(stack([1, 0], [1]), /exactly 0/);
  assert.match(stack([], [], 44), /way forward .* in layer 44/);
  assert.match(stack([1, 1e300], [], 3), /way back .* in layer 3/);
});

test("places and points", () => {
  const zones = [[null, -2, "saturated"], [-0.9, -0.6, "saturated"], [3, null, "dead"]];
  assert.equal(zonesWords(fill, zones), "saturated below z = −2; flat from z = −0.9 to −0.6; dead from z = 3");
  assert.equal(zonesWords(fill, []), "nowhere saturated or dead");
  assert.deepEqual([-5, -1, -0.7, 3, 9].map((z) => zoneAt(zones, z)), ["saturated", "", "saturated", "dead", "dead"]);
  assert.match(pointWords(fill, { activation: "relu", at: { relu: [0, 0] }, z: -1, zones: [[null, 0, "dead"]] }), /ReLU makes 0 of z = −1; the slope there is 0\. It is dead here/);
  assert.match(chainWords(fill, { chain: [1, 0.25, 0.0625], slope: 0.25, z: 0 }), /0\.25 to the power of 2 is 0\.0625/);
});

test("outputs have a range, with or without ends", () => {
  const shown = { low: 0, high: null, mean: 0.4, deviation: 0.58, dead: 0.5 };
  assert.deepEqual(outputWords(fill, shown, true), ["0 and more", "0.4 (not centred at 0)", "0.58", "50 %"]);
  assert.deepEqual(outputWords(fill, { low: null, high: null, mean: 1e-17, deviation: 1, dead: 0 }, true), ["any number", "0 (centred at 0)", "1", "0 %"]);
});

test("axes hold what is drawn", () => {
  assert.deepEqual(functionSpan([[0, 1], [0, 0.25]]), [-0.1, 1.1]);
  assert.deepEqual(functionSpan([[-6, 6]]), [-1.5, 3]);
  const [low, high] = decades([1, null, 3e-7, 0]);
  assert.ok(low <= 3e-7 && low > 3e-9 && high >= 10);
  assert.ok(decades([1e-320])[0] > 0 && Number.isFinite(decades([1e308])[1]));
});
