// The layer designer: a slider, a number and two step buttons for each size; the layers with their shapes; the spec as text.
import { N, bytes, el, number, sheet, widget } from "./kit.js";
import { nextStop, outbox, positionOf, sameSpec, shapeText, stepped, stops, typed, withLayer, withoutLayer } from "./designer_logic.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./designer_logic.js").Field} Field */
/** @typedef {import("./designer_logic.js").Spec} Spec */
/** @typedef {ReturnType<typeof shared>} Shared */

/** The presets' names for a learner; one that is not here is shown by its name in code. @type {Record<string, string>} */
const PRESET_NAMES = { document_en: N("English document"), document_zh: N("Chinese document") };

/** One widget's page side: what is proposed and not answered yet, and the last refusal. @param {Model} model */
function shared(model) {
  /** @type {Set<() => void>} */
  const views = new Set();
  const self = {
    views,
    /** @type {Spec | null} */ draft: null,
    refusal: "",
    box: outbox((content) => model.send(content), requestAnimationFrame),
    spec: () => /** @type {Spec} */ (self.draft ?? model.get("spec")),
    /** @param {Spec} spec */
    propose(spec) { self.draft = spec; self.refusal = ""; self.box.put({ type: "propose", spec }); self.paint(); },
    /** @param {string} text */
    paste(text) { self.box.put({ type: "paste", text }); },
    paint() { for (const view of views) view(); },
    dispose() { self.box.dispose(); model.off("msg:custom", told); model.off("change", self.paint); },
  };
  const told = (/** @type {any} */ message) => {
    if (message.type === "answer" && self.box.answer(message.turn)) { self.draft = null; self.refusal = message.refused ?? ""; self.paint(); }
    if (message.type === "failed") { self.draft = null; self.refusal = message.text; self.paint(); }
  };
  model.on("msg:custom", told);
  model.on("change", self.paint);
  return self;
}

