// Training curves: loss and accuracy, batch by batch, with baselines and earlier runs.
import { N, csv, download, el, floats, languageTag, number, palette, percent, surface, table } from "./kit.js";
import { COLUMNS, accuracySpan, append, batchRows, lossSpan, makeSeries, quantile, stepEnd } from "./curves_data.js";
import { drawPanel, line, stepAt } from "./curves_draw.js";
import { ghostName, readOut, statusWords } from "./curves_text.js";
import { sheet, widget } from "./sheet.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./curves_draw.js").Ghost & { id: number, changes: [string, any][] }} PastRun */
/** @typedef {import("./curves_text.js").Watched & { key: string, id: number, plan: number, ghosts: PastRun[], marks: [number, number][] }} Watching */
/** @typedef {{ run: Watching, views: Set<(content: any) => void>, dispose: () => void }} Shared */
const HEIGHT = 220;
const MEASURES = /** @type {const} */ (["loss", "accuracy"]);

/** @returns {Watching} */
const nothing = () => ({ key: "", id: 0, state: "idle", epochs: 0, ms: null, error: null, plan: 0, series: makeSeries(1), ghosts: [], baselines: [], marks: [] });

/** Follows the messages of Python. @param {Model} model @returns {Shared} */
function follow(model) {
  const shared = /** @type {Shared} */ ({ run: nothing(), views: new Set() });
  let asked = Date.now();
  const receive = (/** @type {any} */ content, /** @type {(DataView | ArrayBuffer)[]} */ buffers = []) => {
    if (content.type === "run") shared.run = begin(content, floats(buffers[0]));
    else if (content.type === "update") {
      // News of a run whose beginning never came: ask for it, and not for each piece of news again.
      if (content.key !== shared.run.key) { if (Date.now() - asked > 1000) { asked = Date.now(); model.send({ type: "hello" }); } return; }
      // A view that opened between two messages misses some: ask for everything.
      if (!merge(shared.run, content, buffers.length ? floats(buffers[0]) : new Float32Array())) return void model.send({ type: "hello" });
    } else if (content.type === "file") return download(content.name, new Blob([/** @type {any} */ (buffers[0])], { type: content.mime }));
    shared.views.forEach((view) => view(content));
  };
  model.on("msg:custom", receive);
  const saved = model.get("_picture");
  if (saved?.byteLength) receive(model.get("_about"), [saved]); // a saved notebook has no kernel to ask
  shared.dispose = () => model.off("msg:custom", receive);
  return shared;
}

/** A run from its first message: its numbers are its batches, then those of each earlier run. @param {any} content @param {Float32Array} numbers */
function begin(content, numbers) {
  const run = nothing();
  Object.assign(run, { key: content.key, id: content.run, plan: content.plan, epochs: content.planned, series: makeSeries(content.steps_per_epoch) });
  merge(run, content, numbers);
  let at = 2 * content.n;
  run.ghosts = content.ghosts.map((/** @type {any} */ ghost) => {
    const [steps, loss, accuracy] = [0, 1, 2].map((k) => numbers.subarray(at + k * ghost.n, at + (k + 1) * ghost.n));
    at += 3 * ghost.n;
    return { ...ghost, epochs: ghost.epochs.map(numbered), label: "", steps, loss, accuracy, stepsPerEpoch: ghost.steps_per_epoch };
  });
  return run;
}

// JSON has no NaN.
const numbered = (/** @type {any} */ epoch) => Object.fromEntries(Object.entries(epoch).map(([name, value]) => [name, value ?? NaN]));

/** @param {Watching} run @param {any} content @param {Float32Array} numbers */
function merge(run, content, numbers) {
  const { n = 0, start = run.series.n } = content;
  if (!append(run.series, start, numbers.subarray(0, n), numbers.subarray(n, 2 * n))) return false;
  if (content.epochs) run.series.epochs.splice(content.first_epoch, Infinity, ...content.epochs.map(numbered));
  for (const name of /** @type {const} */ (["state", "error", "ms", "baselines", "marks"])) if (name in content) run[name] = /** @type {never} */ (content[name]);
  return true;
}

