// The activation explorer: functions and slopes in one plot with a point to drag, and the gradient of a stack of layers.
import { N, el, number, sentences, table } from "./kit.js";
import { activationOf, activationSign, bracket, slopeNote, slopeOf } from "./activation_formulas.js";
import { chainWords, decades, functionSpan, outputWords, pointWords, stackWords, zoneWords, zonesWords } from "./activation_text.js";
import { computedView } from "./computed.js";
import { factor, math, num, op, tinted } from "./formula.js";
import { activationName } from "./function_names.js";
import { numberField } from "./number_field.js";
import { plot } from "./plot.js";
import { widget } from "./sheet.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./activation_text.js").ActivationFound} ActivationFound */

const KEYS = ["identity", "sigmoid", "relu", "tanh", "gelu", "gelu_tanh", "silu"];
const OVERLAYS = /** @type {("green" | "red" | "muted" | "ink" | "ghost" | "orange")[]} */ (["green", "red", "muted", "ink", "ghost", "orange"]);

/** @param {Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Activation functions"),
    help: N("The solid line is the function, the dashed one its slope, by which a gradient is multiplied on its way back. Drag the point, or focus the plot and use the arrow keys, or type z. Where the slope is smaller than the threshold, the unit is saturated; where it is exactly 0, the unit is dead. Below, a gradient really goes down a stack of layers with random weights: the smaller the slopes and the weights, the less of it reaches the input."),
    file: "activation-functions",
    make: ({ t, set, current, refused, paint }) => {
      const found = () => /** @type {ActivationFound} */ (model.get("_found")), curves = () => model.get("_curves");
      const shown = () => Object.keys(curves().of ?? {}), colourOf = (/** @type {string} */ name) => OVERLAYS[shown().filter((one) => one !== found().activation).indexOf(name)];
      const main = el("select", { dataset: { setting: "activation" }, on: { change: () => set("activation", main.value) } }, ...KEYS.map((key) => el("option", { value: key }))), mainName = el("span", {});
      const toggle = (/** @type {string} */ key) => { const beside = /** @type {string[]} */ (current("beside")); set("beside", beside.includes(key) ? beside.filter((one) => one !== key) : [...beside, key]); };
      const others = KEYS.map((key) => { const swatch = el("span", { class: "lw-act-swatch", "aria-hidden": "true" }), word = el("span", {}); return { key, swatch, word, node: el("button", { type: "button", dataset: { beside: key }, on: { click: () => toggle(key) } }, swatch, word) }; }), othersName = el("span", {});
      const othersGroup = el("div", { class: "lw-act-beside", role: "group" }, othersName, ...others.map(({ node }) => node));
      const moved = (/** @type {number} */ z) => set("z", Number(Math.max(-6, Math.min(6, z)).toFixed(2)));
      const picture = plot({
        height: 300, label: () => t("Activation functions with their slopes over z; the arrow keys move the point"),
        scene: () => {
          const { x = [], of = {} } = curves(), { activation, zones, at, z } = found(), names = shown(), pairs = (/** @type {number[]} */ y) => y.map((v, i) => /** @type {[number, number]} */ ([x[i], v]));
          if (!of[activation]) return null;
          const [a, slope] = at[activation], near = Math.max(-6, Math.min(6, z)), tone = (/** @type {string} */ kind) => (kind === "dead" ? "red" : "orange");
          const bands = zones.map(([low, high, kind]) => ({ from: Math.max(-6, low ?? -6), to: Math.min(6, high ?? 6), colour: /** @type {"red" | "orange"} */ (tone(kind)), kind })).filter(({ from, to }) => to > from);
          return {
            x: [-6, 6], y: functionSpan(names.map((name) => of[name]).flat()), xName: "z",
            bands, rules: bands.filter(({ from, to }) => to - from > 2).map(({ from, kind, colour }) => ({ x: from, name: kind === "dead" ? t("dead") : t("saturated"), colour })),
            lines: [
              ...names.filter((name) => name !== activation).flatMap((name) => [{ points: pairs(of[name][0]), colour: colourOf(name), width: 1.5 }, { points: pairs(of[name][1]), colour: colourOf(name), width: 1.5, dash: [5, 4] }]),
              { points: pairs(of[activation][0]), colour: "blue", width: 2.5 }, { points: pairs(of[activation][1]), colour: "orange", width: 2.5, dash: [6, 4] },
              { points: Math.abs(z) > 6 ? [] : [[near - 1, a - slope], [near + 1, a + slope]], colour: "ink", width: 1 },
            ],
            points: Math.abs(z) > 6 ? [] : [{ x: z, y: a, colour: "blue", radius: 6 }, { x: z, y: slope, colour: "orange" }],
          };
        },
        drag: moved,
        keys: (pressed, fast) => {
          const by = { ArrowLeft: -0.1, ArrowRight: 0.1, PageDown: -1, PageUp: 1 }[pressed];
          if (by) moved(Number(current("z")) + by * (fast ? 10 : 1)); else if (pressed === "Home") moved(-6); else if (pressed === "End") moved(6); else return false;
          return true;
        },
      });
      const labelled = (/** @type {string} */ name, /** @type {string} */ caption, /** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ step, whole = false) => {
        const words = el("span", {}), field = numberField({ t, label: () => t(caption), refused, low, high, step, whole, role: name, get: () => Number(current(name)), set: (value) => set(name, value) });
        return { node: el("label", {}, words, field.node), relabel: () => { words.textContent = t(caption); field.relabel(); }, paint: field.paint };
      };
      const z = labelled("z", N("z"), -1000, 1000, 0.1), threshold = labelled("threshold", N("saturated where the slope is below"), 0, 1, 0.01);
      const mean = labelled("mean", N("mean of z"), -100, 100, 0.1), deviation = labelled("deviation", N("standard deviation of z"), 0, 100, 0.1);
      const depth = labelled("depth", N("Layers"), 1, 50, 1, true), width = labelled("width", N("Units a layer"), 1, 128, 1, true), gain = labelled("gain", N("Gain of the weights"), 0, 1e7, 0.1);
      const fields = [z, threshold, mean, deviation, depth, width, gain];
      const preset = (/** @type {string} */ action, /** @type {number} */ value) => el("button", { type: "button", dataset: { action }, on: { click: () => set("gain", value) } });
      const xavier = preset("xavier", 1), he = preset("he", Math.SQRT2), again = el("button", { type: "button", dataset: { action: "anew" }, on: { click: () => set("seed", (Number(current("seed")) + 1) % 2 ** 31) } });
      const formulas = el("div", { class: "lw-act-formulas", role: "group", dataset: { role: "formulas" } }), note = el("p", { class: "lw-act-note" }), zones = el("p", { class: "lw-act-zones", dataset: { role: "zones" } }), outputs = el("div", { class: "lw-act-outputs lw-scroll", tabindex: "0" });
      const heading = el("h4", { class: "lw-act-heading" }), ofStack = el("span", {}), ofChain = el("span", {});
      const tower = plot({
        height: 220, label: () => t("The gradient's norm in each layer, from the top layer back to the input"),
        scene: () => {
          const { stack, chain } = found(), n = chain.length - 1, points = stack.gradients.map((y, i) => /** @type {[number, number | null]} */ ([n - i, y > 0 ? y : null])), one = chain.map((y, i) => /** @type {[number, number | null]} */ ([n - i, y ? Math.abs(y) : null]));
          return {
            x: [0, n], y: decades([...points, ...one].map(([, y]) => y)), log: true, whole: true, xName: t("layer (0: the input)"), yName: t("norm of the gradient, 1 at the top"),
            lines: [{ points: one, colour: "muted", dash: [5, 4], width: 1.5 }, { points, colour: "orange", width: 2.5 }],
            points: n > 20 ? [] : points.flatMap(([x, y]) => (y === null ? [] : [{ x, y, colour: /** @type {"orange"} */ ("orange"), radius: 4 }])),
          };
        },
      });
      let projected = model.get("projector");
      return {
        body: [
          el("div", { class: "lw-act-names" }, el("label", {}, mainName, main), othersGroup),
          el("div", { class: "lw-act-sheet" }, picture.node, el("div", { class: "lw-act-panel" }, el("div", { class: "lw-act-fields" }, z.node, threshold.node), formulas, note, zones, el("div", { class: "lw-act-fields" }, mean.node, deviation.node), outputs)),
          el("div", { class: "lw-act-below" }, heading, el("div", { class: "lw-act-fields" }, depth.node, width.node, gain.node, xavier, he, again), el("div", { class: "lw-act-legend" }, el("span", {}, el("span", { class: "lw-act-key" }), ofStack), el("span", {}, el("span", { class: "lw-act-key lw-act-key-chain" }), ofChain)), tower.node),
        ],
        relabel() {
          mainName.textContent = t("Activation");
          othersName.textContent = t("Laid over it");
          othersGroup.setAttribute("aria-label", t("Laid over it"));
          for (const [i, option] of [...main.options].entries()) option.textContent = activationName(t, KEYS[i]);
          for (const { key, word } of others) word.textContent = activationName(t, key);
          for (const field of fields) field.relabel();
          xavier.textContent = t("Xavier: 1");
          he.textContent = t("He: √2");
          again.textContent = t("Other random numbers");
          formulas.setAttribute("aria-label", t("The point as a formula"));
          ofStack.textContent = t("the stack, computed");
          ofChain.textContent = t("σ′(z)ⁿ, a chain of single units at the point");
        },
        paint(now) {
          const name = now.activation, [a, slope] = now.at[name], four = (/** @type {number} */ x) => number(x, 4), zOf = () => factor(four(now.z)), bare = () => num(four(now.z));
          main.value = current("activation");
          const beside = /** @type {string[]} */ (current("beside"));
          for (const one of others) { one.node.hidden = one.key === name; one.node.setAttribute("aria-pressed", String(beside.includes(one.key))); one.swatch.style.background = beside.includes(one.key) && colourOf(one.key) ? `var(--lw-${colourOf(one.key)})` : ""; }
          for (const field of fields) field.paint();
          const value = () => tinted("blue", num(four(a))), sign = (/** @type {boolean} */ prime) => [activationSign(name, prime), bracket("("), num(four(now.z)), bracket(")")], pieces = (/** @type {import("./formula.js").Part[][]} */ ...parts) => el("span", { class: "lw-act-math" }, ...parts.map((part) => math(part)));
          formulas.replaceChildren(
            name === "identity" ? pieces(sign(false), [op("="), value()]) : pieces(sign(false), [op("="), activationOf(name, zOf, bare)], [op("="), value()]),
            name === "identity" || name === "relu" ? pieces(sign(true), [op("="), tinted("orange", slopeOf(name, zOf, bare, value, now.z > 0))]) : pieces(sign(true), [op("="), slopeOf(name, zOf, bare, () => tinted("blue", factor(four(a))), now.z > 0)], [op("="), tinted("orange", num(four(slope)))]));
          note.textContent = slopeNote(t, name);
          zones.replaceChildren(...(now.zones.length ? now.zones.flatMap((/** @type {import("./activation_text.js").Zone} */ zone, /** @type {number} */ i) => [i ? t("; ") : "", el("span", { class: `lw-act-${zone[2]}` }, zoneWords(t, zone))]) : [zonesWords(t, [])]));
          const names = Object.keys(now.outputs), caption = t("What comes out for normally distributed z");
          outputs.setAttribute("aria-label", caption);
          outputs.replaceChildren(table(caption, ["", t("range"), t("mean"), t("deviation"), t("dead")], names.map((one) => [activationName(t, one), ...outputWords(t, now.outputs[one], current("mean") === 0)])));
          heading.textContent = t("A gradient goes down {n} layers of {width} units", { n: current("depth"), width: current("width") });
          if (projected !== model.get("projector")) { projected = model.get("projector"); picture.restyle(); tower.restyle(); }
          picture.invalidate();
          tower.invalidate();
          return sentences(pointWords(t, now), stackWords(t, now.stack), chainWords(t, now));
        },
        rows: (now) => {
          const n = now.chain.length - 1, x = /** @type {number[]} */ (curves().x), of = curves().of;
          return {
            caption: t("Functions, slopes, and the gradient of the stack"), columns: [t("What"), t("z or layer"), t("value, or norm of the gradient"), t("slope, or the chain's product")],
            rows: [
              ...Object.keys(of).flatMap((name) => x.flatMap((z, i) => (i % 20 ? [] : [[activationName(t, name), number(z), number(of[name][0][i], 4), number(of[name][1][i], 4)]]))),
              ...now.stack.gradients.map((/** @type {number} */ y, /** @type {number} */ i) => [t("stack"), n - i, number(y, 4), number(now.chain[i], 4)]),
            ],
          };
        },
        dispose: () => { picture.dispose(); tower.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
