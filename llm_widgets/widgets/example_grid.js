// The example's lines as a grid: one is chosen with a click or the arrow keys, or marked as wrong where the bug is to be found.
import { el } from "./kit.js";
import { printedFormula } from "./example_formulas.js";
import { LINE_NAMES, LINE_OUTCOMES, LINE_VERDICTS, whereOf } from "./example_words.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./example_words.js").ExampleLine} ExampleLine */

/** @param {{ t: Translate, choose: (key: string) => void, toggle: (key: string) => void }} options */
export function exampleGrid({ t, choose, toggle }) {
  const node = el("div", { class: "lw-example-lines", role: "grid" });
  let keys = /** @type {string[]} */ ([]), rows = /** @type {HTMLElement[]} */ ([]), at = 0, asking = false, drawn = "";
  const focusOn = (/** @type {number} */ to) => {
    at = Math.max(0, Math.min(keys.length - 1, to));
    for (const [i, one] of rows.entries()) one.tabIndex = i === at ? 0 : -1;
    rows[at]?.focus();
    if (!asking) choose(keys[at]);
  };
  const act = (/** @type {number} */ i) => { focusOn(i); if (asking) toggle(keys[i]); };
  node.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: keys.length - 1 }[e.key];
    if (to !== undefined) focusOn(to);
    else if (e.key === " " || e.key === "Enter") act(at);
    else return;
    e.preventDefault();
  });

  /** One line: its sign, its name and place, its formula, and its verdict. @param {ExampleLine} line @param {any} found @param {number} i */
  function drawLine(line, found, i) {
    const cell = (/** @type {string} */ name, /** @type {(Node | string)[]} */ ...inside) => el("div", { role: "gridcell", class: `lw-example-${name}` }, ...inside);
    const printed = Object.fromEntries(found.lines.map((/** @type {ExampleLine} */ one) => [one.key, one.printed]));
    const made = el("div", { role: "row", class: "lw-example-line", dataset: { line: line.key }, on: { click: () => act(i) } },
      cell("sign", el("span", { "aria-hidden": "true" })), cell("name", t(LINE_NAMES[line.key]), " ", el("span", { class: "lw-example-where", title: whereOf(t, line) }, line.section)),
      cell("formula", printedFormula(line.key, found.numbers, printed)), cell("verdict", el("span", { class: "lw-example-chip" })));
    return made;
  }

  return {
    node,
    focus: () => rows[at]?.focus(),
    relabel: () => { drawn = ""; node.setAttribute("aria-label", t("The lines of the calculation")); },
    /** @param {any} found @param {{ finding: boolean, asking: boolean, marked: string[], chosen: string }} state */
    paint(found, state) {
      const lines = /** @type {ExampleLine[]} */ (found.lines), focused = node.contains(document.activeElement), before = drawn;
      asking = state.asking;
      drawn = lines.map(({ key }) => key).join();
      if (drawn !== before) {
        keys = lines.map(({ key }) => key);
        rows = lines.map((line, i) => drawLine(line, found, i));
        node.replaceChildren(...rows);
      }
      const chosen = keys.indexOf(state.chosen);
      if (!asking && chosen >= 0) at = chosen;
      node.toggleAttribute("data-finding", state.finding);
      node.setAttribute("aria-multiselectable", String(asking));
      for (const [i, line] of lines.entries()) {
        const made = rows[i], marked = state.finding && state.marked.includes(line.key), chip = /** @type {HTMLElement} */ (made.querySelector(".lw-example-chip")), sign = /** @type {HTMLElement} */ (made.querySelector("[aria-hidden]"));
        made.tabIndex = i === at ? 0 : -1;
        made.setAttribute("aria-selected", String(asking ? marked : i === chosen));
        const verdict = state.asking ? "" : (line.outcome ?? line.verdict ?? "");
        const good = ["right", "found", "cleared"].includes(verdict);
        made.dataset.verdict = verdict;
        made.classList.toggle("lw-example-marked", marked);
        sign.textContent = state.finding ? (marked ? "☒" : "☐") : "";
        chip.textContent = state.asking ? (marked ? t("marked as wrong") : "") : `${good ? "✓" : "✗"} ${t((line.outcome ? LINE_OUTCOMES : LINE_VERDICTS)[verdict])}`;
        chip.className = `lw-example-chip ${state.asking ? "" : good ? "lw-example-good" : "lw-example-bad"}`;
      }
      if (focused && !node.contains(document.activeElement)) rows[at]?.focus();
    },
    dispose() {},
  };
}
