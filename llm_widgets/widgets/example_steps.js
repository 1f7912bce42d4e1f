// Both updates applied again and again: the losses on a logarithmic axis, and the numbers after each step.
import { el, number, sentences } from "./kit.js";
import { ratioFormula } from "./example_formulas.js";
import { RULE_NAMES, RULE_WORDS } from "./example_words.js";
import { numberField } from "./number_field.js";
import { player } from "./player.js";
import { plot } from "./plot.js";

/** @typedef {{ weights: number[][], biases: number[], outputs: number[], losses: number[], diverged: boolean, first: number | null }} Series */
/** @typedef {{ rule: string, document: Series, chain: Series }} Followed */

const FLOOR = 1e-16; // below it there is only rounding

/** Step, the document's loss, the chain rule's. @param {Followed} followed @returns {(number | null)[][]} */
export const lossRows = ({ document, chain }) =>
  Array.from({ length: Math.max(document.losses.length, chain.losses.length) }, (_, i) => [i, document.losses[i] ?? null, chain.losses[i] ?? null]);

/** @param {import("./computed.js").Reach & { model: import("./kit.js").Model }} reach */
export function exampleSteps({ t, root, set, current, refused, model }) {
  let followed = /** @type {Followed | null} */ (null);
  const heading = el("h4", { class: "lw-example-heading" });
  const choice = el("select", { dataset: { setting: "rule" } }, ...Object.keys(RULE_NAMES).map((name) => el("option", { value: name }))), choiceName = el("span");
  choice.addEventListener("change", () => set("rule", choice.value));
  const field = (/** @type {string} */ name, /** @type {() => string} */ label, /** @type {object} */ range) => {
    const made = numberField({ t, label, get: () => current(name), set: (x) => set(name, x), refused, role: name, ...range }), caption = el("span");
    return { ...made, node: el("label", {}, caption, made.node), relabel() { caption.textContent = label(); made.relabel(); } };
  };
  const steps = field("steps", () => t("Updates"), { low: 0, high: 200, step: 1, whole: true });
  const rate = field("learning_rate", () => t("Learning rate"), { low: 1e-6, high: 100, step: 0.01 });
  const words = el("p", { class: "lw-example-why" }), first = el("div", { class: "lw-example-first", dataset: { role: "first" } });
  const length = () => current("steps") + 1, at = () => Math.min(current("step"), length() - 1);
  const dot = (/** @type {Series} */ series) => series.losses[at()];

  const picture = plot({
    height: 220,
    label: () => (followed ? t("Losses over {n} updates, on a logarithmic axis. {rest}", { n: length() - 1, rest: spokenAt(followed) }) : ""),
    scene: () => {
      if (!followed) return null;
      const { document, chain } = followed, real = [...document.losses, ...chain.losses].filter((x) => x > FLOOR);
      const line = (/** @type {Series} */ series) => /** @type {[number, number][]} */ (series.losses.map((y, x) => [x, Math.max(y, Number.MIN_VALUE)]));
      const low = real.length ? Math.min(...real) : 0.1, high = real.length ? Math.max(...real) : 1;
      const points = [[document, "red", false], [chain, "green", true]].flatMap(([series, colour, hollow]) => { const y = dot(/** @type {Series} */ (series)); return y > FLOOR ? [{ x: at(), y, colour: /** @type {"red"} */ (colour), hollow: /** @type {boolean} */ (hollow) }] : []; });
      return {
        x: [0, Math.max(1, length() - 1)], y: [low / 2, high * 2], log: true, whole: true, xName: t("updates"), yName: t("loss"),
        rules: [{ x: at() }], lines: [{ points: line(chain), colour: "green", dash: [6, 4] }, { points: line(document), colour: "red" }], points,
      };
    },
    press: (x) => set("step", Math.round(x)), drag: (x) => set("step", Math.round(x)),
    keys: (key, fast) => {
      const to = { ArrowLeft: at() - (fast ? 10 : 1), ArrowRight: at() + (fast ? 10 : 1), Home: 0, End: length() - 1 }[key];
      if (to === undefined) return false;
      set("step", Math.max(0, Math.min(length() - 1, to)));
      return true;
    },
  });
  const walk = player({ t, root, length, at, go: (to) => set("step", to), interval: 700, name: (i) => whenOf(i) });
  const legend = el("p", { class: "lw-caption lw-example-legend" }), numbers = el("table", { class: "lw-table lw-example-numbers" });
  const unrestyle = () => picture.restyle();
  model.on("change:projector", unrestyle);

  const whenOf = (/** @type {number} */ n) => (n ? t("After update {n}", { n }) : t("Before the first update"));
  const spokenAt = (/** @type {Followed} */ { document, chain }) => {
    const y = dot(document), right = dot(chain);
    return t("{when}: the loss is {document} in the document's way and {chain} by the chain rule.", { when: whenOf(at()), document: y === undefined ? t("too large for the computer") : number(y, 4), chain: right === undefined ? t("too large for the computer") : number(right, 4) });
  };
  /** The numbers of both at this step. @param {Followed} now */
  function tabled({ document, chain }) {
    const i = at(), both = [document, chain];
    const cells = (/** @type {string} */ name, /** @type {(series: Series) => string} */ say, /** @type {string} */ role) =>
      el("tr", { dataset: { role } }, el("th", { scope: "row" }, name), ...both.map((series, k) => el("td", { class: k ? "lw-example-good" : "lw-example-bad" }, i < series.losses.length ? say(series) : "–")));
    numbers.replaceChildren(
      el("caption", {}, whenOf(i)),
      el("thead", {}, el("tr", {}, el("td"), el("th", { scope: "col" }, t("document")), el("th", { scope: "col" }, t("chain rule")))),
      el("tbody", {},
        ...[0, 1, 2].map((k) => cells(`w${"₁₂₃"[k]}`, (series) => number(series.weights[i][k], 4), `w${k}`)),
        cells("b", (series) => number(series.biases[i], 4), "b"), cells("y", (series) => number(series.outputs[i], 4), "y"),
        cells("L", (series) => number(series.losses[i], 4), "loss"), cells("L / L₀", (series) => number(series.losses[i] / series.losses[0], series.losses[i] < series.losses[0] ? 4 : 5), "ratio")));
  }
  const firstOf = (/** @type {Series} */ series, /** @type {string} */ name, /** @type {string} */ tone) =>
    el("span", { class: `lw-example-${tone}` }, `${name} `, series.first === null ? "–" : ratioFormula(series.losses[0], series.losses[1], series.first));

  return {
    node: el("div", { class: "lw-example-below" }, heading, el("div", { class: "lw-choices" }, el("label", {}, choiceName, choice), steps.node, rate.node), words, first,
      el("div", { class: "lw-example-run" }, el("div", { class: "lw-example-plot" }, legend, picture.node), numbers), walk.node),
    relabel() {
      heading.textContent = t("Both ways of updating, again and again");
      choiceName.textContent = t("The document's way");
      for (const one of choice.options) one.textContent = t(RULE_NAMES[one.value]);
      steps.relabel();
      rate.relabel();
      walk.relabel();
      legend.replaceChildren(el("span", { class: "lw-example-bad" }, `━ ${t("document")}`), "  ", el("span", { class: "lw-example-good" }, `╌ ${t("chain rule")}`));
    },
    /** Draws it and says it in words. @param {Followed} now */
    paint(now) {
      followed = now;
      choice.value = current("rule");
      steps.paint();
      rate.paint();
      words.textContent = t(RULE_WORDS[now.rule]);
      first.replaceChildren(el("span", { class: "lw-example-first-name" }, t("The loss after the first update, by the loss before it:")), firstOf(now.document, t("document"), "bad"), firstOf(now.chain, t("chain rule"), "good"));
      tabled(now);
      walk.paint();
      picture.invalidate();
      return sentences(spokenAt(now), now.document.diverged && t("The document's way leaves the numbers of a computer after {n} updates.", { n: now.document.losses.length - 1 }), now.chain.outputs.at(-1) === 0 && t("At this learning rate the chain rule's steps overshoot, too: the output falls to 0, and the unit is dead."));
    },
    stop: () => { if (walk.playing()) walk.stop(); },
    dispose() { walk.dispose(); picture.dispose(); model.off("change:projector", unrestyle); },
  };
}
