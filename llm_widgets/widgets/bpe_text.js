// A text in its pieces: words apart, pieces that were merged in colour, the newest one growing together.
import { el, reducedMotion } from "./kit.js";
import { pieceColour, pieceText } from "./bpe_logic.js";

/** @typedef {import("./bpe_logic.js").Found} Found */
/** @typedef {import("./bpe_logic.js").Learned} Learned */
/** @typedef {import("./bpe_logic.js").PieceName} PieceName */

const TOGETHER = 14; // a word of so many pieces at most is not broken at the end of a line

/** One piece. @param {PieceName | undefined} name @param {number} id @param {number} first  how many pieces the alphabet has */
export function pieceNode(name, id, first) {
  const text = pieceText(name);
  return el("span", { class: `lw-bpe-piece lw-code${typeof name === "object" ? " lw-bpe-bytes" : ""}`, dataset: { colour: pieceColour(id, first) } }, text);
}

/** The pieces of one word. @param {number[]} ids @param {Found} now @param {Learned} known @param {readonly number[] | null} mark  a pair to underline @param {boolean} moving */
function wordNode(ids, now, known, mark, moving) {
  const node = el("span", { class: `lw-bpe-word${ids.length > TOGETHER ? "" : " lw-bpe-together"}` });
  for (let i = 0; i < ids.length; i += 1) {
    const piece = pieceNode(known.vocabulary[ids[i]], ids[i], known.first);
    if (now.merged && ids[i] === now.merged[2]) {
      piece.classList.add("lw-bpe-new");
      if (moving) piece.replaceChildren(...[now.merged[0], now.merged[1]].map((half, k) => el("span", { class: `lw-bpe-half-${k}` }, pieceText(known.vocabulary[half]))));
    }
    if (mark && ((ids[i] === mark[0] && ids[i + 1] === mark[1]) || (i && ids[i - 1] === mark[0] && ids[i] === mark[1]))) piece.classList.add("lw-bpe-marked");
    node.append(piece);
  }
  return node;
}

/** @param {{ t: import("./kit.js").Translate }} reach */
export function bpeText({ t }) {
  let counting = false, before = 0, shownText = /** @type {unknown} */ (null), drawn = /** @type {string[]} */ ([]);
  const running = el("button", { type: "button", dataset: { view: "text" }, on: { click: () => turn(false) } }), counted = el("button", { type: "button", dataset: { view: "words" }, on: { click: () => turn(true) } });
  const modes = el("div", { class: "lw-bpe-modes", role: "group" }, running, counted);
  const box = el("div", { class: "lw-bpe-text lw-scroll", tabindex: "0", role: "group", dataset: { role: "text" } }), note = el("p", { class: "lw-caption" });
  let again = () => {};
  const turn = (/** @type {boolean} */ to) => { counting = to; shownText = null; again(); };

  /** @param {Found} now @param {Learned} known @param {readonly number[] | null} mark */
  function paint(now, known, mark) {
    again = () => paint(now, known, mark);
    for (const [button, on] of /** @type {const} */ ([[running, !counting], [counted, counting]])) button.setAttribute("aria-pressed", String(on));
    // One step forward: what was merged is seen to grow together.
    const moving = now.step === before + 1 && !reducedMotion();
    before = now.step;
    const fresh = known.order !== shownText;
    if (fresh) { shownText = known.order; box.replaceChildren(); drawn = []; }
    const rows = counting ? known.common : known.order.map((word) => [word, 0]);
    const signs = now.cuts.map((ids) => `${ids.join()};${mark && ids.some((id, i) => id === mark[0] && ids[i + 1] === mark[1]) ? mark.join() : ""};${now.merged && ids.includes(now.merged[2]) ? now.step : ""}`);
    rows.forEach(([word, times], i) => {
      if (drawn[i] === signs[word]) return;
      drawn[i] = signs[word];
      const node = wordNode(now.cuts[word] ?? [], now, known, mark, moving);
      const line = counting ? el("div", { class: "lw-bpe-counted" }, el("span", { class: "lw-number" }, `${times} ×`), node) : node;
      const old = box.children[i];
      if (old) old.replaceWith(line); else box.append(line);
    });
    if (moving || fresh) reveal();
    note.textContent = counting
      ? t("Only the different words are worked on, each with its count: {n} of {all}, the commonest first.", { n: rows.length, all: known.different })
      : known.shown < known.characters
        ? t("The first {n} of {all} characters. Gaps part words: no pair is counted or merged across them.", { n: known.shown, all: known.characters.toLocaleString("en") })
        : t("Gaps part words: no pair is counted or merged across them.");
    box.classList.toggle("lw-bpe-list", counting);
  }
  /** Scrolls, inside the box, to where the newest piece first stands, unless one of them can be seen. */
  function reveal() {
    const all = /** @type {HTMLElement[]} */ ([...box.querySelectorAll(".lw-bpe-new")]), frame = box.getBoundingClientRect();
    const seen = all.some((piece) => { const place = piece.getBoundingClientRect(); return place.top >= frame.top && place.bottom <= frame.bottom; });
    if (all.length && !seen) box.scrollTop += all[0].getBoundingClientRect().top - frame.top - box.clientHeight / 3;
  }
  return {
    node: el("div", { class: "lw-bpe-panel" }, modes, box, note), paint,
    relabel() {
      running.textContent = t("The text in its pieces");
      counted.textContent = t("Its words, counted");
      modes.setAttribute("aria-label", t("What is shown"));
      box.setAttribute("aria-label", t("The text in its pieces"));
    },
  };
}
