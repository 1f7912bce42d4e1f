// What can be set on the walks: the text and the training, or the prompt and how a token is chosen.
import { N, el, number, surface } from "./kit.js";
import { numberField } from "./number_field.js";

/** @typedef {import("./computed.js").Reach} Reach */
/** @typedef {import("./kit.js").Model} Model */
/** @typedef {{ node: HTMLElement, relabel: () => void, paint: (found: any) => void, restyle?: () => void, dispose?: () => void }} Controls */

/** A text that is sent when it is changed: with Ctrl + Enter, or when one leaves it. @param {string} role @param {number} most @param {(text: string) => void} set */
function walkTextField(role, most, set) {
  const area = /** @type {HTMLTextAreaElement} */ (/** @type {unknown} */ (el("textarea", { rows: 2, maxlength: most, spellcheck: "false", dataset: { role, learner: "" } })));
  area.addEventListener("change", () => set(area.value));
  area.addEventListener("keydown", (e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) { set(area.value); e.preventDefault(); } });
  return area;
}

/**
 * The loss of each batch over the updates, with what blind guessing costs. Small on purpose: one line, two axes, nothing to press.
 * @param {Model} model @param {Reach} reach
 */
function walkCurve(model, { t }) {
  return surface({
    height: 170, label: () => t("Loss over the updates"),
    draw(g, width, height, { scale: u, muted, ghost, blue, orange, rule }) {
      const points = /** @type {[number, number][]} */ (model.get("_losses")), { loss, updates, vocabulary } = model.get("_found");
      if (!vocabulary) return;
      const chance = Math.log(vocabulary.length), top = 1.12 * Math.max(chance, loss, ...points.map(([, y]) => y)), end = Math.max(10, model.get("_known"));
      const left = 40 * u, right = width - 16 * u, low = height - 36 * u, px = (/** @type {number} */ x) => left + ((right - left) * x) / end, py = (/** @type {number} */ y) => low - ((low - 20 * u) * y) / top;
      const line = (/** @type {string} */ colour, /** @type {number} */ thick, /** @type {[number, number][]} */ all) => { g.beginPath(); for (const [x, y] of all) g.lineTo(px(x), py(y)); g.strokeStyle = colour; g.lineWidth = thick * u; g.stroke(); };
      const write = (/** @type {string} */ words, /** @type {number} */ x, /** @type {number} */ y, /** @type {CanvasTextAlign} */ align) => { g.fillStyle = muted; g.textAlign = align; g.fillText(words, x, y); };
      for (let y = 0; y < top; y += top > 3 ? 2 : top > 1.5 ? 1 : 0.25) { line(rule, 1, [[0, y], [end, y]]); write(number(y), left - 6 * u, py(y) + 4 * u, "right"); }
      for (const x of [0, end / 2, end]) write(number(Math.round(x)), px(x), low + 15 * u, "center");
      write(t("updates"), right, low + 31 * u, "right");
      write(t("loss of the batch"), 2 * u, 12 * u, "left");
      line(ghost, 1.5, [[0, chance], [end, chance]]);
      write(t("blind guessing, ln V"), right, py(chance) - 4 * u, "right");
      line(blue, 2, points);
      g.beginPath();
      g.arc(px(updates), py(loss), 5 * u, 0, 7);
      g.fillStyle = orange;
      g.fill();
    },
  });
}

