// The lab's first line: which corpus this is, and the switches that all its parts follow.
import { el, languageTag, number, translator } from "./kit.js";
import { ownKeys, widget } from "./sheet.js";

/** @typedef {import("./kit.js").Model} Model */

/** The languages by their own names, which are the same in every language. */
const LANGUAGES = /** @type {[string, string][]} */ ([["en", "English"], ["zh", "中文"]]);

/** @param {Model} model @param {HTMLElement} host */
function view(model, host) {
  const t = translator(model);
  const title = el("h3", { class: "lw-title" }), sizes = el("p", { class: "lw-lab-sizes lw-number" });
  const switches = LANGUAGES.map(([code, name]) => el("button", { type: "button", lang: code === "zh" ? "zh-CN" : "en", dataset: { language: code }, on: { click: () => model.send({ type: "language", language: code }) } }, name));
  const languages = el("div", { class: "lw-lab-switch", role: "group" }, ...switches);
  const projector = el("button", { type: "button", dataset: { action: "projector" }, on: { click: () => model.send({ type: "projector", on: !model.get("projector") }) } });
  const root = el("section", { class: "lw lw-lab-head" }, el("div", { class: "lw-lab-words" }, title, sizes), el("div", { class: "lw-lab-switches" }, languages, projector));
  const unkey = ownKeys(root);
  const paint = () => {
    const corpus = model.get("corpus"), language = model.get("language");
    root.lang = languageTag(model);
    title.textContent = t("Training lab: {corpus}", { corpus: corpus.title?.[language] ?? corpus.title?.en ?? corpus.name });
    if (corpus.running) sizes.textContent = t("{train} characters to learn from, {validation} to validate, {test} to test", { train: number(corpus.sizes.train), validation: number(corpus.sizes.validation), test: number(corpus.sizes.test) });
    else if (!corpus.sizes.train) sizes.textContent = t("A recording: {validation} texts to validate, {test} to test", { validation: number(corpus.sizes.validation), test: number(corpus.sizes.test) });
    else sizes.textContent = t("{train} texts to train on, {validation} to validate, {test} to test", { train: number(corpus.sizes.train), validation: number(corpus.sizes.validation), test: number(corpus.sizes.test) });
    for (const button of switches) button.setAttribute("aria-pressed", String(button.dataset.language === language));
    languages.setAttribute("aria-label", t("Language"));
    projector.textContent = t("Projector");
    projector.title = t("Draw everything larger, for a room");
    projector.setAttribute("aria-pressed", String(Boolean(model.get("projector"))));
    root.classList.toggle("lw-projector", Boolean(model.get("projector")));
    root.setAttribute("aria-label", title.textContent ?? "");
    root.dataset.language = language;
  };
  model.on("change", paint);
  paint();
  host.append(root);
  return () => { unkey(); model.off("change", paint); root.remove(); };
}

export default widget({ state: () => ({}), view });
