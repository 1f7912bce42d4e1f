// The logit lens: what each layer would say next, token by token, and when it settles on the model's answer.
import { N, csv, download, el, percent, sentences, table } from "./kit.js";
import { arrows, failures, lookingView } from "./looking.js";
import { mean, windowAt } from "./looking_logic.js";
import { widget } from "./sheet.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {{ tokens: string[], count: number, names: Record<string, string>, ids: number[][][], top: number[][][], answer: number[], of_answer: number[][], settled: number[] }} Found */

const LEAST = 46; // pixels that a token's column is wide, at least
const NAME = 74; // pixels for the layers' names

/** @param {Model} model @param {HTMLElement} host @param {ReturnType<typeof failures>} failure */
function view(model, host, failure) {
  const found = () => /** @type {Found} */ (model.get("_found"));
  const rows = () => (found().ids ?? []).flatMap((row, i) => row.map((ids, j) => [i, j + 1, found().tokens[j], found().names[ids[0]], found().top[i][j][0], found().of_answer[i][j]]));
  const asTable = el("div", { class: "lw-scroll lw-look-table", hidden: true, tabindex: "0" });
  const sizes = new ResizeObserver(() => looking.paint());
  const looking = lookingView(model, host, failure, {
    title: N("Logit lens"),
    help: N("Each column is a token of the text, each row a layer. A cell shows the token that would come next if the model ended after that layer: its state goes through the last normalization and the output's matrix at once. The darker the cell, the surer the layer. The last row is what the model really says; cells that say the same already are underlined. Point at a cell, or use the arrow keys, to see its five likeliest tokens."),
    menu: [
      { label: N("Show as a table"), run: () => { asTable.hidden = !asTable.hidden; looking.paint(); } },
      { label: N("Save the numbers (CSV)"), run: () => download("logit-lens.csv", csv([["layer", "place", "token", "says", "probability", "probability_of_answer"], ...rows()]), "text/csv") },
    ],
    make: (t, again) => {
      const caption = el("p", { class: "lw-look-caption" });
      const grid = el("div", { class: "lw-lens", role: "grid" }), frame = el("div", { class: "lw-scroll lw-lens-frame" }, grid);
      const scrub = el("input", { type: "range", min: 0, step: 1, dataset: { role: "window" } });
      const scrubbed = el("div", { class: "lw-lens-scrub" }, scrub);
      const about = el("p", { class: "lw-lens-about", dataset: { role: "about" } }), bars = el("div", { class: "lw-lens-bars" });
      const picture = el("div", {}, caption, frame, scrubbed, about, bars, asTable);
      sizes.observe(frame);
      let from = 0, size = 1, was = 1, of = "", read = "", cells = /** @type {HTMLElement[][]} */ ([]);
      // The cell that is pointed at in this view, else the one that was chosen by a click or with the keys.
      let pointed = /** @type {[number, number] | null} */ (null);
      const at = () => {
        const L = found().ids.length - 1, T = found().tokens.length - 1, [layer, place] = pointed ?? [model.get("layer") ?? L, model.get("place") ?? T];
        return { layer: Math.max(0, Math.min(L, layer)), place: Math.max(0, Math.min(T, place)) };
      };
      scrub.addEventListener("input", () => { from = Number(scrub.value); again(); });
      arrows(grid, () => cells);
      grid.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
        // At the edge of the window, the window moves on.
        const cell = /** @type {HTMLElement | null} */ (document.activeElement), place = Number(cell?.dataset.place), to = { ArrowLeft: place - 1, ArrowRight: place + 1 }[e.key];
        if (to === undefined || to < 0 || to >= found().tokens.length || (to >= from && to < from + size)) return;
        from = windowAt(from, size, found().tokens.length, to);
        const layer = Number(cell?.dataset.layer);
        again();
        /** @type {HTMLElement | null} */ (grid.querySelector(`[data-layer="${layer}"][data-place="${to}"]`))?.focus();
        e.stopImmediatePropagation();
        e.preventDefault();
      }, true);
      const under = (/** @type {Event} */ e) => (e.target instanceof Element ? /** @type {HTMLElement | null} */ (e.target.closest(".lw-lens-cell")) : null);
      // Only a pointer that moves points: one that rests must not answer to cells that come under it.
      grid.addEventListener("pointermove", (e) => {
        const cell = under(e), layer = Number(cell?.dataset.layer), place = Number(cell?.dataset.place);
        if (!cell || (pointed?.[0] === layer && pointed[1] === place)) return;
        pointed = [layer, place];
        again();
      });
      grid.addEventListener("pointerleave", () => { pointed = null; again(); });
      grid.addEventListener("pointerdown", (e) => under(e)?.focus());
      grid.addEventListener("focusin", (e) => {
        const cell = under(e);
        if (!cell || (Number(cell.dataset.layer) === model.get("layer") && Number(cell.dataset.place) === model.get("place"))) return;
        pointed = null;
        model.set("layer", Number(cell.dataset.layer));
        model.set("place", Number(cell.dataset.place));
        model.save_changes();
        again();
      });

      const layerName = (/** @type {number} */ i) => (i === 0 ? t("Embedding") : t("Layer {n}", { n: i }));

      function build(/** @type {number} */ layers, /** @type {number} */ T) {
        const key = `${layers} ${from} ${size}`;
        if (key === of) return;
        of = key;
        const shown = Math.min(size, T - from), focused = grid.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
        cells = Array.from({ length: layers }, (_, i) => Array.from({ length: shown }, (_, j) => el("div", { class: "lw-lens-cell lw-look-token", role: "gridcell", tabindex: "-1", dataset: { layer: String(i), place: String(from + j), learner: "" } })));
        const line = (/** @type {string} */ kind, /** @type {HTMLElement} */ name, /** @type {HTMLElement[]} */ parts) => el("div", { class: `lw-lens-row ${kind}`, role: "row", style: { gridTemplateColumns: `calc(${NAME}px * var(--lw-scale)) repeat(${size}, minmax(0, 1fr))` } }, name, ...parts);
        grid.replaceChildren(
          line("lw-lens-head", el("span", { class: "lw-lens-name", role: "columnheader" }), Array.from({ length: shown }, () => el("bdi", { class: "lw-look-token", role: "columnheader", dataset: { learner: "" } }))),
          ...cells.map((row, i) => line(i === layers - 1 ? "lw-lens-last" : "", el("span", { class: "lw-lens-name", role: "rowheader" }), row)));
        if (focused) /** @type {HTMLElement | null} */ (grid.querySelector(`[data-layer="${focused.dataset.layer}"][data-place="${focused.dataset.place}"]`))?.focus();
      }

      return {
        picture,
        relabel() {
          caption.textContent = t("What would come next after each layer, and how sure it is");
          grid.setAttribute("aria-label", t("Layers and tokens"));
          scrub.setAttribute("aria-label", t("Which tokens are shown"));
          asTable.setAttribute("aria-label", t("What each layer says"));
        },
        paint(/** @type {Found} */ now) {
          const layers = now.ids.length, T = now.tokens.length, scale = Number(getComputedStyle(frame).getPropertyValue("--lw-scale")) || 1;
          size = Math.max(1, Math.min(T, Math.floor(((frame.clientWidth || 600) / scale - NAME) / LEAST)));
          const { layer, place } = at(), text = now.tokens.join("\0");
          // Of another text the chosen token is in sight, and it stays there when the sheet gets narrower.
          if (text !== read || (size !== was && place >= from && place < from + was)) from = windowAt(text === read ? from : 0, size, T, place);
          from = windowAt(from, size, T, from);
          read = text;
          was = size;
          build(layers, T);
          scrubbed.classList.toggle("lw-lens-whole", size >= T);
          scrub.max = String(Math.max(0, T - size));
          scrub.value = String(from);
          scrub.setAttribute("aria-valuetext", t("tokens {a} to {b} of {n}", { a: from + 1, b: Math.min(T, from + size), n: T }));
          const heads = /** @type {NodeListOf<HTMLElement>} */ (grid.querySelectorAll(".lw-lens-head bdi"));
          heads.forEach((head, j) => { head.textContent = visible(now.tokens[from + j]); head.title = head.textContent; head.classList.toggle("lw-lens-chosen", from + j === place); });
          cells.forEach((row, i) => {
            /** @type {HTMLElement} */ (grid.children[i + 1].firstChild).textContent = layerName(i);
            row.forEach((cell, j) => {
              const k = from + j, id = now.ids[i][k][0], p = now.top[i][k][0], says = visible(now.names[id]);
              if (cell.textContent !== says) cell.replaceChildren(el("bdi", {}, says));
              cell.style.background = `color-mix(in srgb, var(--lw-blue) ${Math.round(52 * (p ?? 0))}%, var(--lw-paper))`;
              cell.classList.toggle("lw-lens-same", id === now.answer[k]);
              const chosen = i === layer && k === place;
              cell.setAttribute("aria-selected", String(chosen));
              if (!grid.contains(document.activeElement)) cell.tabIndex = chosen || (!j && !i && (place < from || place >= from + size)) ? 0 : -1;
              cell.setAttribute("aria-label", t("{layer}, after “{token}”: “{says}”, {share}", { layer: layerName(i), token: visible(now.tokens[k]), says, share: percent(p, 0) }));
            });
          });
          const answer = visible(now.names[now.answer[place]]);
          about.replaceChildren(layerName(layer), t(", after "), el("bdi", { class: "lw-look-token", dataset: { learner: "" } }, visible(now.tokens[place])), t(": the model's answer "), el("bdi", { class: "lw-look-token", dataset: { learner: "" } }, answer), t(" has {share} here", { share: percent(now.of_answer[layer][place]) }));
          const most = Math.max(0.0001, now.top[layer][place][0] ?? 0);
          bars.replaceChildren(...now.ids[layer][place].flatMap((id, k) => [
            el("bdi", { class: "lw-look-token lw-look-name", dataset: { learner: "" } }, visible(now.names[id])),
            el("div", { class: "lw-look-bar" }, el("span", { class: id === now.answer[place] ? "lw-lens-bar lw-lens-answer" : "lw-lens-bar", style: { width: `${(100 * (now.top[layer][place][k] ?? 0)) / most}%` } })),
            el("span", { class: "lw-number" }, percent(now.top[layer][place][k]))]));
          asTable.replaceChildren(...(asTable.hidden ? [] : [table(t("What each layer says"), [t("Layer"), t("Place"), t("Token"), t("Says"), t("Probability"), t("Of the answer")], rows().map(([i, j, token, says, p, a]) => [String(i), String(j), visible(String(token)), visible(String(says)), percent(Number(p)), percent(Number(a))]))]));
          for (const cell of asTable.querySelectorAll("td:nth-child(3), td:nth-child(4)")) /** @type {HTMLElement} */ (cell).dataset.learner = "";
          const early = now.settled.filter((n) => n < layers - 1).length, first = now.settled[place];
          return sentences(first === layers - 1 ? t("After this token the model settles only in its last layer.") : first === 0 ? t("After this token the embedding alone says the answer already.") : t("After this token the model settles in layer {n} of {all}.", { n: first, all: layers - 1 }), t("At {early} of {n} tokens it knows before the last layer; it settles in layer {mean} on average.", { early, n: T, mean: mean(now.settled).toFixed(1) }));
        },
      };
    },
  });
  return () => { sizes.disconnect(); looking.dispose(); };
}

export default widget({ state: failures, view });