/** @param {Model} model @param {Reach} reach @returns {Controls} */
export function trainingControls(model, reach) {
  const { t, fields, set, current, refused } = reach;
  const labels = Array.from({ length: 5 }, () => el("span", {}));
  const example = fields.slider("example", 0, 7, 1, N("Row of the batch"), (x) => String(x));
  const updates = fields.slider("updates", 0, 1, 1, N("Updates"), (x) => number(x));
  const optimizer = el("select", { dataset: { role: "optimizer" }, on: { change: () => set("optimizer", optimizer.value) } }, el("option", { value: "adam" }, "Adam"), el("option", { value: "sgd" }, "SGD"));
  const rate = numberField({ t, label: () => t("Learning rate"), get: () => current("learning_rate"), set: (x) => set("learning_rate", x), refused, low: 1e-6, high: 1e6, step: 0.001, role: "learning_rate" });
  const book = el("select", { dataset: { role: "book" } }, ...["alice", "tang", "own"].map((value) => el("option", { value })));
  const choose = (/** @type {Record<string, any>} */ changes) => { for (const [name, value] of Object.entries(changes)) set(name, value); };
  const own = walkTextField("text", 20_000, (text) => { if (text !== (current("text") ?? "")) set("text", text); });
  book.addEventListener("change", () => { if (book.value === "own") own.focus(); else choose({ book: book.value, text: null }); });
  const train = [10, 100, 500].map((n) => el("button", { type: "button", dataset: { train: String(n) }, on: { click: () => model.send({ type: "train", updates: n }) } }, `+${n}`));
  const stop = el("button", { type: "button", dataset: { action: "stop" }, on: { click: () => model.send({ type: "stop" }) } });
  const curve = walkCurve(model, reach);
  const field = (/** @type {number} */ i, /** @type {HTMLElement} */ input, kind = "label") => el(kind, { class: "lw-walk-field" }, labels[i], input);
  const buttons = el("div", { class: "lw-walk-buttons", role: "group" }, ...train, stop);
  const node = el("div", { class: "lw-walk-more" },
    field(0, buttons, "div"), el("div", { class: "lw-walk-wide" }, updates.node), el("div", { class: "lw-walk-curve" }, curve.node),
    el("div", { class: "lw-walk-wide" }, example.node), field(1, optimizer), field(2, rate.input), field(3, book), el("label", { class: "lw-walk-wide" }, labels[4], own));
  return {
    node,
    relabel() {
      for (const [i, words] of [t("Train on, by updates"), t("Optimizer"), t("Learning rate"), t("Text"), t("Your own text (Ctrl + Enter takes it)")].entries()) labels[i].textContent = words;
      buttons.setAttribute("aria-label", t("Train on, by updates"));
      stop.textContent = t("Stop");
      for (const [i, words] of [t("Alice (English)"), t("Tang quatrains (Chinese)"), t("your own")].entries()) book.options[i].textContent = words;
      own.placeholder = t("At least two characters; a few hundred are better.");
      example.relabel();
      updates.relabel();
      rate.relabel();
      curve.invalidate();
    },
    paint(found) {
      const training = model.get("_wanted") > model.get("_known"), known = model.get("_known");
      updates.input.max = String(Math.max(1, known));
      updates.input.disabled = training || known === 0;
      example.input.max = String(found.batch - 1);
      example.paint();
      updates.paint();
      rate.paint();
      optimizer.value = current("optimizer");
      const text = current("text");
      book.value = text === null ? current("book") : "own";
      if (document.activeElement !== own && own.value !== (text ?? "")) own.value = text ?? "";
      for (const button of train) button.disabled = training || known >= 2000;
      stop.disabled = !training;
      curve.invalidate();
    },
    restyle: curve.restyle,
    dispose() { curve.dispose(); },
  };
}

/** @param {Model} model @param {Reach} reach @returns {Controls} */
export function inferenceControls(model, { t, fields, set, current }) {
  const temperature = fields.slider("temperature", 0, 2, 0.05, N("Temperature")), topK = fields.entry("top_k", 1, 300, N("top-k"), N("all"));
  const length = fields.entry("length", 1, 200, N("Stops after so many tokens")), draws = fields.entry("draws", 0, 1e9, N("Seed of the draws"));
  const label = el("span", {}), prompt = walkTextField("prompt", 200, (text) => { if (text !== current("prompt")) { set("made", 0); set("prompt", text); } });
  const all = [temperature, topK, length, draws];
  return {
    node: el("div", { class: "lw-walk-more" }, el("label", { class: "lw-walk-wide" }, label, prompt), ...all.map((one) => one.node)),
    relabel() {
      label.textContent = t("Prompt (Ctrl + Enter takes it)");
      prompt.placeholder = t("Empty: the first characters of the text that the model learned from.");
      for (const one of all) one.relabel();
    },
    paint() {
      for (const one of all) one.paint();
      if (document.activeElement !== prompt && prompt.value !== current("prompt")) prompt.value = current("prompt");
    },
  };
}
