// What it writes: the samples of a model that learns, from the first batch on, and a text on demand.
import { N, csv, download, el, table } from "./kit.js";
import { settingFields } from "./setting_fields.js";
import { sheet, widget } from "./sheet.js";
import { visible } from "./visible.js";
import { together } from "./views.js";
import { MAX_PROMPT, MAX_SIGNS, after, chances, choice, filled, history, learned, promptNotes, short } from "./writer_logic.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./writer_logic.js").Tokens} Tokens */
/** @typedef {ReturnType<typeof shared>} Shared */

const PAUSE = 150; // milliseconds without a key before a prompt is sent

/** One widget's page side: its samples, and the last failure. @param {Model} model */
function shared(model) {
  const own = { history: history(), failure: "" };
  return together(model, own, {
    "msg:custom"(message) {
      if (message.type === "samples") own.history.take(message.fresh, message.samples, message.count);
      if (message.type === "failed") own.failure = message.text;
    },
  });
}

/** A framed text: a caption, the prompt, and what was written after it. @param {string} part */
function page(part) {
  const name = el("b", {}), when = el("span", { class: "lw-number" });
  const prompt = el("span", { class: "lw-writer-prompt" }), written = el("span", { class: "lw-writer-written" });
  const list = el("ol", { class: "lw-writer-gaps", hidden: true });
  let shown = "";
  const text = el("div", { class: "lw-writer-text", tabindex: "0", role: "group", dir: "auto", dataset: { learner: "", part } }, prompt, written, list);
  const node = el("div", { class: `lw-writer-page lw-writer-${part}` }, el("div", { class: "lw-writer-caption" }, name, " ", when), text);
  const put = (/** @type {HTMLElement} */ place, /** @type {string} */ content) => { if (place.textContent !== content) place.textContent = content; };
  return {
    node, text,
    /** @param {string} title @param {string} said @param {{ prompt: string, text: string, fills?: string[], gaps?: import("./writer_logic.js").Candidates[] } | null} sample */
    show(title, said, sample) {
      if (sample?.fills?.length) {
        put(name, title);
        put(when, said);
        const key = JSON.stringify([sample.prompt, sample.fills, sample.gaps]);
        if (key !== shown) {
          put(prompt, "");
          written.replaceChildren(...filled(sample.prompt, sample.fills).map(([piece, own]) => (own ? el("mark", { class: "lw-writer-fill" }, piece) : piece)));
          list.replaceChildren(...(sample.gaps ?? []).map((candidates) => el("li", {}, chances(candidates))));
          list.hidden = !sample.gaps?.length;
        }
        shown = key;
        text.setAttribute("aria-label", `${title} ${said}`.trim());
        return;
      }
      if (shown) { shown = ""; written.replaceChildren(); list.replaceChildren(); list.hidden = true; }
      const moved = prompt.textContent !== (sample?.prompt ?? "");
      put(name, title);
      put(when, said);
      put(prompt, sample?.prompt ?? "");
      put(written, sample?.text ?? "");
      if (moved) text.scrollTop = Math.max(0, written.offsetTop - text.clientHeight / 2); // under a long prompt, too, its continuation is in sight
      text.setAttribute("aria-label", `${title} ${said}`.trim());
    },
  };
}

