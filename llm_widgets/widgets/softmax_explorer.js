// Softmax and cross-entropy: logits as bars, both ways to compute softmax with their numbers, the losses and their gradients.
import { N, el, number } from "./kit.js";
import { computedView } from "./computed.js";
import { factor, frac, id, math, num, op, row, sub, sup, text, tinted } from "./formula.js";
import { numberField } from "./number_field.js";
import { exact } from "./number_logic.js";
import { plot } from "./plot.js";
import { widget } from "./sheet.js";
import { softmaxBars } from "./softmax_bars.js";
import { SOFTMAX_HELP, className, naiveFailure, large, softmaxWords, share } from "./softmax_logic.js";

/** @typedef {import("./softmax_logic.js").Found} Found */

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Softmax and cross-entropy"), help: SOFTMAX_HELP, file: "softmax",
    make: (reach) => {
      const { t, root, set, current, refused, fields } = reach;
      const found = () => /** @type {Found} */ (model.get("_found"));
      const name = (/** @type {number} */ i) => className(current("labels"), i, t);
      const bars = softmaxBars(reach);
      const more = el("button", { type: "button", dataset: { action: "more" }, on: { click: () => set("logits", [...current("logits"), 0]) } });
      const fewer = el("button", { type: "button", dataset: { action: "fewer" }, on: { click: () => { const logits = current("logits").slice(0, -1); set("logits", logits); set("target", Math.min(current("target"), logits.length - 1)); } } });
      const constant = numberField({ t, label: () => t("Added to every logit"), get: () => current("constant"), set: (c) => set("constant", c), refused, step: 1, role: "constant" });
      const constantWord = el("span", {}), add = (/** @type {number} */ c) => el("button", { type: "button", dataset: { action: `add-${c}` }, on: { click: () => set("constant", c) } });
      const add10 = add(10), add1000 = add(1000), add0 = add(0);
      const temperature = fields.slider("temperature", 0.05, 5, 0.05, N("Temperature"));
      temperature.node.classList.add("lw-softmax-temperature");
      const ways = { plainly: way("plainly"), shifted: way("shifted"), loss: way("loss") };
      const curve = plot({ height: 250, label: () => t("The loss over the probability of the target"), scene: () => scene(found()) });
      const curveWord = el("p", { class: "lw-caption" }), gradientWord = el("p", { class: "lw-caption" }), gradients = el("div", { class: "lw-softmax-gradients" });
      let gradientRows = /** @type {{ name: HTMLElement, bars: { fill: HTMLElement, value: HTMLElement }[] }[]} */ ([]);
      const gradientHeads = [el("span", {}), el("span", {}), el("span", {})];

      function way(/** @type {string} */ role) {
        const title = el("p", { class: "lw-caption" }), terms = el("div", { class: "lw-softmax-terms", dataset: { role } });
        return { node: el("div", { class: "lw-softmax-way" }, title, terms), title, terms };
      }
      const put = (/** @type {HTMLElement} */ into, /** @type {import("./formula.js").Part[][]} */ parts) => into.replaceChildren(...parts.map((part) => el("div", {}, math(part))));
      const e = (/** @type {import("./formula.js").Part} */ power) => sup(id("e"), power);
      const bad = (/** @type {string} */ words) => tinted("red", num(words));
      const flat = (/** @type {string} */ bracket) => { const made = op(bracket); made.setAttribute("stretchy", "false"); return made; };
      const z = (/** @type {number} */ i) => sub(id("z"), num(i + 1));
      function formulas(/** @type {Found} */ { scaled, plainly, shifted, p, loss, bits, perplexity, squared }) {
        const at = current("target"), short = (/** @type {number} */ x) => exact(Number(x.toPrecision(5)));
        const seen = (/** @type {number | null} */ x) => (x === null ? bad("∞") : num(number(x)));
        const failed = naiveFailure(found()), broken = t("no number");
        put(ways.plainly.terms, [
          ...scaled.map((x, i) => [e(z(i)), op("="), e(num(short(x))), op("="), seen(plainly.exps[i])]),
          [id("Σ"), op("="), seen(plainly.sum)],
          [sub(id("p"), num(at + 1)), op("="), frac(seen(plainly.exps[at]), seen(plainly.sum)), op("="), tinted(failed ? "red" : "blue", plainly.p[at] === null ? text(broken) : num(number(plainly.p[at], 4)))],
        ]);
        put(ways.shifted.terms, [
          ...scaled.map((x, i) => [e(row(z(i), op("−"), id("max"))), op("="), e(num(short(x - shifted.highest))), op("="), num(number(shifted.exps[i]))]),
          [id("Σ"), op("="), num(number(shifted.sum, 4))],
          [sub(id("p"), num(at + 1)), op("="), frac(num(number(shifted.exps[at], 4)), num(number(shifted.sum, 4))), op("="), tinted("blue", num(number(p[at], 4)))],
        ]);
        put(ways.loss.terms, [
[id("L"), op("="), op("−"), id("ln"), text("\u2009"), sub(id("p"), num(at + 1)), op("="), id("ln"), text("\u2009"), id("Σ"), op("−"), flat("("), z(at), op("−"), id("max"), flat(")")],
          [op("="), id("ln"), text("\u2009"), num(number(shifted.sum, 4)), op("−"), factor(short(scaled[at] - shifted.highest)), op("="), tinted("blue", num(number(loss, 4)))],
          [frac(id("L"), row(id("ln"), text("\u2009"), num(2))), op("="), num(number(bits, 4))],
          [e(id("L")), op("="), num(large(perplexity))],
          [id("MSE"), op("="), frac(num(1), num(p.length)), op("∑"), sup(row(flat("("), sub(id("p"), id("i")), op("−"), sub(id("t"), id("i")), flat(")")), num(2)), op("="), num(number(squared, 4))],
        ]);
      }
      function scene(/** @type {Found} */ { p, loss, squared, curve: line }) {
        if (!p) return null;
        const here = p[current("target")], top = Math.max(4, Math.min(10, 1.15 * loss));
        const points = (/** @type {number[]} */ ys) => line.p.map((x, i) => /** @type {[number, number]} */ ([x, ys[i]]));
        return {
          x: /** @type {[number, number]} */ ([0, 1]), y: /** @type {[number, number]} */ ([0, top]), xName: t("probability of the target"), yName: t("loss"),
          lines: [{ points: points(line.squared), colour: /** @type {const} */ ("ghost"), dash: [5, 4] }, { points: points(line.entropy), colour: /** @type {const} */ ("blue") }],
          rules: [{ x: here, colour: /** @type {const} */ ("rule") }].map(({ x }) => ({ x })),
          points: [{ x: here, y: squared, colour: /** @type {const} */ ("ghost"), radius: 4 }, { x: here, y: loss > top ? 0.9 * top : loss, colour: /** @type {const} */ ("blue"), name: loss > top ? `↑ ${number(loss)}` : number(loss) }],
        };
      }
      function slopes(/** @type {Found} */ { entropy_gradient, squared_gradient }) {
        const most = Math.max(1e-300, ...entropy_gradient.map(Math.abs), ...squared_gradient.map(Math.abs));
        if (gradientRows.length !== entropy_gradient.length) {
          gradientRows = entropy_gradient.map(() => ({ name: el("span", { class: "lw-softmax-name" }), bars: [0, 1].map(() => ({ fill: el("span", { class: "lw-softmax-fill" }), value: el("span", { class: "lw-number" }) })) }));
          gradients.replaceChildren(el("div", { class: "lw-softmax-gradient lw-softmax-heads" }, ...gradientHeads), ...gradientRows.map((one) => el("div", { class: "lw-softmax-gradient" }, one.name, ...one.bars.map(({ fill, value }) => el("div", { class: "lw-softmax-slope" }, el("div", { class: "lw-softmax-bar lw-softmax-p" }, el("span", { class: "lw-softmax-zero" }), fill), value)))));
        }
        gradientRows.forEach((one, i) => {
          one.name.textContent = name(i);
          [entropy_gradient[i], squared_gradient[i]].forEach((g, k) => {
            const { fill, value } = one.bars[k], half = (50 * Math.abs(g)) / most;
            fill.style.left = `${g < 0 ? 50 - half : 50}%`;
            fill.style.width = `${half}%`;
            fill.style.background = g < 0 ? "var(--lw-blue)" : "var(--lw-red)";
            value.textContent = number(g);
          });
        });
      }
      model.on("change:projector", curve.restyle);
      return {
        body: [bars.node, el("div", { class: "lw-softmax-ways" }, ways.plainly.node, ways.shifted.node, ways.loss.node), el("div", { class: "lw-softmax-pair" }, el("div", {}, curveWord, curve.node), el("div", {}, gradientWord, gradients))],
        controls: [temperature.node, el("label", { class: "lw-softmax-constant" }, constantWord, constant.node), add10, add1000, add0, more, fewer],
        relabel: () => {
          for (const part of [bars, temperature, constant]) part.relabel();
          more.textContent = t("One class more");
          fewer.textContent = t("One class fewer");
          constantWord.textContent = t("Added to every logit");
          for (const [button, c] of /** @type {[HTMLElement, number][]} */ ([[add10, 10], [add1000, 1000], [add0, 0]])) button.textContent = t("Add {c}", { c });
          ways.plainly.title.textContent = t("As written: each e to the power of z, divided by their sum");
          ways.shifted.title.textContent = t("As computed: the largest logit is subtracted first");
          ways.loss.title.textContent = t("The loss: nats, bits, perplexity; and the mean squared error (MSE) of the same probabilities");
          curveWord.textContent = t("Cross-entropy (line) and squared error (dashed)");
          gradientWord.textContent = t("Gradient for each logit: below 0 (blue) it rises, above 0 (red) it falls");
          gradientHeads[1].textContent = t("Cross-entropy");
          gradientHeads[2].textContent = t("Squared error");
        },
        paint: (/** @type {Found} */ now) => {
          const logits = current("logits"), target = current("target");
          bars.paint(now.p);
          constant.paint();
          temperature.paint();
          more.disabled = logits.length >= 8;
          fewer.disabled = logits.length <= 2;
          for (const [button, c] of /** @type {[HTMLElement, number][]} */ ([[add10, 10], [add1000, 1000], [add0, 0]])) button.setAttribute("aria-pressed", String(current("constant") === c));
          root.dataset.failure = naiveFailure(now);
          if (now.p.length !== logits.length || target >= now.p.length) return root.querySelector(".lw-status")?.textContent ?? ""; // on its way
          formulas(now);
          slopes(now);
          curve.invalidate();
          return softmaxWords(now, { name: name(target), target, constant: current("constant") }, t);
        },
        rows: ({ p, plainly, shifted, scaled, entropy_gradient, squared_gradient }) => ({
          caption: t("Each class from logit to gradient; T is {temperature}, and {c} is added to every logit.", { temperature: exact(current("temperature")), c: exact(current("constant")) }),
          columns: [t("Class"), t("Logit z"), t("(z + c) ÷ T"), t("e to the power of it"), t("… less the maximum"), t("Probability p"), t("Gradient of the cross-entropy"), t("Gradient of the squared error")],
          rows: p.map((/** @type {number} */ x, /** @type {number} */ i) => [name(i) + (i === current("target") ? ` (${t("Target")})` : ""), exact(current("logits")[i]), number(scaled[i], 5), large(plainly.exps[i]), number(shifted.exps[i], 4), share(x), number(entropy_gradient[i]), number(squared_gradient[i])]),
        }),
        dispose: () => { model.off("change:projector", curve.restyle); curve.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
