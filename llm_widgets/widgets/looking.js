// What the widgets share that look into a language model at one text: the box for the text, its notes, and the states without a picture.
import { N, el, sentences } from "./kit.js";
import { sheet } from "./sheet.js";
import { after } from "./writer_logic.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {{ picture: HTMLElement, paint: (found: any) => string, relabel: (t: Translate) => void, spoken?: (found: any) => string }} Picture */

const PAUSE = 250; // milliseconds without a key before a text is sent
const PATIENCE = 400; // milliseconds after which a look that goes on is told
const LONGEST = 2000;

const WHY = {
  untrained: N("Nothing has been learned yet: press Train."),
  empty: N("Write a text into the box: the model reads it."),
  short: N("The model needs a text of at least two tokens."),
};

/** What all views of one widget share: the last failure. @param {Model} model */
export function failures(model) {
  const self = { text: "", views: /** @type {Set<() => void>} */ (new Set()), dispose() { model.off("msg:custom", told); } };
  const told = (/** @type {any} */ message) => { if (message.type === "failed") { self.text = message.text; for (const view of self.views) view(); } };
  model.on("msg:custom", told);
  return self;
}

/**
 * A sheet with a text box over a picture. The picture's `paint` draws what was found and returns the status in words.
 * @param {Model} model @param {HTMLElement} host @param {ReturnType<typeof failures>} failure
 * @param {{ title: string, help: string, file?: string, menu: import("./kit.js").MenuItem[], make: (t: Translate, again: () => void) => Picture }} options
 */
export function lookingView(model, host, failure, { title, help, file, menu, make }) {
  const paper = sheet(model, host, { title, help, file, menu, relabel: () => relabel() });
  const { t } = paper;
  const id = `lw-look-${Math.random().toString(36).slice(2, 8)}`;
  const label = el("label", { class: "lw-look-label", for: id });
  const box = el("textarea", { id, rows: 2, spellcheck: "false", dataset: { role: "text", learner: "" } });
  const note = el("p", { class: "lw-look-note" }), why = el("p", { class: "lw-look-why" });
  const part = make(t, () => paint());
  paper.root.classList.add("lw-look");
  paper.body.append(label, box, note, part.picture, why);

  let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined), slow = /** @type {typeof timer} */ (undefined);
  let typing = false, busy = false, awaited = /** @type {string | null} */ (null), last = "";
  const send = () => {
    clearTimeout(timer);
    if (!typing) return;
    typing = false;
    const sent = box.value.slice(0, LONGEST);
    awaited = sent === model.get("text") ? null : sent;
    model.send({ type: "text", text: sent });
  };
  const answered = () => { awaited = null; };
  box.addEventListener("input", () => { typing = true; failure.text = ""; clearTimeout(timer); timer = setTimeout(send, PAUSE); });
  box.addEventListener("blur", send);
  box.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Escape") box.blur(); });

  function working() {
    clearTimeout(slow);
    busy = false;
    if (model.get("_busy")) slow = setTimeout(() => { busy = true; paint(); }, PATIENCE);
    paint();
  }

  function paint() {
    const found = model.get("_found"), reason = /** @type {keyof typeof WHY} */ (model.get("_waiting")), there = Object.keys(found).length > 0;
    if (!typing && awaited === null && box.value.slice(0, LONGEST) !== model.get("text")) box.value = model.get("text");
    box.lang = model.get("_speaks") === "zh" ? "zh-CN" : "en";
    const read = found.read ?? found.tokens?.length ?? 0, step = model.get("_step");
    note.textContent = [
      box.value.length > LONGEST && t("Only the first {n} characters are read.", { n: LONGEST.toLocaleString("en") }),
      there && read && read < found.count && !("text" in found) && t("Only the first {read} of these {n} tokens are read.", { read, n: found.count }),
      there && "text" in found && found.tokens.length < found.position && t("Only the last {read} tokens before the guess are read.", { read: found.tokens.length }),
      there && step !== null && step > 0 && after(step, t),
    ].filter(Boolean).join(" · ");
    part.picture.classList.toggle("lw-look-none", !there);
    why.hidden = there;
    why.textContent = there ? "" : reason ? t(WHY[reason]) : t("One moment …");
    const said = there ? part.paint(found) : why.textContent ?? "";
    paper.root.dataset.state = there ? "shown" : reason || "waiting";
    paper.root.dataset.step = step === null ? "" : String(step);
    paper.root.setAttribute("aria-busy", String(busy));
    if (failure.text) paper.status(failure.text, "bad");
    else paper.status(sentences(said, busy && there && t("One moment …")));
    if (said !== last) paper.say(failure.text || said, !there);
    last = said;
  }
  function relabel() {
    label.textContent = t("Text: the model reads it");
    box.setAttribute("placeholder", t("A sentence of your own"));
    part.relabel(t);
    paint();
  }
  model.on("change:text", answered);
  model.on("change", paint);
  model.on("change:_busy", working);
  failure.views.add(paint);
  paper.translate();
  return {
    paper, paint,
    dispose() { clearTimeout(timer); clearTimeout(slow); model.off("change:text", answered); model.off("change", paint); model.off("change:_busy", working); failure.views.delete(paint); paper.dispose(); },
  };
}

/** Arrow keys among the cells of a grid, of which one at a time can be reached with Tab. `cells` gives rows of cells. @param {HTMLElement} root @param {() => HTMLElement[][]} cells */
export function arrows(root, cells) {
  root.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    const rows = cells(), r = rows.findIndex((row) => row.includes(/** @type {HTMLElement} */ (document.activeElement)));
    if (r < 0) return;
    const c = rows[r].indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowUp: [r - 1, c], ArrowDown: [r + 1, c], ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1], Home: [r, 0], End: [r, rows[r].length - 1] }[e.key];
    if (e.key === "Escape") /** @type {HTMLElement} */ (document.activeElement).blur();
    if (!to) return;
    const row = rows[Math.max(0, Math.min(rows.length - 1, to[0]))];
    row[Math.max(0, Math.min(row.length - 1, to[1]))].focus();
    e.preventDefault();
  });
  root.addEventListener("focusin", (e) => { for (const cell of cells().flat()) cell.tabIndex = cell === e.target ? 0 : -1; });
}
