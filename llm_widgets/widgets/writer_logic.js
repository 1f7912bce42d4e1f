// What the writer knows without a document: its samples, which of them is shown, and what is said of each.
import { number } from "./kit.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {{ step: number, prompt: string, text: string, loss: number | null, fills?: string[] }} Sample */
/** @typedef {[string, number][]} Candidates of one gap, the likeliest first */
/** @typedef {{ tokens?: string[], known?: boolean[], read?: number, fills?: boolean, gaps?: number }} Tokens */

export const MAX_PROMPT = 500;
export const MAX_SIGNS = 500; // of a prompt that are looked at one by one in the page

/** The samples of a run, the oldest first, and the one that is shown: the newest, until somebody goes back. */
export function history() {
  /** @type {Sample[]} */ let samples = [];
  /** @type {number | null} */ let held = null; // the step that is looked at; null follows the newest
  return {
    /** Newer ones are put behind those that are there; a fresh series replaces them. Of many the first and the newest stay. @param {boolean} fresh @param {Sample[]} more @param {number} count */
    take(fresh, more, count) {
      if (fresh && (more[0]?.step !== samples[0]?.step || more[0]?.text !== samples[0]?.text)) held = null;
      samples = fresh ? [...more] : [...samples, ...more];
      if (samples.length > count) samples = [samples[0], ...samples.slice(samples.length - count + 1)];
      if (!samples.length) held = null;
    },
    /** @param {number} index */
    look(index) { held = index >= samples.length - 1 ? null : samples[Math.max(0, index)].step; },
    get samples() { return samples; },
    get following() { return held === null; },
    /** The place of the one that is shown, -1 where there is none. One that is no longer kept gives way to the next one. */
    get index() {
      if (held === null) return samples.length - 1;
      const step = held, at = samples.findIndex((s) => s.step >= step);
      return at < 0 ? samples.length - 1 : at;
    },
  };
}

export const BLANK = "_";

/** A filled text in parts, and which of them the model put in. @param {string} prompt @param {string[]} fills @returns {[string, boolean][]} */
export function filled(prompt, fills) {
  const pieces = (prompt.includes(BLANK) ? prompt : prompt + BLANK).split(BLANK);
  return pieces.flatMap((piece, i) => /** @type {[string, boolean][]} */ ([...(i ? [[fills[i - 1] ?? BLANK, true]] : []), [piece, false]]));
}

/** "e 93 %, a 3 %" @param {Candidates} candidates */
export const chances = (candidates) => candidates.map(([text, p]) => `${visible(text)} ${p < 0.005 ? "< 1" : Math.round(p * 100)} %`).join(", ");

/** "after 1,812 batches" @param {number} step @param {Translate} t */
export const after = (step, t) => (step === 1 ? t("after 1 batch") : t("after {n} batches", { n: number(step) }));

/** "after 1,812 batches, loss 1.53" @param {Pick<Sample, "step" | "loss">} s @param {Translate} t */
export const learned = (s, t) => [after(s.step, t), s.loss !== null && t("loss {loss}", { loss: s.loss.toFixed(2) })].filter(Boolean).join(t(", "));

/** The settings of a text that was asked for. @param {{ temperature: number, top_k: number | null, top_p: number, seed: number }} s @param {Translate} t */
export function choice(s, t) {
  const parts = [t("temperature {x}", { x: s.temperature })];
  if (s.temperature > 0) { // else chance has no say
    if (s.top_k !== null) parts.push(t("top-k {x}", { x: s.top_k }));
    if (s.top_p < 1) parts.push(t("top-p {x}", { x: s.top_p }));
    parts.push(t("seed {x}", { x: s.seed }));
  }
  return parts.join(t(", "));
}

/** How much of the prompt the model reads, and what it does not know of it. @param {Tokens} seen @param {number} typed @param {Translate} t */
export function promptNotes(seen, typed, t) {
  const tokens = seen.tokens ?? [], read = seen.read ?? 0, unknown = (seen.known ?? []).filter((known) => !known).length;
  return [
    typed > MAX_PROMPT && t("Only the first {n} characters are read.", { n: number(MAX_PROMPT) }),
    read < tokens.length && t("The model reads only the last {read} of these {n} tokens.", { read: number(read), n: number(tokens.length) }),
    unknown > 0 && t("{n} not in the vocabulary (underlined)", { n: number(unknown) }),
    !tokens.length && !typed && !seen.fills && t("No prompt: it begins a new line, from nothing."),
    seen.fills && !(seen.gaps ?? 0) && t("There is no _ in the text: one at its end is filled."),
  ].filter(Boolean).join(" · ");
}

/** A line of one sample for a table or a screen reader. @param {string} text @param {number} most */
export function short(text, most) {
  const line = text.replace(/\s+/g, " ").trim(), signs = [...line];
  return signs.length > most ? `${signs.slice(0, most).join("")}…` : line;
}
