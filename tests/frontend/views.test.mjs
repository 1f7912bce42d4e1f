import assert from "node:assert/strict";
import { test } from "node:test";
import { together } from "../../llm_widgets/widgets/views.js";

/** A model that says what it is told to, and the frames that are waiting. */
function stage() {
  const listeners = new Map(), frames = new Map();
  let frame = 0;
  globalThis.requestAnimationFrame = (run) => { frames.set(frame += 1, run); return frame; };
  globalThis.cancelAnimationFrame = (id) => frames.delete(id);
  const on = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
  return {
    model: /** @type {any} */ ({ on: (event, listener) => on(event).add(listener), off: (event, listener) => on(event).delete(listener) }),
    say: (event, ...values) => { for (const listener of [...on(event)]) listener(...values); },
    next: () => { const due = [...frames.values()]; frames.clear(); for (const run of due) run(); return due.length; },
  };
}

test("all views are painted once a frame, whatever was heard, with what it left", () => {
  const { model, say, next } = stage(), painted = [];
  const own = { heard: [] };
  const state = together(model, own, { "msg:custom"(message, buffers) { own.heard.push([message, buffers]); }, "change:step"() { own.heard.push("step"); } });
  assert.equal(state, own);
  for (const name of ["a", "b"]) state.views.add(() => painted.push([name, state.heard.length]));
  assert.equal(next(), 0);
  say("msg:custom", { type: "x" }, ["buffer"]);
  say("change:step");
  say("change");
  assert.deepEqual(painted, []);
  assert.equal(next(), 1);
  assert.deepEqual(painted, [["a", 2], ["b", 2]]);
  assert.deepEqual(own.heard[0], [{ type: "x" }, ["buffer"]]);
  say("change");
  assert.equal(next(), 1);
});

test("what has ended hears and paints nothing", () => {
  const { model, say, next } = stage();
  const own = { heard: 0 }, state = together(model, own, { change() { own.heard += 1; } });
  state.views.add(() => assert.fail("painted after its end"));
  say("change");
  state.dispose();
  say("change");
  assert.equal(next(), 0);
  assert.equal(own.heard, 1);
});
