import assert from "node:assert/strict";
import { test } from "node:test";

import { answered, canSend, fetched, shownTurns } from "../../llm_widgets/widgets/chat_logic.js";
import { fill } from "../../llm_widgets/widgets/kit.js";

const t = (message, values) => fill(message, values);

test("while an answer is written, what is there of it is the last turn", () => {
  const turns = [{ role: "user", content: "Hi" }];
  assert.deepEqual(shownTurns(turns, "ready", "old"), turns);
  assert.deepEqual(shownTurns(turns, "writing", "He"), [...turns, { role: "assistant", content: "He" }]);
  assert.equal(turns.length, 1);
});

test("only text is sent, and only to a model that is ready", () => {
  assert.ok(canSend("ready", " a "));
  for (const [state, text] of [["ready", " \n"], ["writing", "a"], ["absent", "a"], ["loading", "a"]]) assert.ok(!canSend(state, text));
});

test("the last answer is told in words", () => {
  assert.equal(answered({}, t), "");
  const last = { tokens: 7, speed: 24.6, read: 58, most: 768, dropped: 0, stopped: false, cut: false };
  assert.equal(answered(last, t), "7 tokens, 25 a second. The conversation has 58 of at most 768 tokens.");
  assert.match(answered({ ...last, stopped: true, cut: true }, t), /You stopped it\. The/);
  assert.match(answered({ ...last, cut: true }, t), /cut off/);
  assert.match(answered({ ...last, dropped: 2 }, t), /no longer reads the oldest messages \(2\)/);
});

test("fetching is told in bytes, converting in per cent", () => {
  assert.equal(fetched([], t), "One moment …");
  assert.equal(fetched(["fetch", 46_000_000, 92_000_000], t), "Fetching: 46 MB of 92 MB (50 %)");
  assert.equal(fetched(["convert", 1, 4], t), "Converting, once: 25 %");
  assert.equal(fetched(["fetch", 0, 0], t), "Fetching: 0 B of 0 B (0 %)");
});
