// The bars of the next token, each a choice; and the line from 0 to 1 on which a random number falls.
import { el, number } from "./kit.js";
import { fit, rowName, scaleTop, segments, share, shown } from "./explorer_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./explorer_logic.js").Bars} Bars */
export const ROWS = 16;

/** @param {{ t: Translate, take: (id: number) => void }} options */
export function barList({ t, take }) {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const token = el("bdi", {}), rank = el("span", { class: "lw-number lw-te-rank" }), raw = el("span", { class: "lw-te-raw" }), after = el("span", { class: "lw-te-after" });
    const rawText = el("span", { class: "lw-number lw-te-model" }), afterText = el("span", { class: "lw-number" });
    const node = el("div", { class: "lw-te-bar", role: "option", tabindex: i ? -1 : 0, dataset: { row: i } }, rank, el("span", { class: "lw-te-token", dataset: { learner: "" } }, token), el("span", { class: "lw-te-track" }, after, raw), afterText, rawText);
    return { node, token, rank, raw, after, rawText, afterText, id: -1 };
  });
  const cut = el("div", { class: "lw-te-cut" }, el("span", {}));
  const empty = el("p", { class: "lw-te-why" });
  const list = el("div", { class: "lw-te-list", role: "listbox" }, ...rows.map((row) => row.node), cut);
  const names = { token: el("span", {}), scale: el("span", {}), zero: el("span", {}, "0"), top: el("span", { class: "lw-number" }), after: el("span", {}), raw: el("span", {}) };
  const heads = el("div", { class: "lw-te-bar lw-te-heads", "aria-hidden": "true" }, el("span", {}), names.token, el("span", { class: "lw-te-axis" }, names.zero, names.top), names.after, names.raw);
  const otherName = el("span", { class: "lw-te-token" }), otherRaw = el("span", { class: "lw-te-raw" }), otherAfter = el("span", { class: "lw-te-after" }), otherRawText = el("span", { class: "lw-number lw-te-model" }), otherAfterText = el("span", { class: "lw-number" });
  const others = el("div", { class: "lw-te-bar lw-te-others" }, el("span", {}), otherName, el("span", { class: "lw-te-track" }, otherAfter, otherRaw), otherAfterText, otherRawText);
  const node = el("div", { class: "lw-te-bars" }, heads, list, others, empty);
  const focus = (/** @type {number} */ i) => {
    const there = rows.filter((row) => !row.node.hidden);
    const at = Math.min(there.length - 1, Math.max(0, i));
    if (at < 0) return;
    for (const row of rows) row.node.tabIndex = row === there[at] ? 0 : -1;
    there[at].node.focus();
  };
  rows.forEach((row, i) => {
    row.node.addEventListener("click", () => take(row.id));
    row.node.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
      const to = /** @type {Record<string, number>} */ ({ ArrowUp: i - 1, ArrowDown: i + 1, Home: 0, End: ROWS })[e.key];
      if (to !== undefined) focus(to);
      else if (e.key === "Enter") take(row.id);
      else return;
      e.preventDefault();
      e.stopPropagation();
    });
  });
  const width = (/** @type {HTMLElement} */ bar, /** @type {number} */ x) => { bar.style.width = `${Math.min(100, 100 * x).toFixed(2)}%`; };
  const put = (/** @type {HTMLElement} */ place, /** @type {string} */ content) => { if (place.textContent !== content) place.textContent = content; };
  return {
    node,
    /** @param {Bars | null} bars @param {boolean} marked  whether a step takes one of them @param {string} why  there are none */
    paint(bars, marked, why) {
      node.classList.toggle("lw-te-none", !bars);
      put(empty, bars ? "" : why);
      const count = bars?.rows.length ?? 0;
      const top = scaleTop((bars?.rows ?? []).flatMap((row) => [row[4], row[5]]));
      put(names.top, `${100 * top} %`);
      rows.forEach((row, i) => {
        const data = bars?.rows[i];
        row.node.style.visibility = data ? "" : "hidden";
        if (!data || !bars) return;
        const [rank, token, id, , raw, after] = data, gone = rank > bars.kept;
        row.id = id;
        put(row.rank, number(rank));
        put(row.token, fit(shown(token), 12));
        width(row.raw, raw / top);
        width(row.after, after / top);
        put(row.rawText, share(raw));
        put(row.afterText, gone ? "–" : share(after));
        row.node.classList.toggle("lw-te-gone", gone);
        const name = rowName(data, gone, t);
        if (row.node.getAttribute("aria-label") !== name) { row.node.setAttribute("aria-label", name); row.node.title = name; }
        row.node.setAttribute("aria-selected", String(marked && id === bars.chosen));
        row.node.dataset.token = token;
        row.node.dataset.id = String(id);
      });
      const shownCut = bars !== null && bars.kept < Math.min(count, bars.count) && bars.kept > 0;
      cut.style.visibility = shownCut ? "" : "hidden";
      cut.style.setProperty("--at", String(bars?.kept ?? 0));
      const [n, raw, after] = bars?.others ?? [0, 0, 0];
      others.style.visibility = n ? "" : "hidden";
      put(otherName, t("all others ({n})", { n: number(n) }));
      width(otherRaw, raw / top);
      width(otherAfter, after / top);
      otherRaw.classList.toggle("lw-te-beyond", raw > top);
      put(otherRawText, share(raw));
      put(otherAfterText, after > 0 ? share(after) : "–");
    },
    relabel() {
      put(names.token, t("Token"));
      put(names.after, t("settings"));
      put(names.raw, t("model"));
      put(/** @type {HTMLElement} */ (cut.firstElementChild), t("cut here"));
      list.setAttribute("aria-label", t("What comes next"));
    },
  };
}

/** The line from 0 to 1, cut into the tokens' shares, with the number that was drawn. */
export function drawLine() {
  const line = el("div", { class: "lw-te-line", "aria-hidden": "true" }), marker = el("span", { class: "lw-te-marker" });
  const node = el("div", { class: "lw-te-draw" }, line, marker);
  return {
    node,
    /** @param {Bars | null} bars @param {boolean} marked  whether a step takes one of them */
    paint(bars, marked) {
      const pieces = bars ? segments(bars) : [];
      while (line.children.length < pieces.length) line.append(el("span", { dataset: { learner: "" } }));
      while (line.children.length > pieces.length) line.lastChild?.remove();
      pieces.forEach(({ token, start, width, chosen }, i) => {
        const piece = /** @type {HTMLElement} */ (line.children[i]);
        piece.style.left = `${(100 * start).toFixed(3)}%`;
        piece.style.width = `${(100 * width).toFixed(3)}%`;
        piece.className = `${chosen && marked ? "lw-te-chosen" : ""} ${token ? "" : "lw-te-rest"} ${i % 2 ? "lw-te-odd" : ""}`;
        const text = width >= 0.07 ? fit(token ? shown(token) : "…", Math.max(1, Math.floor(width * 34))) : "";
        if (piece.textContent !== text) piece.textContent = text;
      });
      marker.style.visibility = bars && bars.draw !== null ? "" : "hidden";
      if (bars?.draw !== null && bars) marker.style.left = `${(100 * /** @type {number} */ (bars.draw)).toFixed(2)}%`;
      node.dataset.draw = bars && bars.draw !== null ? String(bars.draw) : "";
    },
  };
}
