import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, listed } from "../../llm_widgets/widgets/example_formulas.js";
import { lossRows } from "../../llm_widgets/widgets/example_steps.js";
import { LINE_NAMES, LINE_VERDICTS, RULE_NAMES, RULE_WORDS, whereOf, whyOf } from "../../llm_widgets/widgets/example_words.js";
import { fill } from "../../llm_widgets/widgets/kit.js";

const line = (/** @type {object} */ parts) => ({ key: "new_weight", kind: "number", section: "4.2", documents: ["zh"], printed: [0, -0.2, 0], ...parts });

test("numbers show without the noise of binary fractions", () => {
  assert.equal(brief(0.1 + 0.2), "0.3");
  assert.equal(brief(353.4399999999994), "353.44");
  assert.equal(listed([0.09, 0.16, 0.20999999999999996]), "[0.09, 0.16, 0.21]");
  assert.equal(listed([-0.2]), "−0.2");
});

test("a line says why with its own numbers, and where it stands", () => {
  assert.equal(whyOf(fill, line({ computed: [0.11, 0.22, 0.33], follows: [0.09, 0.16, 0.21] })), "A slip of arithmetic on top of a wrong gradient: even what is written there comes to [0.09, 0.16, 0.21]. The right gradient gives [0.11, 0.22, 0.33]. No rule leads to [0, −0.2, 0].");
  assert.match(whyOf(fill, line({ key: "loss", printed: [0.02], computed: [0.005] })), /It is 4 times the right loss, 0\.005/);
  assert.equal(whereOf(fill, line({})), "Chinese document, section 4.2");
  assert.equal(whereOf(fill, line({ documents: ["en", "zh"] })), "both documents, section 4.2");
  for (const key of Object.keys(LINE_NAMES)) assert.doesNotMatch(whyOf(fill, line({ key, computed: [1], follows: [1], gives: [1] })), /[{}]/);
  assert.equal(Object.keys(LINE_VERDICTS).length, 4);
  assert.deepEqual(Object.keys(RULE_NAMES), Object.keys(RULE_WORDS));
});

test("a series that ended early leaves gaps", () => {
  const series = (/** @type {number[]} */ losses) => ({ weights: [], biases: [], outputs: [], losses, diverged: false, first: null });
  assert.deepEqual(lossRows({ rule: "as_printed", document: series([1, 9]), chain: series([1, 0.5, 0.25]) }), [[0, 1, 1], [1, 9, 0.5], [2, null, 0.25]]);
});
