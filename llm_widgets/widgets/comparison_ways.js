// The ways of cutting a text, one under the other: coloured pieces, counts, what comes back; a piece that is pointed at shows its characters everywhere.
import { el, number } from "./kit.js";
import { NAMES, WAYS, losses, overlapping, shown } from "./comparison_logic.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./comparison_logic.js").Way} Way */

/**
 * @param {Translate} t @param {{ pointed: (words: string) => void, choose: (place: number) => void }} on
 *   `pointed` hears what is said of the piece under the pointer, "" for none; `choose` which character was pressed.
 */
export function ways(t, on) {
  let found = /** @type {Record<string, Way>} */ ({}), drawn = /** @type {Record<string, string>} */ ({});
  const rows = Object.fromEntries(WAYS.map((way) => {
    const name = el("h4", { class: "lw-compare-name" }), counts = el("p", { class: "lw-compare-counts lw-number" });
    const pieces = el("div", { class: "lw-compare-pieces", role: "listbox", dataset: { way, learner: "" } });
    const back = el("p", { class: "lw-compare-back", tabindex: "0", dataset: { learner: "" } }), lost = el("p", { class: "lw-compare-lost" });
    return [way, { name, counts, pieces, back, lost, node: el("div", { class: "lw-compare-way", dataset: { row: way } }, el("div", { class: "lw-compare-head" }, name, counts), pieces, back, lost) }];
  }));
  const node = el("div", { class: "lw-compare-ways" }, ...WAYS.map((way) => rows[way].node));
  const spans = (/** @type {string} */ way) => /** @type {HTMLElement[]} */ ([...rows[way].pieces.children]);

  const place = (/** @type {EventTarget | null} */ target) => {
    const piece = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest(".lw-compare-piece")) : null;
    const way = /** @type {HTMLElement | null} */ (piece?.parentElement ?? null)?.dataset.way;
    return piece && way && found[way] ? { way, piece, at: Number(piece.dataset.at) } : null;
  };
  let lit = /** @type {HTMLElement[]} */ ([]);
  const point = (/** @type {ReturnType<typeof place>} */ where) => {
    for (const span of lit) span.classList.remove("lw-compare-lit");
    lit = [];
    if (!where) return on.pointed("");
    const [, , , start, end] = found[where.way].pieces[where.at], words = [];
    for (const way of WAYS) {
      if (!(way in found) || rows[way].node.hidden) continue;
      const same = overlapping(found[way].pieces, start, end), all = spans(way);
      for (const i of same) { all[i].classList.add("lw-compare-lit"); lit.push(all[i]); }
      if (way !== where.way && same.length) near(rows[way].pieces, all[same[0]]);
      const listed = same.slice(0, 8).map((i) => `${shown(found[way].pieces[i][0])} (${found[way].pieces[i][1]})`).join(" ");
      words.push(`${t(NAMES[way])}: ${listed || "–"}${same.length > 8 ? " …" : ""}`);
    }
    on.pointed(words.join(" · "));
  };
  // Only the row scrolls, never the page.
  const near = (/** @type {HTMLElement} */ box, /** @type {HTMLElement} */ span) => {
    const top = span.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + span.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top - 4;
  };
  node.addEventListener("pointerover", (e) => { const where = place(e.target); if (where) point(where); });
  node.addEventListener("pointerleave", () => point(place(document.activeElement)));
  node.addEventListener("focusin", (e) => {
    const where = place(e.target);
    if (!where) return;
    for (const span of spans(where.way)) if (span.tabIndex === 0 && span !== where.piece) span.tabIndex = -1;
    where.piece.tabIndex = 0;
    point(where);
  });
  node.addEventListener("focusout", (e) => { if (!place(e.relatedTarget)) point(null); });
  const press = (/** @type {ReturnType<typeof place>} */ where) => { if (where) on.choose(found[where.way].pieces[where.at][3]); };
  node.addEventListener("click", (e) => { const where = place(e.target); if (where) { where.piece.focus({ preventScroll: true }); press(where); } });
  node.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const where = place(e.target);
    if (!where) return;
    const all = spans(where.way), open = WAYS.filter((way) => way in found && !rows[way].node.hidden && found[way].pieces.length);
    const side = { ArrowLeft: where.at - 1, ArrowRight: where.at + 1, Home: 0, End: all.length - 1 }[e.key], step = { ArrowUp: -1, ArrowDown: 1 }[e.key];
    if (side !== undefined) all[Math.max(0, Math.min(all.length - 1, side))].focus();
    else if (step) {
      const [, , , start, end] = found[where.way].pieces[where.at], next = open[open.indexOf(where.way) + Number(step)];
      const to = next ? overlapping(found[next].pieces, start, end) : [];
      if (to.length) spans(next)[to[0]].focus();
    } else if (e.key === "Enter" || e.key === " ") press(where);
    else if (e.key === "Escape") where.piece.blur();
    else return;
    e.preventDefault();
  });

  const draw = (/** @type {string} */ name, /** @type {Way} */ way, /** @type {number} */ length) => {
    const row = rows[name];
    row.pieces.replaceChildren(...way.pieces.map(([token, id, known], i) => el("span", {
      class: `lw-compare-piece lw-compare-tint-${i % 3}${known ? "" : " lw-compare-unknown"}`, role: "option", tabindex: i ? "-1" : "0", "aria-selected": "false", dataset: { at: String(i) },
      title: known ? t("id {id}", { id }) : t("unknown, id {id}", { id }), "aria-label": known ? t("{token}, id {id}", { token: shown(token), id }) : t("{token}, unknown, id {id}", { token: shown(token), id }),
    }, shown(token))));
    row.counts.replaceChildren(...[
      way.count === 1 ? t("1 token") : t("{n} tokens", { n: number(way.count) }),
      way.ratio === null ? "" : t("{n} characters per token", { n: number(way.ratio, 3) }),
      t("vocabulary {n}", { n: number(way.vocabulary) }),
      t("{n} unknown", { n: number(way.lost.unknown ?? 0) }),
    ].filter(Boolean).map((words) => el("span", {}, words)));
    row.back.classList.toggle("lw-compare-whole", way.lossless);
    if (way.lossless) row.back.replaceChildren(length ? t("✓ The text comes back without loss.") : "");
    else row.back.replaceChildren(el("span", { class: "lw-compare-say" }, t("✗ Comes back as: ")), ...way.parts.flatMap(([before, after, lost]) => !lost ? [el("span", {}, visible(after).replaceAll("␣", " "))] : [
      before && el("del", { dataset: { lost } }, visible(before)), after && el("ins", { dataset: { lost } }, visible(after)),
    ]).filter((part) => part !== ""));
    row.lost.textContent = losses(way, t);
  };
  return {
    node,
    /** @param {{ ways: Record<string, Way>, pending: string[], characters: number }} all */
    paint(all) {
      const focus = place(document.activeElement);
      for (const name of WAYS) {
        const row = rows[name], way = all.ways[name], waits = all.pending.includes(name);
        row.node.hidden = !way && !waits;
        row.name.textContent = t(NAMES[name]);
        row.pieces.setAttribute("aria-label", t(NAMES[name]));
        row.node.setAttribute("aria-busy", String(waits));
        if (!way) {
          if (!(name in found)) row.counts.textContent = t("Learning the vocabulary …");
          if (!waits) { delete found[name]; delete drawn[name]; }
          continue;
        }
        const key = JSON.stringify([way, t("{n} tokens")]);
        if (drawn[name] !== key) { found[name] = way; drawn[name] = key; draw(name, way, all.characters); }
      }
      if (focus && !focus.piece.isConnected) { const again = spans(focus.way)[Math.min(focus.at, spans(focus.way).length - 1)]; again?.focus({ preventScroll: true }); }
      if (lit.some((span) => !span.isConnected)) point(place(document.activeElement));
    },
    /** Marks the character whose bytes are shown. @param {number} at */
    mark(at) {
      for (const name of WAYS) spans(name).forEach((span, i) => { const piece = found[name]?.pieces[i]; span.setAttribute("aria-selected", String(Boolean(piece && piece[3] <= at && at < piece[4]))); });
    },
  };
}
