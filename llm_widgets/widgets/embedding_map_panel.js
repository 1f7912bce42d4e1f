// Beside the map: a search, and the chosen point's neighbours in the whole space.
import { el, number } from "./kit.js";
import { matches } from "./embedding_map_logic.js";
import { shortName } from "./embedding_map_text.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @param {{ t: Translate, id: string, names: () => string[], choose: (row: number) => void, found: (rows: number[]) => void, point: (row: number | null) => void }} options */
export function mapPanel({ t, id, names, choose, found, point }) {
  let rows = /** @type {number[]} */ ([]), at = -1, drawnAs = "";
  const input = el("input", { type: "search", id, autocomplete: "off", spellcheck: "false", maxlength: 200, dataset: { role: "search" } }), label = el("label", { for: id }), said = el("output", { class: "lw-embmap-said", for: id });
  const title = el("h4", { class: "lw-embmap-name" }), note = el("p", { class: "lw-embmap-note" }), list = el("ol", { class: "lw-embmap-near" });
  const node = el("div", { class: "lw-embmap-side" }, el("div", { class: "lw-embmap-search" }, label, input, said), title, note, list);
  const search = () => {
    rows = matches(names(), input.value);
    at = -1;
    found(rows);
    tell();
  };
  const tell = () => {
    const many = rows.length;
    said.textContent = !input.value.trim() ? "" : !many ? t("no point is called so") : at >= 0 ? t("{at} of {count}", { at: at + 1, count: number(many) }) : t("{count} found: Enter", { count: number(many) });
  };
  input.addEventListener("input", search);
  input.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    if (e.key === "Escape" && input.value) { input.value = ""; search(); e.preventDefault(); }
    if (e.key !== "Enter" || e.isComposing || !rows.length) return;
    at = (at + (e.shiftKey ? rows.length - 1 : 1)) % rows.length;
    choose(rows[at]);
    tell();
    e.preventDefault();
  });
  return {
    node, input,
    relabel() {
      label.textContent = t("Find a point");
      drawnAs = "";
      tell();
    },
    /** Looks again: the points have changed. */
    again: () => { if (input.value) search(); },
    /** @param {number | null} row @param {import("./embedding_map_store.js").Nearest | null} near @param {{ dims: number, standalone: boolean, empty: boolean }} what */
    show(row, near, { dims, standalone, empty }) {
      const all = names();
      title.textContent = row === null ? t("Nearest neighbours") : t("Nearest to “{name}”", { name: shortName(all[row]) });
      note.textContent = empty ? "" : row === null ? t("Click a point, search for it, or walk with the arrow keys on the map.")
        : near ? t("By cosine in all {dims} dimensions, among the points of this map.", { dims: number(dims) }) : standalone ? t("A saved page knows the neighbours in the last step only.") : "";
      const as = JSON.stringify([row, near?.rows, near?.cosines.map((c) => c.toFixed(3))]);
      if (as === drawnAs) return;
      drawnAs = as;
      const focused = list.contains(document.activeElement) ? [...list.querySelectorAll("button")].indexOf(/** @type {any} */ (document.activeElement)) : -1;
      list.replaceChildren(...(near?.rows ?? []).map((other, i) => {
        const cosine = /** @type {any} */ (near).cosines[i], bar = el("span", { class: "lw-embmap-bar", "aria-hidden": "true" });
        bar.style.setProperty("--share", `${Math.max(0, 100 * cosine)}%`);
        return el("li", {}, el("button", { type: "button", class: "lw-quiet", dataset: { row: other }, title: visible(all[other]), on: { click: () => choose(other), pointerenter: () => point(other), pointerleave: () => point(null), focus: () => point(other), blur: () => point(null) } },
          el("bdi", {}, shortName(all[other])), bar, el("span", { class: "lw-number" }, cosine.toFixed(2).replace("-", "−"))));
      }));
      if (focused >= 0) /** @type {any} */ (list.querySelectorAll("button")[Math.min(focused, list.children.length - 1)])?.focus({ preventScroll: true });
    },
  };
}
