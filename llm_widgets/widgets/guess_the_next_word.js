// Guess the next word: a text whose next word is hidden, the learner's guess with its certainty, and what the models would have said.
import { N, el, sentences } from "./kit.js";
import { computedView } from "./computed.js";
import { id, math, num, op, frac, row, sub, text } from "./formula.js";
import { NAMES, PLAYERS, cards } from "./guess_cards.js";
import { bitsText, costs, perplexityText } from "./guess_logic.js";
import { plot, spanOf } from "./plot.js";
import { widget } from "./sheet.js";

/** @typedef {import("./guess_cards.js").Found} Found */

const HELP = N("Guess the hidden word and say how sure you are; then you see what a unigram, a trigram and a small GPT would have said. All are paid alike: −log₂ of the probability that they gave the right word, in bits. What you keep back, 100 % less your certainty, is shared by all other words alike. The fewer bits, the better; who says the percentages that are true pays least in the long run, who boasts pays much. Everybody knows that a word stands here: marks are never asked. Capitals do not count. A word that the training part never had costs more: the n-grams pay that it is new and then for its spelling, the small GPT spells every word, and you pay as the n-grams do. The n-grams, and the GPT that comes with the kit, have not learned from this part of the text. Enter guesses, N goes to the next word.");
/** @type {Record<string, { colour: import("./plot.js").Colour, dash?: number[], width: number }>} */
const LINES = { unigram: { colour: "ghost", dash: [2, 3], width: 2 }, trigram: { colour: "ink", dash: [7, 4], width: 1.75 }, gpt: { colour: "orange", dash: [10, 3, 2, 3], width: 2 }, you: { colour: "blue", width: 2.75 } };

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Guess the next word"), help: HELP, file: "guess-the-next-word",
    make: ({ t, root, fields, set, current, refused, paint }) => {
      const name = `lw-gnw-${Math.random().toString(36).slice(2, 8)}`;
      const found = () => /** @type {Found} */ (model.get("_found"));
      const source = el("p", { class: "lw-caption" });
      const before = document.createTextNode(""), blank = el("b", { class: "lw-gnw-blank", dataset: { role: "blank" } });
      const passage = el("p", { class: "lw-gnw-lines", dataset: { role: "text", learner: "" } }, before, blank);
      const page = el("div", { class: "lw-gnw-page", tabindex: "0", role: "group" }, passage);

      const word = el("input", { type: "text", id: `${name}-word`, autocomplete: "off", autocapitalize: "off", spellcheck: "false", maxlength: 80, dataset: { role: "guess" } }), wordLabel = el("label", { for: `${name}-word` });
      const typing = el("span", { class: "lw-gnw-typing" }, wordLabel, word), choices = el("div", { class: "lw-gnw-choices", role: "radiogroup" });
      const sure = fields.slider("sure", 1, 99, 1, N("How sure are you?"), (x) => `${x} %`);
      const submit = el("button", { type: "submit", class: "lw-primary", dataset: { action: "guess" } });
      const price = el("p", { class: "lw-gnw-price lw-number", dataset: { role: "price" } });
      const entry = el("form", { class: "lw-gnw-entry" }, typing, choices, sure.node, submit, price);
      const verdict = el("p", { class: "lw-gnw-verdict" }), formula = el("p", { class: "lw-gnw-formula lw-formula" });
      const go = (/** @type {string} */ where) => { refused(""); onMove = root.contains(document.activeElement); model.send({ type: "go", where }); };
      const button = (/** @type {string} */ where, cls = "") => el("button", { type: "button", class: cls, dataset: { action: where }, on: { click: () => go(where) } });
      const next = button("next", "lw-primary"), skip = button("skip"), again = button("again");
      const answer = el("div", { class: "lw-gnw-answer" }, verdict, formula, next);
      const pick = el("input", { type: "checkbox", dataset: { setting: "pick" }, on: { change: () => set("pick", pick.checked) } }), pickText = el("span", {});
      const seed = fields.entry("seed", 0, 2 ** 32 - 1, N("Seed of the places"));
      const four = cards(t);
      const chartName = el("p", { class: "lw-caption" });
      let picked = "", offered = "", asked = -1, onReveal = false, onMove = false; // where the focus goes then

      const chart = plot({
        height: 170,
        label: () => `${t("Running mean of bits a word, round by round")}: ${PLAYERS.map((player) => [player, found().means?.[player]?.at(-1)]).filter(([, mean]) => mean).map(([player, mean]) => [t(NAMES[/** @type {keyof typeof NAMES} */ (player)]), bitsText(Number(mean))].join(" ")).join(", ") || t("no round yet")}`,
        scene: () => {
          const means = found().means ?? {}, rounds = found().rounds?.length ?? 0;
          const y = spanOf([0, ...Object.values(means).flat(), ...(rounds ? [] : [16])]);
          const lines = Object.keys(LINES).filter((player) => means[player]).map((player) => ({ ...LINES[player], points: means[player].map((v, i) => /** @type {[number, number | null]} */ ([i + 1, v])) }));
          return {
            x: [1, Math.max(rounds, 10)], y, whole: true, xName: t("Round"), yName: t("Mean bits a word"), lines,
            points: lines.flatMap(({ points, colour }) => { const [x, v] = points.at(-1) ?? [0, null]; return v === null ? [] : [{ x, y: v, colour, radius: colour === "blue" ? 5 : 3.5 }]; }),
          };
        },
      });

      entry.addEventListener("submit", (/** @type {Event} */ e) => {
        e.preventDefault();
        if (found().revealed) return;
        const choose = found().choices.length > 0, said = choose ? picked : word.value;
        if (!said.trim()) return refused(choose ? t("Choose one of the words first.") : t("Type a word first: any guess will do."));
        refused("");
        onReveal = entry.contains(document.activeElement);
        model.send({ type: "guess", word: said, sure: current("sure") });
      });
      entry.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
        if (e.isComposing) return; // Enter that ends a Chinese input method's word is no guess
        if (e.key === "Enter" && e.target !== word && e.target !== submit) { e.preventDefault(); entry.requestSubmit(); }
        if (e.key === "Escape" && e.target === word) { word.value = ""; word.blur(); }
      });
      const keys = (/** @type {KeyboardEvent} */ e) => {
        if (e.key === "Enter" && e.repeat) e.preventDefault(); // a key that is held down must not run through the text
        const typed = e.target instanceof HTMLInputElement && e.target.type === "text" || e.target instanceof HTMLSelectElement;
        if (typed || e.isComposing || e.ctrlKey || e.metaKey || e.altKey || e.repeat) return;
        if (e.key === "n" || e.key === "N") { e.preventDefault(); go("next"); }
      };
      root.addEventListener("keydown", keys);
      model.on("change:projector", chart.restyle);

      const offer = (/** @type {Found} */ { choices: list, speaks }) => choices.replaceChildren(...list.map((one) =>
        el("label", {}, el("input", { type: "radio", name, value: one, checked: one === picked, on: { change: () => { picked = one; } } }), el("span", { lang: speaks === "zh" ? "zh-CN" : "en" }, one))));
      const focusOn = () => (found().choices.length ? /** @type {HTMLElement | null} */ (choices.querySelector("input")) : word)?.focus();
      const working = (/** @type {import("./guess_cards.js").Revealed} */ now) => {
        const p = (now.sure / 100).toFixed(2), cost = num(bitsText(now.said.you.bits)), log = () => [op("−"), sub(id("log"), num(2))];
        if (now.right) return math([...log(), num(p), op("="), cost, text(`\u00a0${t("bits")}`)]);
        const share = frac(row(num(1), op("−"), num(p)), num(now.others.toLocaleString("en")));
        return math([...log(), share, ...(now.spelling ? [op("+"), num(bitsText(now.spelling)), text(`\u00a0(${t("spelling")})`)] : []), op("="), cost, text(`\u00a0${t("bits")}`)]);
      };

      return {
        body: [source, page, el("div", { class: "lw-gnw-turn" }, entry, answer), el("div", { class: "lw-gnw-cards" }, ...four.nodes), chartName, chart.node],
        controls: [skip, again, el("label", { class: "lw-check" }, pick, pickText), seed.node],
        relabel: () => {
          page.setAttribute("aria-label", t("The text before the hidden word"));
          choices.setAttribute("aria-label", t("Your word"));
          submit.textContent = t("Guess");
          const { single } = found();
          next.textContent = single ? t("Next character") : t("Next word");
          skip.textContent = single ? t("Skip ten characters") : t("Skip ten words");
          again.textContent = t("Again, elsewhere");
          pickText.textContent = single ? t("Choose from six characters") : t("Choose from six words");
          chartName.textContent = t("Running mean of bits a word, round by round");
          sure.relabel();
          seed.relabel();
          four.relabel();
          chart.invalidate();
        },
        paint: (/** @type {Found} */ now) => {
          const { revealed, single } = now, choose = now.choices.length > 0;
          root.dataset.place = String(model.get("place"));
          root.dataset.revealed = String(revealed !== null);
          root.dataset.gpt = now.gpt.state;
          source.textContent = t("{title}, held-out part: place {place} of {count}", { title: now.title, place: (model.get("place") + 1).toLocaleString("en"), count: now.count.toLocaleString("en") });
          passage.lang = now.speaks === "zh" ? "zh-CN" : "en";
          if (before.data !== now.before) { before.data = now.before; page.scrollTop = 0; }
          blank.textContent = revealed ? revealed.written : single ? "？" : "?";
          blank.setAttribute("aria-label", revealed ? revealed.written : t("hidden"));
          wordLabel.textContent = single ? t("Your character") : t("Your word");
          word.lang = passage.lang;
          typing.hidden = choose;
          choices.hidden = !choose;
          const moved = asked !== model.get("place");
          if (moved) { asked = model.get("place"); picked = ""; word.value = ""; offered = ""; }
          if (offered !== JSON.stringify(now.choices)) { offered = JSON.stringify(now.choices); offer(now); }
          pick.checked = Boolean(current("pick"));
          sure.paint();
          seed.paint();
          const { right, wrong } = costs(Number(current("sure")), choose ? now.choices.length - 1 : now.known);
          price.textContent = t("If you are right: {right} bits. If not: {wrong} bits.", { right: bitsText(right), wrong: bitsText(wrong) });
          entry.classList.toggle("lw-gnw-away", revealed !== null);
          answer.classList.toggle("lw-gnw-away", revealed === null);
          four.paint(now);
          chart.invalidate();
          if (revealed && onReveal) { onReveal = false; next.focus(); } // what had the focus is gone
          if (moved && onMove) { onMove = false; focusOn(); }
          if (!revealed) {
            verdict.textContent = "";
            formula.replaceChildren();
            return sentences(choose ? t("Choose the hidden word, and say how sure you are.") : single ? t("Type the hidden character, and say how sure you are.") : t("Type the hidden word, and say how sure you are."), choose && t("All players know that it is one of these six, so all pay less."));
          }
          verdict.textContent = sentences(revealed.right ? t("Right: “{word}”.", { word: revealed.word }) : t("It is “{word}”, you said “{guess}”.", { word: revealed.word, guess: revealed.guess }), revealed.new && t("The training part never had it."));
          verdict.classList.toggle("lw-gnw-good", revealed.right);
          formula.replaceChildren(working(revealed));
          const bits = PLAYERS.filter((player) => revealed.said[player]).map((player) => `${t(NAMES[player])} ${bitsText(revealed.said[player].bits)}`).join(model.get("language") === "zh" ? "，" : ", ");
          return sentences(t("The word was “{word}”.", { word: revealed.word }), t("Bits: {bits}.", { bits }));
        },
        rows: (/** @type {Found} */ now) => ({
          caption: t("Rounds, and what the right word cost each player in bits"),
          columns: [t("Round"), t("Word"), t("Your guess"), t("Sure"), ...PLAYERS.map((player) => t(NAMES[player]))],
          rows: [
            ...now.rounds.map((one, i) => [i + 1, one.word, one.guess, `${one.sure} %`, ...PLAYERS.map((player) => (one.bits[player] === undefined ? null : bitsText(one.bits[player])))]),
            [t("Mean"), null, null, null, ...PLAYERS.map((player) => { const mean = now.means[player]?.at(-1); return mean ? bitsText(mean) : null; })],
            [t("Perplexity"), null, null, null, ...PLAYERS.map((player) => { const mean = now.means[player]?.at(-1); return mean ? perplexityText(mean) : null; })],
          ],
        }),
        dispose: () => { root.removeEventListener("keydown", keys); model.off("change:projector", chart.restyle); chart.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
