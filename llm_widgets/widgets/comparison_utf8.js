// One character as UTF-8: each byte with the bits that say how long it is, and those that are the code point.
import { el } from "./kit.js";
import { reading, shown } from "./comparison_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */

/** @param {Translate} t @param {(place: number) => void} choose */
export function utf8Panel(t, choose) {
  const title = el("h4", { class: "lw-compare-name" }), sign = el("span", { class: "lw-compare-sign" }), code = el("span", { class: "lw-compare-code lw-number" });
  const back = el("button", { type: "button", dataset: { action: "character-back" }, on: { click: () => choose(at - 1) } }, "◀"), on = el("button", { type: "button", dataset: { action: "character-on" }, on: { click: () => choose(at + 1) } }, "▶");
  const bytes = el("div", { class: "lw-compare-bytes" }), sum = el("p", { class: "lw-compare-sum lw-number" }), why = el("p", { class: "lw-compare-why" });
  let at = 0;
  const bits = (/** @type {string} */ pattern, /** @type {string} */ payload) => el("span", { class: "lw-compare-bits" }, el("span", { class: "lw-compare-pattern" }, pattern), el("span", { class: "lw-compare-payload" }, payload));
  return {
    node: el("div", { class: "lw-compare-panel", role: "group" }, title, el("div", { class: "lw-compare-choose" }, back, sign, on, code), el("div", { class: "lw-compare-bits-all" }, bytes, sum), why),
    relabel() {
      title.textContent = t("A character as bytes (UTF-8)");
      back.setAttribute("aria-label", t("Character before"));
      on.setAttribute("aria-label", t("Next character"));
    },
    /** @param {any} found */
    paint(found) {
      const there = Object.keys(found).length > 0;
      at = there ? found.place : 0;
      /** @type {any} */ (back).disabled = !there || at === 0;
      /** @type {any} */ (on).disabled = !there || at === found.last;
      sign.textContent = there ? shown(found.character) : "";
      if (!there) { code.textContent = why.textContent = t("No character yet."); bytes.replaceChildren(); sum.textContent = ""; return; }
      const hex = found.code_point.toString(16).toUpperCase().padStart(4, "0");
      code.textContent = t("code point U+{hex} = {n}", { hex, n: found.code_point });
      bytes.replaceChildren(...found.bytes.map((/** @type {[number, string, string]} */ [value, pattern, payload]) => el("div", { class: "lw-compare-byte" },
        el("span", { class: "lw-compare-hex" }, value.toString(16).toUpperCase().padStart(2, "0")), bits(pattern, payload), el("span", { class: "lw-compare-decimal" }, `= ${value}`))));
      const payload = found.bytes.map((/** @type {[number, string, string]} */ byte) => byte[2]);
      sum.replaceChildren(...payload.map((/** @type {string} */ part) => el("span", { class: "lw-compare-payload" }, part)), el("span", {}, ` = ${found.code_point} = U+${hex}`));
      why.textContent = reading(found, t);
    },
  };
}
