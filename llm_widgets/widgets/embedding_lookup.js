// An embedding as a lookup: text, tokens, ids, the rows of the table; and the same as a product with one-hot rows.
import { N, el, floats, number, surface } from "./kit.js";
import { gradient } from "./attention_colours.js";
import { computedView } from "./computed.js";
import { factor, id, math, num, op, row, sub, tinted } from "./formula.js";
import { lookupDrawing } from "./lookup_drawing.js";
import { lookupCell, lookupToken, lookupWords } from "./lookup_logic.js";
import { widget } from "./sheet.js";

/** @typedef {import("./lookup_logic.js").Lookup} Lookup */

const LOOKUP_LONGEST = 200;
const EMPTY_STRIP = new Float32Array(0);

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Embedding lookup"), file: "embedding-lookup",
    help: N("A model cannot compute with words. Its first step is a table with one row of numbers for each token that it knows, the embedding. The text is cut into tokens, each token has a number, its id, and the id says which row is taken. The rows, one under another, are what the model goes on with: as many rows as tokens. Multiplying a row of zeros with a single 1 by the table gives the very same row, only with far more work. Change the text, point at any number, or add what the model has learned for each place."),
    make: ({ t, root, fields, set, current, say, paint }) => {
      const found = () => /** @type {Lookup} */ (model.get("_found"));
      let column = 0, strip = /** @type {Float32Array} */ (EMPTY_STRIP), of = /** @type {unknown} */ (null), pointed = /** @type {number | null} */ (null), typing = false, spoken = "";
      const label = el("label", {}), input = el("input", { type: "text", autocomplete: "off", spellcheck: "false", maxlength: LOOKUP_LONGEST, dataset: { setting: "text" }, class: "lw-lookup-text" });
      const chips = el("div", { class: "lw-lookup-chips", role: "radiogroup" }), readout = el("p", { class: "lw-lookup-readout", dataset: { role: "readout" } });
      const scaleEnds = [el("span", {}), el("span", {})], bar = el("span", { class: "lw-lookup-bar", style: { background: gradient(true) } }), scaleWords = el("span", {});
      const scale = el("p", { class: "lw-lookup-scale" }, scaleWords, scaleEnds[0], bar, scaleEnds[1]);
      const captions = [el("p", { class: "lw-caption" }), el("p", { class: "lw-caption" })];
      const one = el("div", { class: "lw-lookup-lines", dataset: { role: "number" } }), proof = el("div", { class: "lw-lookup-lines", dataset: { role: "proof" } });
      const box = el("input", { type: "checkbox", dataset: { setting: "positions" }, on: { change: () => set("positions", box.checked) } }), boxWords = el("span", {});
      const add = el("label", { class: "lw-check" }, box, boxWords);
      const at = () => Math.min(current("chosen"), Math.max(0, (found().tokens?.length ?? 1) - 1));

      const read = () => { const text = input.value.slice(0, LOOKUP_LONGEST).replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd"); if (text !== current("text")) set("text", text); };
      input.addEventListener("input", (e) => { typing = true; if (!(/** @type {InputEvent} */ (e).isComposing)) read(); });
      for (const end of ["compositionend", "change"]) input.addEventListener(end, read);
      input.addEventListener("blur", () => { typing = false; paint(); });
      input.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Escape") input.blur(); });

      function move(/** @type {number} */ place, /** @type {number} */ to) {
        const now = found();
        if (!now.tokens?.length) return;
        column = Math.max(0, Math.min(now.size[1] - 1, to));
        const held = Math.max(0, Math.min(now.tokens.length - 1, place));
        if (held !== current("chosen")) set("chosen", held); else paint();
      }
      const drawing = lookupDrawing({
        scene: () => {
          const now = found();
          if (!now.size || now.waiting) return null;
          const size = { rows: number(now.size[0]), size: now.size[1], n: now.tokens.length };
          return {
            now, strip, ids: model.get("_strip_ids"), chosen: at(), column: Math.min(column, now.size[1] - 1), pointed,
            words: { table: t("The table E: {rows} rows, {size} numbers each", size), out: current("positions") ? t("Rows with the place added, X: [{n}, {size}]", size) : t("Rows taken, X: [{n}, {size}]", size) },
            label: `${t("The table E: {rows} rows, {size} numbers each", size)}. ${spoken} ${t("Arrow keys move among the numbers of the rows taken.")}`,
          };
        },
        spot: (spot) => {
          pointed = spot && "strip" in spot ? spot.strip : null;
          if (spot && "strip" in spot) { column = spot.column; tell(t("Row {id} of the table, number {column} of {size}: {value}", { id: model.get("_strip_ids")[spot.strip], column: column + 1, size: found().size[1], value: number(strip[spot.strip * found().size[1] + column], 4) })); }
          else if (spot) tell(lookupCell(found(), spot.place, spot.column, current("positions"), t));
          else paint();
          drawing.invalidate();
        },
        pick: (spot) => { if ("place" in spot) move(spot.place, spot.column); },
        keys: (key) => {
          const now = found(), steps = /** @type {Record<string, [number, number]>} */ ({ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [0, -10], PageDown: [0, 10], Home: [0, -1e6], End: [0, 1e6] })[key];
          if (!steps || !now.tokens?.length) return false;
          move(at() + steps[0], column + steps[1]);
          say(lookupCell(now, Math.max(0, Math.min(now.tokens.length - 1, at() + steps[0])), column, current("positions"), t), true);
          return true;
        },
      });
      const oneHot = surface({ height: 84, label: () => t("One-hot rows: each has a single 1, at the token's id"), draw: (g, width, height, colours) => drawOneHot(g, width, height, colours) });
      oneHot.canvas.tabIndex = -1;

      /** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height @param {import("./kit.js").Palette} colours */
      function drawOneHot(g, width, height, colours) {
        const now = found();
        if (!now.size || !now.ids?.length) return;
        const line = Math.min(9 * colours.scale, (height - 18 * colours.scale) / now.ids.length), u = colours.scale, V = now.size[0];
        now.ids.forEach((token, i) => {
          const y = line * (i + 0.5), on = i === at();
          g.fillStyle = colours.wash;
          g.fillRect(0, y - line / 2 + 0.5, width, line - 1);
          if (token < 0) return;
          g.fillStyle = on ? colours.orange : colours.ink;
          g.fillRect(Math.min(width - 3 * u, (width * token) / V), y - line / 2 + 0.5, Math.max(3 * u, width / V), line - 1);
        });
        g.fillStyle = colours.muted;
        g.textBaseline = "bottom";
        g.textAlign = "left";
        g.fillText("0", 0, height - 1);
        g.textAlign = "right";
        g.fillText(number(V - 1), width, height - 1);
      }
      const tell = (/** @type {string} */ words) => { if (readout.textContent !== words) readout.textContent = words; };
      // Parts that may stand one under another where there is no room.
      const line = (/** @type {import("./formula.js").Part[][]} */ ...parts) => el("div", { class: "lw-lookup-line" }, ...parts.filter((part) => part.length).map((part) => math(part)));
      function formulas(/** @type {Lookup} */ now) {
        const place = at(), token = now.ids[place], x = (/** @type {number} */ value) => number(value, 4), both = current("positions") && now.places?.[place];
        const index = (/** @type {number} */ r) => row(num(r), op(","), num(column + 1));
        const value = now.table_rows[place]?.[column];
        one.replaceChildren(...(token === undefined ? [] : token < 0 ? [el("p", { class: "lw-lookup-words" }, lookupCell(now, place, column, false, t))] : [
          line([sub(id("x"), index(place + 1)), op("="), sub(id("E"), index(token)), ...(both ? [op("+"), sub(id("P"), index(place + 1))] : [])], both ? [op("="), num(x(value)), op("+"), factor(x(both[column]))] : [], [op("="), tinted("blue", num(x(now.rows[place][column])))]),
        ]));
        const [V, C] = now.size, T = now.ids.length;
        proof.replaceChildren(
          line([id("X"), op("="), id("H"), op("·"), id("E")]), line([...shape(T, V), op("·"), ...shape(V, C)], [op("="), ...shape(T, C)]),
          el("p", { class: "lw-lookup-words", dataset: { role: "apart" } }, now.apart === 0
            ? t("Computed here: both ways give the same {n} numbers, digit for digit.", { n: number(T * C) })
            : t("Computed here: the largest difference is {apart}, which is rounding.", { apart: number(now.apart) })),
          el("p", { class: "lw-lookup-words" }, t("The product costs {n} multiplications, the lookup none.", { n: number(T * V * C) })));
      }
      const shape = (/** @type {number} */ a, /** @type {number} */ b) => [op("["), num(number(a)), op("×"), num(number(b)), op("]")];
      function paintChips(/** @type {Lookup} */ now) {
        const key = JSON.stringify([now.tokens, now.ids]), chosen = at();
        if (chips.dataset.key !== key) {
          chips.dataset.key = key;
          const held = chips.contains(document.activeElement);
          chips.replaceChildren(...now.tokens.map((token, i) => el("button", { type: "button", role: "radio", class: "lw-lookup-chip", dataset: { place: i }, on: { click: () => move(i, column) } }, el("bdi", { class: "lw-lookup-token" }, lookupToken(token)), el("span", { class: "lw-number" }, now.ids[i] < 0 ? "–" : now.ids[i]))));
          if (held) /** @type {HTMLElement | undefined} */ (chips.children[chosen])?.focus();
        }
        [...chips.children].forEach((chip, i) => {
          const on = i === chosen, button = /** @type {HTMLElement} */ (chip);
          button.setAttribute("aria-checked", String(on));
          button.setAttribute("aria-label", t("Place {place}: “{token}”, id {id}", { place: i + 1, token: lookupToken(now.tokens[i]), id: now.ids[i] < 0 ? "–" : now.ids[i] }));
          button.tabIndex = on ? 0 : -1;
          button.classList.toggle("lw-lookup-same", now.ids[i] >= 0 && now.ids[i] === now.ids[chosen]);
        });
      }
      chips.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
        const last = chips.children.length - 1, to = { ArrowRight: at() + 1, ArrowDown: at() + 1, ArrowLeft: at() - 1, ArrowUp: at() - 1, Home: 0, End: last }[e.key];
        if (to === undefined || last < 0) return;
        const held = (to + last + 1) % (last + 1);
        /** @type {HTMLElement} */ (chips.children[held]).focus();
        move(held, column);
        e.preventDefault();
      });
      const project = () => { drawing.restyle(); oneHot.restyle(); };
      model.on("change:projector", project);

      return {
        body: [el("div", { class: "lw-lookup-entry" }, label, input), chips, drawing.node, readout, scale, el("div", { class: "lw-lookup-halves" }, el("div", {}, captions[0], one, add), el("div", {}, captions[1], oneHot.node, proof))],
        relabel() {
          input.id ||= `lw-lookup-${Math.random().toString(36).slice(2, 8)}`;
          label.setAttribute("for", input.id);
          label.textContent = t("Text: its tokens are looked up");
          chips.setAttribute("aria-label", t("Tokens and their ids"));
          captions[0].textContent = t("One number of the chosen row");
          captions[1].textContent = t("The same as a product: H has one row a token, all 0 but a 1 at its id");
          boxWords.textContent = t("Add what the model has for each place, P");
          scaleWords.textContent = t("Colour:");
          chips.dataset.key = "";
        },
        paint(now) {
          if (!(typing && document.activeElement === input) && input.value !== current("text")) input.value = current("text");
          const there = !now.waiting;
          for (const node of [chips, drawing.node, scale, readout]) node.classList.toggle("lw-lookup-later", !there);
          add.hidden = there && !now.places;
          box.checked = current("positions");
          const sent = model.get("_strip");
          if (of !== sent) { of = sent; strip = sent?.byteLength ? floats(sent) : EMPTY_STRIP; }
          spoken = lookupWords(now, there ? at() : 0, current("positions"), t);
          root.dataset.tokens = there ? String(now.tokens.length) : "";
          if (!there) return spoken;
          column = Math.min(column, now.size[1] - 1);
          for (const [i, end] of scaleEnds.entries()) end.textContent = number(i ? now.top : -now.top, 2);
          paintChips(now);
          if (pointed === null) tell(now.tokens.length ? lookupCell(now, at(), column, current("positions"), t) : "");
          formulas(now);
          drawing.invalidate();
          oneHot.invalidate();
          return spoken;
        },
        rows: (now) => ({
          caption: t("The rows that are taken, number by number"),
          columns: [t("Place"), t("Token"), t("Id"), ...Array.from({ length: now.size?.[1] ?? 0 }, (_, i) => String(i + 1))],
          rows: (now.tokens ?? []).map((/** @type {string} */ token, /** @type {number} */ i) => [i + 1, lookupToken(token), now.ids[i] < 0 ? "–" : now.ids[i], ...now.rows[i].map((/** @type {number} */ x) => number(x, 4))]),
        }),
        dispose() { model.off("change:projector", project); drawing.dispose(); oneHot.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
