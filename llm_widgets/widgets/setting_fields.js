// Sliders and entries for a widget's traits. What was sent counts until it has come back: a key that is held down must not start from the old value.
import { el } from "./kit.js";
import { within } from "./number_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */

/** A text of a megabyte is compared as it is. @param {any} a @param {any} b */
const same = (a, b) => a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));

/**
 * @param {{ model: import("./kit.js").Model, t: Translate, id: string, moved: () => void, refused: (why: string) => void, paint: () => void }} options
 *   `moved` is called when the learner changes something, `refused` when what was typed cannot be.
 */
export function settingFields({ model, t, id, moved, refused, paint }) {
  let changes = /** @type {Record<string, any>} */ ({}), sent = /** @type {typeof changes} */ ({}), sending = 0;
  const flush = () => {
    cancelAnimationFrame(sending);
    sending = 0;
    if (Object.keys(changes).length) model.send({ type: "settings", changes });
    sent = { ...sent, ...changes };
    changes = {};
  };
  const set = (/** @type {string} */ name, /** @type {any} */ value) => { changes[name] = value; sending ||= requestAnimationFrame(flush); moved(); paint(); };
  const current = (/** @type {string} */ name) => (name in changes ? changes[name] : name in sent ? sent[name] : model.get(name));
  return {
    set, current, flush,
    /** A slider with its value. @param {string} name @param {number} low @param {number} high @param {number} step @param {string} caption @param {(x: number) => string} [say] */
    slider(name, low, high, step, caption, say = (x) => x.toFixed(2)) {
      const input = el("input", { type: "range", min: low, max: high, step, id: `${id}-${name}`, dataset: { setting: name } }), value = el("output", { class: "lw-number", for: input.id }), text = el("label", { for: input.id });
      input.addEventListener("input", () => set(name, Number(input.value)));
      return {
        node: el("div", { class: "lw-setting lw-setting-wide" }, el("div", { class: "lw-setting-name" }, text, value), input), input,
        relabel: () => { text.textContent = t(caption); },
        paint: () => { const x = Number(current(name)); if (Number(input.value) !== x) input.value = String(x); value.textContent = say(x); input.setAttribute("aria-valuetext", say(x)); },
      };
    },
    /** A whole number that is typed; `empty`, where given, is what an empty entry means. @param {string} name @param {number} low @param {number} high @param {string} caption @param {string} [empty] */
    entry(name, low, high, caption, empty) {
      const input = el("input", { type: "text", inputmode: "numeric", autocomplete: "off", class: "lw-number", id: `${id}-${name}`, dataset: { setting: name } }), text = el("label", { for: input.id });
      const shown = () => { const x = current(name); return x === null ? "" : String(x); };
      const read = () => {
        if (input.value.trim() === shown()) return;
        const x = within(input.value, low, high, true);
        if (x !== null) set(name, x);
        else if (empty && !input.value.trim()) set(name, null);
        else { refused(high > 1e6 ? t("{label} must be a whole number, {low} or more.", { label: t(caption), low }) : t("{label} must be a whole number from {low} to {high}.", { label: t(caption), low, high })); input.value = shown(); }
      };
      input.addEventListener("change", read);
      input.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Enter") read(); if (e.key === "Escape") { input.value = shown(); input.blur(); } });
      return {
        node: el("div", { class: "lw-setting" }, text, input), input,
        relabel: () => { text.textContent = t(caption); if (empty) input.placeholder = t(empty); },
        paint: () => { if ((document.activeElement !== input || name in changes) && input.value !== shown()) input.value = shown(); },
      };
    },
    /** What has come back, or was refused, is no longer awaited. @param {boolean} failed */
    settle(failed) { for (const name of Object.keys(sent)) if (failed || same(sent[name], model.get(name))) delete sent[name]; },
    /** The kernel decides on this one now. @param {string} name */
    forget(name) { delete changes[name]; flush(); delete sent[name]; },
    dispose() { cancelAnimationFrame(sending); },
  };
}
