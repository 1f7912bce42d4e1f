// The four players of "guess the next word" as cards: what each would have said, and what the right word cost it.
import { N, el } from "./kit.js";
import { barsOf, bitsText, chanceText, perplexityText } from "./guess_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {{ top: [string, number][], p: number, bits: number, explored: number | null, unknown: boolean }} Said */
/** @typedef {{ word: string, written: string, new: boolean, guess: string, sure: number, right: boolean, others: number, spelling: number, said: Record<string, Said> }} Revealed */
/** @typedef {{ state: "none" | "loading" | "ready" | "untrained" | "failed", why: string, reads: number, unseen: boolean }} GPT */
/** @typedef {{ title: string, speaks: string, single: boolean, before: string, count: number, known: number, choices: string[], gpt: GPT, revealed: Revealed | null, rounds: { word: string, guess: string, sure: number, right: boolean, bits: Record<string, number> }[], means: Record<string, (number | null)[]> }} Found */

export const PLAYERS = /** @type {const} */ (["you", "unigram", "trigram", "gpt"]);
export const NAMES = { you: N("You"), unigram: N("Unigram"), trigram: N("Trigram"), gpt: N("Small GPT") };
const ROWS = 6;
const STATES = {
  none: N("No GPT plays here: none that comes with the kit has learned on this text. Train one and give it: GuessTheNextWord(corpus, model=run)."),
  loading: N("It is being loaded. Play on: it answers later, and its bits are counted then."),
  untrained: N("It has learned nothing yet: press Train. It plays from then on."),
};

/** @param {Translate} t */
export function cards(t) {
  const made = PLAYERS.map((name) => {
    const title = el("b", {}), reads = el("span", { class: "lw-gnw-reads" }), rows = el("ol", { class: "lw-gnw-bars" }), note = el("p", { class: "lw-gnw-note" });
    const cost = el("span", { class: "lw-gnw-cost lw-number" }), mean = el("span", { class: "lw-gnw-mean lw-number" });
    const node = el("section", { class: `lw-gnw-card lw-gnw-${name}`, dataset: { player: name } },
      el("div", { class: "lw-gnw-name" }, el("span", { class: "lw-gnw-key", "aria-hidden": "true" }), title, cost), reads, el("div", { class: "lw-gnw-said" }, rows, note), mean);
    return { name, node, title, reads, rows, note, cost, mean };
  });

  const reading = (/** @type {string} */ name, /** @type {Found} */ { gpt, single }) => {
    if (name === "you") return t("read what stands above");
    if (name === "unigram") return single ? t("only knows how often each character occurs") : t("only knows how often each word occurs");
    if (name === "trigram") return single ? t("reads the two characters or marks before") : t("reads the two words or marks before");
    return !gpt.reads ? t("reads character by character") : single ? t("reads the last {n} characters", { n: gpt.reads }) : t("reads the last {n} characters, and spells", { n: gpt.reads });
  };

  function bars(/** @type {HTMLElement} */ into, /** @type {Said} */ said, /** @type {Found} */ found, /** @type {Revealed} */ now) {
    const list = barsOf(said, now.word, ROWS), most = Math.max(...list.map(({ p }) => p), 1e-9);
    into.replaceChildren(...list.map(({ word, p, right, below }) => el("li", { class: `${right ? "lw-gnw-right" : ""}${below ? " lw-gnw-below" : ""}` },
      el("span", { class: "lw-gnw-word", lang: found.speaks === "zh" ? "zh-CN" : "en", title: word }, right ? `✓ ${word}` : word),
      el("span", { class: "lw-gnw-rail", "aria-hidden": "true" }, el("span", { class: "lw-gnw-bar", style: { width: `${Math.max(0.5, (100 * p) / most)}%` } })),
      el("span", { class: "lw-number" }, chanceText(p)))));
  }

  function own(/** @type {HTMLElement} */ into, /** @type {Found} */ found, /** @type {Revealed} */ now) {
    const p = now.sure / 100, lang = found.speaks === "zh" ? "zh-CN" : "en";
    const line = (/** @type {string} */ word, /** @type {number} */ chance, /** @type {string} */ kind, /** @type {string} */ tag = lang) => el("li", { class: kind },
      el("span", { class: "lw-gnw-word", lang: tag, title: word }, word), el("span", { class: "lw-gnw-rail", "aria-hidden": "true" }, el("span", { class: "lw-gnw-bar", style: { width: `${100 * chance}%` } })), el("span", { class: "lw-number" }, chanceText(chance)));
    into.replaceChildren(
      line(now.right ? `✓ ${now.guess}` : `✗ ${now.guess}`, p, now.right ? "lw-gnw-right" : "lw-gnw-wrong"),
      line(t("all others"), 1 - p, "lw-gnw-rest", ""),
      ...(now.right ? [] : [line(`✓ ${now.word}`, (1 - p) / now.others * 2 ** -now.spelling, "lw-gnw-right lw-gnw-below")]));
  }

  return {
    nodes: made.map(({ node }) => node),
    relabel() { for (const { name, title } of made) title.textContent = t(NAMES[name]); },
    /** @param {Found} found */
    paint(found) {
      const now = found.revealed, { gpt } = found;
      for (const { name, node, reads, rows, note, cost, mean } of made) {
        const said = now?.said[name], means = (found.means[name] ?? []).filter((x) => x !== null), last = means.at(-1);
        reads.textContent = reading(name, found);
        if (now && said) { if (name === "you") own(rows, found, now); else bars(rows, said, found, now); } else rows.replaceChildren();
        const silent = name === "gpt" && gpt.state !== "ready" && !said;
        note.textContent = silent ? (gpt.state === "failed" ? t("It does not play: {why}", { why: gpt.why }) : t(STATES[/** @type {keyof typeof STATES} */ (gpt.state)]))
          : name === "gpt" && said ? [said.unknown && t("Its vocabulary lacks this character."), said.explored !== null && !said.unknown && t("searched: {share} of all probability", { share: chanceText(said.explored) }), !gpt.unseen && t("Whether it has read these words before is not known.")].filter(Boolean).join(" · ")
              : name === "gpt" && now && !said ? t("It is thinking …") : now ? (name === "you" ? t("In the long run honest percentages cost least.") : "") : name === "you" ? t("Say your word first.") : t("Hidden until you have guessed.");
        cost.textContent = said ? t("{bits} bits", { bits: bitsText(said.bits) }) : "";
        mean.textContent = last === undefined || last === null ? t("no round yet") : t("mean {bits} bits, perplexity {perplexity}", { bits: bitsText(last), perplexity: perplexityText(last) });
        node.dataset.bits = said ? String(said.bits) : "";
      }
    },
  };
}
