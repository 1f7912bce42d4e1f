// The try-it box: a text, the tokens that the model makes of it, its verdict and how that verdict moved while the model learned.
import { N, csv, download, el, floats, number, surface, table } from "./kit.js";
import { sheet, widget } from "./sheet.js";
import { MAX_TEXT, curve, reading, verdict } from "./tryit_logic.js";
import { visible } from "./visible.js";
import { together } from "./views.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./tryit_logic.js").Tokens} Tokens */
/** @typedef {ReturnType<typeof shared>} Shared */

const PAUSE = 150; // milliseconds without a key before a text is sent

/** One widget's page side: the curve of its text, and the last failure. @param {Model} model */
function shared(model) {
  const own = { curve: curve(), step: 0, failure: "" };
  return together(model, own, {
    "msg:custom"(message, buffers) {
      if (message.type === "points") { own.curve.take(message.series, message.start, floats(buffers[0])); own.step = message.step; own.failure = ""; }
      if (message.type === "failed") own.failure = message.text;
    },
  });
}

/** @param {Model} model @param {HTMLElement} host @param {Shared} state */
function view(model, host, state) {
  const names = () => /** @type {[string, string]} */ (model.get("_names"));
  const rows = () => state.curve.steps.map((step, i) => [step, state.curve.values[i]]);
  const paper = sheet(model, host, {
    title: N("Try it"),
    help: N("Write a sentence of your own and watch the verdict move while the model learns. Below the box stands what the model sees: words that its vocabulary does not have all look the same to it, what is longer than the sequence length is cut, and shorter texts are filled up with padding, which the model skips."),
    file: "try-it",
    menu: [
      { label: N("Show as a table"), run: () => { asTable.hidden = !asTable.hidden; paint(); } },
      { label: N("Save the numbers (CSV)"), run: () => download("try-it.csv", csv([["step", "probability_of_positive"], ...rows()]), "text/csv") },
    ],
    relabel: () => relabel(),
  });
  const { t } = paper;
  const id = `lw-${Math.random().toString(36).slice(2, 8)}`;
  const label = el("label", { class: "lw-try-label", for: id });
  const box = el("textarea", { id, rows: 3, spellcheck: "false", dir: "auto", dataset: { role: "text" } });
  const examples = el("div", { class: "lw-examples", role: "group" });
  const note = el("p", { class: "lw-try-note" });
  const low = el("span", { class: "lw-end lw-end-low" }), high = el("span", { class: "lw-end lw-end-high" });
  const fill = el("span", { class: "lw-meter-fill" }), mark = el("span", { class: "lw-meter-mark" });
  const meter = el("div", { class: "lw-meter", role: "meter", "aria-valuemin": 0, "aria-valuemax": 1 }, fill, el("span", { class: "lw-meter-half" }), mark);
  const value = el("b", { class: "lw-number" }), words = el("span", {});
  const graph = surface({ height: 96, label: () => t("The verdict from batch to batch: {n} points, now {p}.", { n: state.curve.values.length, p: shownProbability() }), draw });
  const tokens = el("div", { class: "lw-tokens", role: "group", tabindex: "0" });
  const legend = el("p", { class: "lw-try-legend" });
  const asTable = el("div", { class: "lw-scroll", hidden: true, tabindex: "0" });
  paper.body.append(label, box, examples, note, el("div", { class: "lw-try-verdict" }, value, words), el("div", { class: "lw-meter-line" }, low, meter, high), graph.node, asTable, tokens, legend);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let typing = false;
  // What was sent and has not come back: until then the old text of the model must not overwrite the box.
  let awaited = /** @type {string | null} */ (null);
  const send = (/** @type {string} */ text) => {
    clearTimeout(timer);
    typing = false;
    const sent = text.slice(0, MAX_TEXT);
    awaited = sent === model.get("text") ? null : sent;
    model.send({ type: "text", text: sent });
  };
  const answered = () => { awaited = null; };
  model.on("change:text", answered);
  box.addEventListener("input", () => { typing = true; state.failure = ""; clearTimeout(timer); timer = setTimeout(() => send(box.value), PAUSE); state.paint(); });
  box.addEventListener("blur", () => { if (typing) send(box.value); });
  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Escape") box.blur(); });

  const shownProbability = () => { const p = model.get("probability"); return p === null ? "–" : p.toFixed(2); };

  /** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height @param {import("./kit.js").Palette} c */
  function draw(g, width, height, c) {
    const { steps, values } = state.curve, k = c.scale, left = 30 * k, right = width - 6, top = 7 * k, bottom = height - 7 * k;
    const y = (/** @type {number} */ p) => bottom - p * (bottom - top);
    g.lineWidth = 1;
    g.textBaseline = "middle";
    for (const p of [0, 0.5, 1]) {
      g.strokeStyle = c.rule;
      g.setLineDash(p === 0.5 ? [3 * k, 3 * k] : []);
      g.beginPath(); g.moveTo(left, y(p)); g.lineTo(right, y(p)); g.stroke();
      g.fillStyle = c.muted;
      g.fillText(p === 0.5 ? "0.5" : String(p), 2, y(p));
    }
    g.setLineDash([]);
    graph.canvas.dataset.points = String(values.length);
    if (!values.length) return;
    const last = Math.max(state.step, steps[steps.length - 1], 1);
    const x = (/** @type {number} */ s) => left + (s / last) * (right - left - 4 * k);
    g.strokeStyle = g.fillStyle = c.blue;
    g.lineWidth = 2 * Math.sqrt(k);
    g.lineJoin = "round";
    g.beginPath();
    values.forEach((p, i) => (i ? g.lineTo(x(steps[i]), y(p)) : g.moveTo(x(steps[i]), y(p))));
    g.stroke();
    g.beginPath();
    g.arc(x(steps[steps.length - 1]), y(values[values.length - 1]), 3 * k, 0, 2 * Math.PI);
    g.fill();
  }

  let drawnTokens = "", drawnExamples = "";
  function paintTokens() {
    const seen = /** @type {Tokens} */ (model.get("_tokens")), key = JSON.stringify([seen, model.get("language")]);
    if (key === drawnTokens) return;
    drawnTokens = key;
    const { read, cut, padding, hidden } = reading(seen);
    tokens.replaceChildren();
    (seen.tokens ?? []).forEach((token, i) => {
      if (i === read) tokens.append(el("span", { class: "lw-cut-mark" }, t("✂ cut here")));
      const known = seen.known?.[i];
      const title = i >= read ? t("cut off: the model does not see it") : known ? "" : t("not in the vocabulary");
      tokens.append(el("span", { class: `lw-token${known ? "" : " lw-unknown"}${i >= read ? " lw-cut" : ""}`, title: title || false, dataset: { known } }, el("bdi", {}, visible(token)), title ? el("span", { class: "lw-spoken" }, ` (${title})`) : null));
    });
    if (hidden > 0) tokens.append(el("span", { class: "lw-pad" }, t("… and {n} more", { n: number(hidden) })));
    if (padding && read) tokens.append(el("span", { class: "lw-pad", title: t("Filled up to the sequence length; the model skips it.") }, t("+ {n} × padding", { n: number(padding) })));
    const parts = [];
    if (seen.count) parts.push(t("{read} of at most {length} tokens", { read: number(read), length: number(seen.length) }));
    if (seen.unknown) parts.push(t("{n} not in the vocabulary (underlined)", { n: number(seen.unknown) }));
    if (cut) parts.push(t("{n} cut off (struck through)", { n: number(cut) }));
    legend.textContent = parts.join(" · ");
    Object.assign(tokens.dataset, { count: String(seen.count ?? 0), unknown: String(seen.unknown ?? 0), cut: String(cut), padding: String(padding) });
  }

  function paintExamples() {
    const texts = /** @type {string[]} */ (model.get("texts")), key = JSON.stringify([texts, model.get("text")]);
    if (key === drawnExamples) return;
    drawnExamples = key;
    const focused = [...examples.children].indexOf(/** @type {Element} */ (document.activeElement));
    examples.replaceChildren(...texts.map((text) => el("button", { type: "button", class: "lw-example", dir: "auto", title: text.slice(0, 500), "aria-pressed": String(text === model.get("text")), on: { click: () => { box.value = text; send(text); } } }, text.length > 60 ? `${text.slice(0, 57)}…` : text)));
    /** @type {HTMLElement | undefined} */ (examples.children[focused])?.focus();
  }

  function paint() {
    const recorded = Boolean(model.get("_recorded")), p = /** @type {number | null} */ (model.get("probability")), text = /** @type {string} */ (model.get("text"));
    if (!typing && awaited === null && box.value.slice(0, MAX_TEXT) !== text) box.value = text;
    box.readOnly = recorded;
    const long = box.value.length > MAX_TEXT;
    note.textContent = recorded ? t("This is a recording: it knows the verdicts on these texts only.") : long ? t("Only the first {n} characters are read.", { n: number(MAX_TEXT) }) : "";
    note.hidden = !note.textContent;
    paintExamples();
    paintTokens();
    const empty = !text.trim(), waiting = Boolean(model.get("_untrained"));
    value.textContent = empty ? "–" : shownProbability();
    words.textContent = empty ? t("Write a text to see a verdict.") : p === null ? (waiting ? t("Nothing has been learned yet: press Train.") : t("One moment …")) : verdict(p, names(), t);
    const shown = empty || p === null ? 0.5 : p;
    mark.style.insetInlineStart = `${100 * shown}%`;
    mark.hidden = empty || p === null;
    fill.style.insetInlineStart = `${100 * Math.min(shown, 0.5)}%`;
    fill.style.width = `${100 * Math.abs(shown - 0.5)}%`;
    fill.classList.toggle("lw-low", shown < 0.5);
    meter.setAttribute("aria-valuenow", String(shown));
    meter.setAttribute("aria-valuetext", `${value.textContent} ${words.textContent}`);
    paper.root.dataset.probability = p === null ? "" : String(p);
    if (!asTable.hidden) asTable.replaceChildren(table(t("The verdict from batch to batch"), [t("Step"), t("Probability")], rows().map(([s, v]) => [s, v.toFixed(4)])));
    graph.invalidate();
    if (state.failure) paper.status(state.failure, "bad");
    else paper.status("");
    if (!empty && p !== null) paper.say(`${value.textContent}, ${words.textContent}`);
  }

  function relabel() {
    label.textContent = t("Your text");
    examples.setAttribute("aria-label", t("Example texts"));
    tokens.setAttribute("aria-label", t("What the model sees"));
    meter.setAttribute("aria-label", t("Verdict"));
    low.textContent = `0 ${t(names()[0])}`;
    high.textContent = `${t(names()[1])} 1`;
    graph.restyle();
    paint();
  }

  const restyle = () => graph.restyle();
  model.on("change:projector", restyle);
  paper.translate();
  state.views.add(paint);
  return () => { clearTimeout(timer); state.views.delete(paint); model.off("change:projector", restyle); model.off("change:text", answered); graph.dispose(); paper.dispose(); };
}

export default widget({ state: shared, view });
