// What the chat knows without a document: which turns are shown, and what is said of the last answer.
import { bytes, number, percent, sentences } from "./kit.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {{ role: string, content: string }} Turn */
/** @typedef {{ tokens?: number, speed?: number, read?: number, most?: number, dropped?: number, stopped?: boolean, cut?: boolean }} Last */

export const MAX_MESSAGE = 2000;

/** The turns as they are shown: while an answer is written, with what is there of it. @param {Turn[]} turns @param {string} state @param {string} piece */
export const shownTurns = (turns, state, piece) => (state === "writing" ? [...turns, { role: "assistant", content: piece }] : turns);

/** Whether something can be sent now. @param {string} state @param {string} text */
export const canSend = (state, text) => state === "ready" && text.trim() !== "";

/** What is said of the last answer. @param {Last} last @param {Translate} t */
export function answered(last, t) {
  if (last.tokens === undefined) return "";
  return sentences(
    t("{n} tokens, {speed} a second.", { n: number(last.tokens), speed: number(last.speed ?? 0, 2) }),
    last.stopped && t("You stopped it."),
    !last.stopped && last.cut && t("It was cut off: an answer has no more room."),
    t("The conversation has {read} of at most {most} tokens.", { read: number(last.read ?? 0), most: number(last.most ?? 0) }),
    Boolean(last.dropped) && t("The context is full: the model no longer reads the oldest messages ({n}).", { n: number(last.dropped ?? 0) }),
  );
}

/** How far the fetching is. @param {(string | number)[]} progress @param {Translate} t */
export function fetched(progress, t) {
  const [what, done, total] = /** @type {[string, number, number]} */ (progress);
  if (what === undefined) return t("One moment …");
  const share = percent(total ? done / total : 0, 0);
  return what === "convert" ? t("Converting, once: {share}", { share }) : t("Fetching: {done} of {total} ({share})", { done: bytes(done), total: bytes(total), share });
}
