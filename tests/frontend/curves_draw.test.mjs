import assert from "node:assert/strict";
import { test } from "node:test";
import { freest } from "../../llm_widgets/widgets/curves_draw.js";

test("words where nothing is drawn yet stand in the widest stripe between the baselines and their names", () => {
  assert.deepEqual(freest([10, 110], 16), { top: 10, bottom: 110 }); // no baseline: the whole plot
  assert.deepEqual(freest([10, 60, 100, 110], 16), { top: 10, bottom: 44 });
  assert.deepEqual(freest([10, 40, 110], 16), { top: 40, bottom: 110 });
  assert.deepEqual(freest([110, 90, 10], 16), { top: 10, bottom: 74 });
});
