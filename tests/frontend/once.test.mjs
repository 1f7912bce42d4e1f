// A double click and a key that is held down mean one press.
import assert from "node:assert/strict";
import { test } from "node:test";
import { once } from "../../llm_widgets/widgets/once.js";

test("the second click of a double click, and a key's repetition, do nothing", () => {
  let runs = 0, kept = 0;
  const { click, keydown } = once(() => { runs += 1; });
  for (const detail of [1, 2, 3]) click(/** @type {any} */ ({ detail }));
  click(/** @type {any} */ ({ detail: 0 })); // by Enter, or by a script
  assert.equal(runs, 2);
  for (const [key, repeat] of [["Enter", false], ["Enter", true], [" ", true], ["a", true]]) keydown(/** @type {any} */ ({ key, repeat, preventDefault: () => { kept += 1; } }));
  assert.equal(kept, 2);
});
