// Three optimizers on one surface: map, heights over the steps, and each one's rule with the numbers of the current update.
import { N, el, number } from "./kit.js";
import { computedView } from "./computed.js";
import { numberField } from "./number_field.js";
import { player } from "./player.js";
import { plot } from "./plot.js";
import { raceCards } from "./race_formulas.js";
import { RACERS, RACER_NAMES, SURFACE_NAMES, heightAxis, raceWords } from "./race_logic.js";
import { RACER_LOOK, raceMap } from "./race_map.js";
import { widget } from "./sheet.js";
import { texLines } from "./tex.js";

/** @typedef {import("./race_logic.js").Race} Race */

const RACE_HELP = N("The surface stands for a loss over two parameters, and three optimizers go downhill from the same start. Click or drag the start (or use the arrow keys on the map), choose another surface, change a learning rate, and play. Below each name stands its rule with the numbers of the update that comes next. With noise each gradient is a little wrong, as it is with a small batch.");

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Optimizer race"), help: RACE_HELP, file: "race",
    make: (reach) => {
      const { t, root, set, current, refused, fields, paint } = reach;
      const race = () => { const found = model.get("_found"); return found.racers ? /** @type {Race} */ (found) : null; };
      const step = () => Math.min(current("step"), current("steps"));
      const formula = el("div", { class: "lw-race-formula lw-formula" }), legend = el("div", { class: "lw-race-legend" });
      const map = raceMap(reach, { model, race, step });
      const heights = plot({ height: 380, label: () => t("Height of each racer over the steps"), scene: () => heightScene() });
      const cards = raceCards(reach);
      const surface = el("select", { dataset: { role: "surface" }, on: { change: () => { walk.stop(); set("surface", surface.value); ownStart(); } } }), surfaceWord = el("span", {});
      const at = (/** @type {0 | 1} */ i) => numberField({ t, label: () => t("{axis} of the start", { axis: "xy"[i] }), get: () => current("start")[i], set: (v) => { const start = [...current("start")]; start[i] = v; set("start", start); }, refused, low: -100, high: 100, role: `start-${"xy"[i]}` });
      const x = at(0), y = at(1), startWord = el("span", {});
      const steps = fields.entry("steps", 1, 500, N("Steps"));
      const noise = fields.slider("noise", 0, 2, 0.05, N("Noise of the gradients"));
      noise.node.classList.add("lw-race-noise");
      steps.node.classList.add("lw-race-entry");
      const walk = player({ t, root, length: () => current("steps") + 1, at: step, go: (to) => set("step", to), interval: 70, name: (i) => t("Step {step} of {steps}.", { step: i, steps: current("steps") }) });
      let shownSurface = "", shownRace = /** @type {unknown} */ (null), axis = /** @type {ReturnType<typeof heightAxis> | null} */ (null);
      // The kernel gives a new surface its own start and rates: what was sent before no longer counts.
      const ownStart = () => { for (const name of ["start", "steps", "sgd_rate", "momentum_rate", "adam_rate", "step"]) fields.forget(name); };
      function heightScene() {
        const now = race();
        if (!now) return null;
        if (shownRace !== now || !axis) { shownRace = now; axis = heightAxis(now); }
        const here = step(), floor = axis.log ? axis.y[0] : -Infinity;
        const line = (/** @type {import("./race_logic.js").RacerName} */ name) => now.racers[name].heights.slice(0, here + 1).map((h, i) => /** @type {[number, number]} */ ([i, Math.max(h, floor)]));
        return {
          x: /** @type {[number, number]} */ ([0, current("steps")]), ...axis, whole: true, xName: t("step"), yName: t("height"),
          lines: RACERS.map((name) => ({ points: line(name), colour: RACER_LOOK[name].colour, dash: [...RACER_LOOK[name].dash] })), rules: [{ x: here }],
        };
      }
      const projected = () => { map.restyle(); heights.restyle(); };
      model.on("change:projector", projected);
      return {
        body: [el("div", { class: "lw-race-top" }, legend, formula), el("div", { class: "lw-race-pair" }, map.node, heights.node), walk.node, cards.node],
        controls: [el("label", { class: "lw-race-choice" }, surfaceWord, surface), el("span", { class: "lw-race-start", role: "group" }, startWord, x.node, y.node), steps.node, noise.node],
        relabel: () => {
          for (const part of [cards, x, y, steps, noise, walk]) part.relabel();
          surface.replaceChildren(...Object.entries(SURFACE_NAMES).map(([value, name]) => el("option", { value }, t(name))));
          surface.value = current("surface");
          surfaceWord.textContent = t("Surface");
          startWord.textContent = t("Start");
          legend.replaceChildren(...RACERS.map((name) => el("span", { class: `lw-race-${name}` }, el("span", { class: "lw-race-swatch", "aria-hidden": "true" }), t(RACER_NAMES[name]))));
        },
        paint: (/** @type {Race} */ now) => {
          if (surface.value !== current("surface")) surface.value = current("surface");
          if (now.surface !== shownSurface) { shownSurface = now.surface; formula.replaceChildren(...texLines(`f(x, y) = ${now.latex}`)); }
          for (const part of [x, y, steps, noise, walk]) part.paint();
          cards.paint(now.racers, step());
          map.invalidate();
          heights.invalidate();
          root.dataset.step = String(step());
          return raceWords(now, step(), current("steps"), current("start"), t);
        },
        rows: ({ racers }) => ({
          caption: t("Position and height of each optimizer at each step so far."),
          columns: [t("step"), ...RACERS.flatMap((name) => [`${t(RACER_NAMES[name])}: x, y`, `${t(RACER_NAMES[name])}: ${t("height")}`])],
          rows: Array.from({ length: step() + 1 }, (_, i) => [i, ...RACERS.flatMap((name) => { const point = racers[name].points[i]; return [point ? `${number(point[0])}, ${number(point[1])}` : null, point ? number(racers[name].heights[i]) : null]; })]),
        }),
        dispose: () => { model.off("change:projector", projected); walk.dispose(); map.dispose(); heights.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
