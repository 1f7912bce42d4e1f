// What the network gets right and wrong: the confusion table, the figures at every threshold, the worst mistakes.
import { N, csv, download, el, floats, number, percent, surface, table } from "./kit.js";
import { sheet, widget } from "./sheet.js";
import { ticks } from "./ticks.js";
import { dot, line } from "./curves_draw.js";
import { compared } from "./curves_text.js";
import { beginning, confusion, figures, marked, thresholdCurve } from "./evaluation_data.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./kit.js").Palette} Palette */
/** @typedef {{ index: number, text: string, label: number, probability: number, unknown: [number, number][] }} Mistake */
/** @typedef {{ epoch: number, labels: Float32Array, probabilities: Float32Array, curve: ReturnType<typeof thresholdCurve>, worst: Mistake[], mistakes: number }} Judged */
/** @typedef {"validation" | "test"} Split */
/** @typedef {{ key: string, run: number, state: string, ended: boolean, recorded: boolean, test: "none" | "busy" | "done", label_names: string[], baselines: Record<Split, import("./curves_text.js").Baseline[]>, judged: Partial<Record<Split, Judged>> }} Shown */
const MEASURED = /** @type {const} */ (["accuracy", "precision", "recall", "f1"]);
const DASHES = /** @type {Record<string, number[]>} */ ({ accuracy: [], precision: [8, 4], recall: [2, 3], f1: [10, 3, 2, 3] });
const NAMES = [N("negative"), N("positive")]; // so that the page has the usual names in the learner's language

/** Follows the messages of Python. @param {Model} model */
function listen(model) {
  const shared = {
    shown: /** @type {Shown} */ ({ key: "", run: 0, state: "idle", ended: false, recorded: false, test: "none", label_names: NAMES, baselines: { validation: [], test: [] }, judged: {} }),
    views: /** @type {Set<(content: any) => void>} */ (new Set()),
    dispose: () => {},
  };
  const receive = (/** @type {any} */ content, /** @type {(DataView | ArrayBuffer)[]} */ buffers = []) => {
    if (content.type === "file") return download(content.name, new Blob([/** @type {any} */ (buffers[0])], { type: content.mime }));
    if (content.type === "show") {
      const { sets = {}, type, ...rest } = content, { shown } = shared;
      if (rest.key !== shown.key) shown.judged = {};
      Object.assign(shown, rest);
      Object.entries(sets).forEach(([split, about], i) => {
        const numbers = floats(buffers[i]), labels = numbers.subarray(0, about.n), probabilities = numbers.subarray(about.n);
        shown.judged[/** @type {Split} */ (split)] = { ...about, labels, probabilities, curve: thresholdCurve(labels, probabilities) };
      });
    }
    shared.views.forEach((view) => view(content));
  };
  model.on("msg:custom", receive);
  shared.dispose = () => model.off("msg:custom", receive);
  return shared;
}

/** The threshold curve. @param {CanvasRenderingContext2D} g @param {number} width @param {number} height @param {Palette} colours @param {Judged | undefined} judged @param {number} threshold @param {string} axis */
function drawCurve(g, width, height, colours, judged, threshold, axis) {
  const u = colours.scale, left = 46 * u, right = width - 10 * u, top = 8 * u, bottom = height - 36 * u;
  const x = (/** @type {number} */ v) => left + (right - left) * v, y = (/** @type {number} */ v) => bottom - (bottom - top) * v;
  g.fillStyle = colours.muted;
  g.textBaseline = "middle";
  g.textAlign = "right";
  for (const v of ticks(0, 1, 5)) {
    line(g, [[left, Math.round(y(v)) + 0.5], [right, Math.round(y(v)) + 0.5]], colours.rule, 1);
    g.fillText(`${Math.round(100 * v)} %`, left - 6 * u, y(v));
  }
  g.textBaseline = "top";
  for (const v of ticks(0, 1, 5)) { g.textAlign = v === 1 ? "right" : "center"; g.fillText(String(v), v === 1 ? right : x(v), bottom + 5 * u); }
  g.textAlign = "right";
  g.fillText(axis, right, bottom + 20 * u);
  line(g, [[x(threshold), top], [x(threshold), bottom]], colours.ink, u);
  if (!judged) return;
  const at = figures(confusion(judged.labels, judged.probabilities, threshold));
  for (const name of [...MEASURED].reverse()) {
    const colour = measureColour(colours, name);
    line(g, judged.curve.map((point) => [x(point.threshold), y(point[name])]), colour, (name === "accuracy" ? 2.5 : 1.75) * u, DASHES[name].map((d) => d * u));
    dot(g, x(threshold), y(at[name]), 4 * u, colour, colours.paper);
  }
}
const measureColour = (/** @type {Palette} */ colours, /** @type {string} */ name) => ({ accuracy: colours.blue, precision: colours.orange, recall: colours.green }[name] ?? colours.muted);

