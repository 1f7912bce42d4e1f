// Heads switched off: a grid of layers and heads with the change in loss, and what would come next without some of them.
import { N, csv, download, el, number, percent, table } from "./kit.js";
import { arrows, failures, lookingView } from "./looking.js";
import { diverging, largest, signed, strength, sumUp } from "./looking_logic.js";
import { widget } from "./sheet.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {{ change?: (number | null)[][], loss?: number, bits?: number, together: [number, number], off: [number, number][], next: [string, number, number][], count: number, read?: number }} Found */

/** @param {Model} model @param {HTMLElement} host @param {ReturnType<typeof failures>} failure */
function view(model, host, failure) {
  const rows = () => (/** @type {Found} */ (model.get("_found")).change ?? []).flatMap((row, i) => row.map((x, j) => [i + 1, j + 1, x]));
  const asTable = el("div", { class: "lw-scroll lw-look-table", hidden: true, tabindex: "0" });
  const looking = lookingView(model, host, failure, {
    title: N("Heads switched off"),
    help: N("Each cell is one head of one layer; its number says by how much the loss of the text grows, in nats a token, when this head alone adds nothing. Red: the model needs the head for this text. Blue: it does better without it. Near 0: other heads do the same work, or there is none. Click heads, or press Enter on them, to switch several off together; below you see the loss and the next token with all heads and without these."),
    menu: [
      { label: N("Show as a table"), run: () => { asTable.hidden = !asTable.hidden; looking.paint(); } },
      { label: N("Save the numbers (CSV)"), run: () => download("heads-switched-off.csv", csv([["layer", "head", "change_nats"], ...rows()]), "text/csv") },
    ],
    make: (t, again) => {
      const caption = el("p", { class: "lw-look-caption" });
      const grid = el("div", { class: "lw-heads", role: "grid" }), frame = el("div", { class: "lw-scroll lw-heads-frame" }, grid);
      const losses = el("p", { class: "lw-heads-losses lw-number", dataset: { role: "losses" } });
      const barsTitle = el("p", { class: "lw-look-caption" }), bars = el("div", { class: "lw-heads-bars" });
      const how = el("select", { dataset: { role: "how" }, on: { change: () => model.send({ type: "choose", changes: { how: how.value } }) } }, el("option", { value: "zero" }), el("option", { value: "mean" }));
      const howName = el("span", {}), on = el("button", { type: "button", dataset: { action: "all-on" }, on: { click: () => model.send({ type: "choose", changes: { off: [] } }) } });
      const picture = el("div", { class: "lw-heads-picture" }, el("div", {}, caption, frame, el("div", { class: "lw-look-choices" }, el("label", {}, howName, how), on)), el("div", {}, losses, barsTitle, bars), asTable);
      /** @type {HTMLElement[][]} */
      let cells = [];
      arrows(grid, () => cells);

      function build(/** @type {number} */ L, /** @type {number} */ H) {
        cells = Array.from({ length: L }, (_, i) => Array.from({ length: H }, (_, j) => el("button", { type: "button", class: "lw-heads-cell lw-number", tabindex: i + j ? "-1" : "0", dataset: { layer: String(i), head: String(j) }, on: { click: () => model.send({ type: "toggle", layer: i, head: j }) } })));
        grid.replaceChildren(...cells.map((row, i) => el("div", { class: "lw-heads-row", role: "row" }, el("span", { class: "lw-heads-name", role: "rowheader", dataset: { layer: String(i) } }), el("div", { class: H > 8 ? "lw-heads-cells lw-heads-many" : "lw-heads-cells", role: "none", style: { "--lw-heads": "1" } }, ...row.map((cell) => el("span", { role: "gridcell" }, cell))))));
        for (const row of /** @type {NodeListOf<HTMLElement>} */ (grid.querySelectorAll(".lw-heads-cells"))) row.style.setProperty("--lw-heads", String(H));
      }

      return {
        picture,
        relabel() {
          caption.textContent = t("Change in loss with one head off, in nats a token");
          grid.setAttribute("aria-label", t("Heads of each layer"));
          howName.textContent = t("A head that is off adds");
          how.options[0].textContent = t("nothing");
          how.options[1].textContent = t("its mean over the text");
          on.textContent = t("All heads on");
          barsTitle.textContent = t("What comes next: with all heads (grey) and as now (blue)");
          asTable.setAttribute("aria-label", t("Change in loss, head by head"));
        },
        paint(/** @type {Found} */ found) {
          const change = found.change ?? [], off = found.off ?? [];
          if (change.length !== cells.length || change[0]?.length !== cells[0]?.length) build(change.length, change[0]?.length ?? 0);
          const most = Math.max(0.01, largest(change.flat())), digits = most < 0.1 ? 3 : 2;
          cells.forEach((row, i) => {
            /** @type {HTMLElement} */ (grid.children[i].firstChild).textContent = t("Layer {n}", { n: i + 1 });
            row.forEach((cell, j) => {
              const x = change[i][j], gone = off.some(([a, b]) => a === i && b === j);
              cell.textContent = x === null ? "…" : signed(x, digits);
              cell.style.background = diverging(strength(x, most));
              cell.setAttribute("aria-pressed", String(gone));
              cell.classList.toggle("lw-heads-off", gone);
              cell.setAttribute("aria-label", [t("Layer {n}", { n: i + 1 }), t("head {n}", { n: j + 1 }), x === null ? "" : signed(x, 3), gone && t("off")].filter(Boolean).join(t(", ")));
              cell.title = x === null ? "" : `${t("head {n}", { n: j + 1 })}${t(": ")}${signed(x, 4)}`;
              cell.dataset.change = String(x);
            });
          });
          how.value = model.get("how");
          on.disabled = !model.get("off").length;
          const [before, now] = found.together, inBits = (/** @type {number} */ x) => (found.bits ? t(" ({x} bits a character)", { x: (x * found.bits).toFixed(2) }) : "");
          losses.replaceChildren(el("span", {}, t("Loss with all heads: {x}", { x: before === null ? "–" : before.toFixed(3) }), inBits(before)), el("b", {}, off.length ? `${off.length === 1 ? t("with 1 head off: {x}", { x: now.toFixed(3) }) : t("with {n} heads off: {x}", { n: off.length, x: now.toFixed(3) })}${inBits(now)}` : t("no head is off")));
          const widest = Math.max(0.0001, ...found.next.map(([, a, b]) => Math.max(a ?? 0, b ?? 0)));
          bars.replaceChildren(...found.next.flatMap(([token, a, b]) => [
            el("bdi", { class: "lw-look-token lw-look-name", dataset: { learner: "" } }, visible(token)),
            el("div", { class: "lw-heads-pair" },
              el("div", { class: "lw-look-bar" }, el("span", { class: "lw-heads-before", style: { width: `${(100 * (a ?? 0)) / widest}%` } })),
              el("div", { class: "lw-look-bar" }, el("span", { class: "lw-heads-after", style: { width: `${(100 * (b ?? 0)) / widest}%` } }))),
            el("span", { class: "lw-number lw-heads-share" }, off.length ? `${percent(a)} → ${percent(b)}` : percent(a)),
          ]));
          asTable.replaceChildren(...(asTable.hidden ? [] : [table(t("Change in loss, head by head"), [t("Layer"), t("Head"), t("Change in nats")], rows().map((row) => row.map((x, k) => (k < 2 ? number(x) : signed(/** @type {number | null} */ (x), 4)))))]));
          if (!change.length) return t("One moment …");
          const sum = sumUp(change, found.loss ?? 0);
          if (sum.known < sum.all) return t("{n} of {all} heads are tried.", { n: sum.known, all: sum.all });
          if ((sum.most ?? 0) <= 0) return t("No head alone is needed for this text: without any one of them the loss does not grow.");
          return t("The text needs head {head} of layer {layer} most: without it the loss grows by {x}. Of all {n} heads, {idle} can go alone at less than a hundredth of the loss.", { head: sum.head + 1, layer: sum.layer + 1, x: signed(sum.most, 3).replace("+", ""), idle: sum.idle, n: sum.all });
        },
      };
    },
  });
  return looking.dispose;
}

export default widget({ state: failures, view });
