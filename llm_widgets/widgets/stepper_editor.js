// The numbers of a network, edited where they were chosen: an input, a weight, a bias, a target.
import { el } from "./kit.js";
import { numberField } from "./number_field.js";
import { brief, heldPart, parameterAt, sharedTarget, unitName } from "./stepper_logic.js";

/** @typedef {import("./stepper_logic.js").NetPart} NetPart */

/**
 * @param {{ t: import("./kit.js").Translate, current: (name: string) => any, set: (name: string, value: any) => void, refused: (why: string) => void, chosen: () => NetPart, leave: () => void, found: () => import("./stepper_logic.js").NetFound }} options
 */
export function stepperEditor({ t, current, set, refused, chosen, leave, found }) {
  const part = () => heldPart(found().sizes, chosen());
  const name = () => { const at = part(), { sizes } = found(); return at.kind === "edge" ? t("weight from {from} to {to}", { from: unitName(sizes, at.layer, at.i), to: unitName(sizes, at.layer + 1, at.j) }) : at.column === 0 ? t("input {name}", { name: unitName(sizes, 0, at.unit) }) : t("bias of {name}", { name: unitName(sizes, at.column, at.unit) }); };
  const changed = (/** @type {string} */ trait, /** @type {number} */ i, /** @type {number} */ value) => set(trait, current(trait).map((/** @type {number} */ old, /** @type {number} */ k) => (k === i ? value : old)));
  const index = () => { const at = part(), { sizes } = found(); return at.kind === "edge" ? parameterAt(sizes, at.layer, at.i, at.j) : parameterAt(sizes, at.column - 1, null, at.unit); };
  const isInput = () => { const at = part(); return at.kind === "node" && at.column === 0; };
  const number = numberField({
    t, label: name, refused, low: -1000, high: 1000, role: "chosen",
    get: () => { const at = part(); return (at.kind === "node" && at.column === 0 ? current("x")[at.unit] : current("parameters")[index()]) ?? 0; },
    set: (value) => { const at = part(); if (at.kind === "node" && at.column === 0) changed("x", at.unit, value); else changed("parameters", index(), value); },
  });
  const output = () => { const at = part(), { sizes } = found(); return at.kind === "node" && at.column === sizes.length - 1 ? at.unit : 0; };
  const shares = () => current("loss") === "cross_entropy_from_logits" && found().sizes[found().sizes.length - 1] > 1;
  const target = numberField({
    t, label: () => t("target of {name}", { name: unitName(found().sizes, found().sizes.length - 1, output()) }), refused, low: -1000, high: 1000, role: "target",
    get: () => current("target")[output()] ?? 0,
    set: (value) => (shares() ? set("target", sharedTarget(current("target"), output(), value)) : changed("target", output(), value)),
  });
  const rate = numberField({ t, label: () => t("Learning rate η"), refused, low: 1e-9, high: 1e6, step: 0.05, role: "learning_rate", get: () => current("learning_rate"), set: (value) => set("learning_rate", Math.max(1e-9, value)) });
  number.input.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Escape") leave(); });
  const names = [number, target, rate].map(() => el("span", {})), labels = [number, target, rate].map((field, i) => el("label", {}, names[i], field.node)), all = el("span", { class: "lw-number", dataset: { role: "targets" } });
  return {
    node: el("div", { class: "lw-net-editor", role: "group" }, ...labels, all),
    focus: () => { number.input.focus({ preventScroll: true }); number.input.select(); },
    paint() {
      names[0].textContent = name();
      names[1].textContent = t("target of {name}", { name: unitName(found().sizes, found().sizes.length - 1, output()) });
      names[2].textContent = t("Learning rate η");
      for (const field of [number, target, rate]) { field.relabel(); field.paint(); }
      labels[0].classList.toggle("lw-net-of-input", isInput());
      const targets = /** @type {number[]} */ (current("target"));
      all.textContent = targets.length > 1 ? t("all targets: {list}", { list: targets.map((x) => brief(x)).join(", ") }) : "";
    },
    relabel(/** @type {(words: string) => string} */ _t) { this.node.setAttribute("aria-label", t("The chosen number")); },
  };
}
