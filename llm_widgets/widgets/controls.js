// The run controls: one large button, step, stop, reset; where the run stands; what it is started with.
import { N, download, el, number, sentences } from "./kit.js";
import { RATES, judged, progress, sentence, transport } from "./controls_logic.js";
import { within } from "./number_logic.js";
import { nextStop, positionOf } from "./designer_logic.js";
import { once } from "./once.js";
import { sheet, widget } from "./sheet.js";
import { together } from "./views.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./controls_logic.js").Status} Status */
/** @typedef {ReturnType<typeof shared>} Shared */

/** One widget's page side: the newest status, and the last message that is not one. @param {Model} model */
function shared(model) {
  const own = {
    /** @type {Partial<Status>} */ status: model.get("_resting") ?? {},
    /** @type {{ text: string, tone: string }} */ note: { text: "", tone: "" },
    saved: "",
    /** @param {string} action */
    act(action) { own.note = { text: "", tone: "" }; own.saved = ""; model.send({ type: "act", action }); },
    /** @param {Record<string, number | string>} changes */
    set(changes) { own.note = { text: "", tone: "" }; model.send({ type: "settings", changes }); },
  };
  const newStatus = (/** @type {Status} */ status) => { if (status.state !== own.status.state) own.saved = ""; own.status = status; };
  return together(model, own, {
    "msg:custom"(message, buffers) {
      if (message.type === "status") newStatus(message.status);
      else if (message.type === "failed") own.note = { text: message.text, tone: "bad" };
      else if (message.type === "saved") own.saved = message.path;
      else if (message.type === "file") download(message.name, new Blob([/** @type {any} */ (buffers[0])], { type: message.kind === "csv" ? "text/csv" : "application/json" }));
    },
    "change:_resting"() { newStatus(model.get("_resting")); },
  });
}

