// Things that are put in order: with the arrow keys, by dragging, or with two buttons each.
import { el } from "./kit.js";

/** @param {{ t: import("./kit.js").Translate, changed: () => void }} options */
export function orderField({ t, changed }) {
  const list = el("ol", { class: "lw-prediction-order" });
  let items = /** @type {{ key: string, label: string }[]} */ ([]);
  const shift = (/** @type {string} */ key, /** @type {number} */ to, /** @type {string} */ focus = "") => {
    const from = items.findIndex((item) => item.key === key);
    if (from < 0 || to < 0 || to >= items.length || to === from) return;
    items.splice(to, 0, ...items.splice(from, 1));
    draw();
    changed();
    if (focus) /** @type {HTMLElement | null} */ (list.children[to].querySelector(`[data-move="${focus}"]:not(:disabled)`) ?? list.children[to].querySelector("button:not(:disabled)"))?.focus();
  };
  const place = (/** @type {string} */ key) => items.findIndex((item) => item.key === key);
  function draw() {
    const arrow = (/** @type {string} */ key, /** @type {number} */ step, /** @type {string} */ label) => {
      const at = place(key), name = step < 0 ? "up" : "down";
      return el("button", { type: "button", class: "lw-quiet", dataset: { move: name }, disabled: at + step < 0 || at + step >= items.length, "aria-label": step < 0 ? t("{item}: one place earlier", { item: label }) : t("{item}: one place later", { item: label }), on: { click: () => shift(key, place(key) + step, name) } }, step < 0 ? "▲" : "▼");
    };
    list.replaceChildren(...items.map(({ key, label }) => el("li", { dataset: { key }, on: { keydown: (/** @type {KeyboardEvent} */ e) => move(e, key), pointerdown: (/** @type {PointerEvent} */ e) => drag(e, key) } }, el("span", {}, label), arrow(key, -1, label), arrow(key, 1, label))));
  }
  function move(/** @type {KeyboardEvent} */ e, /** @type {string} */ key) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    if (!step || e.ctrlKey || e.metaKey || e.altKey) return;
    shift(key, place(key) + step, step < 0 ? "up" : "down");
    e.preventDefault();
  }
  function drag(/** @type {PointerEvent} */ e, /** @type {string} */ key) {
    if (e.button !== 0 || /** @type {Element} */ (e.target).closest("button")) return;
    e.preventDefault();
    const over = (/** @type {PointerEvent} */ now) => {
      const rows = /** @type {HTMLElement[]} */ ([...list.children]), y = now.clientY;
      const at = rows.findIndex((one) => { const box = one.getBoundingClientRect(); return y >= box.top && y <= box.bottom; });
      if (at >= 0) shift(key, at);
    };
    const end = () => { document.removeEventListener("pointermove", over); document.removeEventListener("pointerup", end); document.removeEventListener("pointercancel", end); };
    document.addEventListener("pointermove", over);
    document.addEventListener("pointerup", end);
    document.addEventListener("pointercancel", end);
  }
  return {
    node: list,
    keys: () => items.map((item) => item.key),
    /** The things to order; an order that was begun stays where they are the same, in another language too. @param {{ key: string, label: string }[]} given */
    offer(given) {
      const before = items.map((item) => item.key), same = before.length === given.length && given.every(({ key }) => before.includes(key));
      items = same ? before.map((key) => /** @type {{ key: string, label: string }} */ (given.find((one) => one.key === key))) : [...given];
      draw();
    },
    relabel: draw,
  };
}
