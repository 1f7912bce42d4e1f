// A widget whose page was slow hears Python again; one that was in time is left alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hearAgain } from "../../llm_widgets/widgets/late.js";

/** A model as ipywidgets and anywidget make it: the base handles a message, and what waits before it may have failed. */
function model(ready) {
  const got = { handled: [], sent: [], listener: /** @type {any} */ (null) };
  class Base { _handle_comm_msg(message) { got.handled.push(message.content.data.method); return Promise.resolve(this.name); } }
  class Any extends Base { name = "real"; comm = { on_msg: (listener) => { got.listener = listener; }, send: (message) => got.sent.push(message) };
    async _handle_comm_msg(message) { await ready; return super._handle_comm_msg(message); } }
  const real = new Any();
  return { got, page: { get: () => "id", widget_manager: { get_model: async (id) => (id === "id" ? real : undefined) } } };
}

test("in time: nothing is changed", async () => {
  const { got, page } = model(Promise.resolve());
  assert.equal(await hearAgain(page), false);
  assert.deepEqual([got.listener, got.sent], [null, []]);
});

test("late: messages are handled again, and what was missed is asked for", async () => {
  const { got, page } = model(Promise.reject(new Error("Failed to initialize model.")));
  assert.equal(await hearAgain(page), true);
  assert.deepEqual(got.sent, [{ method: "request_state" }]);
  assert.equal(await got.listener({ content: { data: { method: "custom" } } }), "real");
  assert.deepEqual(got.handled, ["custom"]);
});

test("a host of another kind, or none, is put up with", async () => {
  for (const page of [{ get: () => "" }, { get: () => "id" }, { get: () => "id", widget_manager: { get_model: async () => { throw new Error("not found"); } } }, { get: () => "id", widget_manager: { get_model: async () => ({ comm: {} }) } }])
    assert.equal(await hearAgain(/** @type {any} */ (page)), false);
});
