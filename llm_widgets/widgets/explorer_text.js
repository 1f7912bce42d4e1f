// The text so far as tokens, each a place to go back to.
import { el } from "./kit.js";
import { shown } from "./explorer_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./explorer_logic.js").Path} Path */

/** @param {{ t: Translate, jump: (node: number) => void }} options */
export function tokenText({ t, jump }) {
  const node = el("div", { class: "lw-te-text", role: "listbox", "aria-orientation": "horizontal", dataset: { learner: "" } });
  let drawn = "", pieces = /** @type {HTMLElement[]} */ ([]), numbers = /** @type {(number | null)[]} */ ([]);
  const focus = (/** @type {number} */ i) => {
    pieces.forEach((piece, j) => { piece.tabIndex = j === i ? 0 : -1; });
    pieces[i]?.focus();
  };
  const go = (/** @type {number} */ i) => { const to = numbers[i]; if (to !== null && to !== undefined) jump(to); };
  node.addEventListener("click", (/** @type {MouseEvent} */ e) => go(pieces.indexOf(/** @type {HTMLElement} */ (/** @type {Element} */ (e.target).closest(".lw-te-piece")))));
  node.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const i = pieces.indexOf(/** @type {HTMLElement} */ (document.activeElement)), last = pieces.length - 1;
    if (i < 0) return;
    const to = /** @type {Record<string, number>} */ ({ ArrowLeft: Math.max(0, i - 1), ArrowRight: Math.min(last, i + 1), Home: 0, End: last })[e.key];
    if (to !== undefined) focus(to);
    else if (e.key === "Enter") go(i);
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  return {
    node,
    /** @param {Path | null} path */
    paint(path) {
      const key = JSON.stringify(path && [path.tokens, path.hidden, path.unread, t("not in the vocabulary")]);
      if (key === drawn) return;
      drawn = key;
      const focused = node.contains(document.activeElement);
      numbers = (path?.tokens ?? []).map(([number]) => number);
      pieces = (path?.tokens ?? []).map(([number, text, given, known], i, all) => {
        const title = known ? "" : t("not in the vocabulary"), last = i === all.length - 1;
        const kinds = ["lw-te-piece", given && "lw-te-given", number === null && "lw-te-beam", !known && "lw-unknown", i + (path?.hidden ?? 0) < (path?.unread ?? 0) && "lw-unread"];
        return el("span", { class: kinds.filter(Boolean).join(" "), role: "option", tabindex: last ? 0 : -1, "aria-selected": String(last), title: title || false }, el("bdi", {}, shown(text)), title ? el("span", { class: "lw-spoken" }, ` (${title})`) : null);
      });
      node.replaceChildren(path?.hidden ? "…" : "", ...pieces);
      node.scrollTop = node.scrollHeight; // the end is where it goes on
      if (focused) focus(pieces.length - 1);
    },
  };
}
