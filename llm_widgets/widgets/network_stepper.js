// The network stepper: a small network that one walks through edge by edge, forward and back, and that then learns.
import { N, el, number, sentences, table } from "./kit.js";
import { activationName, lossName } from "./function_names.js";
import { computedView } from "./computed.js";
import { numberField } from "./number_field.js";
import { player } from "./player.js";
import { plot, spanOf } from "./plot.js";
import { widget } from "./sheet.js";
import { stepperEditor } from "./stepper_editor.js";
import { stepLines, stepWords } from "./stepper_formulas.js";
import { stepperGraph } from "./stepper_graph.js";
import { knownAt, parameterOf, stopAt, stopsOf, unitName } from "./stepper_logic.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./stepper_logic.js").NetFound} NetFound */

const MISMATCHES = /** @type {Record<string, string>} */ ({
  logits: N("This loss takes logits and applies the sigmoid or softmax itself: give the output the activation identity, or choose another loss. Until then only the way forward can be walked."),
  probabilities: N("Binary cross-entropy takes probabilities between 0 and 1: give the output the activation sigmoid, or choose the form from logits. Until then only the way forward can be walked."),
  classes: N("Cross-entropy chooses among classes: give the network two outputs or three, or choose another loss. Until then only the way forward can be walked."),
  target: N("This loss compares with a probability: each target must lie between 0 and 1. Until then only the way forward can be walked."),
  shares: N("This loss compares with the probabilities of classes: the targets must be 0 or more and sum to 1. Until then only the way forward can be walked."),
});
const PHASES = /** @type {Record<string, string>} */ ({ start: N("Inputs"), "forward-edge": N("Forward, along an edge"), "forward-node": N("Forward, a unit"), loss: N("The loss"), "backward-node": N("Back, a unit"), "backward-edge": N("Back, along an edge"), update: N("Update: one weight of all") });
const NET_ACTIVATIONS = ["identity", "sigmoid", "relu", "tanh", "gelu", "gelu_tanh", "silu"];
const NET_LOSS_KEYS = ["half_squared_error", "mean_squared_error", "binary_cross_entropy", "binary_cross_entropy_from_logits", "cross_entropy_from_logits"];

