// The training walk and the inference walk: flowchart, player, and the panel of the step with its true tensors, formula and code.
import { N, el, number, percent, sentences } from "./kit.js";
import { computedView } from "./computed.js";
import { player } from "./player.js";
import { widget } from "./sheet.js";
import { WALK_NAMES, walkChart } from "./walk_chart.js";
import { inferenceControls, trainingControls } from "./walk_controls.js";
import { walkFormula } from "./walk_formulas.js";
import { walkHeat, walkToken } from "./walk_heat.js";
import { walkPath } from "./walk_logic.js";
import { walkCellWords, walkWords } from "./walk_words.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./computed.js").Reach} Reach */
/** @typedef {Record<string, any>} Found */

const WITH_WEIGHTS = ["initialisation", "backpropagation", "update"];

/** What a text without tensors is told by. @type {Record<string, string>} */
const WALK_FACTS = { used: N("Characters that are used"), start: N("First of them in the whole text"), whole: N("Characters of the whole text"), distinct: N("Different characters"), excerpt: N("Its beginning"), licence: N("Licence"), source: N("Source"), sha256: N("SHA-256") };
/** @param {Found} tensor */
const shapeOf = (tensor) => `${tensor.name} [${tensor.shape.map((/** @type {number} */ n, /** @type {number} */ i) => `${tensor.axes[i]}=${n}`).join(", ")}]`;