/** @param {Model} model @param {HTMLElement} host @param {Shared} state */
function view(model, host, state) {
  const paper = sheet(model, host, {
    title: N("Run controls"),
    help: N("Train starts; the same button then pauses and goes on. Step trains one batch. Stop ends the run and keeps what it has learned; Reset forgets it. The learning rate may be changed at any time. Keys: space plays and pauses, the right arrow steps, escape stops."),
    menu: [
      { label: N("Save the recording"), run: () => model.send({ type: "save" }), hidden: () => model.get("recorded") || !model.get("_savable") },
      { label: N("Save the numbers (CSV)"), run: () => model.send({ type: "file", kind: "csv" }) },
      { label: N("Save the numbers (JSON)"), run: () => model.send({ type: "file", kind: "json" }) },
    ],
    relabel: () => relabel(),
  });
  const { t, root } = paper;
  root.tabIndex = 0;
  const now = () => transport(/** @type {string} */ (model.get("state")), state.status.step ?? 0);

  const sign = el("span", { "aria-hidden": "true" }), word = el("span", {});
  const primary = el("button", { type: "button", class: "lw-primary lw-run-play", dataset: { action: "train" }, on: once(() => state.act(now().primary.action)) }, sign, word);
  const step = el("button", { type: "button", dataset: { action: "step" }, on: { click: () => state.act("step") } });
  const stop = el("button", { type: "button", dataset: { action: "stop" }, on: once(() => state.act("stop")) });
  const reset = el("button", { type: "button", dataset: { action: "reset" }, on: once(() => state.act("reset")) });
  const badge = el("span", { class: "lw-badge", hidden: true });
  const bar = (/** @type {string} */ part) => { const fill = el("span", { class: "lw-fill" }), text = el("span", { class: "lw-bar-text lw-number" }); return { fill, text, node: el("div", { class: "lw-bar-line" }, el("div", { class: "lw-bar", role: "progressbar", "aria-valuemin": 0, "aria-valuemax": 100, dataset: { part } }, fill), text) }; };
  const whole = bar("run"), epoch = bar("epoch");
  const failure = el("p", { class: "lw-failure", role: "alert", hidden: true });
  const transportLine = el("div", { class: "lw-transport", role: "group" }, primary, step, stop, reset, badge);
  paper.body.append(transportLine, el("div", { class: "lw-bars" }, whole.node, epoch.node), failure);

  const id = `lw-${Math.random().toString(36).slice(2, 8)}`;
  let held = false;
  const rate = el("input", { type: "range", min: 0, max: RATES.length - 1, step: "any", dataset: { setting: "learning_rate", part: "slider" } });
  const settings = /** @type {{ name: string, label: string, low: number, high: number, whole: boolean, node: HTMLElement & Record<string, any>, caption: HTMLElement }[]} */ ([]);
  const entry = (/** @type {string} */ name, /** @type {string} */ label, /** @type {number} */ low, /** @type {number} */ high, /** @type {boolean} */ whole, /** @type {Node[]} */ ...more) => {
    const node = el("input", { type: "text", inputmode: whole ? "numeric" : "decimal", autocomplete: "off", class: "lw-entry lw-number", id: `${id}-${name}`, dataset: { setting: name, part: "number" } });
    const caption = el("label", { for: node.id });
    let taken = "";
    const read = () => {
      if (node.value === taken) return; // Enter reads, and leaving the field would read the same once more
      taken = node.value;
      const x = within(node.value, low, high, whole);
      if (x === null) { state.note = { text: t("{label} must be a number from {low} to {high}.", { label: t(label), low: number(low), high: number(high) }), tone: "bad" }; paint(true); }
      else if (x !== model.get("settings")[name]) state.set({ [name]: x });
      else paint(true);
    };
    node.addEventListener("input", () => { taken = ""; });
    node.addEventListener("change", read);
    node.addEventListener("keydown", (e) => {
      if (e.key === "Enter") { read(); node.select(); }
      if (e.key === "Escape") { node.value = shown(model.get("settings")[name]); root.focus(); }
      if (whole && (e.key === "ArrowUp" || e.key === "ArrowDown")) { node.value = String(Math.min(high, Math.max(low, model.get("settings")[name] + (e.key === "ArrowUp" ? 1 : -1)))); taken = ""; read(); e.preventDefault(); }
    });
    settings.push({ name, label, low, high, whole, node, caption });
    return el("div", { class: `lw-run-setting lw-run-setting-${name}` }, caption, el("div", { class: "lw-row" }, ...more, node));
  };
  const putRate = (/** @type {number} */ x) => { if (x !== model.get("settings").learning_rate) state.set({ learning_rate: x }); };
  let wanted = 0, sending = 0;
  rate.addEventListener("input", () => {
    held = true;
    const at = Math.round(Number(rate.value));
    rate.value = String(at);
    wanted = RATES[at];
    sending ||= requestAnimationFrame(() => { sending = 0; putRate(wanted); });
  });
  rate.addEventListener("change", () => { held = false; });
  rate.addEventListener("blur", () => { held = false; });
  rate.addEventListener("keydown", (e) => {
    const to = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[e.key], end = { Home: 0, End: RATES.length - 1 }[e.key];
    if (to) putRate(nextStop(RATES, model.get("settings").learning_rate, to));
    else if (end !== undefined) putRate(RATES[end]);
    else return;
    e.preventDefault();
  });
  const newSeed = el("button", { type: "button", dataset: { action: "new-seed" }, on: { click: () => state.set({ seed: Math.floor(Math.random() * 10_000) }) } });
  const rateEntry = entry("learning_rate", N("Learning rate"), 1e-7, 100, false, rate);
  const seedEntry = entry("seed", N("Random seed"), 0, 2 ** 31 - 1, true);
  seedEntry.querySelector(".lw-row")?.append(newSeed);
  const unit = el("select", { id: `${id}-unit`, dataset: { setting: "unit" }, on: { change: () => state.set({ unit: unit.value }) } });
  const unitCaption = el("label", { for: unit.id });
  paper.controls.append(rateEntry, entry("batch_size", N("Batch size"), 1, 4096, true), entry("epochs", N("Epochs"), 1, 1000, true), seedEntry, el("div", { class: "lw-run-setting" }, unitCaption, unit));
  paper.controls.classList.add("lw-run-settings");

  root.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const from = /** @type {HTMLElement & { type?: string }} */ (e.target);
    if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || from.closest(".lw-menu")) return;
    const choice = from instanceof HTMLSelectElement, field = choice || (from instanceof HTMLInputElement && from.type === "text");
    const can = now();
    if (e.key === " " && !field && from.tagName !== "BUTTON") { if (!e.repeat) state.act(can.primary.action); }
    else if (e.key === "ArrowRight" && !choice && !(from instanceof HTMLInputElement)) { if (can.step) state.act("step"); }
    else if (e.key === "Escape" && !field) { if (can.stop) state.act("stop"); }
    else return;
    e.preventDefault();
  });

  function paint(force = false) {
    const s = state.status, life = /** @type {string} */ (model.get("state")), recorded = Boolean(model.get("recorded"));
    const can = transport(life, s.step ?? 0), done = progress({ ...s, state: life });
    sign.textContent = can.primary.sign;
    word.textContent = recorded && can.primary.action === "train" ? (life === "idle" ? t("Play") : t("Play again")) : t(can.primary.label);
    primary.dataset.action = can.primary.action;
    step.disabled = !can.step;
    stop.disabled = !can.stop;
    reset.disabled = !can.reset;
    badge.hidden = !recorded;
    for (const [line, share, text] of /** @type {[typeof whole, number, string][]} */ ([
      [whole, done.whole, t("epoch {i} / {n}", { i: s.epoch || "–", n: s.epochs ?? "–" })], [epoch, done.epoch, t("batch {i} / {n}", { i: s.batch || "–", n: s.batches ?? "–" })],
    ])) {
      line.fill.style.width = `${100 * share}%`;
      line.text.textContent = text;
      line.node.firstElementChild?.setAttribute("aria-valuenow", String(Math.round(100 * share)));
      line.node.firstElementChild?.setAttribute("aria-valuetext", text);
    }
    const values = model.get("settings");
    for (const { name, node } of settings) {
      if (force || node !== document.activeElement || node.dataset.shown !== String(values[name])) node.value = shown(values[name]);
      node.dataset.shown = String(values[name]);
      node.disabled = recorded;
    }
    if (!held) rate.value = String(positionOf(RATES, values.learning_rate, true));
    rate.setAttribute("aria-valuetext", shown(values.learning_rate));
    rate.disabled = newSeed.disabled = unit.disabled = recorded;
    const units = /** @type {[string, string][]} */ (model.get("_units")), offered = JSON.stringify([units, root.lang]);
    if (unit.dataset.offered !== offered) unit.replaceChildren(...units.map(([value, name]) => el("option", { value }, t(name))));
    unit.dataset.offered = offered;
    if (unit !== document.activeElement || force || unit.dataset.shown !== values.unit) unit.value = values.unit;
    unit.dataset.shown = values.unit;
    failure.hidden = life !== "failed" || !s.error;
    failure.textContent = s.error ?? "";
    const line = sentence({ ...s, state: life }, recorded, t), verdict = model.get("_verdict");
    const end = life === "finished" && verdict.baselines ? judged(verdict, t) : "", both = sentences(line, end);
    if (state.note.text) paper.status(state.note.text, state.note.tone);
    else if (state.saved) paper.status(t("Saved as {path}", { path: state.saved }), "good");
    else paper.status(both, life === "failed" ? "bad" : "");
    if (root.dataset.state !== life || end !== root.dataset.end) paper.say(both, true);
    else paper.say(line);
    Object.assign(root.dataset, { state: life, end, step: String(s.step ?? 0), epoch: String(s.epoch ?? 0), rate: String(values.learning_rate) });
  }

  function relabel() {
    step.textContent = t("Step");
    step.title = t("Train one batch");
    stop.textContent = t("Stop");
    stop.title = t("End this run and keep what the model has learned");
    reset.textContent = t("Reset");
    reset.title = t("Back to the start: forget what the model has learned");
    badge.textContent = t("● Recording");
    badge.title = t("A recorded run is played; nothing is computed.");
    newSeed.textContent = t("New seed");
    unitCaption.textContent = t("Tokens");
    unitCaption.title = unit.title = t("What counts as one token");
    transportLine.setAttribute("aria-label", t("Run controls"));
    whole.node.firstElementChild?.setAttribute("aria-label", t("Progress of the run"));
    epoch.node.firstElementChild?.setAttribute("aria-label", t("Progress of the epoch"));
    rate.setAttribute("aria-label", t("Learning rate"));
    for (const { label, caption } of settings) caption.textContent = t(label);
    paint(true);
  }

  paper.translate();
  const redraw = () => paint();
  state.views.add(redraw);
  return () => { state.views.delete(redraw); cancelAnimationFrame(sending); paper.dispose(); };
}

/** A setting as it stands in its field. @param {number} x */
const shown = (x) => (Number.isInteger(x) || x >= 1e-6 ? String(x) : x?.toExponential());

export default widget({ state: shared, view });
