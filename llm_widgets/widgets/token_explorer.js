// The next-token explorer: what a model thinks comes next, how one of it is chosen, and what else was tried.
import { N, csv, download, el, number, sentences, table } from "./kit.js";
import { barList, drawLine } from "./explorer_bars.js";
import { choosing, python, quoted, searching, share, shown, undecided, worth } from "./explorer_logic.js";
import { tokenText } from "./explorer_text.js";
import { tokenTree } from "./explorer_tree.js";
import { settingFields } from "./setting_fields.js";
import { sheet, widget } from "./sheet.js";
import { together } from "./views.js";
import { short } from "./writer_logic.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./explorer_logic.js").Bars} Bars */
/** @typedef {import("./explorer_logic.js").Path} Path */
/** @typedef {ReturnType<typeof shared>} Shared */

const PAUSE = 200; // milliseconds without a key before a prompt is sent
const STRATEGIES = ["greedy", "sample", "beam"];
const SAVED = ["strategy", "temperature", "top_k", "top_p", "seed"], SAVED_BEAM = ["strategy", "beam_width", "beam_length", "length_penalty"];

/** One widget's page side: the newest bars and text. @param {Model} model */
function shared(model) {
  const own = { bars: /** @type {Bars | null} */ (null), path: /** @type {Path | null} */ (null), failure: "" };
  return together(model, own, {
    "msg:custom"(message) {
      if (message.type === "bars") { own.bars = message; own.failure = ""; }
      if (message.type === "path") own.path = message;
      if (message.type === "failed") own.failure = message.text;
    },
  });
}

