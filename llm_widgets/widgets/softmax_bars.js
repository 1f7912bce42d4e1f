// One row a class: target, name, logit (typed or dragged as a bar), probability.
import { el } from "./kit.js";
import { numberField } from "./number_field.js";
import { onGrid } from "./number_logic.js";
import { className, dragged, reach, share } from "./softmax_logic.js";

/** @param {import("./computed.js").Reach} reachOf */
export function softmaxBars({ t, set, current, refused, paint }) {
  const group = `lw-softmax-${Math.random().toString(36).slice(2, 8)}`;
  const list = el("div", { class: "lw-softmax-rows", role: "radiogroup" });
  const words = { target: el("span", {}), logit: el("span", {}), p: el("span", {}) };
  const heads = el("div", { class: "lw-softmax-row lw-softmax-heads", "aria-hidden": "true" }, words.target, words.logit, words.p);
  let rows = /** @type {ReturnType<typeof makeRow>[]} */ ([]), span = 5, dragging = false;
  const name = (/** @type {number} */ i) => className(current("labels"), i, t);
  const put = (/** @type {number} */ i, /** @type {number} */ z) => { const logits = [...current("logits")]; logits[i] = Math.max(-1e6, Math.min(1e6, z)); set("logits", logits); };

  function makeRow(/** @type {number} */ i) {
    const radio = el("input", { type: "radio", name: group, on: { change: () => set("target", i) } }), label = el("span", { class: "lw-softmax-name" });
    const field = numberField({ t, label: () => t("Logit of {name}", { name: name(i) }), get: () => current("logits")[i], set: (z) => put(i, z), refused, role: `logit-${i}` });
    const fill = el("span", { class: "lw-softmax-fill" }), grip = el("span", { class: "lw-softmax-grip" });
    const bar = el("div", { class: "lw-softmax-bar", role: "slider", tabindex: "0", dataset: { bar: i } }, el("span", { class: "lw-softmax-zero" }), fill, grip);
    const pFill = el("span", { class: "lw-softmax-fill" }), p = el("span", { class: "lw-number" });
    const at = (/** @type {PointerEvent} */ e) => { const box = bar.getBoundingClientRect(); put(i, dragged((2 * (e.clientX - box.left)) / box.width - 1, span)); };
    bar.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => { if (e.button !== 0) return; dragging = true; bar.setPointerCapture(e.pointerId); at(e); bar.focus(); e.preventDefault(); });
    bar.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => { if (bar.hasPointerCapture(e.pointerId)) at(e); });
    for (const end of ["pointerup", "pointercancel"]) bar.addEventListener(end, () => { dragging = false; paint(); });
    bar.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[e.key];
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      if (step) { put(i, onGrid(current("logits")[i], span > 50 ? span / 50 : 0.1, step * (e.shiftKey ? 10 : 1))); e.preventDefault(); }
      else if (e.key === "Home") { put(i, 0); e.preventDefault(); }
      else if (e.key === "Escape") bar.blur();
    });
    const node = el("div", { class: "lw-softmax-row" }, el("label", { class: "lw-softmax-class" }, radio, label), el("div", { class: "lw-softmax-logit" }, field.node, bar), el("div", { class: "lw-softmax-share" }, el("div", { class: "lw-softmax-bar lw-softmax-p" }, pFill), p));
    return {
      node,
      paint(/** @type {number} */ probability) {
        const z = current("logits")[i], half = 50 * Math.min(1, Math.abs(z) / span), chosen = current("target") === i;
        radio.checked = chosen;
        node.classList.toggle("lw-softmax-target", chosen);
        label.textContent = name(i);
        label.title = name(i);
        field.relabel();
        field.paint();
        bar.setAttribute("aria-label", t("Logit of {name}", { name: name(i) }));
        for (const [key, value] of Object.entries({ valuenow: z, valuemin: -span, valuemax: span })) bar.setAttribute(`aria-${key}`, String(value));
        fill.style.left = `${z < 0 ? 50 - half : 50}%`;
        fill.style.width = `${half}%`;
        grip.style.left = `${z < 0 ? 50 - half : 50 + half}%`;
        pFill.style.width = `${100 * probability}%`;
        p.textContent = share(probability);
      },
    };
  }
  return {
    node: el("div", {}, heads, list),
    relabel() {
      list.setAttribute("aria-label", t("Target"));
      words.target.textContent = t("Target");
      words.logit.textContent = t("Logit z");
      words.p.textContent = t("Probability p");
    },
    paint(/** @type {number[]} */ p) {
      const logits = current("logits");
      if (rows.length !== logits.length) {
        const focus = list.contains(document.activeElement);
        rows = logits.map((/** @type {number} */ _, /** @type {number} */ i) => makeRow(i));
        list.replaceChildren(...rows.map((row) => row.node));
        if (focus) /** @type {HTMLElement | null} */ (list.querySelector("input"))?.focus();
      }
      if (!dragging) span = reach(logits); // a scale that moved under the pointer would run away from it
      rows.forEach((row, i) => row.paint(p[i] ?? 0));
    },
  };
}
