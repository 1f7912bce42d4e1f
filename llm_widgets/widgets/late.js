// A widget that the page was slow to load. anywidget 0.11 waits two seconds for a widget's module and its `initialize`. Where a page
// takes longer (one core, many widgets at once), it draws the widget all the same and drops whatever Python says to it from then on.

/**
 * Gives such a widget its ears back; one that was loaded in time is left as it is.
 * @param {import("./kit.js").Model} model @returns {Promise<boolean>} whether it had been late
 */
export async function hearAgain(model) {
  const id = model.get("_comm_id");
  const real = id && (await Promise.resolve(model.widget_manager?.get_model?.(id)).catch(() => undefined));
  if (!real?.comm?.on_msg || !real._handle_comm_msg) return false; // another host, or no kernel
  try {
    // Handled by nobody: it only says whether messages come through.
    await real._handle_comm_msg({ content: { data: { method: "llm_widgets" } }, buffers: [] });
    return false;
  } catch {
    // What ipywidgets' own model does with a message; anywidget's waits first for what has failed for good.
    const handle = Object.getPrototypeOf(Object.getPrototypeOf(real))._handle_comm_msg;
    real.comm.on_msg(handle.bind(real));
    real.comm.send({ method: "request_state" }, {}); // what was dropped so far
    return true;
  }
}
