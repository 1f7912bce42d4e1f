// The neuron workbench: one neuron whose every number can be changed; forward, chain rule, gradient check and update follow at once.
import { N, el, number } from "./kit.js";
import { computedView } from "./computed.js";
import { player } from "./player.js";
import { plot, spanOf } from "./plot.js";
import { neuronDrawing, numberIn, shadeGradient } from "./neuron_drawing.js";
import { asLines, chainLines, differenceLine, forwardLines, updateLine } from "./neuron_formulas.js";
import { MENDS, compact, parameterNames, problem, reason, sign, spoken, status, tone, twin, verdict, written } from "./neuron_logic.js";
import { widget } from "./sheet.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./neuron_logic.js").Found} Found */

const MOST_INPUTS = 6, PLAY_MS = 500;

/** @param {Model} model @param {HTMLElement} host */
function view(model, host) {
  let log = false, redraw = () => {};
  return computedView(model, host, {
    title: N("Neuron workbench"),
    help: N("One neuron learns one example. Change any number in the drawing: type it, step it with the arrow keys, or drag it sideways. Everything that follows from it is computed at once: the way forward, the loss, the gradient of each number beside its finite difference, and the update. Choose a row, a field or an edge to see its chain rule factor by factor. “Apply the update” makes a step, Play makes one after another; the history can be walked back and forward until you change a number."),
    file: "neuron",
    menu: [{ label: N("Loss axis: logarithmic or linear"), run: () => { log = !log; redraw(); } }],
    make: ({ t, root, fields, set, current, refused, paint }) => {
      const found = () => /** @type {Found | null} */ (model.get("_found").parameters ? model.get("_found") : null);
      const edit = (/** @type {Record<string, any>} */ changes) => {
        steps.stop();
        fields.flush(); // a step on its way is made before the edit, not after it
        for (const [name, value] of Object.entries(changes)) set(name, value);
        fields.flush(); // at once: a frame is a third of what a learner notices
      };
      const go = (/** @type {number} */ to) => { fields.flush(); set("step", to); fields.flush(); };
      const choose = (/** @type {string} */ name) => { if (name === model.get("chosen")) return; model.set("chosen", name); model.save_changes(); paint(); };
      const hands = { t, current, edit, refused, choose };
            const button = (/** @type {string} */ action, /** @type {() => void} */ click, /** @type {string} */ kind = "", /** @type {string} */ sign = "") => el("button", { type: "button", class: kind, dataset: { action }, on: { click } }, sign);
      const add = button("add", () => edit({ x: [...current("x"), 1], w: [...current("w"), 0.1] }), "", "+"), remove = button("remove", () => edit({ x: current("x").slice(0, -1), w: current("w").slice(0, -1) }), "", "−");
      const drawing = neuronDrawing(hands, [remove, add]);
      const known = () => Math.max(found()?.updates ?? 0, current("step"));
      const steps = player({
        t, root, go, interval: PLAY_MS, length: () => known() + 1, at: () => current("step"), more: () => Boolean(found()?.more),
        name: (at) => t("Update {i} of {n}", { i: at, n: known() }),
      });
      const forward = el("div", { class: "lw-neuron-lines", role: "group" }), chain = el("div", { class: "lw-neuron-lines lw-neuron-chain", role: "group" });
      const captions = { forward: el("p", { class: "lw-caption" }), list: el("p", { class: "lw-caption" }), chain: el("p", { class: "lw-caption", dataset: { role: "chain" } }) };
      const heads = el("div", { class: "lw-neuron-row lw-neuron-heads", "aria-hidden": "true" }), list = el("div", { class: "lw-neuron-list", role: "radiogroup" });
      const curve = plot({
        height: 150,
        label: () => { const now = found(); return now ? t("Loss after each update, from {first} to {last}", { first: number(now.losses[0], 4), last: number(now.losses.at(-1), 4) }) : ""; },
        scene: () => {
          const now = found();
          if (!now) return null;
          const shown = now.losses.map((loss) => (log && loss !== null && loss <= 0 ? null : loss)), positive = shown.filter((loss) => loss !== null), here = shown[now.step];
          return {
            x: [0, Math.max(5, now.updates)], whole: true, xName: t("updates"), yName: t("loss"), log: log && positive.length > 0,
            y: log && positive.length ? [Math.min(...positive) / 1.5, Math.max(...positive) * 1.5] : [0, spanOf([...shown, 0])[1] * 1.15],
            lines: [{ points: shown.map((loss, i) => [i, loss]), colour: "blue" }],
            points: here === null || here === undefined ? [] : [{ x: now.step, y: here, colour: "orange", name: number(here, 3) }],
          };
        },
        press: (x) => { steps.stop(); go(Math.min(known(), Math.round(x))); },
        keys: (key) => { const by = { ArrowLeft: -1, ArrowRight: 1 }[key], to = current("step") + (by ?? 0); if (!by) return false; steps.stop(); if (to >= 0 && to <= known()) go(to); return true; },
      });
      redraw = curve.invalidate;
      const rate = numberIn(hands, { label: () => t("Learning rate {name}", { name: "η" }), role: "rate", low: 1e-6, step: 0.01, get: () => current("learning_rate"), set: (x) => edit({ learning_rate: x }) });
      const rateName = el("span", {}), rateBox = el("div", { class: "lw-neuron-rate" }, rateName, rate.node);
      const update = button("update", () => { steps.stop(); go(current("step") + 1); }, "lw-primary"), reset = button("reset", () => { steps.stop(); model.send({ type: "reset" }); });
      // What has been as high stays so: numbers of other lengths wrap at other places, and nothing below may jump.
      const heights = new ResizeObserver((entries) => { for (const { target } of entries) { const box = /** @type {HTMLElement} */ (target); box.style.minHeight = `${box.offsetHeight}px`; } });
      for (const box of [forward, chain]) heights.observe(box);
      let wide = 0; // kept: to ask for it while drawing would lay the page out twice
      const widths = new ResizeObserver(() => { if (root.clientWidth !== wide) { wide = root.clientWidth; paint(); } });
      widths.observe(root);
      let rows = /** @type {{ name: string, row: HTMLElement, cells: HTMLElement[] }[]} */ ([]), drawn = "", tall = "";

      list.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
        const at = rows.findIndex(({ row }) => row === document.activeElement), last = rows.length - 1;
        const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: last }[e.key];
        if (at < 0 || to === undefined) return;
        const next = rows[(to + rows.length) % rows.length];
        next.row.focus();
        choose(next.name);
        e.preventDefault();
      });
      function buildRows(/** @type {number} */ n) {
        rows = parameterNames(n).map((name) => {
          const cells = Array.from({ length: 5 }, (_, i) => el("span", { class: i === 1 ? "lw-neuron-gradient lw-number" : "lw-number" }));
          return { name, cells, row: el("button", { type: "button", class: "lw-neuron-row", role: "radio", dataset: { parameter: name }, on: { click: () => choose(name) } }, ...cells) };
        });
        list.replaceChildren(...rows.map(({ row }) => row));
      }
      function paintRows(/** @type {Found} */ now, /** @type {string} */ chosen) {
        if (rows.length !== now.parameters.length) buildRows(now.w.length);
        const most = Math.max(0, ...now.parameters.map((p) => Math.abs(p.gradient ?? 0)));
        now.parameters.forEach((p, i) => {
          const { row, cells } = rows[i], on = p.name === chosen;
          cells[0].textContent = written(p.name);
          shadeGradient(cells[1], p.gradient, most);
          cells[2].textContent = compact(p.difference);
          cells[3].textContent = sign(p);
          cells[3].className = `lw-neuron-sign ${p.agrees ? "lw-neuron-good" : sign(p) === "≠" ? "lw-neuron-bad" : ""}`;
          cells[4].textContent = number(p.after, 4);
          row.setAttribute("aria-checked", String(on));
          row.tabIndex = on ? 0 : -1;
          row.setAttribute("aria-label", t("{name}: gradient {g}, finite difference {d}, {verdict}; after the update {after}", { name: spoken(p.name, t), g: number(p.gradient, 4), d: number(p.difference, 4), verdict: verdict(p, t), after: number(p.after, 4) }));
        });
      }
      function paintFormulas(/** @type {Found} */ now, /** @type {string} */ chosen) {
        const p = now.parameters.find(({ name }) => name === chosen) ?? now.parameters[0], mend = MENDS[now.problem];
        captions.chain.textContent = t("Chain rule: {name}", { name: spoken(p.name, t) });
        forward.replaceChildren(...asLines(forwardLines(now)));
        const words = (/** @type {string} */ sentence, /** @type {string} */ kind = "") => el("p", { class: `lw-neuron-words ${kind}` }, sentence);
        const told = now.back ? words(reason(p, t), p.agrees ? "lw-neuron-good" : "") : words(problem(now, t));
        told.dataset.role = "check";
        chain.replaceChildren(
          ...asLines(chainLines(now, p, t)), ...(typeof p.difference === "number" ? asLines(differenceLine(p)) : []), told,
          ...(mend ? [el("button", { type: "button", dataset: { action: "mend" }, on: { click: () => edit(mend.changes) } }, t(mend.label))] : []),
          ...(now.back ? (chosen[0] === "x" ? [words(t("An input is given, not learned: its gradient is what a layer before this one would go on with."))] : asLines(updateLine(now, p))) : []));
        const place = `${wide} ${now.w.length} ${model.get("language")} ${model.get("projector")}`;
        if (place !== tall) { curve.restyle(); for (const box of [forward, chain]) box.style.minHeight = ""; }
        tall = place;
      }

      return {
        body: [drawing.node, el("div", { class: "lw-neuron-halves" },
          el("div", {}, captions.forward, forward, captions.list, heads, list),
          el("div", {}, captions.chain, chain, curve.node))],
        controls: [update, steps.node, rateBox, reset],
        relabel() {
          captions.forward.textContent = t("Forward");
          captions.list.textContent = t("Gradient of each number, and what a finite difference says");
          forward.setAttribute("aria-label", t("Forward"));
          chain.setAttribute("aria-label", t("Chain rule"));
          list.setAttribute("aria-label", t("Whose chain rule is shown"));
          heads.replaceChildren(...["", "∂L/∂", t("difference"), "", t("updated")].map((name) => el("span", {}, name)));
          rateName.textContent = t("Learning rate {name}", { name: "η" });
          update.textContent = t("Apply the update");
          reset.textContent = t("Reset");
          for (const [one, words] of /** @type {[HTMLElement, string][]} */ ([[add, t("Add an input")], [remove, t("Remove an input")]])) { one.setAttribute("aria-label", words); one.title = words; }
          drawing.relabel();
          rate.relabel();
          steps.relabel();
          drawn = "";
        },
        paint(now) {
          const chosen = model.get("chosen"), key = JSON.stringify([now, chosen, wide, model.get("projector")]);
          drawing.paint(now, chosen);
          rate.paint();
          if (key !== drawn) { drawn = key; paintRows(now, chosen); paintFormulas(now, chosen); curve.invalidate(); }
          add.disabled = current("x").length >= MOST_INPUTS;
          remove.disabled = current("x").length <= 1;
          update.disabled = !now.more && current("step") >= now.updates;
          if (steps.playing() && (now.problem || ["diverging", "still"].includes(now.news)) && now.step === current("step")) steps.stop();
          steps.paint();
          root.dataset.step = String(now.step);
          root.dataset.news = now.problem || now.news;
          root.classList.toggle("lw-neuron-warned", tone(now));
          return status(now, t);
        },
        rows: (now) => twin(now, t),
        dispose() { heights.disconnect(); widths.disconnect(); steps.dispose(); curve.dispose(); drawing.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