/** @param {Model} model @param {Reach} reach */
function walkPart(model, reach) {
  const { t, root, set, current, paint: again } = reach;
  const kind = /** @type {"training" | "inference"} */ (model.get("_kind")), training = kind === "training";
  const steps = /** @type {[string, string][]} */ (model.get("_steps")), turnName = training ? "updates" : "made", start = training ? 3 : 0;
  const most = () => (training ? 2000 : current("length"));
  let found = /** @type {Found} */ ({}), shown = 0, drawnFor = "", codeOpen = false;
  const path = () => walkPath({ step: current("step"), turn: current(turnName) }, start, steps.length, current(turnName) < most());
  const goTo = (/** @type {{ step: number, turn: number }} */ place) => { if (place.turn !== current(turnName)) set(turnName, place.turn); set("step", place.step); };
  const steering = player({
    t, root, interval: 1400, length: () => path().places.length, at: () => path().at, go: (i) => goTo(path().places[i]),
    name: (i) => { const { places } = path(), place = places[Math.min(i, places.length - 1)]; return `${t(WALK_NAMES[steps[place.step][0]])}, ${training ? t("after {n} updates", { n: place.turn }) : t("token {n}", { n: place.turn + 1 })}`; },
  });
  const chart = walkChart({ t, kind, steps, go: (step) => { steering.stop(); set("step", step); } });
  const name = el("h4", { class: "lw-walk-name", dataset: { role: "name" } }), what = el("p", { class: "lw-walk-what", dataset: { role: "what" } }), formula = el("div", { class: "lw-scroll lw-walk-formula", lang: "en", tabindex: "0", dataset: { role: "formula" } });
  const tokens = el("div", { class: "lw-walk-tokens", role: "group" }), written = el("div", { class: "lw-scroll lw-walk-written", tabindex: "0", dataset: { role: "written", learner: "" } });
  const which = el("select", { class: "lw-code", dataset: { role: "tensor" }, on: { change: () => { shown = Number(which.value); again(); } } }), weight = el("select", { class: "lw-code", dataset: { role: "weight" }, on: { change: () => { shown = 0; set("tensor", weight.value); set("cell", [0, 0]); } } });
  const whichName = el("span", {}), weightName = el("span", {}), picks = el("div", { class: "lw-walk-picks" }, el("label", {}, whichName, which), training && el("label", {}, weightName, weight));
  const excerpt = el("pre", { class: "lw-scroll lw-walk-text", tabindex: "0", dataset: { role: "excerpt", learner: "" } }), read = el("p", { class: "lw-walk-read", dataset: { role: "read" } });
  const tensor = () => found.tensors?.[shown];
  const names = (/** @type {any} */ kindOf) => (kindOf === "place" ? found.x.map((/** @type {number} */ id) => found.vocabulary[id]) : kindOf === "vocabulary" ? found.vocabulary : null);
  const token = (/** @type {number} */ id) => found.vocabulary?.[id] ?? "";
  const follows = () => training && WITH_WEIGHTS.includes(found.name) && shown === 0; // a number of the chosen weights
  const tell = (/** @type {number} */ r, /** @type {number} */ c) => { const now = tensor(); if (now) read.textContent = walkCellWords(now, r, c, names(now.rows), names(now.columns), (id) => `“${walkToken(token(id))}”`, t); };
  const heat = walkHeat({
    token,
    told: tell,
    picked: (r, c) => {
      const now = tensor();
      if (follows()) set("cell", [r, c]);
      else if (now?.rows === "place" && r !== current("position")) set("position", r);
      else if (training && now?.axes[0] === "B" && now.shape.length === 2) { set("example", r); set("position", c); }
      tell(r, c);
    },
  });
  const bars = el("div", { class: "lw-walk-bars", hidden: true }), stage = el("div", { class: "lw-walk-stage" }, heat.node, bars, excerpt);
  const source = el("div", { class: "lw-scroll lw-walk-source lw-code", tabindex: "0", hidden: true, dataset: { role: "source" } });
  const codeButton = el("button", { type: "button", "aria-expanded": "false", dataset: { action: "code" }, on: { click: () => { codeOpen = !codeOpen; again(); } } }), where = el("span", { class: "lw-walk-file lw-code" });
  const panel = el("div", { class: "lw-walk-panel" }, name, what, formula, training ? tokens : written, training ? null : tokens, picks, stage, read, el("div", { class: "lw-walk-code" }, codeButton, where), source);
  const controls = training ? trainingControls(model, reach) : inferenceControls(model, reach);

  function paintTokens() {
    const focused = tokens.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.place : undefined;
    const chips = found.x.map((/** @type {number} */ id, /** @type {number} */ i) => el("button", { type: "button", class: "lw-walk-token", "aria-pressed": String(i === found.position), dataset: { place: String(i), learner: "" }, on: { click: () => set("position", i) } },
      el("bdi", {}, walkToken(token(id))), training ? el("bdi", { class: "lw-walk-next" }, walkToken(token(found.y[i]))) : el("span", { class: "lw-walk-id" }, String(id))));
    tokens.replaceChildren(el("div", { class: "lw-walk-legend" }, el("div", {}, "x"), training ? el("div", {}, "y") : null), ...chips);
    if (focused !== undefined) /** @type {HTMLElement | null} */ (tokens.querySelector(`[data-place="${focused}"]`))?.focus();
  }
  function paintWritten() {
    const ids = /** @type {number[]} */ ([...found.prompt, ...found.chosen]), from = ids.length - found.x.length;
    written.replaceChildren(...ids.map((id, i) => el("bdi", { class: [i >= found.prompt.length && "lw-walk-made", i >= from && "lw-walk-window", i === ids.length - 1 && found.made > 0 && "lw-walk-new"].filter(Boolean).join(" ") }, walkToken(token(id)))));
    written.scrollTop = written.scrollHeight;
  }
  function paintCode() {
    codeButton.textContent = codeOpen ? t("Hide the code") : t("Show the code");
    codeButton.setAttribute("aria-expanded", String(codeOpen));
    const first = found.code[0];
    where.textContent = `${first.name} · ${first.file.split("/").at(-1)}:${first.line}`;
    source.hidden = !codeOpen;
    const key = JSON.stringify([codeOpen, found.code.map((/** @type {any} */ c) => [c.name, c.line])]);
    if (source.dataset.key === key) return;
    source.dataset.key = key;
    source.replaceChildren(...(codeOpen ? found.code.flatMap((/** @type {any} */ c) => [el("div", { class: "lw-walk-file" }, `${c.file}:${c.line}  ${c.name}`), ...c.source.map((/** @type {string} */ line, /** @type {number} */ i) => el("span", { class: c.first + i === c.line ? "lw-walk-here" : "" }, `${String(c.first + i).padStart(4)}  ${line}`))]) : []));
    const here = /** @type {HTMLElement | null} */ (source.querySelector(".lw-walk-here"));
    if (here) source.scrollTop = here.offsetTop - source.offsetTop - 80;
  }
  function paintTensors() {
    const all = /** @type {Found[]} */ (found.tensors), none = all.length === 0, key = JSON.stringify([found.name, all.map(shapeOf)]);
    const fresh = key !== drawnFor;
    if (fresh) {
      if (JSON.parse(drawnFor || "[0]")[0] !== found.name || shown >= all.length) shown = 0;
      drawnFor = key;
      which.replaceChildren(...(none ? [el("option", { value: "0" }, "text")] : all.map((one, i) => el("option", { value: String(i) }, shapeOf(one)))));
    }
    which.value = String(shown);
    which.disabled = all.length < 2;
    if (training) {
      const shapes = found.shapes;
      if (weight.options.length !== Object.keys(shapes).length) weight.replaceChildren(...Object.keys(shapes).map((one) => el("option", { value: one })));
      for (const option of weight.options) option.textContent = `${option.value} [${shapes[option.value].join(", ")}]`;
      weight.value = found.weight;
      weight.disabled = !WITH_WEIGHTS.includes(found.name);
    }
    excerpt.hidden = !none;
    const choosing = found.name === "choice";
    stage.classList.toggle("lw-walk-choosing", choosing);
    bars.hidden = !choosing;
    const likely = choosing ? found.numbers.top.slice(0, 6) : [], rare = choosing && !likely.some((/** @type {[number, number]} */ [id]) => id === found.numbers.token);
    if (rare) likely[5] = [found.numbers.token, found.numbers.probability];
    bars.replaceChildren(...likely.map((/** @type {[number, number]} */ [id, p]) => el("div", { class: id === found.numbers.token ? "lw-walk-bar lw-walk-taken" : "lw-walk-bar", dataset: { learner: "" } },
      el("bdi", {}, walkToken(token(id))), el("span", { class: "lw-walk-track" }, el("span", { style: { width: `${100 * p}%` } })), el("span", { class: "lw-number" }, percent(p)))));
    heat.node.hidden = none;
    if (none) { excerpt.textContent = `${found.numbers.excerpt}…`; read.textContent = t("The beginning of what is used."); return; }
    const now = /** @type {Found} */ (tensor()), vector = now.shape.length === 1;
    const wanted = /** @type {[number, number]} */ (follows() ? [vector ? 0 : current("cell")[0], current("cell")[1]] : now.shape.length === 2 && now.axes[0] === "B" && training ? [found.example, found.position] : now.rows === "place" ? [found.position, fresh ? (now.columns === "vocabulary" ? found.numbers.token : found.numbers.s) ?? 0 : heat.at()[1]] : fresh ? [0, found.name === "choice" ? found.numbers.token : 0] : heat.at());
    heat.show({ values: now.values, kind: now.kind, rows: names(now.rows), columns: names(now.columns), label: t("{tensor}; arrow keys move from number to number", { tensor: shapeOf(now) }) }, wanted, now.rows === "place" ? found.position : -1);
    tell(...heat.at());
  }

  const restyle = () => { heat.restyle(); controls.restyle?.(); again(); };
  model.on("change:projector", restyle);
  return {
    body: [chart.node, el("div", { class: "lw-controls" }, steering.node), panel],
    controls: [controls.node],
    relabel() {
      chart.relabel();
      steering.relabel();
      controls.relabel();
      whichName.textContent = t("Tensor");
      weightName.textContent = t("Weights");
      formula.setAttribute("aria-label", t("The formula with its numbers"));
      tokens.setAttribute("aria-label", t("The tokens that are read; choose the position to follow"));
      written.setAttribute("aria-label", t("The text so far; what the model reads is underlined"));
      excerpt.setAttribute("aria-label", t("The text"));
      source.setAttribute("aria-label", t("The code of this step"));
      drawnFor = "";
    },
    /** @param {Found} now */
    paint(now) {
      found = now;
      const at = current("step"), language = model.get("language"), known = model.get("_known"), wanted = model.get("_wanted");
      chart.paint(at);
      steering.paint();
      const own = steps.findIndex(([step]) => step === found.name), title = t(WALK_NAMES[found.name]);
      name.textContent = training ? `${title} · ${t("after {n} updates", { n: number(found.updates) })}` : `${title} · ${t("token {n}", { n: found.made + 1 })}`;
      what.textContent = walkWords(found, t, language);
      const made = walkFormula(found);
      formula.replaceChildren(...(made ? [made] : []));
      paintTokens();
      if (!training) paintWritten();
      paintTensors();
      paintCode();
      controls.paint(found);
      root.dataset.step = found.name;
      root.dataset.turn = String(training ? found.updates : found.made);
      root.dataset.training = String(wanted > known);
      const place = t("Step {i} of {n}: {name}.", { i: own + 1, n: steps.length, name: title });
      if (wanted > known) return training ? t("The model trains: {known} of {wanted} updates, loss {loss}. Press Stop to end it.", { known, wanted, loss: number(found.loss) }) : t("The model is still learning: {known} of {wanted} updates.", { known, wanted });
      if (training) return sentences(place, t("After {n} updates this batch costs {loss}.", { n: number(found.updates), loss: number(found.loss) }));
      const end = found.made >= current("length") ? t("It stops here, after {n} tokens.", { n: found.made }) : "";
      return sentences(place, t("The model has made {n} updates of its training.", { n: number(found.updates) }), end);
    },
    /** @param {Found} now */
    rows(now) {
      const one = now.tensors[shown] ?? now.tensors[0];
      if (!one) return { caption: t("What is used"), columns: [t("Name"), t("Value")], rows: Object.entries(now.numbers).filter(([, x]) => typeof x === "string" || typeof x === "number").map(([key, x]) => [t(WALK_FACTS[key] ?? key), /** @type {string | number} */ (x)]) };
      const line = names(one.rows), head = names(one.columns), ids = one.kind === "ids";
      return {
        caption: shapeOf(one),
        columns: ["", ...one.values[0].map((/** @type {any} */ _, /** @type {number} */ i) => (head ? walkToken(head[i]) : String(i)))],
        rows: one.values.map((/** @type {(number | null)[]} */ values, /** @type {number} */ i) => [line ? walkToken(line[i]) : String(i), ...values.map((x) => (x === null ? "−∞" : ids ? `${walkToken(token(x))} ${x}` : number(x, 4)))]),
      };
    },
    dispose() { model.off("change:projector", restyle); steering.dispose(); chart.dispose(); heat.dispose(); controls.dispose?.(); },
  };
}

/** @param {Model} model @param {HTMLElement} host */
function view(model, host) {
  const training = model.get("_kind") === "training";
  return computedView(model, host, {
    title: training ? N("Training walk") : N("Inference walk"),
    help: training
      ? N("The seven steps of training with a real, tiny language model and a real text. Click a box, press the arrow keys or play. Each step shows its true tensors, its formula with the numbers of one position, and the lines of code that do it. Choose a token to follow another position, a cell of the weights to follow another number. After the update it goes around again; what you come back to shows the same numbers.")
      : N("The four steps of inference with a real, tiny language model. Click a box, press the arrow keys or play. Each step shows its true tensors, its formula with numbers and the lines of code that do it. The token that is chosen joins the input, and all begins again, until the text is long enough. The same seed gives the same text."),
    file: training ? "training-walk" : "inference-walk",
    make: (reach) => walkPart(model, reach),
  });
}

export default widget({ state: () => ({}), view });
