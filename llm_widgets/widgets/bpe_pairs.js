// The commonest pairs with their counts as bars; or, while the learner guesses, the same pairs without them.
import { el, number } from "./kit.js";
import { pairText, tieWords } from "./bpe_logic.js";
import { pieceNode } from "./bpe_text.js";

/** @typedef {import("./bpe_logic.js").Found} Found */
/** @typedef {import("./bpe_logic.js").Learned} Learned */

/** @param {{ t: import("./kit.js").Translate, guess: (pair: [number, number]) => void, look: () => void, choose: (pair: readonly number[]) => void, back: () => void, own: () => number[] }} options
 *   `look`: another pair is to be marked in the text; `choose`: it is merged instead of the commonest; `back`: the commonest are; `own`: the steps at which others were */
export function bpePairs({ t, guess, look, choose, back, own }) {
  const heading = el("h4", { class: "lw-bpe-heading" }), list = el("div", { class: "lw-bpe-pairs", role: "group" }), note = el("p", { class: "lw-caption lw-bpe-tie" });
  const instead = el("button", { type: "button", dataset: { action: "choose" }, on: { click: () => { if (marked) choose(marked); } } }), greedy = el("button", { type: "button", dataset: { action: "commonest" }, on: { click: back } });
  let chosen = /** @type {string} */ (""), step = -1, marked = /** @type {readonly number[] | null} */ (null);
  const same = (/** @type {readonly number[] | null} */ a, /** @type {readonly number[]} */ b) => a !== null && a[0] === b[0] && a[1] === b[1];

  /** @param {Found} now @param {Learned} known */
  function row(now, known, /** @type {readonly number[]} */ pair, /** @type {number} */ most, /** @type {number} */ place) {
    const [left, right, times] = pair, next = !now.hidden && place === 0, mine = same(now.guess, pair);
    const good = mine && now.right;
    const sign = !now.guess || now.hidden ? "" : mine ? (good ? "✓" : "✗") : "";
    const pieces = el("span", { class: "lw-bpe-pair" }, pieceNode(known.vocabulary[left], left, known.first), pieceNode(known.vocabulary[right], right, known.first));
    const bar = now.hidden ? el("span", { class: "lw-bpe-ask" }, t("Guess")) : el("span", { class: "lw-bpe-track" }, el("span", { class: "lw-bpe-bar", style: { width: `${(100 * times) / most}%` } }));
    const count = now.hidden ? "" : number(times);
    const label = now.hidden ? t("Guess {pair}", { pair: pairText(known, pair) }) : t("{pair}: {times} times", { pair: pairText(known, pair), times: count });
    const click = () => { if (now.hidden) guess([left, right]); else { chosen = chosen === `${left},${right}` ? "" : `${left},${right}`; look(); } };
    return el("button", { type: "button", class: `lw-bpe-row${next ? " lw-bpe-next" : ""}${mine ? (good ? " lw-bpe-good" : " lw-bpe-bad") : ""}`, "aria-label": label, "aria-pressed": now.hidden ? null : String(same(marked, pair)), dataset: { pair: `${left},${right}` }, on: { click } },
      pieces, bar, el("span", { class: "lw-number lw-bpe-count" }, count), el("span", { class: "lw-bpe-sign", "aria-hidden": "true" }, sign));
  }
  return {
    node: el("div", { class: "lw-bpe-panel" }, heading, list, note, el("div", { class: "lw-bpe-modes lw-bpe-instead" }, instead, greedy)),
    /** The pair that is underlined in the text: the chosen one, else the next; none while it is hidden. @param {Found} now */
    mark(now) {
      if (now.step !== step) { step = now.step; chosen = ""; }
      const row = now.hidden ? undefined : (now.pairs.find((pair) => `${pair[0]},${pair[1]}` === chosen) ?? now.next);
      return (marked = row ? [row[0], row[1]] : null);
    },
    /** @param {Found} now @param {Learned} known */
    paint(now, known) {
      const pressed = document.activeElement;
      const focused = /** @type {HTMLElement | null} */ (list.contains(document.activeElement) ? document.activeElement : null)?.dataset.pair;
      const most = Math.max(1, ...now.pairs.map((pair) => pair[2] ?? 0));
      heading.textContent = now.hidden ? t("Which pair comes next?") : now.end ? t("The commonest pairs") : t("The commonest pairs, the next merge first");
      list.setAttribute("aria-label", heading.textContent);
      list.replaceChildren(...(now.pairs.length ? now.pairs.map((pair, i) => row(now, known, pair, most, now.end ? -1 : i)) : [el("p", { class: "lw-caption" }, t("There is no pair left."))]));
      if (focused !== undefined) /** @type {HTMLElement | null} */ (list.querySelector(`[data-pair="${focused}"]`) ?? list.querySelector("button"))?.focus({ preventScroll: true });
      note.textContent = own().length ? t("Merged by your choice instead of the commonest: {steps}.", { steps: own().map((n) => n + 1).join(", ") }) : tieWords(now, t);
      instead.textContent = t("Merge the chosen pair instead");
      instead.disabled = now.hidden || !marked || !now.next || same(marked, now.next);
      greedy.textContent = t("Back to the commonest");
      greedy.hidden = !own().length;
      // A button that goes must not take the keyboard along.
      if ((pressed === instead && instead.disabled) || (pressed === greedy && greedy.hidden)) /** @type {HTMLElement | null} */ (list.querySelector("button"))?.focus({ preventScroll: true });
    },
  };
}
