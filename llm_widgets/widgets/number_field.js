// A number that can be edited where it stands: typed, stepped with the arrow keys, or dragged sideways.
import { el } from "./kit.js";
import { exact, onGrid, readNumber, refusal } from "./number_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */

/**
 * `get` reads the number and `set` takes the new one; `label` names it for a screen reader and in a refusal, in the learner's language.
 * @param {{ t: Translate, label: () => string, get: () => number, set: (x: number) => void, refused: (why: string) => void, low?: number, high?: number, step?: number, stepped?: (x: number, steps: number) => number, whole?: boolean, role?: string }} options
 *   `stepped` moves a number by steps where these are not of one length; `role` becomes `data-number`, by which tests and styles find the field.
 */
export function numberField({ t, label, get, set, refused, low = -1e6, high = 1e6, step = 0.1, stepped = (x, steps) => onGrid(x, step, steps), whole = false, role = "" }) {
  const input = el("input", { type: "text", inputmode: whole ? "numeric" : "decimal", autocomplete: "off", spellcheck: "false", class: "lw-edit", dataset: { number: role } });
  let editing = false, from = /** @type {{ x: number, value: number, moved: boolean } | null} */ (null);
  const show = () => { editing = false; const text = exact(get()); if (input.value !== text) input.value = text; };
  const read = () => {
    if (get() === undefined) return; // it loses the focus because it is taken away, with the number that it was for
    if (!editing || input.value === exact(get())) return show();
    const found = readNumber(input.value, low, high, whole), received = input.value;
    if ("value" in found) set(found.value);
    else refused(refusal(found.why, t, { label: label(), low, high, received }));
    show();
  };
  const move = (/** @type {number} */ value) => { const held = Math.min(high, Math.max(low, value)); if (held !== get()) set(held); show(); };
  input.addEventListener("input", () => { editing = true; });
  input.addEventListener("change", read);
  input.addEventListener("blur", read);
  input.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const up = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[e.key];
    if (e.isComposing) return;
    if (e.key === "Enter") { read(); input.select(); }
    else if (e.key === "Escape") { show(); input.blur(); }
    else if (up) { read(); move(stepped(get(), up * (e.shiftKey ? 10 : 1))); e.preventDefault(); }
  });
  // A sideways drag moves the number, a click still puts the caret.
  input.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => { if (e.button === 0 && document.activeElement !== input && !input.disabled) from = { x: e.clientX, value: get(), moved: false }; });
  input.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => {
    if (!from) return;
    const steps = Math.round((e.clientX - from.x) / 8);
    if (!from.moved && Math.abs(e.clientX - from.x) < 6) return;
    if (!from.moved) { from.moved = true; input.setPointerCapture(e.pointerId); }
    move(steps ? stepped(from.value, steps) : from.value);
    e.preventDefault();
  });
  const drop = () => { if (from?.moved) { input.blur(); getSelection()?.removeAllRanges(); } from = null; };
  input.addEventListener("pointerup", drop);
  input.addEventListener("pointercancel", drop);
  return {
    node: input, input,
    relabel() { input.setAttribute("aria-label", label()); },
    paint() { if (!(editing && document.activeElement === input)) show(); },
  };
}
