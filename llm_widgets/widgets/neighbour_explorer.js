// Words near a word, and b − a + c: ranked answers with their cosines, and the angle that each cosine stands for.
import { N, el } from "./kit.js";
import { computedView } from "./computed.js";
import { neighbourList } from "./neighbour_list.js";
import { cosineText, degrees, neighbourName, neighbourWords } from "./neighbour_logic.js";
import { widget } from "./sheet.js";

/** @typedef {import("./neighbour_logic.js").Neighbours} Neighbours */

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Neighbours and analogies"), file: "neighbours",
    help: N("Each word is a vector, a direction in a space of many dimensions. Two words are near when the angle between their vectors is small; the cosine of that angle is 1 for the same direction and 0 at right angles. Vectors can be added: b − a + c asks what is to c as b is to a. The answers are a ranking of all words, never a proof. By custom the three given words are left out, because b − a + c mostly lies nearest to b or c itself; let them in to see it."),
    make: ({ t, fields, set, current, paint }) => {
      const found = () => /** @type {Neighbours} */ (model.get("_found"));
      const inputs = Object.fromEntries(["word", "b", "a", "c"].map((name) => [name, entry(name)]));
      const labels = { word: el("label", { for: inputs.word.id }) };
      const near = neighbourList({ t, role: "near", label: () => t("Nearest words"), from: () => `“${neighbourName(found().near?.word ?? "")}”`, take: (wrong, right) => put("word", right) });
      const target = () => { const [a, b, c] = (found().analogy?.given ?? []).map(neighbourName); return b === undefined ? "" : `${b} − ${a} + ${c}`; };
      const answers = neighbourList({
        t, role: "answers", label: () => t("Answers, the nearest first"), from: target,
        take: (wrong, right) => { for (const name of ["a", "b", "c"]) if (current(name) === wrong) put(name, right); },
      });
      const captions = { near: el("p", { class: "lw-caption" }), analogy: el("p", { class: "lw-caption" }), why: el("p", { class: "lw-neighbour-why", dataset: { role: "why" } }), left: el("p", { class: "lw-neighbour-why", dataset: { role: "left-out" } }) };
      const go = el("button", { type: "button", dataset: { action: "go" }, on: { click: () => { const one = near.one(); if (one) put("word", one.word); } } });
      const box = el("input", { type: "checkbox", dataset: { setting: "include" }, on: { change: () => set("include", box.checked) } }), boxWords = el("span", {});
      const choice = el("select", { dataset: { role: "try" }, on: { change: () => { const three = found().tries[Number(choice.value)]; if (three) ["a", "b", "c"].forEach((name, i) => put(name, three[i])); choice.value = ""; } } });
      const choiceWords = el("span", {}), tries = el("label", { class: "lw-neighbour-try" }, choiceWords, choice);
      let offered = "";

      function put(/** @type {string} */ name, /** @type {string} */ value) { inputs[name].value = value.trim(); set(name, value.trim()); }
      /** A word that is typed; Enter or leaving the field takes it. @param {string} name */
      function entry(name) {
        const input = el("input", { type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "off", maxlength: 60, dataset: { setting: name }, class: "lw-neighbour-entry", id: `lw-neighbour-${name}-${Math.random().toString(36).slice(2, 8)}` });
        const read = () => { const text = input.value.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd"); if (text !== current(name)) set(name, text); };
        input.addEventListener("change", read);
        input.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.isComposing) return; if (e.key === "Enter") { read(); input.select(); } else if (e.key === "Escape") { input.value = current(name); input.blur(); } });
        return input;
      }
      function why() {
        const one = near.one(), shared = one?.shared ?? [];
        captions.why.textContent = !one ? "" : shared.length ? t("Why: both stand beside {words} more often than chance.", { words: shared.map((w) => `“${neighbourName(w)}”`).join(t(", ")) }) : near.sentence();
        go.textContent = t("Go to “{word}”", { word: one ? neighbourName(one.word) : "…" });
        go.disabled = !one;
      }
      near.onChoice(why);
      const project = () => { near.restyle(); answers.restyle(); };
      model.on("change:projector", project);
      const sign = (/** @type {string} */ s) => el("span", { class: "lw-neighbour-sign", "aria-hidden": "true" }, s);

      return {
        body: [el("div", { class: "lw-neighbour-halves" },
          el("div", {}, captions.near, el("div", { class: "lw-neighbour-form" }, labels.word, inputs.word, go), near.list, near.angle, captions.why),
          el("div", {}, captions.analogy, el("div", { class: "lw-neighbour-form" }, inputs.b, sign("−"), inputs.a, sign("+"), inputs.c, sign("= ?")), answers.list, answers.angle, captions.left))],
        controls: [el("label", { class: "lw-check" }, box, boxWords), tries],
        relabel() {
          labels.word.textContent = t("Word");
          captions.near.textContent = t("Nearest words: cosine of the angle");
          captions.analogy.textContent = t("What is to c as b is to a? The words nearest to b − a + c");
          for (const [name, words] of /** @type {[string, string][]} */ ([["b", t("b, from which is taken away")], ["a", t("a, taken away")], ["c", t("c, added")]])) { inputs[name].setAttribute("aria-label", words); inputs[name].placeholder = name; }
          boxWords.textContent = t("The given words may be answers");
          choiceWords.textContent = t("Try:");
          choice.setAttribute("aria-label", t("Try an analogy"));
          near.relabel();
          answers.relabel();
          offered = "";
        },
        paint(now) {
          for (const [name, input] of Object.entries(inputs)) if (document.activeElement !== input && input.value !== current(name)) input.value = current(name);
          box.checked = current("include");
          if (now.waiting) return neighbourWords(now, false, t);
          near.paint(now.near);
          answers.paint(now.analogy);
          why();
          const words = (now.analogy.given ?? []).map((/** @type {string} */ w) => `“${neighbourName(w)}”`).join(t(", "));
          captions.left.textContent = now.analogy.missing ? "" : current("include") ? t("The given words may be answers: {words}.", { words }) : t("Left out of the answers by custom: {words}.", { words });
          const key = JSON.stringify(now.tries);
          if (key !== offered) {
            offered = key;
            choice.replaceChildren(el("option", { value: "" }, "…"), ...now.tries.map((/** @type {[string, string, string]} */ [a, b, c], /** @type {number} */ i) => el("option", { value: i }, `${b} − ${a} + ${c}`)));
          }
          tries.hidden = !now.tries.length;
          return neighbourWords(now, current("include"), t);
        },
        rows: (now) => ({
          caption: t("Neighbours of “{word}”, and answers to {target}", { word: neighbourName(now.near?.word ?? current("word")), target: target() || "–" }),
          columns: [t("Rank"), t("Nearest word"), t("Cosine"), t("Angle"), t("Answer"), t("Cosine"), t("Angle")],
          rows: Array.from({ length: Math.max(now.near?.answers?.length ?? 0, now.analogy?.answers?.length ?? 0) }, (_, i) => {
            const cells = (/** @type {import("./neighbour_logic.js").NeighbourAnswer | undefined} */ one) => (one ? [neighbourName(one.word), cosineText(one.cosine), `${degrees(one.cosine).toFixed(0)}°`] : [null, null, null]);
            return [i + 1, ...cells(now.near.answers?.[i]), ...cells(now.analogy.answers?.[i])];
          }),
        }),
        dispose() { model.off("change:projector", project); near.dispose(); answers.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
