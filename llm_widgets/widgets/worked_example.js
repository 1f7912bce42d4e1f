// The documents' worked example: its lines beside what is right, and both updates applied again and again.
import { N, csv, download, el, number, sentences, table } from "./kit.js";
import { computedView } from "./computed.js";
import { givenFormula, listed } from "./example_formulas.js";
import { exampleGrid } from "./example_grid.js";
import { exampleLine } from "./example_line.js";
import { exampleSteps, lossRows } from "./example_steps.js";
import { LINE_NAMES, LINE_OUTCOMES, LINE_VERDICTS, whereOf, whyOf } from "./example_words.js";
import { widget } from "./sheet.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./example_words.js").ExampleLine} ExampleLine */

/** @param {Model} model @param {HTMLElement} host */
function view(model, host) {
  const losses = el("div", { class: "lw-scroll lw-example-losses", hidden: true, tabindex: "0" });
  let repaint = () => {};
  return computedView(model, host, {
    title: N("The documents' example"),
    help: N("The documents work one neuron by hand: forward, loss, gradients, update. Choose a line, by mouse or arrow keys, and see what is printed, what is right, and why they differ. “Find the bug” hides the verdicts until you have marked the lines that you believe are wrong. Below, both ways of updating go on for as many steps as you like."),
    file: "worked-example",
    menu: [
      { label: N("Show the losses as a table"), hidden: () => !model.get("_found").followed, run: () => { losses.hidden = !losses.hidden; repaint(); } },
      { label: N("Download the losses as CSV"), hidden: () => !model.get("_found").followed, run: () => download("worked-example-losses.csv", csv([["step", "document", "chain_rule"], ...lossRows(model.get("_found").followed)]), "text/csv") },
    ],
    make: (reach) => {
      const { t, set, current, paint } = reach;
      repaint = paint;
      const modes = /** @type {const} */ (["explain", "find"]).map((mode) => el("button", { type: "button", dataset: { mode }, on: { click: () => set("mode", mode) } }));
      const given = el("div", { class: "lw-example-given" }), task = el("p", { class: "lw-example-task" });
      const toggle = (/** @type {string} */ key) => {
        const marked = /** @type {string[]} */ (current("marked"));
        set("marked", marked.includes(key) ? marked.filter((one) => one !== key) : [...marked, key]);
      };
      const grid = exampleGrid({ t, choose: (key) => set("row", key), toggle });
      const line = exampleLine(t), below = exampleSteps({ ...reach, model });
      const check = el("button", { type: "button", class: "lw-primary", dataset: { action: "check" }, on: { click: () => set("checked", true) } });
      const again = el("button", { type: "button", dataset: { action: "again" }, on: { click: () => { set("marked", []); set("checked", false); grid.focus(); } } });
      const bar = el("div", { class: "lw-example-bar" }, check, again);
      return {
        body: [
          el("div", { class: "lw-example-modes", role: "group" }, ...modes), given, task,
          el("div", { class: "lw-example-sheet" }, el("div", {}, grid.node, bar), line.node), below.node, losses,
        ],
        relabel() {
          for (const [i, words] of [t("Explained"), t("Find the bug")].entries()) modes[i].textContent = words;
          modes[0].parentElement?.setAttribute("aria-label", t("Mode"));
          check.textContent = t("Check");
          again.textContent = t("Try again");
          grid.relabel();
          below.relabel();
        },
        paint(found) {
          const mode = current("mode"), lines = /** @type {ExampleLine[]} */ (found.lines), finding = found.mode === "find", asking = !found.open;
          for (const button of modes) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
          given.replaceChildren(givenFormula(found.numbers, t("target")));
          task.hidden = !finding;
          task.textContent = t("Mark every line whose rule or result is wrong, also where it only follows from an earlier wrong number. Then check.");
          bar.hidden = !finding;
          check.hidden = !asking;
          again.hidden = asking;
          const marked = /** @type {string[]} */ (current("marked")), chosen = lines.find(({ key }) => key === current("row")) ?? lines[0];
          grid.paint(found, { finding, asking, marked, chosen: chosen.key });
          line.paint(found, asking ? null : chosen);
          below.node.hidden = !found.followed;
          if (!found.followed) { losses.hidden = true; below.stop(); }
          if (!losses.hidden) losses.replaceChildren(table(t("Losses after each update"), [t("updates"), t("document"), t("chain rule")], lossRows(found.followed).map((cells) => cells.map((x) => number(x, 6)))));
          const said = found.followed ? below.paint(found.followed) : "";
          if (asking) return t("{n} of {all} lines marked as wrong.", { n: marked.length, all: lines.length });
          return finding ? scored(t, lines) : sentences(counted(t, lines), said);
        },
        rows: (found) => twin(t, found),
        dispose: () => { grid.dispose(); below.dispose(); },
      };
    },
  });
}

/** @param {import("./kit.js").Translate} t @param {ExampleLine[]} lines */
function counted(t, lines) {
  const of = (/** @type {string} */ verdict) => lines.filter((line) => line.verdict === verdict).length;
  return t("{wrong} of {all} lines are wrong: {slips} by a slip of arithmetic, {rules} by a wrong rule, {follows} because an earlier one is.", { wrong: lines.length - of("right"), all: lines.length, slips: of("slip"), rules: of("rule"), follows: of("follows") });
}

/** @param {import("./kit.js").Translate} t @param {ExampleLine[]} lines */
function scored(t, lines) {
  const of = (/** @type {string} */ outcome) => lines.filter((line) => line.outcome === outcome).length;
  return t("{found} of {wrong} wrong lines found, {missed} missed; {alarms} right lines marked without need. Choose a line to see why.", { found: of("found"), wrong: of("found") + of("missed"), missed: of("missed"), alarms: of("false_alarm") });
}

const RULES_AS_TEXT = /** @type {Record<string, string>} */ ({ weight_rule: "∂L/∂w = x · ∂y/∂w", bias_rule: "∂L/∂b = ∂y/∂b", update_rule: "w′ = w − η · ∂L/∂w, b′ = b − η · ∂L/∂b" });

/** @param {import("./kit.js").Translate} t @param {any} found */
function twin(t, found) {
  const lines = /** @type {ExampleLine[]} */ (found.lines), caption = t("The documents' example, line by line");
  const said = (/** @type {ExampleLine} */ { key, kind, printed }) => (kind === "number" ? listed(printed) : RULES_AS_TEXT[key]);
  const first = (/** @type {ExampleLine} */ line) => [t(LINE_NAMES[line.key]), whereOf(t, line), said(line)];
  if (!found.open) return { caption, columns: [t("Line"), t("Where"), t("Printed")], rows: lines.map(first) };
  const judged = (/** @type {ExampleLine} */ line) => sentences(line.outcome && `${t(LINE_OUTCOMES[line.outcome])};`, t(LINE_VERDICTS[line.verdict ?? ""]));
  return { caption, columns: [t("Line"), t("Where"), t("Printed"), t("Computed"), t("Verdict"), t("Why")], rows: lines.map((line) => [...first(line), listed(line.computed ?? []), judged(line), whyOf(t, line)]) };
}

export default widget({ state: () => ({}), view });
