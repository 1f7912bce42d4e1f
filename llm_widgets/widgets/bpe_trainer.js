// Byte-pair encoding merge by merge: the text in its pieces, the commonest pairs, the vocabulary, and a word of one's own.
import { N, el, number } from "./kit.js";
import { bpeOwn } from "./bpe_own.js";
import { bpePairs } from "./bpe_pairs.js";
import { bpeRows, bpeWords, perToken } from "./bpe_logic.js";
import { bpeText, pieceNode } from "./bpe_text.js";
import { computedView } from "./computed.js";
import { player } from "./player.js";
import { plot } from "./plot.js";
import { widget } from "./sheet.js";

/** @typedef {import("./bpe_logic.js").Found} Found */
/** @typedef {import("./bpe_logic.js").Learned} Learned */

const BPE_HELP = N("A tokenizer of the kind that GPT uses learns its vocabulary so: at first each sign is a piece; then the two neighbours that stand together most become one piece, again and again. Step, play or drag through the merges, choose a pair to see where it stands, and try a word of your own. With “Guess first” the next pair is hidden until you have chosen one. Write any text below, and switch between the bytes of UTF-8 and characters.");
const BPE_SAMPLES = /** @type {const} */ ([["sennrich", N("low, lower, newest, widest: the paper")], ["alice", N("Alice, the beginning")], ["tang", N("Tang quatrains")]]);

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("BPE trainer"), help: BPE_HELP, file: "bpe-merges",
    make: (reach) => {
      const { t, root, set, current, fields, paint } = reach;
      const known = () => /** @type {Learned} */ (model.get("_learned")), found = () => /** @type {Found} */ (model.get("_found"));
      const last = () => known().merges.length;
      const step = () => Math.min(current("step"), current("limit"));
      const go = (/** @type {number} */ to) => set("step", Math.max(0, Math.min(to, found().hidden || current("guessing") ? last() + 1 : last())));
      const walk = player({ t, root, length: () => last() + 1, at: () => Math.min(step(), last() + 1), go, interval: 1100, more: () => current("guessing") && !found().end && last() < current("limit"), name: (i) => t("Merge {n}", { n: i }) });
      const facts = el("div", { class: "lw-bpe-facts" });
      const text = bpeText(reach), own = bpeOwn(reach);
      const pairs = bpePairs({ t, guess: (pair) => { walk.stop(); set("guess", [found().step, ...pair]); }, look: paint, choose: (pair) => { walk.stop(); fields.forget("step"); model.send({ type: "choose", pair }); }, back: () => set("chosen", []), own: () => current("chosen").map((/** @type {[number]} */ one) => one[0]) });
      const newest = el("div", { class: "lw-bpe-vocabulary lw-scroll", tabindex: "0", role: "group", dataset: { role: "vocabulary" } }), newestName = el("h4", { class: "lw-bpe-heading" });
      const curve = (/** @type {() => string} */ name, /** @type {(i: number) => number | null} */ value, /** @type {(tokens: number) => number} */ other) => plot({
        height: 170, label: () => t("{name} after each merge; now {value}", { name: name(), value: number(value(found().step)) }),
        scene: () => {
          const points = known().tokens.map((_, i) => /** @type {[number, number | null]} */ ([i, value(i)])), here = found().step;
          const y = /** @type {[number, number]} */ ([0, 1.25 * Math.max(1, ...points.map((point) => point[1] ?? 0))]); // room for the number at the point
          const others = known().greedy.map((tokens, i) => /** @type {[number, number]} */ ([i, other(tokens)]));
          return { x: /** @type {[number, number]} */ ([0, Math.max(1, current("guessing") ? current("limit") : last())]), y, whole: true, xName: t("merges"), yName: name(), lines: [{ points: others, colour: "ghost", dash: [4, 3] }, { points, colour: "blue" }], points: value(here) === null ? [] : [{ x: here, y: Number(value(here)), colour: "blue", name: number(value(here)) }] };
        },
        press: (x) => { walk.stop(); go(Math.round(x)); }, drag: (x) => go(Math.round(x)),
        keys: (key, fast) => {
          const to = { ArrowLeft: step() - (fast ? 10 : 1), ArrowRight: step() + (fast ? 10 : 1), Home: 0, End: last() }[key];
          if (to === undefined) return false;
          walk.stop();
          go(to);
          return true;
        },
      });
      // Numbers of six digits would not fit beside the axis.
      const unit = () => (known().tokens[0] >= 100_000 ? 1000 : 1);
      const curves = [curve(() => (unit() > 1 ? t("tokens, in thousands") : t("tokens")), (i) => (i < known().tokens.length ? known().tokens[i] / unit() : null), (tokens) => tokens / unit()), curve(() => t("characters a token"), (i) => perToken(known(), i), (tokens) => known().characters / tokens)];

      const box = /** @type {HTMLTextAreaElement} */ (/** @type {unknown} */ (el("textarea", { rows: 3, spellcheck: "false", dir: "auto", dataset: { setting: "text", learner: "" } }))), boxName = el("span");
      let waiting = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined), typed = false;
      const read = () => { clearTimeout(waiting); if (typed && box.value !== current("text")) set("text", box.value); typed = false; };
      box.addEventListener("input", () => { typed = true; clearTimeout(waiting); waiting = setTimeout(read, 400); });
      box.addEventListener("blur", read);
      const source = el("select", { dataset: { role: "sample" } }), sourceName = el("span");
      source.addEventListener("change", () => { if (!source.value) return; walk.stop(); typed = false; for (const name of ["text", "word", "step", "guess"]) fields.forget(name); model.send({ type: "sample", name: source.value }); source.value = ""; });
      const alphabet = el("select", { dataset: { setting: "alphabet" }, on: { change: () => { walk.stop(); set("alphabet", alphabet.value); } } }, el("option", { value: "bytes" }), el("option", { value: "characters" })), alphabetName = el("span");
      const limit = fields.entry("limit", 0, 2000, N("Merges at most"));
      const guessing = el("input", { type: "checkbox", dataset: { setting: "guessing" }, on: { change: () => { walk.stop(); set("guessing", guessing.checked); } } }), guessName = el("span");
      const projected = () => { for (const one of curves) one.restyle(); };
      model.on("change:projector", projected);

      /** @param {Found} now */
      function vocabulary(now) {
        const { first, vocabulary } = known(), size = now.vocabulary_size;
        newestName.textContent = t("Vocabulary: {first} signs and {n} pieces", { first: number(first), n: number(size - first) });
        // Only what a step changes is made anew; a new text or language makes everything anew.
        if (shown !== vocabulary) { if (!shown || vocabulary.slice(first, first + newest.children.length).some((name, i) => String(name) !== String(shown?.[shownFirst + i])) || first !== shownFirst) newest.replaceChildren(); shown = vocabulary; shownFirst = first; }
        while (newest.children.length > size - first) newest.lastElementChild?.remove();
        for (let id = first + newest.children.length; id < size; id += 1) newest.append(pieceNode(vocabulary[id], id, first));
        for (const old of newest.querySelectorAll(".lw-bpe-new")) old.classList.remove("lw-bpe-new");
        if (now.merged) newest.children[now.merged[2] - first]?.classList.add("lw-bpe-new");
        newest.scrollTop = newest.scrollHeight;
      }
      let shown = /** @type {Learned["vocabulary"] | null} */ (null), shownFirst = 0;
      return {
        body: [
          facts, el("div", { class: "lw-bpe-halves" }, text.node, pairs.node), walk.node,
          el("div", { class: "lw-bpe-thirds" }, el("div", { class: "lw-bpe-panel" }, newestName, newest), ...curves.map((one) => one.node)), own.node,
        ],
        controls: [
          el("label", { class: "lw-bpe-label" }, boxName, box),
          el("div", { class: "lw-choices" }, el("label", {}, sourceName, source), el("label", {}, alphabetName, alphabet), limit.node, el("label", { class: "lw-check" }, guessing, guessName)),
        ],
        relabel() {
          for (const part of [text, own, walk, limit]) part.relabel();
          boxName.textContent = t("The text to learn from");
          sourceName.textContent = t("Or one of these");
          source.replaceChildren(el("option", { value: "" }, t("Choose a text")), ...BPE_SAMPLES.map(([value, name]) => el("option", { value }, t(name))));
          alphabetName.textContent = t("Begin with");
          alphabet.options[0].textContent = t("bytes of UTF-8, as GPT-2");
          alphabet.options[1].textContent = t("characters");
          guessName.textContent = t("Guess first");
          newest.setAttribute("aria-label", t("The pieces that were made, in order"));
        },
        paint: (/** @type {Found} */ now) => {
          const all = known(), mark = pairs.mark(now);
          if (document.activeElement !== box && !typed && box.value !== current("text")) box.value = current("text");
          alphabet.value = current("alphabet");
          guessing.checked = current("guessing");
          limit.paint();
          facts.replaceChildren(...[[t("tokens"), number(now.tokens)], [t("characters a token"), `${number(all.characters)} ∕ ${number(now.tokens)} = ${number(perToken(all, now.step))}`], [t("vocabulary"), number(now.vocabulary_size)]].map(([name, value]) => el("span", {}, `${name} `, el("b", { class: "lw-number" }, value))));
          text.paint(now, all, mark);
          pairs.paint(now, all);
          vocabulary(now);
          own.paint(now, all);
          walk.paint();
          for (const one of curves) one.invalidate();
          root.dataset.step = String(now.step);
          return bpeWords(now, all, current("limit"), t);
        },
        rows: (/** @type {Found} */ now) => bpeRows(known(), now.step, t),
        dispose: () => { clearTimeout(waiting); model.off("change:projector", projected); walk.dispose(); for (const one of curves) one.dispose(); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