export default widget({
  state: follow,
  view(model, host, shared) {
    let cursor = /** @type {number | null} */ (null), spoken = "", tabled = 0;
    const live = () => !model.get("_standalone");
    const paper = sheet(model, host, {
      title: N("Training curves"),
      help: N("Each batch gives one faint point; the solid line is their running mean. At the end of each epoch the model is tried on reviews that it does not learn from: the dashed line. The thin grey rules are simple methods to beat. Where the solid line goes on falling and the dashed one rises, the model learns its reviews by heart."),
      menu: [
        { label: N("Show as a table"), run: () => { tables.hidden = !tables.hidden; update(); } },
        { label: N("Save the picture (PNG)"), run: () => picture() },
        { label: N("Save the numbers (CSV)"), run: () => download(`${name()}.csv`, csv([COLUMNS, ...batchRows(shared.run.series)]), "text/csv") },
        { label: N("Save the numbers (JSON)"), run: () => download(`${name()}.json`, asJson(shared.run), "application/json") },
        { label: N("Save as a page (HTML)"), run: () => model.send({ type: "export" }), hidden: () => !live() },
      ],
      relabel: () => { relabel(); update(); },
    });
    const { t } = paper, name = () => `training-curves-run-${shared.run.id}`, zh = () => model.get("language") === "zh";
    const byEpoch = () => model.get("by") === "epoch", logScale = () => Boolean(model.get("log_scale"));
    const set = (/** @type {string} */ trait, /** @type {any} */ value) => { model.set(trait, value); model.save_changes(); update(); };

    const scene = (/** @type {"loss" | "accuracy"} */ measure) => {
      const { series, plan, baselines, marks } = shared.run, log = measure === "loss" && logScale(), s = series.columns;
      const ghosts = shared.run.ghosts.map((ghost) => ({ ...ghost, label: ghostName(t, ghost.id, ghost.changes) }));
      const longest = Math.max(0, ...ghosts.map((g) => g.steps.at(-1) ?? 0));
      const end = byEpoch() ? plan || stepEnd(series.n, 0, longest) : stepEnd(series.n, plan, longest);
      const epochs = [...series.epochs, ...ghosts.flatMap((g) => g.epochs)].flatMap((e) => (measure === "loss" ? [e.loss, e.val_loss] : [e.accuracy, e.val_accuracy]));
      // Of the accuracy of single batches, which is coarse and wild, the axis does not take notice.
      const bulk = measure === "loss" ? [quantile(s.loss, series.n, 0.02), quantile(s.loss, series.n, 0.98), ...ghosts.flatMap((g) => [...g.loss])] : [];
      const lines = measure === "accuracy" ? baselines.map((b) => ({ name: b.name[zh() ? "zh" : "en"], value: b.accuracy })) : [];
      const seen = [...epochs, ...(byEpoch() ? [] : bulk), ...lines.map((l) => l.value)];
      return {
        measure, series, ghosts, end, log, cursor, byEpoch: byEpoch(), baselines: lines, span: measure === "loss" ? lossSpan(seen, log) : accuracySpan(seen),
        marks: measure === "loss" ? marks.map(([step, rate]) => ({ step, label: t("rate {value}", { value: number(rate) }) })) : [],
        axis: byEpoch() ? t("epochs") : t("batches"), empty: measure === "loss" ? t("Press Train to see the loss fall.") : t("The accuracy will appear here, beside what simple methods reach."),
      };
    };
    const titles = MEASURES.map(() => el("figcaption"));
    const surfaces = MEASURES.map((measure) => surface({
      height: HEIGHT,
      label: () => `${measure === "loss" ? t("Loss") : t("Accuracy")}. ${statusWords(t, shared.run, model.get("language"))[0]}`,
      draw: (g, width, height, colours) => drawPanel(g, width, height, colours, scene(measure)),
    }));
    const readout = el("p", { class: "lw-readout" }), legend = el("ul", { class: "lw-legend" }), tables = el("div", { class: "lw-scroll", tabindex: "0", hidden: true });
    const batches = el("button", { type: "button", on: { click: () => set("by", "batch") } }), epochs = el("button", { type: "button", on: { click: () => set("by", "epoch") } });
    const group = el("div", { class: "lw-group", role: "group" }, batches, epochs);
    const log = el("input", { type: "checkbox", on: { change: () => set("log_scale", log.checked) } }), logLabel = el("span");
    const failure = el("p", { class: "lw-failure", role: "alert", hidden: true });
    paper.body.append(el("div", { class: "lw-panels" }, ...surfaces.map((s, i) => el("figure", {}, titles[i], s.node))), readout, legend, failure, tables);
    paper.controls.append(group, el("label", { class: "lw-check" }, log, logLabel));

    const move = (/** @type {number | null} */ step, aloud = false) => {
      const { series } = shared.run, range = byEpoch() ? series.epochs.at(-1)?.step ?? 0 : series.n;
      if (step !== null && byEpoch()) step = Math.max(1, Math.round(step / series.stepsPerEpoch)) * series.stepsPerEpoch;
      cursor = step === null || !range ? null : Math.min(range, Math.max(1, step));
      showReadOut();
      if (aloud && cursor !== null) paper.say(readout.textContent ?? "", true);
      surfaces.forEach((s) => s.invalidate());
    };
    const showReadOut = () => { readout.textContent = cursor === null ? t("Point at a curve, or select it and press the arrow keys, to read its values.") : readOut(t, shared.run.series, cursor, byEpoch()); };
    for (const { canvas } of surfaces) {
      const at = (/** @type {PointerEvent} */ e) => move(stepAt(e.offsetX, canvas.clientWidth, model.get("projector") ? 1.6 : 1, scene("loss").end));
      canvas.addEventListener("pointermove", at);
      canvas.addEventListener("pointerdown", at);
      canvas.addEventListener("pointerleave", (e) => { if (e.pointerType === "mouse") move(null); });
      canvas.addEventListener("keydown", (e) => {
        const { n, stepsPerEpoch } = shared.run.series, stride = byEpoch() ? stepsPerEpoch : e.shiftKey ? 10 : 1, from = cursor ?? n, leap = Math.max(stride, Math.round(n / 10));
        const to = /** @type {Record<string, number | null>} */ ({ ArrowLeft: from - stride, ArrowDown: from - stride, ArrowRight: from + stride, ArrowUp: from + stride, PageDown: from - leap, PageUp: from + leap, Home: 1, End: n, Escape: null })[e.key];
        if (to === undefined) return;
        e.preventDefault();
        move(cursor === null && to !== null && e.key.startsWith("Arrow") ? n : to, true);
      });
    }

    const relabel = () => {
      titles.forEach((title, i) => { title.textContent = MEASURES[i] === "loss" ? t("Loss") : t("Accuracy"); });
      batches.textContent = t("Each batch");
      epochs.textContent = t("Each epoch");
      group.setAttribute("aria-label", t("What one point stands for"));
      logLabel.textContent = t("Logarithmic loss");
      tables.setAttribute("aria-label", t("The same as a table"));
    };
    const key = (/** @type {string} */ kind, /** @type {string} */ words) => el("li", {}, el("span", { class: `lw-key lw-key-${kind}`, "aria-hidden": "true" }), words);
    const words = () => {
      const past = shared.run.ghosts.map((g) => ghostName(t, g.id, g.changes));
      return /** @type {[string, string][]} */ ([["training", byEpoch() ? t("training, mean of each epoch") : t("training, each batch and their running mean")], ["validation", t("validation, after each epoch")], ["baseline", t("baseline, named on its line")],
        ...(past.length ? [["ghost", t("earlier runs: {names}", { names: past.join(zh() ? "；" : "; ") })]] : [])]);
    };
    const update = () => {
      const { run } = shared, [sentence, tone] = statusWords(t, run, model.get("language"));
      Object.assign(paper.root.dataset, { state: run.state, run: run.id, points: run.series.n, ghosts: run.ghosts.length, epochs: run.series.epochs.length });
      for (const { canvas, invalidate } of surfaces) { canvas.dataset.points = String(run.series.n); invalidate(); }
      batches.setAttribute("aria-pressed", String(!byEpoch()));
      epochs.setAttribute("aria-pressed", String(byEpoch()));
      log.checked = logScale();
      paper.status(sentence, tone);
      paper.say(sentence, run.state !== spoken);
      spoken = run.state;
      if (cursor !== null && cursor > run.series.n) cursor = null;
      showReadOut();
      const entries = words(), stamp = JSON.stringify(entries);
      if (legend.dataset.stamp !== stamp) { legend.dataset.stamp = stamp; legend.replaceChildren(...entries.map(([kind, text]) => key(kind, text))); }
      if (!tables.hidden && (run.state !== "running" || Date.now() - tabled > 1000)) { tabled = Date.now(); showTables(); }
    };
    const showTables = () => {
      const { series, baselines } = shared.run, rows = batchRows(series), every = Math.max(1, Math.ceil(rows.length / 200));
      const fields = [t("step"), t("epoch"), t("training loss"), t("training accuracy"), t("validation loss"), t("validation accuracy")];
      tables.replaceChildren(
        table(t("By epoch"), fields, series.epochs.map((e) => [number(e.step), e.epoch, number(e.loss), percent(e.accuracy), number(e.val_loss), percent(e.val_accuracy)])),
        table(t("Baselines, on the validation reviews"), [t("method"), t("accuracy")], baselines.map((b) => [b.name[zh() ? "zh" : "en"], percent(b.accuracy)])),
        table(every === 1 ? t("By batch") : t("By batch, one in {every} of {n}", { every, n: number(rows.length) }), fields.slice(0, 4),
          rows.filter((_, i) => i % every === 0 || i === rows.length - 1).map((r) => [number(Number(r[0])), r[1], r[2], percent(Number(r[3]))])));
    };
    const picture = () => {
      const canvas = /** @type {HTMLCanvasElement} */ (/** @type {unknown} */ (el("canvas"))), width = 960, height = HEIGHT + 84, colours = { ...palette(paper.root), scale: 1 };
      canvas.width = 2 * width;
      canvas.height = 2 * height;
      const g = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y) => { g.fillStyle = colours.ink; g.textAlign = "left"; g.textBaseline = "middle"; g.fillText(text, x, y); };
      g.scale(2, 2);
      g.font = `12px ${colours.font}`;
      g.fillStyle = colours.paper;
      g.fillRect(0, 0, width, height);
      MEASURES.forEach((measure, i) => {
        g.save();
        g.translate(i * 480, 30);
        drawPanel(g, 470, HEIGHT, colours, { ...scene(measure), cursor: null });
        write(titles[i].textContent ?? "", 48, -12);
        g.restore();
      });
      let x = 48;
      for (const [kind, text] of words().slice(0, 3)) {
        line(g, [[x, height - 30], [x + 26, height - 30]], { training: colours.blue, validation: colours.orange }[kind] ?? colours.muted, kind === "baseline" ? 1 : 2, kind === "validation" ? [6, 4] : []);
        write(text, x + 32, height - 30);
        x += 60 + g.measureText(text).width;
      }
      write(statusWords(t, shared.run, model.get("language"))[0], 48, height - 12);
      canvas.toBlob((blob) => { if (blob) download(`${name()}.png`, blob); }, "image/png");
    };

    const told = (/** @type {any} */ content) => {
      if (content?.type === "run") cursor = null;
      failure.hidden = content?.type !== "failed";
      if (content?.type === "failed") failure.textContent = content.text;
      update();
    };
    const changed = () => update(), projected = () => surfaces.forEach((s) => s.restyle());
    for (const trait of ["by", "log_scale"]) model.on(`change:${trait}`, changed);
    model.on("change:projector", projected);
    shared.views.add(told);
    paper.translate();
    return () => {
      shared.views.delete(told);
      for (const trait of ["by", "log_scale"]) model.off(`change:${trait}`, changed);
      model.off("change:projector", projected);
      surfaces.forEach((s) => s.dispose());
      paper.dispose();
    };
  },
});

/** All numbers as JSON; what is not finite becomes null. @param {Watching} run */
function asJson(run) {
  const { series } = run, column = (/** @type {Float32Array} */ a) => Array.from(a.subarray(0, series.n), (v) => (Number.isFinite(v) ? Number(v.toPrecision(7)) : null));
  return JSON.stringify({ run: run.id, state: run.state, steps_per_epoch: series.stepsPerEpoch, loss: column(series.columns.loss), accuracy: column(series.columns.accuracy), epochs: series.epochs, baselines: run.baselines }, null, 1);
}