export default widget({
  state: listen,
  view(model, host, shared) {
    const live = () => !model.get("_standalone"), zh = () => model.get("language") === "zh";
    const split = () => /** @type {Split} */ (model.get("split")), judged = () => shared.shown.judged[split()], threshold = () => /** @type {number} */ (model.get("threshold"));
    const set = (/** @type {string} */ trait, /** @type {any} */ value) => { model.set(trait, value); model.save_changes(); update(); };
    const paper = sheet(model, host, {
      title: N("Right and wrong"),
      help: N("The network gives each review a probability of being positive; above the threshold it says positive. Move the threshold and see which mistakes become fewer and which more. Validation reviews may be looked at while you choose; the test set is for the end, once."),
      menu: [
        { label: N("Show as a table"), run: () => { numbers.hidden = !numbers.hidden; update(); } },
        { label: N("Save the picture (PNG)"), run: () => plot.canvas.toBlob((blob) => { if (blob) download(`${name()}.png`, blob); }), hidden: () => !judged() },
        { label: N("Save the numbers (CSV)"), run: () => download(`${name()}.csv`, csv([["label", "probability"], ...Array.from(judged()?.labels ?? [], (label, i) => [label, Number(/** @type {Judged} */ (judged()).probabilities[i].toPrecision(6))])]), "text/csv"), hidden: () => !judged() },
        { label: N("Save as a page (HTML)"), run: () => model.send({ type: "export" }), hidden: () => !live() },
      ],
      relabel: () => update(),
    });
    const { t } = paper, name = () => `evaluation-${split()}-run-${shared.shown.run}`;
    const words = () => ({ accuracy: t("accuracy"), precision: t("precision"), recall: t("recall"), f1: t("F1") });

    const splits = /** @type {const} */ (["validation", "test"]).map((which) => el("button", { type: "button", on: { click: () => set("split", which) } }));
    const group = el("div", { class: "lw-group", role: "group" }, ...splits), why = el("p", { class: "lw-why" });
    const look = el("button", { type: "button", class: "lw-primary", on: { click: () => model.send({ type: "test" }) } });
    const matrix = el("div", { class: "lw-matrix" }), legend = el("ul", { class: "lw-legend" }), verdict = el("p", { class: "lw-verdict" });
    const plot = surface({
      height: 220,
      label: () => `${t("Accuracy, precision, recall and F1 at each threshold")}. ${sentence()}`,
      draw: (g, width, height, colours) => drawCurve(g, width, height, colours, judged(), threshold(), t("threshold")),
    });
    const slider = el("input", { type: "range", min: 0, max: 1, step: 0.01, on: { input: () => set("threshold", Number(slider.value)) } });
    const value = el("output", { class: "lw-number" }), sliderName = el("span"), mistakes = el("div", { class: "lw-scroll lw-mistakes", tabindex: "0", role: "region" }), mistakesTitle = el("h4", { class: "lw-subtitle" });
    const numbers = el("div", { class: "lw-scroll", tabindex: "0", hidden: true }), failure = el("p", { class: "lw-failure", role: "alert", hidden: true });
    const full = el("div", {}, el("div", { class: "lw-judged" }, matrix, el("div", { class: "lw-curve" }, plot.node, legend)),
      el("label", { class: "lw-threshold" }, sliderName, slider, value), verdict, mistakesTitle, mistakes, numbers);
    paper.body.append(group, why, look, failure, full);

    const point = (/** @type {PointerEvent} */ e) => {
      const u = model.get("projector") ? 1.6 : 1, share = (e.offsetX - 46 * u) / (plot.canvas.clientWidth - 56 * u);
      set("threshold", Math.min(1, Math.max(0, Math.round(100 * share) / 100)));
    };
    plot.canvas.addEventListener("pointerdown", (e) => { plot.canvas.setPointerCapture(e.pointerId); point(e); });
    plot.canvas.addEventListener("pointermove", (e) => { if (e.buttons & 1) point(e); });
    plot.canvas.addEventListener("keydown", (e) => {
      const step = /** @type {Record<string, number>} */ ({ ArrowLeft: -0.01, ArrowDown: -0.01, ArrowRight: 0.01, ArrowUp: 0.01, PageDown: -0.1, PageUp: 0.1, Home: -1, End: 1 })[e.key];
      if (step === undefined) return;
      e.preventDefault();
      set("threshold", Math.min(1, Math.max(0, Math.round(100 * (threshold() + step)) / 100)));
    });

    const sentence = () => {
      const now = judged();
      if (!now) return "";
      const f = figures(confusion(now.labels, now.probabilities, threshold()));
      return t("At threshold {threshold}: accuracy {accuracy}, precision {precision}, recall {recall}, F1 {f1}.", { threshold: threshold().toFixed(2), accuracy: percent(f.accuracy), precision: percent(f.precision), recall: percent(f.recall), f1: percent(f.f1) });
    };
    const reason = () => {
      const { shown } = shared;
      if (split() === "validation") return judged() ? t("Validation reviews, after epoch {epoch}. The network does not learn from them.", { epoch: /** @type {Judged} */ (judged()).epoch }) : t("After the first epoch you see here which reviews the network gets right and which it gets wrong.");
      if (judged()) return t("The test reviews, which played no part in any choice until now. If you change something because of this result, it is no longer a test.");
      if (!live()) return t("This page was saved before anybody looked at the test reviews.");
      if (shown.recorded) return t("A recording keeps what the network said about the validation reviews only; for the test reviews train a network of your own.");
      if (shown.test === "busy") return t("The network reads the test reviews …");
      if (!shown.ended) return t("The test set waits until the training has ended: whoever looks at it while still choosing sizes tunes the network to it, and the result is too good to be true.");
      return t("The training has ended. Look at the test set once, when you no longer want to change anything.");
    };
    const showMatrix = (/** @type {Judged} */ now) => {
      const c = confusion(now.labels, now.probabilities, threshold()), [negative, positive] = shared.shown.label_names.map((label) => t(label));
      const cell = (/** @type {string} */ kind, /** @type {number} */ count, /** @type {number} */ row) => {
        const share = row ? count / row : 0, node = el("td", { class: kind[0] === "t" ? "lw-right" : "lw-wrong", dataset: { cell: kind } }, el("strong", {}, number(count)), " ", el("span", {}, percent(share)));
        node.style.setProperty("--lw-share", `${Math.round(45 * share)}%`);
        return node;
      };
      matrix.replaceChildren(el("table", { class: "lw-table" }, el("caption", {}, t("Counts, and shares of each row")),
        el("thead", {}, el("tr", {}, el("td"), ...[negative, positive].map((label) => el("th", { scope: "col" }, t("said: {label}", { label }))))),
        el("tbody", {}, el("tr", {}, el("th", { scope: "row" }, t("is: {label}", { label: negative })), cell("tn", c.tn, c.tn + c.fp), cell("fp", c.fp, c.tn + c.fp)),
          el("tr", {}, el("th", { scope: "row" }, t("is: {label}", { label: positive })), cell("fn", c.fn, c.fn + c.tp), cell("tp", c.tp, c.fn + c.tp)))));
      const f = figures(c), called = words();
      legend.replaceChildren(...MEASURED.map((measure) => el("li", {}, el("span", { class: `lw-key lw-key-${measure}`, "aria-hidden": "true" }), called[measure], " ", el("span", { class: "lw-number", dataset: { figure: measure } }, percent(f[measure])))));
    };
    const showMistakes = (/** @type {Judged} */ now) => {
      const labels = shared.shown.label_names.map((label) => t(label)), open = new Set([...mistakes.querySelectorAll("details[open]")].map((d) => /** @type {HTMLElement} */ (d).dataset.index));
      mistakesTitle.textContent = now.worst.length ? t("Most confidently wrong: {shown} of {all} mistakes, each with its probability of positive and what is right", { shown: now.worst.length, all: number(now.mistakes) }) : t("No mistakes at a threshold of one half.");
      mistakes.setAttribute("aria-label", mistakesTitle.textContent);
      mistakes.replaceChildren(...now.worst.map((mistake) => el("details", { open: open.has(String(mistake.index)), dataset: { index: String(mistake.index) } },
        el("summary", {}, el("span", { class: "lw-number lw-sure" }, percent(mistake.probability, 0)), el("span", { class: "lw-truth" }, t("is: {label}", { label: labels[mistake.label] })), el("span", { class: "lw-excerpt" }, beginning(mistake.text))),
        el("p", { class: "lw-review" }, ...marked(mistake.text, mistake.unknown).map((piece) => (piece.unknown ? el("mark", { title: t("not in the vocabulary") }, piece.text) : piece.text))),
        el("p", { class: "lw-note" }, mistake.unknown.length ? t("Probability of positive: {probability}. Underlined words are not in the vocabulary: the network sees only that something is there.", { probability: percent(mistake.probability) }) : t("Probability of positive: {probability}.", { probability: percent(mistake.probability) })))));
    };
    const showVerdict = (/** @type {Judged} */ now) => {
      const { accuracy } = figures(confusion(now.labels, now.probabilities, 0.5)), best = [...shared.shown.baselines[split()]].sort((a, b) => b.accuracy - a.accuracy)[0];
      const compares = best ? compared(t, accuracy, best.accuracy, best.name[zh() ? "zh" : "en"]) : "";
      verdict.textContent = split() === "test" ? t("On the {n} test reviews, at a threshold of one half: {accuracy}.", { n: number(now.labels.length), accuracy: percent(accuracy) }) : t("On the {n} validation reviews, at a threshold of one half: {accuracy}.", { n: number(now.labels.length), accuracy: percent(accuracy) });
      verdict.append(zh() ? "" : " ", compares);
    };

    let listed = /** @type {unknown} */ (null), languageOfList = "", said = "";
    const update = () => {
      const { shown } = shared, now = judged(), testable = split() === "test" && !now && !shown.recorded && live();
      Object.assign(paper.root.dataset, { state: shown.state, run: shown.run, split: split(), test: shown.test, epoch: now?.epoch ?? 0, shown: Boolean(now) });
      group.setAttribute("aria-label", t("Which reviews"));
      splits.forEach((button, i) => { button.textContent = i ? t("Test") : t("Validation"); button.setAttribute("aria-pressed", String((i ? "test" : "validation") === split())); });
      why.textContent = reason();
      look.textContent = t("Look at the test set");
      look.hidden = !testable;
      look.disabled = !shown.ended || shown.test === "busy";
      sliderName.textContent = t("Threshold");
      slider.value = String(threshold());
      value.textContent = threshold().toFixed(2);
      full.hidden = !now;
      if (now) {
        showMatrix(now);
        showVerdict(now);
        if (listed !== now || languageOfList !== model.get("language")) { listed = now; languageOfList = model.get("language"); showMistakes(now); }
        if (!numbers.hidden) {
          const called = words();
          numbers.replaceChildren(table(t("Accuracy, precision, recall and F1 at each threshold"), [t("threshold"), ...MEASURED.map((m) => called[m])], now.curve.filter((_, i) => i % 5 === 0).map((p) => [p.threshold.toFixed(2), ...MEASURED.map((m) => percent(p[m]))])));
        }
      }
      paper.status(sentence());
      if (sentence() && sentence() !== said) paper.say((said = sentence()));
      plot.invalidate();
    };
    const told = (/** @type {any} */ content) => {
      failure.hidden = content?.type !== "failed";
      if (content?.type === "failed") failure.textContent = content.text;
      update();
    };
    const changed = () => update(), projected = () => plot.restyle();
    for (const trait of ["threshold", "split"]) model.on(`change:${trait}`, changed);
    model.on("change:projector", projected);
    shared.views.add(told);
    paper.translate();
    return () => {
      shared.views.delete(told);
      for (const trait of ["threshold", "split"]) model.off(`change:${trait}`, changed);
      model.off("change:projector", projected);
      plot.dispose();
      paper.dispose();
    };
  },
});