/** @param {Model} model @param {HTMLElement} host @param {Shared} state */
function view(model, host, state) {
  const rows = () => state.history.samples.map((s) => [s.step, s.loss, s.prompt, s.text]);
  // Whether it fills gaps, and whether it is a recording, is so from the beginning to the end.
  const fills = Boolean(model.get("_fills")), recorded = Boolean(model.get("_recorded"));
  const paper = sheet(model, host, {
    title: fills ? N("What it fills in") : N("What it writes"),
    help: fills ? N("While the model learns, it fills the gaps of your text every two seconds or so: each _ is one. What it put in is marked. The slider under the text goes back to the first sample; at its right end it follows the newest. With Fill the model, as it is now, fills your text and names, for each gap, what it holds to be likely and how likely. A BERT puts one token into a gap, and first into the one that it is surest of; a T5 writes several.") : N("While the model learns, it writes on from your prompt every two seconds or so: first letters by chance, then words, then something like sentences. The slider under the text goes back to the first sample; at its right end it follows the newest. With Write the model, as it is now, writes with your own settings. Temperature 0 always takes the likeliest token; the higher it is, the more chance decides. The same model, settings and seed give the same text. The sign \ufffd stands for a character that the vocabulary does not have."),
    file: "what-it-writes",
    menu: [
      { label: N("Copy text"), run: () => copy() },
      { label: N("Show as a table"), run: () => { asTable.hidden = !asTable.hidden; paint(); } },
      { label: N("Save the numbers (CSV)"), run: () => download("what-it-writes.csv", csv([["step", "loss", "prompt", "text"], ...rows()]), "text/csv") },
    ],
    relabel: () => relabel(),
  });
  const { t } = paper;
  paper.body.closest("section")?.classList.add("lw-what-it-writes"); // its style, whatever it is called
  const id = `lw-${Math.random().toString(36).slice(2, 8)}`;
  const label = el("label", { class: "lw-writer-label", for: id });
  const box = el("textarea", { id, rows: 2, spellcheck: "false", dir: "auto", dataset: { role: "prompt" } });
  const seen = el("div", { class: "lw-writer-tokens", role: "group", tabindex: "0", dataset: { learner: "" } }), legend = el("p", { class: "lw-writer-note" });
  const first = page("first"), now = page("now"), asked = page("asked");
  const scrub = el("input", { type: "range", min: 0, step: 1, dataset: { role: "scrub" } });
  const from = el("span", { class: "lw-number" }), upto = el("span", { class: "lw-number" });
  const asTable = el("div", { class: "lw-scroll lw-writer-table", hidden: true, tabindex: "0" });
  paper.body.append(label, box, seen, legend, el("div", { class: "lw-writer-pages" }, first.node, now.node), el("div", { class: "lw-writer-scrub" }, from, scrub, upto), asTable);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer, fading = /** @type {typeof timer} */ (undefined);
  let typing = false, note = "", spoken = model.get("written").number;
  // What was sent and has not come back: until then the old prompt of the model must not overwrite the box.
  let awaited = /** @type {string | null} */ (null);
  const send = () => {
    clearTimeout(timer);
    if (!typing) return;
    typing = false;
    const sent = box.value.slice(0, MAX_PROMPT);
    awaited = sent === model.get("prompt") ? null : sent;
    model.send({ type: "prompt", text: sent });
  };
  const answered = () => { awaited = null; };
  model.on("change:prompt", answered);
  box.addEventListener("input", () => { typing = true; note = state.failure = ""; clearTimeout(timer); timer = setTimeout(send, PAUSE); state.paint(); });
  box.addEventListener("blur", send);
  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Escape") box.blur(); });
  scrub.addEventListener("input", () => { state.history.look(Number(scrub.value)); state.paint(); });

  const fields = settingFields({ model, t, id, moved: () => { note = state.failure = ""; }, refused: (why) => { note = why; paint(); }, paint: () => state.paint() });
  const temperature = fields.slider("temperature", 0, 2, 0.05, N("Temperature")), topP = fields.slider("top_p", 0.05, 1, 0.05, N("Top-p"));
  const seed = fields.entry("seed", 0, 2 ** 31 - 1, N("Seed")), topK = fields.entry("top_k", 1, 2 ** 31 - 1, N("Top-k"), N("all"));
  const settings = [temperature, topP, seed, topK];
  const write = el("button", { type: "button", class: "lw-primary", dataset: { action: "write" }, on: { click: () => { send(); fields.flush(); note = state.failure = ""; if (untrained()) note = t("Nothing has been learned yet: press Train."); else model.send({ type: "write" }); paint(); if (note) paper.say(note, true); } } });
  const another = el("button", { type: "button", dataset: { action: "seed" }, on: { click: () => { send(); fields.forget("seed"); model.send({ type: "seed" }); seed.input.blur(); } } });
  const summary = el("summary", {});
  if (recorded) box.readOnly = true;
  const more = el("details", { class: "lw-writer-more" }, summary, el("div", { class: "lw-writer-settings" }, topK.node, topP.node));
  paper.controls.classList.add("lw-writer-controls");
  if (fills) paper.controls.append(write, asked.node);
  else paper.controls.append(write, temperature.node, el("div", { class: "lw-writer-seed" }, seed.node, another), more, asked.node);
  if (recorded) paper.controls.hidden = true; // it has no model to ask

  const untrained = () => Boolean(model.get("_untrained"));
  const copy = async () => {
    const { samples, index } = state.history, written = model.get("written"), shown = written.text === undefined ? samples[index] : written;
    if (!shown) return;
    try { await navigator.clipboard.writeText(shown.fills?.length ? shown.text : shown.prompt + shown.text); note = t("Copied."); }
    catch { note = t("The browser does not let this page copy: mark the text and copy it yourself."); }
    paint();
    paper.say(note, true);
    clearTimeout(fading);
    fading = setTimeout(() => { note = ""; state.paint(); }, 4000);
  };

  let drawn = "", tabled = "";
  function paintTokens() {
    const found = /** @type {Tokens} */ (model.get("_tokens")), key = JSON.stringify([found, model.get("language")]);
    legend.textContent = promptNotes(found, box.value.length, t);
    if (key === drawn) return;
    drawn = key;
    const signs = (found.tokens ?? []).slice(-MAX_SIGNS), skipped = (found.tokens ?? []).length - signs.length;
    const unread = (found.tokens ?? []).length - (found.read ?? 0);
    seen.replaceChildren(skipped > 0 ? "…" : "", ...signs.map((token, i) => {
      const known = found.known?.[i + skipped], title = known ? "" : t("not in the vocabulary");
      return el("span", { class: `lw-writer-token${known ? "" : " lw-unknown"}${i + skipped < unread ? " lw-unread" : ""}`, title: title || false, dataset: { known } }, el("bdi", {}, visible(token)), title ? el("span", { class: "lw-spoken" }, ` (${title})`) : null);
    }));
    seen.scrollTop = seen.scrollHeight; // the end is what the model reads
    seen.dataset.unknown = String((found.known ?? []).filter((known) => !known).length);
  }

  function paint() {
    const prompt = /** @type {string} */ (model.get("prompt")), { samples, index, following } = state.history, shown = samples[index] ?? null;
    if (!typing && awaited === null && box.value.slice(0, MAX_PROMPT) !== prompt) box.value = prompt;
    paintTokens();
    const start = samples[0] ?? null, newest = samples[samples.length - 1];
    first.show(t("At the start"), start ? learned(start, t) : "", start);
    now.show(following ? t("Now") : t("Earlier"), shown ? learned(shown, t) : "", shown);
    Object.assign(now.text.dataset, { step: shown ? String(shown.step) : "", samples: String(samples.length), following: String(following) });
    scrub.max = String(Math.max(1, samples.length - 1));
    scrub.value = String(samples.length > 1 ? index : 1);
    scrub.disabled = samples.length < 2;
    scrub.setAttribute("aria-valuetext", shown ? after(shown.step, t) : "–");
    from.textContent = start ? after(start.step, t) : "–";
    upto.textContent = newest ? after(newest.step, t) : "–";
    const language = model.get("_speaks") === "zh" ? "zh-CN" : "en";
    for (const one of [first, now, asked]) one.text.lang = language;
    const written = model.get("written"), busy = Boolean(model.get("_busy")), there = written.text !== undefined;
    asked.show(busy ? (fills ? t("Filling …") : t("Writing …")) : fills ? t("As it is now") : t("With your settings"), there ? (fills ? learned(written, t) : `${learned(written, t)}${t(", ")}${choice(written, t)}`) : "", there ? written : null);
    asked.text.dataset.empty = there ? "" : fills ? t("Press Fill: the model fills your text, as it is now, and says how sure it is.") : t("Press Write: the model writes on from your prompt, as it is now.");
    asked.text.dataset.number = String(written.number ?? 0);
    asked.text.setAttribute("aria-busy", String(busy));
    fields.settle(Boolean(state.failure));
    for (const field of settings) field.paint();
    const lines = asTable.hidden ? "" : JSON.stringify([samples.length, newest?.step, start, model.get("language")]);
    if (lines !== tabled) {
      tabled = lines;
      if (lines) { asTable.replaceChildren(table(t("All samples"), [t("Batch"), t("Loss"), t("Prompt"), t("Text")], samples.map((s) => [s.step, s.loss === null ? "–" : s.loss.toFixed(3), s.prompt, s.text]))); for (const cell of asTable.querySelectorAll("td:nth-child(n+3)")) { /** @type {HTMLElement} */ (cell).dir = "auto"; /** @type {HTMLElement} */ (cell).dataset.learner = ""; } }
    }
    if (state.failure) paper.status(state.failure, "bad");
    else if (note) paper.status(note);
    else if (shown) paper.status(following ? (model.get("_active") ? t("Follows the newest sample.") : "") : t("An earlier sample; the right end of the slider follows the newest."));
    else paper.status(untrained() && !model.get("_active") ? (recorded ? t("Nothing has been played yet: press Play.") : t("Nothing has been learned yet: press Train.")) : recorded && !model.get("_active") ? t("Nothing was written in this recording.") : t("One moment …"));
    const whole = (/** @type {{ prompt: string, text: string, fills?: string[] }} */ s) => (s.fills?.length ? s.text : s.prompt + s.text);
    const news = shown ? `${after(shown.step, t)}: ${short(whole(shown), 80)}` : "";
    if (written.number !== spoken) { spoken = written.number; if (there) paper.say(`${fills ? t("As it is now") : t("With your settings")}: ${short(whole(written), 160)}`, true); }
    else if (news) paper.say(news);
  }

  function relabel() {
    label.textContent = recorded ? t("The text that was watched") : fills ? t("Text: write _ where the model is to fill in") : t("Prompt: the model writes on from here");
    box.placeholder = fills ? "" : t("Empty: from nothing");
    seen.setAttribute("aria-label", t("What the model sees"));
    scrub.setAttribute("aria-label", t("Which sample is shown"));
    write.textContent = fills ? t("Fill") : t("Write");
    another.textContent = t("New seed");
    summary.textContent = t("More");
    asTable.setAttribute("aria-label", t("All samples"));
    note = "";
    for (const field of settings) field.relabel();
    paint();
  }

  paper.translate();
  state.views.add(paint);
  return () => { clearTimeout(timer); clearTimeout(fading); fields.dispose(); state.views.delete(paint); model.off("change:prompt", answered); paper.dispose(); };
}

export default widget({ state: shared, view });
