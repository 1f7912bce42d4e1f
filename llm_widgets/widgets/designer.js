// The layer designer: a slider, a number and two step buttons for each size; the layers with their shapes; the spec as text.
import { N, bytes, el, number } from "./kit.js";
import { choiceControl, sizeControl, switchControl } from "./designer_fields.js";
import { drawing } from "./diagram.js";
import { outbox, sameSpec, shapeText, sizesText, transformerRows, withLayer } from "./designer_logic.js";
import { sheet, widget } from "./sheet.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./designer_logic.js").Field} Field */
/** @typedef {import("./designer_logic.js").Spec} Spec */
/** @typedef {ReturnType<typeof shared>} Shared */

/** The presets' names for a learner; one that is not here is shown by its name in code. @type {Record<string, string>} */
const PRESET_NAMES = { document_en: N("English document"), document_zh: N("Chinese document"), tiny: N("Tiny"), small: N("Small"), medium: N("Medium") };

/** What a Transformer's rows are called; the LSTM's go by their names in code. @type {Record<string, string>} */
const ROW_NAMES = {
  ids: N("Token ids"), decoder_ids: N("Token ids"), embedding: N("Token embedding"), logits: N("Logits"),
  "Learned positions": N("Learned positions"), "Sinusoidal positions": N("Sinusoidal positions"), "Rotary positions": N("Rotary positions"),
  "No positions": N("No positions"), "Relative bias": N("Relative bias"), Normalization: N("Normalization"), "Transformer block": N("Transformer block"),
};

