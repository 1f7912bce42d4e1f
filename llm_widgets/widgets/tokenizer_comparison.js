// Words, characters, bytes and BPE side by side on the learner's own text.
import { N, el, number } from "./kit.js";
import { computedView } from "./computed.js";
import { NAMES, WAYS, shown, summary } from "./comparison_logic.js";
import { pairsPanel } from "./comparison_pairs.js";
import { utf8Panel } from "./comparison_utf8.js";
import { ways } from "./comparison_ways.js";
import { widget } from "./sheet.js";

const PAUSE = 120; // milliseconds without a key before a text is sent
const PASTED = 1000; // so many characters more at once were not typed: they are sent at once
const LARGE = 50_000; // so many are not laid out before the kernel has them: the page would send the rest afterwards
const AWAITED = 1500; // milliseconds after which they are laid out in any case
/** @type {Record<string, string>} */
const EXAMPLES = { english: N("English"), chinese: N("Chinese"), mixed: N("Chinese and English"), code: N("Code"), emoji: N("Accents and emoji"), rare: N("Rare words"), alice: N("A book: Alice"), tang: N("A book: Tang poems") };
/** @type {Record<string, string>} */
const LANGUAGES = { en: N("English"), zh: N("Chinese"), both: N("Chinese and English") };

/** Half of a character, as a paste may leave it, as the kernel will have it. @param {string} text */
const whole = (text) => /** @type {any} */ (text).isWellFormed?.() ? text : text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");