/** @param {Model} model @param {HTMLElement} host @param {Shared} state */
function view(model, host, state) {
  const fields = /** @type {Field[]} */ (model.get("_fields"));
  const presets = /** @type {Record<string, Spec>} */ (model.get("_presets"));
  const paper = sheet(model, host, {
    title: N("Layer designer"),
    help: N("Each slider is one size of the model. Move one while the model trains, and training starts again with the new size; earlier runs stay behind as grey curves. The table shows what leaves each layer (B is the number of reviews in a batch) and how many numbers the layer learns."),
    relabel: () => relabel(),
  });
  const { t } = paper;
  /** @param {Partial<Spec>} change */
  const change = (change) => state.propose({ ...state.spec(), ...change });

  const presetLine = el("div", { class: "lw-row", role: "group" });
  for (const name of Object.keys(presets)) presetLine.append(el("button", { type: "button", dataset: { preset: name }, on: { click: () => state.propose({ ...presets[name] }) } }));
  const list = el("div", { class: "lw-fields" });
  /** @type {ReturnType<typeof sizeControl>[]} */
  let rows = [];
  const add = el("button", { type: "button", class: "lw-add", dataset: { action: "add-layer" }, on: { click: () => change({ lstm_units: withLayer(state.spec().lstm_units, field("lstm_units").most) }) } });
  const total = el("p", { class: "lw-total lw-number", dataset: { role: "total" } });
  const layers = el("table", { class: "lw-table lw-layers" });
  const text = el("input", { type: "text", class: "lw-code", spellcheck: "false", autocomplete: "off", dataset: { role: "spec-text" } });
  const copy = el("button", { type: "button", dataset: { action: "copy" }, on: { click: () => copyText() } });
  const apply = el("button", { type: "button", dataset: { action: "apply" }, hidden: true, on: { click: () => state.paste(text.value) } });
  const textLabel = el("label", { class: "lw-text-label" });
  const textLine = el("div", { class: "lw-text" }, textLabel, el("div", { class: "lw-row" }, text, copy, apply));
  textLabel.append(el("span", {}));
  textLabel.setAttribute("for", (text.id = `lw-spec-${Math.random().toString(36).slice(2, 8)}`));
  paper.body.append(presetLine, list, total, el("div", { class: "lw-layers-frame" }, layers));
  paper.controls.append(textLine);

  const field = (/** @type {string} */ name) => /** @type {Field} */ (fields.find((f) => f.name === name));
  const presetValues = (/** @type {string} */ name) => Object.values(presets).flatMap((p) => p[name]).filter((x) => typeof x === "number");

  function build() {
    const units = /** @type {number[]} */ (state.spec().lstm_units);
    rows = [];
    list.replaceChildren();
    for (const f of fields) {
      if (f.kind === "bool") rows.push(switchControl(f));
      else if (f.kind !== "sizes") rows.push(sizeControl(f, -1));
      else units.forEach((_, layer) => rows.push(sizeControl(f, layer)));
    }
    for (const row of rows) list.append(row.node);
    const lastSize = list.querySelector(`[data-row="lstm_units-${units.length - 1}"]`);
    lastSize?.after(add);
    list.dataset.layers = String(units.length);
  }

  /** @param {Field} f @param {number} layer  −1 where the field is one number */
  function sizeControl(f, layer) {
    const log = f.scale === "log2", at = stops(f, presetValues(f.name));
    const now = () => /** @type {number} */ (layer < 0 ? state.spec()[f.name] : state.spec()[f.name][layer]);
    const put = (/** @type {number} */ x) => change({ [f.name]: layer < 0 ? x : state.spec()[f.name].map((/** @type {number} */ u, /** @type {number} */ i) => (i === layer ? x : u)) });
    const handle = { field: f.name, ...(layer < 0 ? {} : { layer: String(layer) }) };
    const name = el("span", { class: "lw-name" }), unit = el("span", { class: "lw-unit" });
    let held = false;
    const slider = el("input", { type: "range", min: 0, max: at.length - 1, step: "any", dataset: { ...handle, part: "slider" } });
    const entry = el("input", { type: "text", inputmode: f.kind === "float" ? "decimal" : "numeric", autocomplete: "off", class: "lw-entry lw-number", dataset: { ...handle, part: "number" } });
    const less = el("button", { type: "button", class: "lw-step", dataset: { ...handle, part: "less" }, on: { click: () => put(stepped(f, now(), -1)) } }, "−");
    const more = el("button", { type: "button", class: "lw-step", dataset: { ...handle, part: "more" }, on: { click: () => put(stepped(f, now(), 1)) } }, "+");
    const away = layer < 0 ? null : el("button", { type: "button", class: "lw-step lw-quiet", dataset: { ...handle, part: "remove" }, on: { click: () => change({ lstm_units: withoutLayer(state.spec().lstm_units, layer) }) } }, "×");
    slider.addEventListener("input", () => {
      held = true;
      const x = at[Math.round(Number(slider.value))];
      slider.value = String(at.indexOf(x));
      if (x !== now()) put(x);
    });
    slider.addEventListener("change", () => { held = false; paint(); });
    slider.addEventListener("blur", () => { held = false; });
    slider.addEventListener("keydown", (e) => {
      const to = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[e.key];
      const end = { Home: 0, End: at.length - 1, PageDown: Math.max(0, Math.round(Number(slider.value)) - 3), PageUp: Math.min(at.length - 1, Math.round(Number(slider.value)) + 3) }[e.key];
      if (to) put(nextStop(at, now(), to));
      else if (end !== undefined) put(at[end]);
      else return;
      e.preventDefault();
    });
    const read = () => {
      const x = typed(f, entry.value);
      if (x !== null && x !== now()) put(x);
      else paint(true);
    };
    entry.addEventListener("change", read);
    entry.addEventListener("keydown", (e) => {
      if (e.key === "ArrowUp" || e.key === "ArrowDown") { put(stepped(f, now(), e.key === "ArrowUp" ? 1 : -1)); e.preventDefault(); }
      if (e.key === "Escape") { entry.value = String(now()); entry.blur(); }
      if (e.key === "Enter") { read(); entry.select(); }
    });
    const node = el("div", { class: "lw-field", dataset: { row: layer < 0 ? f.name : `${f.name}-${layer}` } },
      el("span", { class: "lw-label" }, name, unit), el("span", { class: "lw-stepper" }, less, entry, more, away), slider);
    return {
      node,
      relabel() {
        const label = layer < 0 || state.spec()[f.name].length < 2 ? t(f.label) : t("{label}, layer {n}", { label: t(f.label), n: layer + 1 });
        name.textContent = label;
        unit.textContent = f.unit && layer < 0 ? t(f.unit) : "";
        node.title = t(f.help);
        slider.setAttribute("aria-label", label);
        slider.setAttribute("aria-description", t(f.help));
        entry.setAttribute("aria-label", t("{label}, as a number", { label }));
        less.setAttribute("aria-label", t("{label}: less", { label }));
        more.setAttribute("aria-label", t("{label}: more", { label }));
        away?.setAttribute("aria-label", t("Remove layer {n}", { n: layer + 1 }));
        if (away) away.title = t("Remove layer {n}", { n: layer + 1 });
      },
      /** @param {boolean} locked @param {boolean} force */
      paint(locked, force) {
        const x = now();
        if (!held) slider.value = String(positionOf(at, x, log));
        slider.setAttribute("aria-valuetext", String(x));
        if (force || entry !== document.activeElement || Number(entry.dataset.shown) !== x) entry.value = String(x);
        entry.dataset.shown = slider.dataset.shown = String(x);
        for (const part of [slider, entry]) part.disabled = locked;
        less.disabled = locked || x <= f.minimum;
        more.disabled = locked || x >= f.limit;
        if (away) { away.disabled = locked; away.hidden = state.spec()[f.name].length < 2; }
      },
    };
  }

  /** @param {Field} f @returns {ReturnType<typeof sizeControl>} */
  function switchControl(f) {
    const box = el("input", { type: "checkbox", dataset: { field: f.name, part: "switch" }, on: { change: () => change({ [f.name]: box.checked }) } });
    const name = el("span", { class: "lw-name" });
    const node = el("div", { class: "lw-field", dataset: { row: f.name } }, el("label", { class: "lw-switch" }, box, name));
    return {
      node,
      relabel() { name.textContent = t(f.label); node.title = t(f.help); },
      paint(locked) { box.checked = Boolean(state.spec()[f.name]); box.disabled = locked; },
    };
  }

  function paintLayers() {
    const facts = model.get("_facts"), most = Math.max(1, facts.parameters ?? 1);
    const found = /** @type {[string, string, (number | null)[], number][]} */ (facts.rows ?? []);
    // A row for dropout even while it is off: the table must not jump while its slider moves.
    const shown = found.some((row) => row[1] === "Dropout") ? found : found.toSpliced(-1, 0, ["dropout", "Dropout", [], 0]);
    layers.replaceChildren(el("caption", {}, t("Layers, from the text upwards")),
      el("thead", {}, el("tr", {}, ...[t("Layer"), t("Output shape"), t("Parameters")].map((c) => el("th", { scope: "col" }, c)))),
      el("tbody", {}, ...shown.map(([name, kind, shape, parameters]) => el("tr", { dataset: { layer: name, parameters } },
        el("th", { scope: "row" }, kind), el("td", { class: "lw-number" }, shape.length ? shapeText(shape) : t("off")),
        el("td", { class: "lw-number" }, number(parameters), el("span", { class: "lw-share", "aria-hidden": "true", style: { width: `${(96 * parameters) / most}%` } }))))));
    total.replaceChildren(el("span", {}, el("b", {}, number(facts.parameters)), ` ${t("parameters")}`), el("span", {}, el("b", {}, bytes(facts.memory ?? 0)), ` ${t("memory for one step")}`));
    total.dataset.parameters = String(facts.parameters);
  }

  function paint(force = false) {
    const spec = state.spec(), locked = Boolean(model.get("_locked"));
    if (Number(list.dataset.layers) !== spec.lstm_units.length) { build(); for (const row of rows) row.relabel(); }
    for (const row of rows) row.paint(locked, force);
    for (const button of presetLine.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(sameSpec(presets[/** @type {string} */ (button.dataset.preset)], spec)));
      button.disabled = locked;
    }
    add.disabled = locked || spec.lstm_units.length >= field("lstm_units").most;
    if (text !== document.activeElement || force) { text.value = model.get("value"); }
    apply.hidden = text.value === model.get("value");
    apply.disabled = locked;
    paintLayers();
    paper.root.dataset.spec = model.get("value");
    paper.root.dataset.open = String(state.box.open);
    if (state.refusal) paper.status(state.refusal, "bad");
    else if (locked) paper.status(t("A recording is playing: its sizes are as they were."));
    else if (model.get("_fate") === "settling") paper.status(t("Training starts again with these sizes."));
    else if (model.get("_fate") === "next") paper.status(t("Train starts a new run with these sizes."));
    else paper.status(t("Room on this machine: {usable}.", { usable: bytes(model.get("_facts").usable ?? 0) }));
    if (state.refusal && paper.root.dataset.refusal !== state.refusal) paper.say(state.refusal, true);
    paper.root.dataset.refusal = state.refusal;
  }

  async function copyText() {
    text.focus();
    text.select();
    try { await navigator.clipboard.writeText(text.value); } catch { document.execCommand("copy"); } // no clipboard outside https and localhost
    paper.status(t("Copied."), "good");
    paper.say(t("Copied."), true);
  }
  text.addEventListener("input", () => { apply.hidden = text.value === model.get("value"); });
  text.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    if (e.key === "Enter") state.paste(text.value);
    if (e.key === "Escape") { text.value = model.get("value"); apply.hidden = true; state.refusal = ""; text.blur(); paint(); }
  });

  function relabel() {
    for (const button of presetLine.querySelectorAll("button")) {
      const name = /** @type {string} */ (button.dataset.preset), { embedding_dim, lstm_units } = presets[name];
      button.textContent = PRESET_NAMES[name] ? t(PRESET_NAMES[name]) : name;
      button.title = [embedding_dim, ...lstm_units].join(" → ");
    }
    presetLine.setAttribute("aria-label", t("Presets"));
    add.textContent = t("+ Add an LSTM layer");
    copy.textContent = t("Copy");
    apply.textContent = t("Apply");
    /** @type {HTMLElement} */ (textLabel.firstChild).textContent = t("The model as text (paste another one here)");
    for (const row of rows) row.relabel();
    paint(true);
  }

  build();
  paper.translate();
  const redraw = () => paint();
  state.views.add(redraw);
  return () => { state.views.delete(redraw); paper.dispose(); };
}

export default widget({ state: shared, view });
