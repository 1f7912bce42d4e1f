// A model as boxes in order: what leaves each, how many numbers it learns, the way around each step, and what was changed last.
import { N, el, number, sentences } from "./kit.js";
import { shapeText } from "./designer_logic.js";
import { changes, explained, linkedWith, named, structure } from "./diagram_logic.js";
import { headStrip, maskGrid, plus } from "./diagram_signs.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./diagram_logic.js").Diagram} Diagram */
/** @typedef {import("./diagram_logic.js").Part} Part */

const SIDES = [N("Encoder"), N("Decoder")];
const SHOWN = 2600; // milliseconds for which a change is outlined

/**
 * What a widget adds to the drawing: `inside` goes into a box or the head of a block (by the index of its section), `picked` hears
 * of the box that was clicked or reached by keyboard, `built` is called when all boxes are new. With it the shapes stand on arrows
 * between the boxes.
 * @typedef {{ inside: (key: string | number) => Node | null, picked: (id: string) => void, built: (columns: HTMLElement) => void, caption: string }} Additions
 */

/**
 * The drawing. `chosen` hears of the table row that belongs to the box that is pointed at; null for none.
 * @param {Translate} t @param {(row: string | null) => void} [chosen] @param {Additions | null} [more]
 */
export function drawing(t, chosen = () => {}, more = null) {
  const caption = el("p", { class: "lw-arch-caption" });
  const columns = el("div", { class: "lw-arch-columns", role: more ? "group" : "listbox" });
  const words = el("p", { class: "lw-arch-words" });
  const node = el("div", { class: "lw-arch" }, caption, columns, words);
  let diagram = /** @type {Diagram | null} */ (null), at = "", news = "", drawn = "";
  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  /** @type {Map<string, { part: Part, box: HTMLElement, shape: HTMLElement, count: HTMLElement, arrow: HTMLElement | null }>} */
  let boxes = new Map();
  let heads = /** @type {{ node: HTMLElement, section: number }[]} */ ([]);

  /** What a part says of itself, where its sizes may have changed. @param {Part} part @param {number} copies */
  function fill(part, copies) {
    const entry = boxes.get(part.id);
    if (!entry) return;
    const { box, shape, count, arrow } = entry, text = shapeText(part.shape), name = named(part, t);
    entry.part = part;
    const said = [name, text && t("shape {shape}", { shape: text }), t("{n} parameters", { n: number(part.parameters) }), copies > 1 && t("in each of {n} blocks", { n: copies })];
    box.setAttribute("aria-label", said.filter(Boolean).join(t(", ")));
    box.dataset.parameters = String(part.parameters);
    put(shape, text);
    put(count, part.parameters ? number(part.parameters) : "–");
    if (arrow) put(arrow, part.letters ? `${part.letters} = ${text}` : text);
    const heads = String(part.shape[1]);
    if (["query", "key", "value"].includes(part.kind) && box.dataset.heads !== heads) {
      box.dataset.heads = heads;
      box.querySelector(".lw-arch-strip")?.remove();
      box.append(headStrip(Number(heads), part.kind));
    }
  }
  const put = (/** @type {HTMLElement} */ node, /** @type {string} */ text) => { if (node.textContent !== text) node.textContent = text; };

  /** A box, and the arrow out of it where shapes stand on arrows. @param {Part} part @param {number} copies */
  function boxOf(part, copies) {
    const add = part.kind === "add", shape = el("span", { class: "lw-arch-shape lw-number" }), count = el("span", { class: "lw-arch-count lw-number" });
    const box = el("div", { class: `lw-arch-box lw-arch-${part.kind.replaceAll(" ", "-")}`, role: more ? "group" : "option", tabindex: "-1", "aria-selected": more ? false : "false", dataset: { part: part.id, row: part.row } },
      add ? plus() : null, el("span", { class: "lw-arch-name" }, named(part, t)), add ? null : more ? more.inside(part.id) : shape, add ? null : count);
    const arrow = more ? el("div", { class: "lw-arch-arrow lw-number", "aria-hidden": "true" }) : null;
    if (part.kind === "weights") box.append(maskGrid(part.detail));
    boxes.set(part.id, { part, box, shape, count, arrow });
    fill(part, copies);
    return arrow ? [box, arrow] : [box];
  }

  /** Boxes one under the other; those of one step in a frame of their own, with the way around it. @param {Part[]} parts @param {number} copies */
  function flow(parts, copies) {
    /** @type {HTMLElement[]} */
    const nodes = [];
    let step = "", frame = /** @type {HTMLElement | null} */ (null), three = /** @type {HTMLElement | null} */ (null);
    for (const part of parts) {
      if (part.step !== step) { step = part.step; frame = step ? el("div", { class: "lw-arch-step", dataset: { step } }, el("span", { class: "lw-arch-around", "aria-hidden": "true" })) : null; if (frame) nodes.push(frame); }
      const made = boxOf(part, copies), place = frame ?? null;
      if (["query", "key", "value"].includes(part.kind)) { if (!three) { three = el("div", { class: "lw-arch-three", role: "none" }); place?.append(three); } three.append(...(more ? [el("div", { class: "lw-arch-lane", role: "none" }, ...made)] : made)); continue; }
      three = null;
      if (place) place.append(...made); else nodes.push(...made);
    }
    return nodes;
  }

  /** What stands above the boxes of a block: how many copies there are. @param {Diagram["sections"][number]} s @param {number} section */
  function headOf(s, section) {
    const inside = more?.inside(section) ?? null, count = el("span", { class: "lw-arch-copies" });
    heads.push({ node: count, section });
    put(count, inside ? "×\u00a0" : `×\u00a0${s.count}`);
    return el("div", { class: "lw-arch-head" }, `${t("Transformer block")} `, count, inside);
  }

  function build() {
    if (!diagram) return;
    boxes = new Map();
    heads = [];
    const several = diagram.sections.some((s) => s.column);
    columns.replaceChildren(...[0, 1].map((column) => {
      const all = /** @type {Diagram} */ (diagram).sections, sections = all.filter((s) => s.column === column);
      if (!sections.length) return "";
      return el("div", { class: "lw-arch-column", role: "group", "aria-label": several ? t(SIDES[column]) : false },
        several ? el("div", { class: "lw-arch-head" }, t(SIDES[column])) : null,
        ...sections.flatMap((s) => (s.name !== "block" ? flow(s.parts, 1)
          : [el("div", { class: "lw-arch-block", role: "group", "aria-label": t("Transformer block") }, headOf(s, all.indexOf(s)), ...flow(s.parts, s.count))])));
    }));
    columns.classList.toggle("lw-arch-two", several);
    columns.setAttribute("aria-label", t("Diagram of the model"));
    caption.textContent = t(more?.caption ?? N("From the text downwards. Each box: the shape of what leaves it (B is the number of texts in a batch), and how many numbers it learns."));
    columns.classList.toggle("lw-arch-arrows", Boolean(more));
    const first = boxes.get(at)?.box ?? boxes.values().next().value?.box;
    if (first) first.tabIndex = 0;
    more?.built(columns);
  }

  /** The same boxes with other sizes: their words change, and nothing else, so that a field within one keeps its place. */
  function refill() {
    if (!diagram) return;
    for (const s of diagram.sections) for (const part of s.parts) fill(part, s.count);
    if (!more) for (const { node, section } of heads) put(node, `×\u00a0${diagram.sections[section].count}`);
  }

  /** @param {string} id */
  function point(id) {
    at = id;
    for (const [other, { box }] of boxes) if (more) box.classList.toggle("lw-arch-at", other === id); else box.setAttribute("aria-selected", String(other === id));
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
  columns.addEventListener("pointerdown", (e) => { if (!(e.target instanceof HTMLInputElement)) under(e)?.focus(); });
  columns.addEventListener("focusin", (e) => {
    const box = under(e);
    if (!box) return;
    for (const one of boxes.values()) one.box.tabIndex = one.box === box ? 0 : -1;
    point(box.dataset.part ?? "");
    more?.picked(at);
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
      const focused = columns.contains(document.activeElement), same = before !== null && structure(before) === structure(next);
      diagram = next;
      drawn = key;
      if (same) refill(); else build();
      if (focused && !same) (boxes.get(at)?.box ?? [...boxes.values()][0].box).focus();
      clearTimeout(timer);
      // While a slider moves, or another model comes, nearly all boxes change, and none is news.
      if (more && (same || found.changed.length > boxes.size / 2)) found.changed = [];
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
    /** Each box with its part, for a widget that says more of them. @param {(part: Part, box: HTMLElement) => void} say */
    each(say) { for (const { part, box } of boxes.values()) say(part, box); },
    dispose() { clearTimeout(timer); },
  };
}
