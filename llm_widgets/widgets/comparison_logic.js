// What the comparison of tokenizers says and finds, without a page.
import { N, number, sentences } from "./kit.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** A piece of a text: token, id, whether it is known, first character, and the one behind the last. @typedef {[string, number, boolean, number, number]} Piece */
/** @typedef {{ count: number, ratio: number | null, vocabulary: number, unknown: [string, number][], different: number, lossless: boolean, lost: Record<string, number>, pieces: Piece[], parts: [string, string, string][] }} Way */
/** @typedef {{ value: number, pattern: string, payload: string }} Byte */

export const WAYS = ["words", "segments", "characters", "bytes", "bpe"];
/** @type {Record<string, string>} */
export const NAMES = { words: N("Words"), segments: N("Chinese words"), characters: N("Characters"), bytes: N("Bytes"), bpe: N("BPE") };
/** @type {Record<string, string>} */
const LOST = {
  unknown: N("{n} unknown: {list}"),
  spaces: N("white space at {n} places"),
  case: N("{n} capital letters"),
  punctuation: N("{n} punctuation marks"),
  signs: N("{n} curly apostrophes"),
  halves: N("{n} halves of characters"),
};

/** A token as a reader sees it: one byte as two hexadecimal digits, white space and marks that stand alone made visible. @param {string} token */
export function shown(token) {
  const byte = /^<([0-9A-F]{2}(?: [0-9A-F]{2})*)>$/.exec(token);
  if (byte) return byte[1];
  const bare = token.replace(/[\ufe00-\ufe0f]/g, (c) => `⟨${c.charCodeAt(0).toString(16).toUpperCase()}⟩`);
  return visible(token.length > 1 && !/^[\ufe00-\ufe0f]+$/.test(token) ? (/^\p{M}/u.test(token) ? `◌${token}` : token) : /^\p{M}$/u.test(bare) ? `◌${bare}` : bare);
}

/** Which pieces have one of the characters from `start` to `end`. Pieces are in order. @param {Piece[]} pieces @param {number} start @param {number} end */
export function overlapping(pieces, start, end) {
  const found = [];
  for (let i = 0; i < pieces.length; i += 1) {
    if (pieces[i][3] >= end) break;
    if (pieces[i][4] > start) found.push(i);
  }
  return found;
}

/** What the whole text loses in one way, as a sentence; "" where nothing is lost. @param {Way} way @param {Translate} t */
export function losses(way, t) {
  const list = way.unknown.map(([piece, times]) => (times > 1 ? `${visible(piece)} × ${number(times)}` : visible(piece))).join(t(", ")) + (way.different > way.unknown.length ? " …" : "");
  const parts = Object.entries(way.lost).map(([kind, n]) => t(LOST[kind], { n: number(n), list }));
  return parts.length ? t("Lost: {list}.", { list: parts.join(t("; ")) }) : "";
}

/** The counts of all ways in one sentence. @param {{ characters: number, ways: Record<string, Way>, pending: string[], took?: number, seconds?: number, shown: number }} found @param {Translate} t */
export function summary(found, t) {
  if (!found.characters && !found.pending.length) return t("Write or paste a text, or choose an example.");
  const there = WAYS.filter((way) => way in found.ways);
  const counts = there.map((way) => `${t(NAMES[way])} ${number(found.ways[way].count)}`).join(t(", "));
  const whole = there.filter((way) => found.ways[way].lossless).map((way) => t(NAMES[way])).join(t(", "));
  const waiting = WAYS.filter((way) => found.pending.includes(way)).map((way) => t(NAMES[way])).join(t(", "));
  return sentences(
    t("{n} characters make so many tokens: {counts}.", { n: number(found.characters), counts }),
    waiting && t("Still counting: {list}.", { list: waiting }),
    !found.pending.length && (whole ? t("The text comes back without loss from: {list}.", { list: whole }) : t("The text comes back without loss from none of them.")),
    !found.pending.length && found.characters > found.shown && t("All are counted, in {seconds} s; the first {n} characters are drawn.", { seconds: number(found.seconds, 2), n: number(found.shown) }),
  );
}

/** How the bits of a character's bytes are read. @param {{ code_point: number, first: number, most: number, bytes: [number, string, string][] }} found @param {Translate} t */
export function reading(found, t) {
  const hex = (/** @type {number} */ x) => `U+${x.toString(16).toUpperCase().padStart(4, "0")}`;
  const n = found.bytes.length, range = { first: hex(found.first), last: hex(found.most), n };
  if (n === 1) return sentences(t("The 0 in front says: this byte is a character of its own, as in ASCII."), t("The other 7 bits are the code point."), t("From {first} to {last} one byte is enough.", range));
  return sentences(
    t("{pattern} in front says: {n} bytes belong together.", { pattern: found.bytes[0][1], n }),
    t("10 says: this byte goes on with a character."),
    t("The other {bits} bits, one after the other, are the code point.", { bits: found.bytes.reduce((sum, byte) => sum + byte[2].length, 0) }),
    t("From {first} to {last} it takes {n} bytes.", range),
  );
}
