// Sentences that the learner writes, compared by an encoder and by their words: cosines, nearest pairs, a plane.
import { N, bytes, el, percent } from "./kit.js";
import { computedView } from "./computed.js";
import { sentenceGrid } from "./sentence_grid.js";
import { cosineShort, inCommon, sentencePairs, sentenceWords } from "./sentence_logic.js";
import { sentencePlane } from "./sentence_plane.js";
import { widget } from "./sheet.js";

/** @typedef {import("./sentence_logic.js").SentencesFound} SentencesFound */

const SENTENCES_MOST = 8, SENTENCES_LEAST = 2, SENTENCE_LONGEST = 200, PAIRS_SHOWN = 6;

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Sentences compared"), file: "sentences",
    help: N("An encoder reads a whole sentence and gives a vector for each token; their mean is the sentence's vector. MiniLM learned from a billion pairs of English sentences that belong together, so that the cosine of two sentences tells how near their meanings are. Beside it stands what the words alone say: how many of them both sentences have in common. Write sentences of your own: the same meaning in other words, and the same words with another meaning."),
    make: ({ t, root, set, current, paint }) => {
      const found = () => /** @type {SentencesFound} */ (model.get("_found"));
      const title = () => ({ minilm: "MiniLM" }[found().name ?? ""] ?? (found().name || t("the encoder")));
      const pick = (/** @type {number} */ i, /** @type {number} */ j) => set("pair", [i, j]);
      const list = el("div", { class: "lw-sentence-list", role: "list" });
      const add = el("button", { type: "button", dataset: { action: "add" }, on: { click: () => { set("sentences", [...current("sentences"), ""]); } } });
      const preset = el("select", { dataset: { role: "preset" }, on: { change: () => { const one = model.get("_presets")[preset.value]; if (one) { set("sentences", one.sentences); set("pair", [0, 1]); } preset.value = ""; } } });
      const by = el("select", { dataset: { role: "by" }, on: { change: () => paint() } }), words = el("select", { dataset: { setting: "words" }, on: { change: () => set("words", words.value) } });
      const names = { preset: el("span", {}), by: el("span", {}), words: el("span", {}) };
      const cellName = (/** @type {() => string} */ of) => (/** @type {number} */ i, /** @type {number} */ j, /** @type {number} */ x) => t("{of}: sentences {i} and {j}, cosine {cosine}", { of: of(), i: i + 1, j: j + 1, cosine: cosineShort(x) });
      const ofWords = () => (current("words") === "vectors" ? t("Mean of word vectors") : t("Words in common"));
      const grids = { encoder: sentenceGrid({ role: "encoder", pick, name: cellName(title) }), words: sentenceGrid({ role: "words", pick, name: cellName(ofWords) }) };
      const captions = { encoder: el("p", { class: "lw-caption" }), words: el("p", { class: "lw-caption" }), pairs: el("p", { class: "lw-caption" }), plane: el("p", { class: "lw-caption" }) };
      const command = el("code", { class: "lw-sentence-command" }), whyWords = el("p", {}), afterWords = el("p", {});
      const again = el("button", { type: "button", dataset: { action: "look" }, on: { click: () => model.send({ type: "look" }) } });
      const missing = el("div", { class: "lw-sentence-missing", dataset: { role: "missing" } }, whyWords, command, afterWords, again);
      const pairs = el("div", { class: "lw-sentence-pairs", role: "radiogroup" }), detail = el("div", { class: "lw-sentence-detail", dataset: { role: "detail" } }), note = el("p", { class: "lw-sentence-note", dataset: { role: "note" } });
      const plane = sentencePlane({
        label: () => t("The sentences as points on a plane"),
        scene: () => { const now = found(); return now.points ? { points: now.points, pair: current("pair") } : null; },
      });
      let rows = /** @type {{ node: HTMLElement, input: any, number: HTMLElement, remove: HTMLElement & Record<string, any> }[]} */ ([]);

      function row(/** @type {number} */ i) {
        const input = el("input", { type: "text", autocomplete: "off", maxlength: SENTENCE_LONGEST, dataset: { sentence: i } });
        const read = () => { const text = input.value.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd"), all = [...current("sentences")]; if (text !== all[i]) { all[i] = text; set("sentences", all); } };
        input.addEventListener("change", read);
        input.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.isComposing) return; if (e.key === "Enter") read(); else if (e.key === "Escape") { input.value = current("sentences")[i]; input.blur(); } });
        const remove = el("button", { type: "button", class: "lw-quiet", on: { click: () => set("sentences", current("sentences").filter((/** @type {string} */ _, /** @type {number} */ k) => k !== i)) } }, "×");
        const number = el("span", { class: "lw-sentence-number" }, i + 1);
        return { node: el("div", { class: "lw-sentence-entry", role: "listitem" }, number, input, remove), input, number, remove };
      }
      function paintEntries() {
        const all = /** @type {string[]} */ (current("sentences"));
        if (rows.length !== all.length) { rows = all.map((_, i) => row(i)); list.replaceChildren(...rows.map(({ node }) => node)); }
        rows.forEach(({ input, remove, number }, i) => {
          if (document.activeElement !== input && input.value !== all[i]) input.value = all[i];
          input.setAttribute("aria-label", t("Sentence {i}", { i: i + 1 }));
          input.placeholder = t("Write a sentence");
          remove.setAttribute("aria-label", t("Remove sentence {i}", { i: i + 1 }));
          remove.title = remove.getAttribute("aria-label") ?? "";
          remove.disabled = all.length <= SENTENCES_LEAST;
          number.classList.toggle("lw-sentence-lit", current("pair").includes(i));
        });
        add.disabled = all.length >= SENTENCES_MOST;
      }
      const bar = (/** @type {number | null} */ x, /** @type {string} */ kind) => el("span", { class: "lw-sentence-bar" }, el("span", { class: kind, style: { width: `${Math.max(0, 100 * (x ?? 0))}%` } }));
      function paintPairs(/** @type {SentencesFound} */ now) {
        const [i, j] = current("pair"), all = sentencePairs(now, by.value).slice(0, PAIRS_SHOWN), held = pairs.contains(document.activeElement);
        const at = all.findIndex((p) => (p.i === i && p.j === j) || (p.i === j && p.j === i));
        pairs.replaceChildren(...all.map((p, k) => el("button", {
          type: "button", role: "radio", class: "lw-sentence-pair", dataset: { pair: `${p.i}-${p.j}` }, "aria-checked": String(k === at), tabindex: k === Math.max(0, at) ? "0" : "-1", on: { click: () => pick(p.i, p.j) },
          "aria-label": t("Sentences {i} and {j}: {name} {encoder}, words {words}", { i: p.i + 1, j: p.j + 1, name: title(), encoder: p.encoder === null ? "–" : cosineShort(p.encoder), words: cosineShort(p.words) }),
        }, el("span", { class: "lw-number" }, `${p.i + 1} – ${p.j + 1}`), el("span", { class: "lw-sentence-both" }, p.encoder === null ? null : bar(p.encoder, "lw-sentence-model"), bar(p.words, "lw-sentence-words")), el("span", { class: "lw-number lw-sentence-two" }, p.encoder === null ? null : el("span", { class: "lw-sentence-blue" }, cosineShort(p.encoder)), el("span", {}, cosineShort(p.words))))));
        if (held) /** @type {HTMLElement | undefined} */ (pairs.children[Math.max(0, at)])?.focus();
      }
      pairs.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
        const at = [...pairs.children].indexOf(/** @type {HTMLElement} */ (document.activeElement)), n = pairs.children.length;
        const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1 }[e.key];
        if (at < 0 || to === undefined) return;
        const next = /** @type {HTMLElement} */ (pairs.children[(to + n) % n]);
        next.focus();
        next.click();
        e.preventDefault();
      });
      function paintDetail(/** @type {SentencesFound} */ now) {
        const [i, j] = current("pair"), common = inCommon(now.word_lists[i] ?? [], now.word_lists[j] ?? []);
        detail.replaceChildren(...[i, j].map((k) => el("p", {}, el("span", { class: "lw-sentence-number lw-sentence-lit" }, k + 1), el("bdi", {}, now.sentences[k] || "…"))),
          el("p", {}, now.cosines ? t("{name}: {encoder}. Words: {words}.", { name: title(), encoder: cosineShort(now.cosines[i][j]), words: cosineShort(now.words[i][j]) }) : t("Words: {words}.", { words: cosineShort(now.words[i][j]) }), " ",
            common.length ? t("In common: {words}.", { words: common.map((w) => `“${w}”`).join(t(", ")) }) : t("No word in common.")));
      }
      const project = () => plane.restyle();
      model.on("change:projector", project);
      const label = (/** @type {HTMLElement} */ name, /** @type {HTMLElement} */ field) => el("label", { class: "lw-sentence-choice" }, name, field);

      return {
        body: [list, el("div", { class: "lw-sentence-tools" }, add, label(names.preset, preset), label(names.words, words)),
          el("div", { class: "lw-sentence-halves" }, el("div", {}, captions.encoder, grids.encoder.node, missing), el("div", {}, captions.words, grids.words.node)),
          note,
          el("div", { class: "lw-sentence-halves" }, el("div", {}, captions.pairs, label(names.by, by), pairs, detail), el("div", {}, captions.plane, plane.node))],
        relabel() {
          list.setAttribute("aria-label", t("Sentences"));
          add.textContent = t("Add a sentence");
          names.preset.textContent = t("Others:");
          names.words.textContent = t("The words as");
          names.by.textContent = t("Order:");
          const options = (/** @type {any} */ select, /** @type {[string, string][]} */ all) => { const old = select.value; select.replaceChildren(...all.map(([value, text]) => el("option", { value }, text))); select.value = old || all[0][0]; };
          options(preset, [["", "…"], ...Object.entries(model.get("_presets")).map(([name, one]) => /** @type {[string, string]} */ ([name, t(one.title)]))]);
          options(words, [["counts", t("Words in common")], ["vectors", t("Mean of word vectors")]]);
          options(by, [["encoder", t("nearest first")], ["words", t("nearest by their words first")], ["apart", t("farthest from what the words say first")]]);
          again.textContent = t("Look again");
          grids.words.node.setAttribute("aria-label", t("Cosines by the words"));
          pairs.setAttribute("aria-label", t("Pairs of sentences"));
          captions.plane.textContent = "";
        },
        paint(now) {
          const state = model.get("_encoder"), there = Boolean(now.cosines), pair = current("pair");
          root.dataset.encoder = there ? "ready" : state;
          paintEntries();
          words.value = current("words");
          if (pair[0] >= now.sentences.length || pair[1] >= now.sentences.length) return sentenceWords(now, state, title(), t); // on its way
          captions.encoder.textContent = there ? t("{name}: cosines of the sentences' vectors ({size} numbers each)", { name: title(), size: now.size }) : title();
          captions.words.textContent = now.waits ? t("Words in common (word vectors are being counted …)") : current("words") === "vectors" ? t("Mean of the words' vectors from the reviews") : t("Words in common: cosine of the word counts");
          grids.encoder.node.hidden = !there;
          grids.encoder.node.setAttribute("aria-label", t("Cosines by {name}", { name: title() }));
          missing.hidden = there;
          if (now.cosines) grids.encoder.paint(now.cosines, pair);
          else {
            const gone = state === "missing", failed = state === "failed";
            whyWords.textContent = gone ? t("{name} is not on this machine yet. In a terminal, once, with a network:", { name: title() }) : failed ? t("{name} could not be opened: {why}", { name: title(), why: model.get("_why") }) : t("{name} is being made ready …", { name: title() });
            command.hidden = !gone;
            command.textContent = gone ? model.get("_why") : "";
            afterWords.textContent = gone && now.bytes ? t("It takes {size}. Until then the words alone are compared.", { size: bytes(now.bytes) }) : gone || failed ? t("Until then the words alone are compared.") : t("The first time it takes some seconds.");
            again.hidden = !(gone || failed);
          }
          grids.words.paint(now.words, pair);
          note.textContent = now.unknown !== null && now.unknown !== undefined ? t("{name} learned from English. Of the Chinese characters here it has no token for {unknown}, and even unrelated Chinese sentences come out alike: do not trust its cosines for them.", { name: title(), unknown: percent(now.unknown, 0) }) : "";
          captions.pairs.textContent = there ? t("Nearest pairs: {name} (blue), words (grey)", { name: title() }) : t("Nearest pairs by their words");
          by.parentElement?.toggleAttribute("hidden", !there);
          captions.plane.textContent = t("On a plane: the two directions in which they differ most, {share} of the differences", { share: percent(now.share, 0) });
          paintPairs(now);
          paintDetail(now);
          plane.invalidate();
          return sentenceWords(now, state, title(), t);
        },
        rows: (now) => ({
          caption: t("Each two sentences"),
          columns: [t("Sentence"), t("Sentence"), t("Cosine, {name}", { name: title() }), t("Cosine of the words")],
          rows: sentencePairs(now, by.value).map(({ i, j, encoder, words: x }) => [`${i + 1} ${now.sentences[i]}`, `${j + 1} ${now.sentences[j]}`, encoder === null ? null : cosineShort(encoder), cosineShort(x)]),
        }),
        dispose() { model.off("change:projector", project); plane.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