const HELP = N("Each slider is one size of the model. Move one while the model trains, and training starts again with the new size; earlier runs stay behind as grey curves. The table shows what leaves each layer (B is the number of reviews in a batch) and how many numbers the layer learns.");
const HELP_OF_ALL = N("Each control is one choice about the model. Change one while the model trains, and training starts again; earlier runs stay behind as grey curves. The table shows what leaves each layer (B is the number of texts in a batch) and how many numbers the layer learns.");

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
  // A stack of layers of which each has a size of its own: the LSTM's.
  const stack = fields.find((f) => f.kind === "sizes");
  const paper = sheet(model, host, {
    title: N("Layer designer"),
    help: stack ? HELP : HELP_OF_ALL,
    relabel: () => relabel(),
  });
  const { t } = paper;
  /** @param {Partial<Spec>} change */
  const change = (change) => state.propose({ ...state.spec(), ...change });
  const desk = { t, spec: state.spec, change, presets: Object.values(presets), multiples: model.get("_multiples") ?? {}, repaint: (force = false) => paint(force) };

  const presetLine = el("div", { class: "lw-row", role: "group" });
  for (const name of Object.keys(presets)) presetLine.append(el("button", { type: "button", dataset: { preset: name }, on: { click: () => change(presets[name]) } }));
  const list = el("div", { class: "lw-fields" });
  const seldom = el("div", { class: "lw-fields" }), summary = el("summary", {});
  const more = el("details", { class: "lw-more", dataset: { role: "more" }, hidden: !fields.some((f) => f.seldom) }, summary, seldom);
  /** @type {{ field: Field, control: import("./designer_fields.js").Control }[]} */
  let rows = [];
  const add = el("button", { type: "button", class: "lw-add", dataset: { action: "add-layer" }, hidden: !stack, on: { click: () => { if (stack) change({ [stack.name]: withLayer(depths(), stack.most) }); } } });
  const total = el("p", { class: "lw-total lw-number", dataset: { role: "total" } });
  const layers = el("table", { class: stack ? "lw-table lw-layers" : "lw-table lw-layers lw-tight" });
  const rowOf = (/** @type {HTMLElement} */ tr) => String(tr.dataset.layer).replace(/block_\d+$/, "block");
  const drawn = stack ? null : drawing(t, (row) => { for (const tr of layers.querySelectorAll("tbody tr")) tr.classList.toggle("lw-arch-row", rowOf(/** @type {HTMLElement} */ (tr)) === row); });
  const drawnTitle = el("summary", {});
  const drawnPart = drawn && el("details", { class: "lw-more", open: true, dataset: { role: "diagram" } }, drawnTitle, drawn.node);
  layers.addEventListener("pointerover", (e) => { const tr = e.target instanceof Element ? e.target.closest("tbody tr") : null; drawn?.mark(tr ? rowOf(/** @type {HTMLElement} */ (tr)) : null); });
  layers.addEventListener("pointerleave", () => drawn?.mark(null));
  const text = el("input", { type: "text", class: "lw-code", spellcheck: "false", autocomplete: "off", dataset: { role: "spec-text" } });
  const copy = el("button", { type: "button", dataset: { action: "copy" }, on: { click: () => copyText() } });
  const apply = el("button", { type: "button", dataset: { action: "apply" }, hidden: true, on: { click: () => state.paste(text.value) } });
  const textLabel = el("label", { class: "lw-text-label" });
  const textLine = el("div", { class: "lw-text" }, textLabel, el("div", { class: "lw-row" }, text, copy, apply));
  textLabel.append(el("span", {}));
  textLabel.setAttribute("for", (text.id = `lw-spec-${Math.random().toString(36).slice(2, 8)}`));
  paper.body.append(presetLine, list, more, total, ...(drawnPart ? [drawnPart] : []), el("div", { class: "lw-layers-frame" }, layers));
  paper.controls.append(textLine);

  const depths = () => /** @type {number[]} */ (stack ? state.spec()[stack.name] : []);

  function build() {
    rows = [];
    for (const f of fields) {
      if (f.kind === "bool") rows.push({ field: f, control: switchControl(desk, f) });
      else if (f.kind === "choice") rows.push({ field: f, control: choiceControl(desk, f) });
      else if (f.kind !== "sizes") rows.push({ field: f, control: sizeControl(desk, f, -1) });
      else depths().forEach((_, layer) => rows.push({ field: f, control: sizeControl(desk, f, layer) }));
    }
    list.replaceChildren(...rows.filter((r) => !r.field.seldom).map((r) => r.control.node));
    seldom.replaceChildren(...rows.filter((r) => r.field.seldom).map((r) => r.control.node));
    if (stack) list.querySelector(`[data-row="${stack.name}-${depths().length - 1}"]`)?.after(add);
    list.dataset.layers = String(depths().length);
  }

  function paintLayers() {
    const facts = model.get("_facts"), most = Math.max(1, facts.parameters ?? 1);
    const found = /** @type {import("./designer_logic.js").Row[]} */ (facts.rows ?? []);
    // A row for dropout even while it is off: the table must not jump while its slider moves.
    const shown = !stack ? transformerRows(found, model.get("spec"))
      : found.some((row) => row[1] === "Dropout") ? found : found.toSpliced(-1, 0, ["dropout", "Dropout", [], 0]);
    const named = (/** @type {string} */ name, /** @type {string} */ kind) => (stack ? kind : t(ROW_NAMES[name] ?? ROW_NAMES[kind] ?? kind));
    layers.replaceChildren(el("caption", {}, t("Layers, from the text upwards")),
      el("thead", {}, el("tr", {}, ...[t("Layer"), t("Output shape"), t("Parameters")].map((c) => el("th", { scope: "col" }, c)))),
      el("tbody", {}, ...shown.map(([name, kind, shape, parameters, count = 1]) => el("tr", { dataset: { layer: name, parameters } },
        el("th", { scope: "row" }, named(name, kind), count > 1 && ` ×\u00a0${count}`),
        // In a narrow column the names are broken before the shapes; a shape of large numbers must be, too.
        el("td", { class: shapeText(shape).length > 13 ? "lw-number lw-long" : "lw-number" }, shape.length ? shapeText(shape) : kind === "Rotary positions" ? t("in each block") : t("off")),
        el("td", { class: "lw-number" }, number(parameters), el("span", { class: "lw-share", "aria-hidden": "true", style: { width: `${(96 * parameters) / most}%` } }))))));
    total.replaceChildren(el("span", {}, el("b", {}, number(facts.parameters)), ` ${t("parameters")}`), el("span", {}, el("b", {}, bytes(facts.memory ?? 0)), ` ${t("memory for one step")}`));
    total.dataset.parameters = String(facts.parameters);
    const news = drawn && facts.diagram ? drawn.show(facts.diagram) : "";
    if (news) paper.say(news, true);
  }

  function paint(force = false) {
    const spec = state.spec(), locked = Boolean(model.get("_locked"));
    if (Number(list.dataset.layers) !== depths().length) { build(); for (const { control } of rows) control.relabel(); }
    for (const { field, control } of rows) {
      control.paint(locked, force);
      // Without the choice that it belongs to, a field would be a slider that changes nothing.
      control.node.hidden = Boolean(field.needs?.length) && spec[field.needs[0]] !== field.needs[1];
    }
    for (const button of presetLine.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(sameSpec({ ...spec, ...presets[/** @type {string} */ (button.dataset.preset)] }, spec)));
      button.disabled = locked;
    }
    add.disabled = locked || depths().length >= (stack?.most ?? 0);
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
      const name = /** @type {string} */ (button.dataset.preset), preset = presets[name];
      button.textContent = PRESET_NAMES[name] ? t(PRESET_NAMES[name]) : name;
      button.title = stack ? [preset.embedding_dim, ...preset[stack.name]].join(" → ") : sizesText(preset, fields, t);
    }
    presetLine.setAttribute("aria-label", t("Presets"));
    add.textContent = t("+ Add an LSTM layer");
    copy.textContent = t("Copy");
    apply.textContent = t("Apply");
    /** @type {HTMLElement} */ (textLabel.firstChild).textContent = t("The model as text (paste another one here)");
    summary.textContent = t("More switches");
    drawnTitle.textContent = t("Diagram");
    drawn?.relabel();
    for (const { control } of rows) control.relabel();
    paint(true);
  }

  build();
  paper.translate();
  const redraw = () => paint();
  state.views.add(redraw);
  return () => { state.views.delete(redraw); drawn?.dispose(); paper.dispose(); };
}

export default widget({ state: shared, view });
