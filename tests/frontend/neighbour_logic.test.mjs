import assert from "node:assert/strict";
import test from "node:test";
import { fill } from "../../llm_widgets/widgets/kit.js";
import { cosineText, degrees, neighbourWords } from "../../llm_widgets/widgets/neighbour_logic.js";

const t = (message, values) => fill(message, values);
const near = { word: "good", answers: [{ word: "great", cosine: 0.514 }] };
const analogy = { given: ["man", "king", "woman"], answers: [{ word: "queen", cosine: 0.5, given: false }] };
const now = { words: 3412, size: 100, near, analogy, tries: [], live: false };

test("angles are those of their cosines, also where rounding went beyond 1", () => {
  assert.deepEqual([1, 0, -1, 1.0000001].map((x) => Math.round(degrees(x))), [0, 90, 180, 0]);
  assert.equal(Math.round(degrees(0.5)), 60);
  assert.deepEqual([0.514, -0.2].map(cosineText), ["0.51", "−0.20"]);
});

test("it is said whether the given words were left out, and when one of them is the answer", () => {
  assert.match(neighbourWords(now, false, t), /among 3,412 words: “great”, cosine 0.51. king − man \+ woman lies nearest to “queen” .*left out/);
  assert.match(neighbourWords(now, true, t), /even though/);
  const given = { ...analogy, answers: [{ word: "king", cosine: 0.7, given: true }] };
  assert.match(neighbourWords({ ...now, analogy: given }, true, t), /one of the given words/);
  const missing = { missing: [{ word: "kingg", near: ["king"] }] };
  assert.match(neighbourWords({ ...now, near: missing, analogy: missing }, true, t), /^Without a vector: “kingg”. Without a vector/);
  assert.match(neighbourWords({ waiting: true }, false, t), /made ready/);
});
