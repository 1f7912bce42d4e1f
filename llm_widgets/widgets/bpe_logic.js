// The BPE trainer in words and numbers, without a page: names of pieces, their colours, its sentences.
import { number, sentences } from "./kit.js";
import { visible } from "./visible.js";

/** A piece's text, or its bytes in a list where they are no whole characters. @typedef {string | [string]} PieceName */
/** Left, right, how often. @typedef {[number, number, number]} PairRow */
/**
 * @typedef {{ first: number, vocabulary: PieceName[], merges: [number, number, number][], tokens: number[], sizes: number[], order: number[], common: [number, number][], shown: number, characters: number, words: number, different: number, greedy: number[] }} Learned
 * @typedef {{ ids: number[], pieces: PieceName[], ends: boolean[], applied: [number, [number, PieceName][]][] }} OwnWord
 * @typedef {{ step: number, alphabet: string, cuts: number[][], tokens: number, vocabulary_size: number, merged: [number, number, number, number] | null, own: OwnWord, hidden: boolean, pairs: (PairRow | [number, number])[], tied: number, next: PairRow | null, end: boolean, there: number, complete: boolean, guess: [number, number] | null, right: boolean, guesses: number, rights: number }} Found
 */

/** A piece as a reader sees it. @param {PieceName | undefined} name */
export const pieceText = (name) => (name === undefined ? "�" : typeof name === "string" ? visible(name) : name[0]);

/** One of six colours for a piece that was merged, none for a sign of the alphabet. @param {number} id @param {number} first */
export const pieceColour = (id, first) => (id < 0 ? "unknown" : id < first ? "" : String((id - first) % 6));

/** @param {Learned} known @param {number} id */
const quoted = (known, id) => `“${pieceText(known.vocabulary[id])}”`;
/** Two pieces in words. @param {Learned} known @param {readonly number[]} pair */
export const pairText = (known, [left, right]) => `${quoted(known, left)} + ${quoted(known, right)}`;

/** Characters a token at a step. @param {Learned} known @param {number} step */
export const perToken = (known, step) => (known.tokens[step] ? known.characters / known.tokens[step] : null);

/** The status: what was merged, what is left, what comes next. @param {Found} now @param {Learned} known @param {number} limit @param {import("./kit.js").Translate} t */
export function bpeWords(now, known, limit, t) {
  if (!known.characters) return t("There is no text to learn from: write some below, or choose one.");
  const { step } = now, left = t("{tokens} tokens, {x} characters a token.", { tokens: number(now.tokens), x: number(perToken(known, step)) });
  const before = now.merged
    ? t("Merge {n}: {pair} became “{piece}”, {times} times.", { n: step, pair: pairText(known, now.merged), piece: pieceText(known.vocabulary[now.merged[2]]), times: number(now.merged[3]) })
    : t("Before the first merge.");
  const learning = now.complete || now.hidden ? "" : t("{n} of {all} merges are learned so far.", { n: now.there, all: limit });
  const greedy = known.greedy[step];
  const compared = greedy ? t("With the commonest pairs alone it would be {n} tokens.", { n: number(greedy) }) : "";
  return sentences(before, left, compared, nextWords(now, known, limit, t), learning);
}

/** @param {Found} now @param {Learned} known @param {number} limit @param {import("./kit.js").Translate} t */
function nextWords(now, known, limit, t) {
  if (now.end) return now.step ? t("No pair stands twice any more: learning has come to its end.") : t("No pair stands twice: there is nothing to merge.");
  if (now.hidden) return t("Which pair is merged next? Guess in the table.");
  const next = /** @type {PairRow} */ (now.next), pair = pairText(known, next);
  const verdict = now.guess ? guessWords(now, known, t) : "";
  const coming = t("Next: {pair}, which stands {times} times.", { pair, times: number(next[2]) });
  return sentences(verdict, coming, now.step === limit && t("The {n} merges that were asked for are made; ask for more below.", { n: limit }));
}

/** What came of a guess. @param {Found} now @param {Learned} known @param {import("./kit.js").Translate} t */
export function guessWords(now, known, t) {
  const guess = /** @type {[number, number]} */ (now.guess), next = /** @type {PairRow} */ (now.next);
  const score = t("{right} of {all} guessed so far.", { right: now.rights, all: now.guesses });
  if (guess[0] === next[0] && guess[1] === next[1]) return sentences(t("Right: it stands most often."), score);
  if (now.right) return sentences(t("Right: {pair} stands as often; the one whose pieces are older in the vocabulary goes first.", { pair: pairText(known, guess) }), score);
  return sentences(t("No: {pair} does not stand most often.", { pair: pairText(known, guess) }), score);
}

/** The line under the table: how ties are broken, and why. @param {Found} now @param {import("./kit.js").Translate} t */
export function tieWords(now, t) {
  if (now.end) return "";
  if (now.hidden) return t("The pairs stand in the order of their pieces in the vocabulary; their counts come with your guess.");
  if (now.tied > 1) return t("As common as the first: {n} more. Of such pairs the one goes first whose left piece, then whose right one, is older in the vocabulary.", { n: number(now.tied - 1) });
  return t("No other pair is as common as the first.");
}

/** A merge that applies several times in a word, as one. @param {OwnWord["applied"]} applied */
export function together(applied) {
  const word = (/** @type {[number, PieceName][]} */ pieces) => pieces.map((piece) => piece[1]).join("");
  // The sign of a byte and its neighbour's are parted by a space once they are one piece.
  const plain = (/** @type {OwnWord["applied"][number]} */ [, pieces]) => word(pieces).replaceAll(" ", "");
  return applied.filter((one, i) => !applied[i + 1] || one[0] !== applied[i + 1][0] || plain(one) !== plain(applied[i + 1]));
}

/** The text twin: each step so far. @param {Learned} known @param {number} step @param {import("./kit.js").Translate} t */
export function bpeRows(known, step, t) {
  const name = (/** @type {number} */ id) => pieceText(known.vocabulary[id]);
  const rows = Array.from({ length: Math.min(step, known.merges.length) + 1 }, (_, i) => {
    const [left, right, piece] = known.merges[i - 1] ?? [];
    const merged = i ? [name(left), name(right), name(piece)] : [null, null, null];
    return [i, ...merged, known.tokens[i], known.sizes[i], number(perToken(known, i))];
  });
  return { caption: t("Each merge so far."), columns: [t("merge"), t("left"), t("right"), t("new piece"), t("tokens"), t("vocabulary"), t("characters a token")], rows };
}