/** @param {Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("A network, step by step"),
    help: N("Values flow forward along the edges, times the weights; each unit adds its bias and applies its activation. Then gradients flow back the same way, and every weight moves a little against its own. Walk with the buttons or the arrow keys. Click a unit or an edge, or go there with the arrow keys and press Enter, and change its number. Solid red edges are positive weights, dashed blue ones negative, thick ones large. Values are blue, gradients orange, numbers after an update green."),
    file: "network-stepper",
    make: ({ t, root, fields, set, current, refused, paint }) => {
      const found = () => /** @type {NetFound} */ (model.get("_found"));
      let units = false;
      const step = () => Math.min(Number(current("step")), found().steps.length - 1);
      const learn = (/** @type {number} */ to) => { set("updates", Math.max(0, Math.min(found().most, to))); fields.flush(); fields.forget("updates"); }; // how far it gets, the kernel knows
      const nextPass = () => { set("step", 0); learn(found().updates + 1); };
      const select = () => paint(), editor = stepperEditor({ t, current, set, refused, chosen: () => graph.chosen(), leave: () => graph.focus(), found });
      const graph = stepperGraph({ t, select, edit: () => { paint(); editor.paint(); editor.focus(); } });
      const stops = () => stopsOf(found().steps, units), can = () => !found().mismatch && !found().diverged && found().updates < found().most;
      const steps = player({
        t, root, length: () => stops().length, at: () => stopAt(stops(), step()), more: can,
        go: (at) => { const all = stops(); if (at >= all.length) nextPass(); else set("step", all[at]); },
        name: (at) => stepWords(t, found(), stops()[Math.min(at, stops().length - 1)]),
      });
      const heading = el("h4", { class: "lw-net-heading" }), lines = el("div", { class: "lw-scroll lw-net-lines", tabindex: "0", role: "group", dataset: { role: "formulas" } });
      const curve = plot({
        height: 206, label: () => t("Loss after each update; click or use the arrow keys to go to one"),
        scene: () => {
          const { losses = [], updates } = found();
          return { x: [0, Math.max(10, losses.length - 1)], y: spanOf([0, ...losses]), whole: true, xName: t("updates"), yName: t("loss"), lines: [{ points: losses.map((x, k) => /** @type {[number, number]} */ ([k, x])), colour: "blue" }], points: losses.length ? [{ x: updates, y: losses[updates] ?? 0, colour: "blue" }] : [] };
        },
        press: (x) => learn(Math.min(Math.round(x), (found().losses?.length ?? 1) - 1)),
        keys: (pressed, fast) => { const by = { ArrowRight: 1, ArrowLeft: -1 }[pressed]; if (by) learn(found().updates + by * (fast ? 10 : 1)); else if (pressed === "Home") learn(0); else return false; return true; },
      });
      const button = (/** @type {string} */ action, /** @type {() => void} */ click) => el("button", { type: "button", dataset: { action }, on: { click } });
      const one = button("learn-1", () => learn(found().updates + 1)), ten = button("learn-10", () => learn(found().updates + 10)), zero = button("learn-0", () => { set("step", 0); learn(0); });
      const anew = button("anew", () => { set("step", 0); set("seed", (Number(current("seed")) + 1) % 2 ** 31); }), check = button("check", () => set("checking", !current("checking")));
      const byUnit = el("input", { type: "checkbox", dataset: { role: "by-unit" }, on: { change: () => { units = byUnit.checked; if (units) set("step", stops()[stopAt(stops(), step())]); paint(); } } }), byUnitName = el("span", {});
      const options = (/** @type {string} */ name, /** @type {string[]} */ keys) => el("select", { dataset: { setting: name }, on: { change: (/** @type {Event} */ e) => set(name, /** @type {HTMLSelectElement} */ (e.target).value) } }, ...keys.map((key) => el("option", { value: key })));
      const selects = { activation: options("activation", NET_ACTIVATIONS), output: options("output", NET_ACTIVATIONS), loss: options("loss", NET_LOSS_KEYS) }, captions = { activation: el("span", {}), output: el("span", {}), loss: el("span", {}) };
      const resize = () => { const sizes = /** @type {number[]} */ (current("sizes")), inner = sizes.slice(1, -1); set("step", 0); set("sizes", [sizes[0], ...Array.from({ length: Number(layers.value) }, (_, i) => inner[i] ?? 3), sizes[sizes.length - 1]]); };
      const layers = el("select", { dataset: { role: "hidden-layers" }, on: { change: resize } }, ...["0", "1", "2", "3"].map((n) => el("option", { value: n }, n))), layersName = el("span", {});
      const place = (/** @type {number} */ k) => (k === 4 ? current("sizes").length - 1 : k);
      const counts = [0, 1, 2, 3, 4].map((k) => {
        const caption = el("span", {}), label = () => (k === 0 ? t("inputs") : k === 4 ? t("outputs") : current("sizes").length > 3 ? t("units of layer {n}", { n: k }) : t("hidden units"));
        const field = numberField({ t, label, refused, low: 1, high: k === 4 ? 3 : 6, step: 1, whole: true, role: `size-${k}`, get: () => current("sizes")[place(k)] ?? 1, set: (value) => { set("step", 0); set("sizes", current("sizes").map((/** @type {number} */ old, /** @type {number} */ i) => (i === place(k) ? value : old))); } });
        const node = el("label", {}, caption, field.node);
        return { node, paint: () => { node.hidden = k > 0 && k < 4 && k >= current("sizes").length - 1; caption.textContent = label(); field.relabel(); field.paint(); } };
      });
      const verdict = el("p", { dataset: { role: "verdict" } }), checked = el("div", { class: "lw-scroll", tabindex: "0" }), checking = el("div", { class: "lw-net-check", hidden: true }, verdict, checked);
      let drawn = "", projected = model.get("projector");
      return {
        body: [graph.node, editor.node, el("div", { class: "lw-net-sheet" }, el("div", {}, heading, lines), curve.node), checking],
        controls: [
          el("div", { class: "lw-net-row" }, steps.node, el("label", { class: "lw-net-by" }, byUnit, byUnitName)),
          el("div", { class: "lw-net-row" }, one, ten, zero, anew, check),
          el("div", { class: "lw-net-row lw-net-sizes" }, el("label", {}, layersName, layers), ...counts.map(({ node }) => node)),
          el("div", { class: "lw-choices" }, ...(/** @type {("activation" | "output" | "loss")[]} */ (["activation", "output", "loss"])).map((name) => el("label", {}, captions[name], selects[name]))),
        ],
        relabel() {
          for (const select of [selects.activation, selects.output]) for (const [i, option] of [...select.options].entries()) option.textContent = activationName(t, NET_ACTIVATIONS[i]);
          for (const [i, option] of [...selects.loss.options].entries()) option.textContent = lossName(t, NET_LOSS_KEYS[i]);
          layersName.textContent = t("Hidden layers");
          captions.activation.textContent = t("Activation of hidden units");
          captions.output.textContent = t("Activation of the output");
          captions.loss.textContent = t("Loss");
          byUnitName.textContent = t("unit by unit");
          for (const [made, words] of /** @type {[HTMLElement, string][]} */ ([[one, t("Learn 1 step")], [ten, t("Learn 10 steps")], [zero, t("Back to update 0")], [anew, t("New random weights")]])) made.textContent = words;
          lines.setAttribute("aria-label", t("The step as a formula"));
          graph.relabel();
          editor.relabel(t);
          steps.relabel();
          drawn = "";
        },
        paint(now) {
          const at = step(), seen = knownAt(now, at), [kind] = now.steps[at];
          graph.paint(now, seen);
          editor.paint();
          for (const one of counts) one.paint();
          layers.value = String(current("sizes").length - 2);
          for (const [name, select] of Object.entries(selects)) select.value = current(name);
          const key = JSON.stringify([at, now.x, now.W, now.b, now.target, now.rate, now.names, graph.chosen(), now.updates]);
          if (key !== drawn) { drawn = key; heading.textContent = t(PHASES[kind]); lines.replaceChildren(...stepLines(t, now, at, graph.chosen())); lines.scrollTop = 0; }
          if (projected !== model.get("projector")) { projected = model.get("projector"); curve.restyle(); }
          curve.invalidate();
          steps.paint();
          for (const made of [one, ten]) made.disabled = !can();
          zero.disabled = now.updates === 0;
          check.textContent = now.check ? t("Hide the gradient check") : t("Check the gradients");
          check.disabled = Boolean(now.mismatch);
          root.dataset.step = String(at);
          root.dataset.updates = String(now.updates);
          checking.hidden = !now.check;
          if (now.check) paintCheck(t, now, verdict, checked);
          else { checked.replaceChildren(); checked.removeAttribute("aria-label"); verdict.textContent = ""; }
          if (now.mismatch) return sentences(t(MISMATCHES[now.mismatch]), stepWords(t, now, at));
          return sentences(t("Update {n}, step {at} of {all}.", { n: now.updates, at, all: now.steps.length - 1 }), stepWords(t, now, at), now.diverged && kind !== "update" && t("One more update would leave the numbers of a computer: the learning rate is too large."));
        },
        rows: (now) => ({
          caption: t("All steps of this pass"), columns: [t("Step"), t("Phase"), t("What is computed")],
          rows: now.steps.map((/** @type {unknown} */ _, /** @type {number} */ i) => [i, t(PHASES[now.steps[i][0]]), stepWords(t, now, i)]),
        }),
        dispose: () => { graph.dispose(); steps.dispose(); curve.dispose(); },
      };
    },
  });
}

