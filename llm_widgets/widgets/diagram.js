// A model as boxes in order: what leaves each, how many numbers it learns, the way around each step, and what was changed last.
import { N, el, number, sentences } from "./kit.js";
import { shapeText } from "./designer_logic.js";
import { changes, explained, linkedWith, named } from "./diagram_logic.js";
import { headStrip, maskGrid, plus } from "./diagram_signs.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./diagram_logic.js").Diagram} Diagram */
/** @typedef {import("./diagram_logic.js").Part} Part */

const SIDES = [N("Encoder"), N("Decoder")];
const SHOWN = 2600; // milliseconds for which a change is outlined

/**
 * The drawing. `chosen` hears of the table row that belongs to the box that is pointed at; null for none.
 * @param {Translate} t @param {(row: string | null) => void} [chosen]
 */
export function drawing(t, chosen = () => {}) {
  const caption = el("p", { class: "lw-arch-caption" });
  const columns = el("div", { class: "lw-arch-columns", role: "listbox" });
  const words = el("p", { class: "lw-arch-words" });
  const node = el("div", { class: "lw-arch" }, caption, columns, words);
  let diagram = /** @type {Diagram | null} */ (null), at = "", news = "", drawn = "";
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  /** @type {Map<string, { part: Part, box: HTMLElement }>} */
  let boxes = new Map();

  /** @param {Part} part @param {number} copies */
  function boxOf(part, copies) {
    const name = named(part, t), shape = shapeText(part.shape);
    const said = [name, shape && t("shape {shape}", { shape }), t("{n} parameters", { n: number(part.parameters) }), copies > 1 && t("in each of {n} blocks", { n: copies })];
    const box = el("div", { class: `lw-arch-box lw-arch-${part.kind}`, role: "option", tabindex: "-1", "aria-selected": "false", "aria-label": said.filter(Boolean).join(t(", ")), dataset: { part: part.id, row: part.row, parameters: part.parameters } },
      part.kind === "add" ? plus() : null,
      el("span", { class: "lw-arch-name" }, name),
      part.kind === "add" ? null : el("span", { class: "lw-arch-shape lw-number" }, shape),
      part.kind === "add" ? null : el("span", { class: "lw-arch-count lw-number" }, part.parameters ? number(part.parameters) : "–"));
    if (part.kind === "weights") box.append(maskGrid(part.detail));
    if (["query", "key", "value"].includes(part.kind)) box.append(headStrip(Number(part.shape[1]), part.kind));
    boxes.set(part.id, { part, box });
    return box;
  }

  /** Boxes one under the other; those of one step in a frame of their own, with the way around it. @param {Part[]} parts @param {number} copies */
  function flow(parts, copies) {
    /** @type {HTMLElement[]} */
    const nodes = [];
    let step = "", frame = /** @type {HTMLElement | null} */ (null), three = /** @type {HTMLElement | null} */ (null);
    for (const part of parts) {
      if (part.step !== step) { step = part.step; frame = step ? el("div", { class: "lw-arch-step", dataset: { step } }, el("span", { class: "lw-arch-around", "aria-hidden": "true" })) : null; if (frame) nodes.push(frame); }
      const box = boxOf(part, copies), place = frame ?? null;
      if (["query", "key", "value"].includes(part.kind)) { if (!three) { three = el("div", { class: "lw-arch-three", role: "none" }); place?.append(three); } three.append(box); continue; }
      three = null;
      if (place) place.append(box); else nodes.push(box);
    }
    return nodes;
  }

  function build() {
    if (!diagram) return;
    boxes = new Map();
    const several = diagram.sections.some((s) => s.column);
    columns.replaceChildren(...[0, 1].map((column) => {
      const sections = /** @type {Diagram} */ (diagram).sections.filter((s) => s.column === column);
      if (!sections.length) return "";
      return el("div", { class: "lw-arch-column", role: "group", "aria-label": several ? t(SIDES[column]) : false },
        several ? el("div", { class: "lw-arch-head" }, t(SIDES[column])) : null,
        ...sections.flatMap((s) => (s.name !== "block" ? flow(s.parts, 1)
          : [el("div", { class: "lw-arch-block", role: "group", "aria-label": t("Transformer block") }, el("div", { class: "lw-arch-head" }, `${t("Transformer block")} ×\u00a0${s.count}`), ...flow(s.parts, s.count))])));
    }));
    columns.classList.toggle("lw-arch-two", several);
    columns.setAttribute("aria-label", t("Diagram of the model"));
    caption.textContent = t("From the text downwards. Each box: the shape of what leaves it (B is the number of texts in a batch), and how many numbers it learns.");
    const first = boxes.get(at)?.box ?? boxes.values().next().value?.box;
    if (first) first.tabIndex = 0;
  }

  /** @param {string} id */
  function point(id) {
    at = id;
    for (const [other, { box }] of boxes) box.setAttribute("aria-selected", String(other === id));
    const linked = diagram && id ? linkedWith(diagram, id) : new Set();
    for (const [other, { box }] of boxes) box.classList.toggle("lw-arch-linked", linked.has(other));
    say();
    chosen(boxes.get(id)?.part.row ?? null);
  }
  function say() {
    const found = boxes.get(at)?.part;
    words.textContent = found ? `${named(found, t)}${t(": ")}${explained(found, t)}` : news || t("Point at a box, or press the arrow keys in the diagram: each is explained here.");
  }

  /** @param {Event} e */
  const under = (e) => (e.target instanceof Element ? /** @type {HTMLElement | null} */ (e.target.closest(".lw-arch-box")) : null);
  columns.addEventListener("pointerover", (e) => { const box = under(e); if (box) point(box.dataset.part ?? ""); });
  columns.addEventListener("pointerleave", () => { if (!columns.contains(document.activeElement)) point(""); });
  columns.addEventListener("pointerdown", (e) => under(e)?.focus());
  columns.addEventListener("focusin", (e) => {
    const box = under(e);
    if (!box) return;
    for (const one of boxes.values()) one.box.tabIndex = one.box === box ? 0 : -1;
    point(box.dataset.part ?? "");
  });
  columns.addEventListener("focusout", (e) => { if (!columns.contains(/** @type {Node | null} */ (e.relatedTarget))) point(""); });
  columns.addEventListener("keydown", (e) => {
    const all = [...boxes.values()].map((one) => one.box), i = all.findIndex((box) => box === document.activeElement);
    const to = { ArrowDown: i + 1, ArrowRight: i + 1, ArrowUp: i - 1, ArrowLeft: i - 1, Home: 0, End: all.length - 1 }[e.key];
    if (e.key === "Escape") /** @type {HTMLElement} */ (document.activeElement)?.blur();
    if (to === undefined || i < 0) return;
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
    e.preventDefault();
  });

  return {
    node,
    /** Draws another model; returns in words what differs from the one before, "" where nothing does. @param {Diagram} next */
    show(next) {
      const key = JSON.stringify(next);
      if (key === drawn) return "";
      const before = diagram, found = before ? changes(before, next) : { changed: [], gone: [] };
      const focused = columns.contains(document.activeElement);
      diagram = next;
      drawn = key;
      build();
      if (focused) (boxes.get(at)?.box ?? [...boxes.values()][0].box).focus();
      clearTimeout(timer);
      for (const id of found.changed) boxes.get(id)?.box.classList.add("lw-arch-changed");
      timer = setTimeout(() => { for (const { box } of boxes.values()) box.classList.remove("lw-arch-changed"); news = ""; say(); }, SHOWN);
      const list = (/** @type {string[]} */ names) => { const some = [...new Set(names)]; return some.length > 5 ? t("{names} and {n} more", { names: some.slice(0, 4).join(t(", ")), n: some.length - 4 }) : some.join(t(", ")); };
      const gone = before ? before.sections.flatMap((s) => s.parts).filter((p) => found.gone.includes(p.id)).map((p) => named(p, t)) : [];
      const now = found.changed.map((id) => named(/** @type {any} */ (boxes.get(id)).part, t));
      news = sentences(now.length > 0 && t("Changed: {names}.", { names: list(now) }), gone.length > 0 && t("Gone: {names}.", { names: list(gone) }));
      say();
      return news;
    },
    /** Marks the boxes of a table row. @param {string | null} row */
    mark(row) { for (const { part, box } of boxes.values()) box.classList.toggle("lw-arch-linked", row !== null && part.row === row); },
    relabel() { build(); say(); },
    dispose() { clearTimeout(timer); },
  };
}
