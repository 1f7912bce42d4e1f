// Whether there is still a Python behind a widget. Where there is none, what is pressed has no effect, and somebody must say so.

const KERNEL_ENDS = ["restarting", "autorestarting", "terminating", "dead"];
// Milliseconds that a connection may be away unnoticed, and how Jupyter marks a widget whose kernel does not know it.
const LOST_AFTER = 4000, LOST_MARK = ".jupyter-widgets-disconnected";

/**
 * Watches the kernel of a widget as far as the host lets it be seen (JupyterLab and Notebook do).
 * @param {{ widget_manager?: any }} model @param {HTMLElement} host @param {() => void} changed
 * @returns {{ now: () => "" | "ended" | "apart", dispose: () => void }}  "ended": what this widget stood for is gone; "apart": the connection is down, and may come back
 */
export function presence(model, host, changed) {
  const kernel = model.widget_manager?.kernel;
  let ended = false, apart = false, told = "", waiting = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  const now = () => (ended || host.closest(LOST_MARK) ? "ended" : apart ? "apart" : "");
  const tell = () => { if (now() !== told) { told = now(); changed(); } };
  const status = (/** @type {unknown} */ _, /** @type {string} */ state) => { if (KERNEL_ENDS.includes(state)) { ended = true; tell(); } };
  const connection = (/** @type {unknown} */ _, /** @type {string} */ state) => {
    clearTimeout(waiting);
    if (state === "connected") { apart = false; tell(); } else waiting = setTimeout(() => { apart = true; tell(); }, LOST_AFTER);
  };
  const gone = () => { ended = true; tell(); };
  kernel?.statusChanged?.connect(status);
  kernel?.connectionStatusChanged?.connect(connection);
  kernel?.disposed?.connect(gone);
  const marks = new MutationObserver(tell);
  marks.observe(host, { attributes: true, attributeFilter: ["class"] });
  const box = host.parentElement?.closest(".jupyter-widgets");
  if (box) marks.observe(box, { attributes: true, attributeFilter: ["class"] });
  told = now();
  return {
    now: () => /** @type {"" | "ended" | "apart"} */ (now()),
    dispose() { clearTimeout(waiting); marks.disconnect(); kernel?.statusChanged?.disconnect(status); kernel?.connectionStatusChanged?.disconnect(connection); kernel?.disposed?.disconnect(gone); },
  };
}

/**
 * The model, to which anything can be sent: where there is no kernel to hear it, the status line says so, and nothing is thrown.
 * @param {import("./kit.js").Model} model @returns {import("./kit.js").Model}
 */
export const guarded = (model) => ({
  get: (name) => model.get(name), set: (name, value) => model.set(name, value), on: (event, listener) => model.on(event, listener), off: (event, listener) => model.off(event, listener),
  save_changes: () => model.save_changes(), widget_manager: model.widget_manager,
  send(...all) { try { model.send(...all); } catch (error) { console.warn("Python is gone:", error); } },
});