/** Each gradient beside its finite difference. @param {Translate} t @param {NetFound} found @param {HTMLElement} verdict @param {HTMLElement} place */
function paintCheck(t, { check, sizes }, verdict, place) {
  if (!check) return;
  const name = (/** @type {number} */ k) => { const { layer, i, j } = parameterOf(sizes, k), to = unitName(sizes, layer + 1, j); return i === null ? t("bias of {name}", { name: to }) : t("weight from {from} to {to}", { from: unitName(sizes, layer, i), to }); };
  const values = { n: check.gradient.length, error: number(check.errors[check.worst]), name: name(check.worst) };
  verdict.textContent = check.agrees ? t("Each weight was moved a little both ways: all {n} gradients agree with the change of the loss; the largest relative error is {error} ({name}).", values)
    : sentences(t("Not all {n} gradients agree with the change of the loss; the largest relative error is {error} ({name}).", values), check.kink && t("A unit stands at the kink of ReLU, z = 0, where there is no derivative: move it a little and check again."));
  verdict.className = check.agrees ? "lw-good" : "lw-bad";
  const caption = t("Gradients by the chain rule and by finite differences");
  place.setAttribute("aria-label", caption);
  place.replaceChildren(table(caption, [t("Number"), t("Gradient"), t("Finite difference"), t("Relative error")], check.gradient.map((g, k) => [name(k), number(g, 8), number(check.differences[k], 8), number(check.errors[k], 2)])));
}

export default widget({ state: () => ({}), view });
