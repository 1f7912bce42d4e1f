// The learner's own word with the merges so far: its pieces, and which merges made them, in order.
import { el } from "./kit.js";
import { pairText, together } from "./bpe_logic.js";
import { pieceNode } from "./bpe_text.js";

/** @typedef {import("./bpe_logic.js").Found} Found */
/** @typedef {import("./bpe_logic.js").Learned} Learned */
/** @typedef {import("./bpe_logic.js").PieceName} PieceName */

/** @param {{ t: import("./kit.js").Translate, set: (name: string, value: any) => void, current: (name: string) => any }} reach */
export function bpeOwn({ t, set, current }) {
  const caption = el("span"), input = el("input", { type: "text", autocomplete: "off", spellcheck: "false", dir: "auto", dataset: { role: "word" }, on: { input: () => set("word", input.value) } });
  input.addEventListener("blur", () => { if (input.value !== current("word")) input.value = current("word"); });
  const pieces = el("div", { class: "lw-bpe-own", dataset: { role: "own" } }), result = el("p", { class: "lw-caption" });
  const trace = el("div", { class: "lw-bpe-trace lw-scroll", tabindex: "0", role: "group", dataset: { role: "trace" } });
  const chips = (/** @type {(readonly [number, PieceName])[]} */ named, /** @type {number} */ first) => el("span", { class: "lw-bpe-word" }, ...named.map(([id, name]) => pieceNode(name, id, first)));
  return {
    node: el("div", { class: "lw-bpe-yours" }, el("div", { class: "lw-bpe-panel" }, el("label", { class: "lw-bpe-label" }, caption, input), pieces), el("div", { class: "lw-bpe-panel" }, result, trace)),
    relabel() { caption.textContent = t("Your own word, with the merges so far"); trace.setAttribute("aria-label", t("The merges that apply, in order")); },
    /** @param {Found} now @param {Learned} known */
    paint({ own, step }, known) {
      if (document.activeElement !== input && input.value !== current("word")) input.value = current("word");
      const words = /** @type {[number, PieceName][][]} */ ([[]]);
      own.ids.forEach((id, i) => { words[words.length - 1].push([id, own.pieces[i]]); if (own.ends[i]) words.push([]); });
      pieces.replaceChildren(...words.filter((word) => word.length).map((word) => chips(word, known.first)));
      const unknown = own.ids.filter((id) => id < 0).length;
      result.textContent = !own.ids.length ? t("Write a word that the text may or may not have.")
        : unknown ? t("{n} tokens, {unknown} of them unknown: the alphabet of characters has only what stands in the text.", { n: own.ids.length, unknown })
        : own.applied.length ? t("{n} tokens. {m} of {all} merges apply, in the order in which they were learned:", { n: own.ids.length, m: own.applied.length, all: step })
        : t("{n} tokens: no merge applies so far.", { n: own.ids.length });
      trace.replaceChildren(...together(own.applied).map(([rank, after]) => el("div", { class: "lw-bpe-applied" }, el("span", { class: "lw-number" }, `${rank + 1}.`), el("span", {}, pairText(known, known.merges[rank] ?? [])), el("span", { "aria-hidden": "true" }, "→"), chips(after, known.first))));
    },
  };
}