/** @param {import("./kit.js").Model} model @param {HTMLElement} host */
function view(model, host) {
  return computedView(model, host, {
    title: N("Tokenizer comparison"),
    help: N("Your text cut in several ways, each with its own numbers (ids). Vocabularies are learned from the book, poems and reviews that come with this course. Point at a piece, or go to it with Tab and the arrow keys: the same characters are marked in every way. Press a piece to see the bytes of its first character. Ids begin with special tokens, such as [UNK] for what is unknown: the id of a byte is its value plus 36. Bytes and BPE know every text; words and characters know only what they have seen, and words forget how white space was."),
    file: "tokens",
    make: ({ t, fields, set, current, refused, paint, root }) => {
      const id = `lw-compare-${Math.random().toString(36).slice(2, 8)}`, most = model.get("_most");
      const box = el("textarea", { id, rows: 3, spellcheck: "false", dataset: { role: "text", learner: "" } }), label = el("label", { for: id, class: "lw-caption" });
      const examples = el("select", { dataset: { role: "example" } }), vocabulary = el("select", { dataset: { role: "vocabulary" } });
      const exampleName = el("span"), vocabularyName = el("span");
      const size = fields.slider("bpe_size", 292, 8000, 1, N("Vocabulary of BPE"), (x) => number(x));
      size.input.step = "4"; // 292 and 8,000 are both on this grid
      const check = (/** @type {string} */ name, /** @type {boolean} */ turned) => {
        const input = el("input", { type: "checkbox", dataset: { setting: name }, on: { change: () => set(name, /** @type {any} */ (input).checked !== turned) } }), words = el("span");
        return { node: el("label", { class: "lw-check" }, input, words), words, paint: () => { /** @type {any} */ (input).checked = Boolean(current(name)) !== turned; } };
      };
      const lower = check("lowercase", false), bare = check("punctuation", true);
      const pointed = el("p", { class: "lw-compare-pointed lw-code", dataset: { role: "pointed" } });
      const rows = ways(t, { pointed: (words) => { pointed.textContent = words || t("Point at a piece to see its characters and ids in every way."); }, choose: (place) => set("chosen", place) });
      const bytes = utf8Panel(t, (place) => set("chosen", place));

      // What is written and not yet confirmed stays in the box; what was sent last is awaited.
      let timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined), written = false, awaited = "", language = "", length = 0;
      const send = () => {
        clearTimeout(timer);
        if (!written) return;
        const count = box.value.length > most ? [...box.value].length : 0;
        if (count > most) return refused(t("A text of at most {most} characters can be compared: shorten it. This one has {count}.", { most: number(most), count: number(count) }));
        awaited = whole(box.value);
        if (awaited === model.get("text")) written = false;
        set("text", awaited);
        fields.flush();
      };
      const take = (/** @type {string} */ text) => { box.value = awaited = text; length = text.length; written = false; examples.value = ""; set("text", text); };
      const lay = () => { box.style.removeProperty("content-visibility"); };
      const pairs = pairsPanel(t, take);
      box.addEventListener("input", () => {
        const before = length;
        length = box.value.length;
        written = true;
        examples.value = "";
        clearTimeout(timer);
        if (length - before > LARGE) { box.style.setProperty("content-visibility", "hidden"); setTimeout(lay, AWAITED); }
        if (length - before > PASTED) send(); else timer = setTimeout(send, PAUSE);
      });
      box.addEventListener("blur", send);
      box.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => { if (e.key === "Escape") box.blur(); });
      const arrived = () => {
        const text = model.get("text");
        lay();
        if (text === whole(box.value) || text !== awaited) { clearTimeout(timer); written = false; refused(""); }
      };
      model.on("change:text", arrived);
      examples.addEventListener("change", () => { if (examples.value) { written = false; model.send({ type: "example", name: examples.value }); } });
      vocabulary.addEventListener("change", () => set("vocabulary", vocabulary.value));

      const options = () => {
        examples.replaceChildren(el("option", { value: "" }, t("Choose …")), ...model.get("_examples").map((/** @type {string} */ name) => el("option", { value: name }, t(EXAMPLES[name]))));
        vocabulary.replaceChildren(el("option", { value: "auto" }, language ? t("What suits the text ({which})", { which: t(LANGUAGES[language]) }) : t("What suits the text")), ...Object.entries(LANGUAGES).map(([name, words]) => el("option", { value: name }, t(words))));
      };
      return {
        body: [
          label, box,
          el("div", { class: "lw-choices lw-compare-settings" }, el("label", {}, exampleName, examples), el("label", {}, vocabularyName, vocabulary), size.node, lower.node, bare.node),
          rows.node, pointed,
          el("div", { class: "lw-compare-panels" }, bytes.node, pairs.node),
        ],
        relabel() {
          label.textContent = t("Your text");
          box.setAttribute("placeholder", t("A text of your own, in any language"));
          exampleName.textContent = t("Example");
          vocabularyName.textContent = t("Vocabulary learned from");
          lower.words.textContent = t("Make lower case");
          bare.words.textContent = t("Remove punctuation");
          pointed.textContent = t("Point at a piece to see its characters and ids in every way.");
          const chosen = examples.value;
          options();
          examples.value = chosen;
          size.relabel();
          bytes.relabel();
        },
        paint(found) {
          if (!written && box.value !== current("text")) { box.value = current("text"); length = box.value.length; }
          if (found.language && found.language !== language) { language = found.language; const chosen = examples.value; options(); examples.value = chosen; }
          vocabulary.value = current("vocabulary");
          for (const part of [size, lower, bare]) part.paint();
          rows.paint(found);
          bytes.paint(model.get("_character"));
          rows.mark(model.get("_character").place ?? -1);
          pairs.paint(found);
          root.dataset.ready = String(!found.pending.length);
          root.setAttribute("aria-busy", String(found.pending.length > 0));
          const waits = written && awaited && awaited !== model.get("text") && awaited === current("text");
          return found.language && !waits ? summary(found, t) : t("One moment …");
        },
        rows: (found) => ({
          caption: t("All pieces that are drawn, with their ids"),
          columns: [t("Way"), t("Token"), t("Id"), t("Known"), t("First character"), t("Last character")],
          rows: WAYS.filter((way) => way in found.ways).flatMap((way) => found.ways[way].pieces.map((/** @type {import("./comparison_logic.js").Piece} */ [token, number_, known, start, end]) => [t(NAMES[way]), shown(token), number_, known ? t("yes") : t("no"), start + 1, end])),
        }),
        dispose() { clearTimeout(timer); model.off("change:text", arrived); },
      };
    },
  });
}

export default widget({ state: () => ({}), view });
