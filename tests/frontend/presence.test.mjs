// A widget notices that its Python is gone, from what JupyterLab's widget manager shows of it.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { guarded, presence } from "../../llm_widgets/widgets/presence.js";

/** A signal as JupyterLab has them. */
function signal() {
  const slots = new Set();
  return { slots, connect: (slot) => slots.add(slot), disconnect: (slot) => slots.delete(slot), emit: (value) => { for (const slot of [...slots]) slot({}, value); } };
}

/** A page: a widget's box that may be marked, and its observers. */
function stage() {
  const observers = new Set();
  globalThis.MutationObserver = /** @type {any} */ (class { constructor(run) { this.run = run; } observe() { observers.add(this.run); } disconnect() { observers.delete(this.run); } });
  const kernel = { statusChanged: signal(), connectionStatusChanged: signal(), disposed: signal() };
  const page = { marked: false, heard: 0 };
  const host = /** @type {any} */ ({ closest: () => (page.marked ? host : null), parentElement: null });
  return { page, kernel, observers, host, there: presence({ widget_manager: { kernel } }, host, () => { page.heard += 1; }) };
}

test("a kernel that is busy, idle or starting is there; one that restarts, by itself or not, or dies is gone for this widget", () => {
  for (const state of ["restarting", "autorestarting", "terminating", "dead"]) {
    const { page, kernel, there } = stage();
    for (const fine of ["busy", "idle", "starting", "unknown"]) kernel.statusChanged.emit(fine);
    assert.deepEqual([there.now(), page.heard], ["", 0]);
    kernel.statusChanged.emit(state);
    kernel.statusChanged.emit("idle"); // the next one knows nothing of this widget
    assert.deepEqual([there.now(), page.heard], ["ended", 1]);
  }
  const { kernel, there } = stage();
  kernel.disposed.emit();
  assert.equal(there.now(), "ended");
});

test("a connection that is down for some seconds is told, and so is that it came back", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { page, kernel, there } = stage();
    kernel.connectionStatusChanged.emit("connecting");
    mock.timers.tick(3000);
    kernel.connectionStatusChanged.emit("connected");
    mock.timers.tick(10_000);
    assert.deepEqual([there.now(), page.heard], ["", 0]);
    kernel.connectionStatusChanged.emit("disconnected");
    mock.timers.tick(10_000);
    assert.deepEqual([there.now(), page.heard], ["apart", 1]);
    kernel.connectionStatusChanged.emit("connected");
    assert.deepEqual([there.now(), page.heard], ["", 2]);
  } finally {
    mock.timers.reset();
  }
});

test("the mark that Jupyter puts on a widget is seen, also where the kernel cannot be; nothing is heard after the end", () => {
  const { page, kernel, observers, there } = stage();
  page.marked = true;
  for (const run of observers) run();
  assert.deepEqual([there.now(), page.heard], ["ended", 1]);
  there.dispose();
  assert.equal(observers.size + kernel.statusChanged.slots.size + kernel.connectionStatusChanged.slots.size + kernel.disposed.slots.size, 0);
  const host = /** @type {any} */ ({ closest: () => host, parentElement: null });
  assert.equal(presence({}, host, () => assert.fail("nothing changed")).now(), "ended");
});

test("what is sent to nobody is not thrown, and all else is the model's own", () => {
  const heard = /** @type {any[]} */ ([]), model = /** @type {any} */ ({ get: (name) => `of ${name}`, set: (...all) => heard.push(all), save_changes: () => heard.push("saved"), on: () => {}, off: () => {}, widget_manager: 7, send(content) { if (content.type === "lost") throw Error("Cannot send"); heard.push(content.type); } });
  const warned = mock.method(console, "warn", () => {});
  const own = guarded(model);
  own.send({ type: "act" });
  own.send({ type: "lost" });
  own.set("step", 3);
  own.save_changes();
  assert.deepEqual(heard, ["act", ["step", 3], "saved"]);
  assert.deepEqual([own.get("step"), own.widget_manager, warned.mock.callCount()], ["of step", 7, 1]);
});
