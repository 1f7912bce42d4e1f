// The layer designer's controls, one for each kind of field.
import { el } from "./kit.js";
import { dividing, nextStop, plain, positionOf, stepped, steppedFor, stops, typed, withoutLayer } from "./designer_logic.js";

/** @typedef {import("./designer_logic.js").Field} Field */
/** @typedef {import("./designer_logic.js").Spec} Spec */
/**
 * What a control works on.
 * @typedef {{ t: import("./kit.js").Translate, spec: () => Spec, change: (change: Partial<Spec>) => void, presets: Spec[], multiples: import("./designer_logic.js").Multiples, repaint: (force?: boolean) => void }} Desk
 */
/** @typedef {{ node: HTMLElement, relabel: () => void, paint: (locked: boolean, force: boolean) => void }} Control */

/**
 * A slider, a number and two step buttons. @param {Desk} desk @param {Field} f @param {number} layer  −1 where the field is one number
 * @returns {Control}
 */
export function sizeControl({ t, spec, change, presets, multiples, repaint }, f, layer) {
  const log = f.scale === "log2", used = presets.flatMap((p) => p[f.name]).filter((x) => typeof x === "number");
  const now = () => /** @type {number} */ (layer < 0 ? spec()[f.name] : spec()[f.name][layer]);
  const put = (/** @type {number} */ x) => change({ [f.name]: layer < 0 ? x : spec()[f.name].map((/** @type {number} */ u, /** @type {number} */ i) => (i === layer ? x : u)) });
  const step = (/** @type {number} */ to) => put(layer < 0 ? steppedFor(f, spec(), to, multiples) : stepped(f, now(), to));
  // The width stops at multiples of the heads, so that a slider that moves is seldom refused.
  const multiple = () => spec()[dividing(spec(), multiples)[f.name]] || 1;
  let of = multiple(), at = stops(f, used, of);
  const handle = { field: f.name, ...(layer < 0 ? {} : { layer: String(layer) }) };
  const name = el("span", { class: "lw-name" }), unit = el("span", { class: "lw-unit" });
  let held = false;
  const slider = el("input", { type: "range", min: 0, max: at.length - 1, step: "any", dataset: { ...handle, part: "slider" } });
  const entry = el("input", { type: "text", inputmode: f.kind === "float" ? "decimal" : "numeric", autocomplete: "off", class: "lw-entry lw-number", dataset: { ...handle, part: "number" } });
  const less = el("button", { type: "button", class: "lw-step", dataset: { ...handle, part: "less" }, on: { click: () => step(-1) } }, "−");
  const more = el("button", { type: "button", class: "lw-step", dataset: { ...handle, part: "more" }, on: { click: () => step(1) } }, "+");
  const away = layer < 0 ? null : el("button", { type: "button", class: "lw-step lw-quiet", dataset: { ...handle, part: "remove" }, on: { click: () => change({ [f.name]: withoutLayer(spec()[f.name], layer) }) } }, "×");
  slider.addEventListener("input", () => {
    held = true;
    const x = at[Math.round(Number(slider.value))];
    slider.value = String(at.indexOf(x));
    if (x !== now()) put(x);
  });
  slider.addEventListener("change", () => { held = false; repaint(); });
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
    else repaint(true);
  };
  entry.addEventListener("change", read);
  entry.addEventListener("keydown", (e) => {
    if (e.key === "ArrowUp" || e.key === "ArrowDown") { step(e.key === "ArrowUp" ? 1 : -1); e.preventDefault(); }
    if (e.key === "Escape") { entry.value = plain(now()); entry.blur(); }
    if (e.key === "Enter") { read(); entry.select(); }
  });
  const node = el("div", { class: "lw-field", dataset: { row: layer < 0 ? f.name : `${f.name}-${layer}` } },
    el("span", { class: "lw-label" }, name, unit), el("span", { class: "lw-stepper" }, less, entry, more, away), slider);
  return {
    node,
    relabel() {
      const label = layer < 0 || spec()[f.name].length < 2 ? t(f.label) : t("{label}, layer {n}", { label: t(f.label), n: layer + 1 });
      name.textContent = label;
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
      if (multiple() !== of) slider.max = String((at = stops(f, used, (of = multiple()))).length - 1);
      if (!held) slider.value = String(positionOf(at, x, log));
      slider.setAttribute("aria-valuetext", x === 0 && f.zero ? t(f.zero) : plain(x));
      unit.textContent = x === 0 && f.zero ? t(f.zero) : f.unit && layer < 0 ? t(f.unit) : "";
      if (force || entry !== document.activeElement || Number(entry.dataset.shown) !== x) entry.value = plain(x);
      entry.dataset.shown = slider.dataset.shown = String(x);
      for (const part of [slider, entry]) part.disabled = locked;
      less.disabled = locked || x <= f.minimum;
      more.disabled = locked || x >= f.limit;
      if (away) { away.disabled = locked; away.hidden = spec()[f.name].length < 2; }
    },
  };
}

/** A box to tick. @param {Desk} desk @param {Field} f @returns {Control} */
export function switchControl({ t, spec, change }, f) {
  const box = el("input", { type: "checkbox", dataset: { field: f.name, part: "switch" }, on: { change: () => change({ [f.name]: box.checked }) } });
  const name = el("span", { class: "lw-name" });
  const node = el("div", { class: "lw-field", dataset: { row: f.name } }, el("label", { class: "lw-switch" }, box, name));
  return {
    node,
    relabel() { name.textContent = t(f.label); node.title = t(f.help); },
    paint(locked) { box.checked = Boolean(spec()[f.name]); box.disabled = locked; },
  };
}

/** One word of several. @param {Desk} desk @param {Field} f @returns {Control} */
export function choiceControl({ t, spec, change }, f) {
  const name = el("span", { class: "lw-name" });
  const options = f.choices.map((value) => el("option", { value }));
  const list = el("select", { class: "lw-choice", dataset: { field: f.name, part: "choice" }, on: { change: () => change({ [f.name]: list.value }) } }, ...options);
  const node = el("div", { class: "lw-field", dataset: { row: f.name } }, el("label", { class: "lw-choose" }, name, list));
  return {
    node,
    relabel() {
      name.textContent = t(f.label);
      node.title = t(f.help);
      list.setAttribute("aria-description", t(f.help));
      options.forEach((option, i) => { option.textContent = t(f.words[i]); });
    },
    paint(locked) { list.value = spec()[f.name]; list.disabled = locked; },
  };
}
