// Guess first: a question, an entry for the guess, and only after it the computed answer, with what lies between the two.
import { N, el, sentences } from "./kit.js";
import { computedView } from "./computed.js";
import { readNumber, refusal } from "./number_logic.js";
import { orderField } from "./prediction_order.js";
import { widget } from "./sheet.js";
import { texLines } from "./tex.js";

/** @typedef {{ key: string, label: string }} Option */
/** @typedef {{ verdict: "right" | "near" | "off", guess: string, answer: string, off: string, why: string[], working: string }} Judged */
/** @typedef {{ text: string, formula: string, kind: "number" | "choice" | "order", unit: string, options: Option[], varies: boolean, judged: Judged | null }} Found */

const HELP = N("Guess before you look: nothing is computed until you have guessed. Then the widget computes the answer, says how far your guess was off, and why. A wrong guess is worth as much as a right one: what surprises is remembered. Ask again, and the numbers are others.");
const VERDICTS = { right: N("Right"), near: N("Near"), off: N("Off") };

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Your guess first"), help: HELP, file: "guess",
    make: ({ t, root, set, current, refused, paint }) => {
      const name = `lw-guess-${Math.random().toString(36).slice(2, 8)}`;
      const question = el("p", { class: "lw-prediction-question", id: `${name}-question` }), formula = el("div", { class: "lw-prediction-formula lw-formula" });
      const field = el("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", class: "lw-number lw-prediction-number", dataset: { role: "guess" }, "aria-describedby": `${name}-question` });
      const unit = el("span", {}), typing = el("span", { class: "lw-prediction-typed" }, field, unit), choices = el("div", { class: "lw-prediction-choices", role: "radiogroup", "aria-labelledby": `${name}-question` });
      const order = orderField({ t, changed: () => paint() });
      const submit = el("button", { type: "submit", class: "lw-primary", dataset: { action: "guess" } });
      const entry = el("form", { class: "lw-prediction-entry" }, typing, choices, order.node, submit);
      const verdict = el("span", { class: "lw-prediction-verdict" }), mine = el("b", { class: "lw-number" }), theirs = el("b", { class: "lw-number", dataset: { role: "answer" } }), mineWord = el("span", {}), theirsWord = el("span", {});
      const working = el("div", { class: "lw-prediction-formula lw-formula" }), why = el("div", { class: "lw-prediction-why" });
      const again = el("button", { type: "button", dataset: { action: "again" }, on: { click: () => { picked = ""; field.value = ""; set("again", current("again") + 1); set("guess", null); focusEntry = true; } } });
      const answer = el("div", { class: "lw-prediction-answer" }, el("div", { class: "lw-prediction-both" }, el("div", {}, mineWord, mine), el("div", {}, theirsWord, theirs), verdict), working, why, again);
      let picked = "", options = "", focusEntry = false, formulaIs = "", workingIs = "";
      const found = () => /** @type {Found} */ (model.get("_found"));
      const guess = () => {
        const { kind } = found();
        if (kind === "order") return set("guess", order.keys());
        if (kind === "choice") return picked ? set("guess", picked) : refused(t("Choose one of the answers first."));
        const read = readNumber(field.value, -1e12, 1e12), received = field.value;
        if ("value" in read) set("guess", read.value);
        else refused(read.why === "empty" ? t("Type a number first: any guess will do.") : refusal(read.why, t, { label: t("The guess"), low: -1e12, high: 1e12, received }));
      };
      entry.addEventListener("submit", (/** @type {Event} */ e) => { e.preventDefault(); guess(); });
      field.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Escape") { field.value = ""; field.blur(); } });
      const offer = (/** @type {Option[]} */ list) => {
        choices.replaceChildren(...list.map(({ key, label }) => el("label", {}, el("input", { type: "radio", name, value: key, checked: key === picked, on: { change: () => { picked = key; } } }), el("span", {}, label))));
      };
      const put = (/** @type {HTMLElement} */ into, /** @type {string} */ source) => { into.replaceChildren(...texLines(source)); into.hidden = !source; };
      return {
        body: [question, formula, entry, answer],
        relabel: () => {
          submit.textContent = t("Guess");
          again.textContent = t("Ask again with other numbers");
          mineWord.textContent = t("Your guess");
          theirsWord.textContent = t("Computed");
          field.setAttribute("aria-label", t("Your guess"));
          order.relabel();
        },
        paint: (/** @type {Found} */ now) => {
          const { judged } = now;
          root.dataset.guessed = String(judged !== null);
          root.dataset.kind = now.kind;
          root.dataset.verdict = judged?.verdict ?? "";
          question.textContent = now.text;
          if (now.formula !== formulaIs || !formula.childElementCount) put(formula, (formulaIs = now.formula));
          const wasIn = entry.contains(document.activeElement);
          entry.hidden = judged !== null;
          answer.hidden = judged === null;
          typing.hidden = now.kind !== "number";
          unit.textContent = now.unit;
          choices.hidden = now.kind !== "choice";
          order.node.hidden = now.kind !== "order";
          const key = JSON.stringify([now.options, now.text]);
          if (key !== options) { options = key; offer(now.kind === "choice" ? now.options : []); order.offer(now.kind === "order" ? now.options : []); }
          if (!judged) {
            if (focusEntry) { focusEntry = false; (now.kind === "number" ? field : /** @type {HTMLElement | null} */ (entry.querySelector(now.kind === "choice" ? "input[type=radio]" : "li button:not(:disabled)")))?.focus(); }
            return t("Guess first; then the answer is computed.");
          }
          verdict.textContent = t(VERDICTS[judged.verdict]);
          mine.textContent = judged.guess;
          theirs.textContent = judged.answer;
          if (judged.working !== workingIs) put(working, (workingIs = judged.working));
          working.hidden = !judged.working;
          why.replaceChildren(...judged.why.map((sentence) => el("p", {}, sentence)));
          again.hidden = !now.varies;
          if (wasIn && now.varies) again.focus(); // what had the focus is gone
          return sentences(judged.off, t("Computed: {answer}.", { answer: judged.answer }));
        },
        rows: ({ text, judged, unit: what }) => ({
          caption: text,
          columns: [t("Your guess"), t("Computed"), t("What it counts"), t("Verdict")],
          rows: [[judged?.guess ?? null, judged?.answer ?? null, what, judged ? t(VERDICTS[/** @type {Judged} */ (judged).verdict]) : null]],
        }),
      };
    },
  });
}

export default widget({ state: () => ({}), view });