/** @param {Model} model @param {HTMLElement} host @param {Shared} state */
function view(model, host, state) {
  const columns = () => [t("Rank"), t("Token"), t("Id"), t("Logit"), t("Probability"), t("With the settings")];
  const rows = () => (state.bars?.rows ?? []).map(([rank, token, id, logit, raw, p]) => [rank, token, id, logit, raw, p]);
  const paper = sheet(model, host, {
    title: N("Next-token explorer"),
    help: N("A language model does one thing: it gives each token of its vocabulary a probability to come next. The outlined bars are the model's own probabilities; the filled ones are those after temperature, top-k and top-p, from which a token is drawn: a random number from 0 to 1 falls on one piece of the line. The number depends on the seed and on the place in the text alone, so a step back and forth gives the same token. Click a bar to take that token instead; click a token of the text, or of the tree, to go there. Beam search follows several texts side by side; its scores are log-probabilities divided by the length to the power of the penalty. Keys: space plays, the right arrow steps, the left arrow goes back, up and down walk along the bars, Enter takes one."),
    file: "next-token",
    menu: [
      { label: N("Copy text"), run: () => copy(state.path?.text ?? "") },
      { label: N("Copy as Python"), run: () => copy(code()) },
      { label: N("Show as a table"), run: () => { asTable.hidden = !asTable.hidden; paint(); } },
      { label: N("Save the numbers (CSV)"), run: () => download("next-token.csv", csv([["rank", "token", "id", "logit", "probability", "after_settings"], ...rows()]), "text/csv") },
    ],
    relabel: () => relabel(),
  });
  const { t } = paper;
  const id = `lw-${Math.random().toString(36).slice(2, 8)}`;
  const send = (/** @type {string} */ what, /** @type {any} */ more = {}) => { sendPrompt(); fields.flush(); note = state.failure = ""; model.send({ type: "do", what, ...more }); };
  const label = el("label", { class: "lw-te-label", for: id }), box = el("textarea", { id, rows: 1, spellcheck: "false", dir: "auto", dataset: { role: "prompt" } });
  const text = tokenText({ t, jump: (node) => send("jump", { node }) });
  const notes = el("p", { class: "lw-te-notes" });
  const bars = barList({ t, take: (token) => send("take", { id: token }) }), line = drawLine(), tree = tokenTree({ t, go: ({ what, ...more }) => send(what, more) });
  const heads = { next: el("p", { class: "lw-te-head" }), how: el("p", { class: "lw-te-head" }), tried: el("p", { class: "lw-te-head" }) };
  const said = { next: el("p", { class: "lw-te-say" }), how: el("p", { class: "lw-te-say" }) };
  const asTable = el("div", { class: "lw-scroll lw-te-table", hidden: true, tabindex: "0" });
  paper.body.append(label, box, text.node, notes, el("div", { class: "lw-te-main" },
    el("div", {}, heads.next, said.next, bars.node), el("div", {}, heads.how, line.node, said.how, heads.tried, tree.node)), asTable);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer, fading = /** @type {typeof timer} */ (undefined);
  let typing = false, note = "", awaited = /** @type {string | null} */ (null), spoken = "";
  const sendPrompt = () => {
    clearTimeout(timer);
    if (!typing) return;
    typing = false;
    awaited = box.value === model.get("prompt") ? null : box.value;
    model.send({ type: "prompt", text: box.value });
  };
  const answered = () => { awaited = null; };
  model.on("change:prompt", answered);
  box.addEventListener("input", () => { typing = true; note = state.failure = ""; clearTimeout(timer); timer = setTimeout(sendPrompt, PAUSE); });
  box.addEventListener("blur", sendPrompt);
  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Escape") box.blur(); });

  const fields = settingFields({ model, t, id, moved: () => { note = state.failure = ""; }, refused: (why) => { note = why; paint(); }, paint: () => state.paint() });
  const strategy = () => /** @type {string} */ (fields.current("strategy"));
  const buttons = STRATEGIES.map((name) => el("button", { type: "button", dataset: { strategy: name }, on: { click: () => fields.set("strategy", name) } }));
  const strategies = el("div", { class: "lw-te-strategies", role: "group" }, ...buttons);
  const act = (/** @type {string} */ name, /** @type {() => void} */ run, kind = "") => el("button", { type: "button", class: kind, dataset: { action: name }, on: { click: run } });
  const play = () => { sendPrompt(); fields.flush(); note = state.failure = ""; model.send({ type: "play", on: !model.get("playing") }); };
  const step = act("step", () => send("step"), "lw-primary"), back = act("back", () => send("back")), playing = act("play", play), restart = act("restart", () => send("restart"));
  const another = act("seed", () => { fields.forget("seed"); model.send({ type: "seed" }); seed.input.blur(); });
  const sliders = { temperature: fields.slider("temperature", 0, 2, 0.05, N("Temperature")), topP: fields.slider("top_p", 0.05, 1, 0.05, N("Top-p")), width: fields.slider("beam_width", 1, 8, 1, N("Beams"), String), penalty: fields.slider("length_penalty", -1, 2, 0.1, N("Length penalty"), (x) => x.toFixed(1)), speed: fields.slider("speed", 0.5, 10, 0.5, N("Speed"), (x) => t("{x} tokens/s", { x })) };
  const topK = fields.entry("top_k", 1, 2 ** 31 - 1, N("Top-k"), N("all")), seed = fields.entry("seed", 0, 2 ** 31 - 1, N("Seed")), length = fields.entry("beam_length", 1, 100, N("Search length"));
  const all = [...Object.values(sliders), topK, seed, length];
  const nothing = el("span", { class: "lw-te-nothing" });
  const groups = /** @type {Record<string, HTMLElement>} */ ({
    greedy: el("div", {}, nothing),
    sample: el("div", {}, sliders.temperature.node, topK.node, sliders.topP.node, el("div", { class: "lw-te-seed" }, seed.node, another)),
    beam: el("div", {}, sliders.width.node, length.node, sliders.penalty.node),
  });
  paper.controls.classList.add("lw-te-controls");
  paper.controls.append(el("div", { class: "lw-te-buttons" }, step, back, playing, restart), sliders.speed.node, strategies, el("div", { class: "lw-te-settings" }, ...Object.values(groups)));

  paper.root.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const target = /** @type {Element} */ (e.target);
    if (e.ctrlKey || e.metaKey || e.altKey || target.closest("textarea, input, .lw-menu, .lw-scroll table")) return;
    if (e.key === " " && target.tagName !== "BUTTON") play();
    else if (e.key === "ArrowRight") send("step");
    else if (e.key === "ArrowLeft") send("back");
    else return;
    e.preventDefault();
  });

  const code = () => python(model.get("prompt"), Object.fromEntries((strategy() === "beam" ? SAVED_BEAM : SAVED).map((name) => [name, fields.current(name)])), state.path?.ids ?? []);
  const copy = async (/** @type {string} */ what) => {
    try { await navigator.clipboard.writeText(what); note = t("Copied."); }
    catch { note = t("The browser does not let this page copy: mark the text and copy it yourself."); }
    paint();
    paper.say(note, true);
    clearTimeout(fading);
    fading = setTimeout(() => { note = ""; state.paint(); }, 4000);
  };

  /** What the line under the text says. @param {Path} path */
  function noted(path) {
    const unknown = path.tokens.filter((token) => !token[3]).length;
    return [
      path.unread > 0 && t("The model no longer reads the first {n} tokens (struck through).", { n: number(path.unread) }),
      unknown > 0 && t("{n} not in the vocabulary (underlined)", { n: number(unknown) }),
      !path.tokens.length && t("No text yet: it begins a new line, from nothing."),
      state.bars && path.tokens.length > 0 && worth(state.bars, t),
    ].filter(Boolean).join(" · ");
  }

  /** @param {Bars} found @param {Path} path */
  function sentence(found, path) {
    if (path.tree.kind === "beams") return searching(path.tree, Number(fields.current("beam_length")), t);
    if (path.ended) return t("The text has ended: go back, or restart.");
    const row = found.rows.find((one) => one[2] === found.chosen);
    const next = row ? t("Next: {token}, {after}.", { token: quoted(row[1], t), after: share(strategy() === "greedy" ? row[4] : row[5]) }) : "";
    const learned = model.get("_step");
    return sentences(next, learned !== null && (learned === 1 ? t("The model has learned from 1 batch.") : t("The model has learned from {n} batches.", { n: number(learned) })));
  }

  let tabled = "";
  function paint() {
    const waiting = /** @type {string} */ (model.get("_waiting")), live = waiting === "", found = live ? state.bars : null, path = live ? state.path : null;
    const prompt = /** @type {string} */ (model.get("prompt"));
    if (!typing && awaited === null && box.value !== prompt) box.value = prompt;
    fields.settle(Boolean(state.failure));
    for (const field of all) field.paint();
    const chosen = strategy();
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(STRATEGIES[i] === chosen)));
    for (const [name, group] of Object.entries(groups)) group.classList.toggle("lw-te-off", name !== chosen);
    text.paint(path);
    bars.paint(found, chosen !== "beam", waiting === "untrained" ? t("No bars yet: nothing has been learned.") : waiting === "building" || !found && !state.failure ? t("One moment …") : "");
    line.paint(found, chosen !== "beam");
    tree.paint(path?.tree ?? null, model.get("projector") ? 1.6 : 1);
    notes.textContent = path ? noted(path) : "";
    said.next.textContent = found ? undecided(found, t) : "";
    said.how.textContent = found ? choosing(chosen, found, Number(fields.current("temperature")), t) : "";
    heads.tried.textContent = path?.tree.kind === "beams" ? t("The beams: the best on top, dropped ones dashed") : t("What was tried: click a token to go there");
    back.disabled = !path?.can_back;
    restart.disabled = !path;
    step.disabled = Boolean(path?.ended) && path?.tree.kind !== "beams" || waiting === "building";
    playing.disabled = step.disabled && !model.get("playing");
    playing.textContent = model.get("playing") ? `❚❚ ${t("Pause")}` : `▶ ${t("Play")}`;
    Object.assign(paper.root.dataset, { waiting, playing: String(model.get("playing")), text: path?.text ?? "", version: String(path?.version ?? ""), step: String(model.get("_step") ?? "") });
    const lines = asTable.hidden ? "" : JSON.stringify([found?.rows, found?.others, model.get("language")]);
    if (lines !== tabled) {
      tabled = lines;
      if (lines) {
        const digits = (/** @type {number} */ x) => x.toPrecision(4);
        asTable.replaceChildren(table(t("What comes next"), columns(), [...(found?.rows ?? []).map(([rank, token, number_, logit, raw, p]) => [rank, shown(token), number_, logit.toFixed(3), digits(raw), p ? digits(p) : "0"]), ...(found?.others[0] ? [["", t("all others ({n})", { n: number(found.others[0]) }), "", "", digits(found.others[1]), digits(found.others[2])]] : [])]));
        for (const cell of asTable.querySelectorAll("td:nth-child(2)")) /** @type {HTMLElement} */ (cell).dataset.learner = "";
      }
    }
    if (state.failure) paper.status(state.failure, "bad");
    else if (note) paper.status(note);
    else if (waiting === "untrained") paper.status(t("Nothing has been learned yet: press Train. Step shows what an untrained model guesses."));
    else if (waiting) paper.status(t("Getting ready: the model is being built."));
    else if (found && path) paper.status(sentence(found, path));
    if (found && path) {
      const news = `${short(path.text.slice(-80), 80)} | ${sentence(found, path)}`;
      if (path.text !== spoken) { spoken = path.text; paper.say(news, !model.get("playing")); }
    }
  }

  function relabel() {
    label.textContent = t("Prompt: the text begins with this");
    box.placeholder = t("Empty: from nothing");
    text.node.setAttribute("aria-label", t("The text so far: Enter goes back to a token"));
    heads.next.textContent = t("What comes next: click a token to take it");
    heads.how.textContent = t("How it is chosen");
    strategies.setAttribute("aria-label", t("How it is chosen"));
    [t("Greedy"), t("Sample"), t("Beam")].forEach((name, i) => { buttons[i].textContent = name; });
    step.textContent = t("Step");
    back.textContent = t("Back");
    restart.textContent = t("Restart");
    another.textContent = t("New seed");
    nothing.textContent = t("Greedy takes the likeliest token: there is nothing to set.");
    asTable.setAttribute("aria-label", t("What comes next"));
    note = "";
    bars.relabel();
    for (const field of all) field.relabel();
    paint();
  }

  paper.translate();
  state.views.add(paint);
  return () => { clearTimeout(timer); clearTimeout(fading); fields.dispose(); state.views.delete(paint); model.off("change:prompt", answered); paper.dispose(); };
}

export default widget({ state: shared, view });
