// What attention maps say in words: names of heads and tokens, what a token looks at, what a head does.
import { number, sentences } from "./kit.js";
import { strongest } from "./attention_data.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./attention_data.js").Kind} Kind */
/** @typedef {{ layer: number | null, head: number | null, heads: number, layers: number }} Chosen */

/** A token as a reader can see it, cut to `most` signs. @param {string} token */
export function shown(token, most = 24) {
  // Joiners belong to the picture that they make of several.
  const text = visible(token).replace(/(?<=\p{Extended_Pictographic}\ufe0f?)⟨200D⟩(?=\p{Extended_Pictographic})/gu, "\u200d"), signs = Array.from(new Intl.Segmenter().segment(text), (sign) => sign.segment);
  return signs.length ? (signs.length > most ? `${signs.slice(0, most - 1).join("")}…` : signs.join("")) : "∅";
}

/** Tokens for sentences: what comes more than once has its place with it. @param {string[]} tokens @param {Translate} t */
export function naming(tokens, t) {
  const counts = new Map();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return (/** @type {number} */ i) => {
    const name = t("“{token}”", { token: shown(tokens[i], 16) });
    return counts.get(tokens[i]) > 1 ? t("{token} (no. {n})", { token: name, n: i + 1 }) : name;
  };
}

/** A share for reading; what is too small for a byte is not called nothing. @param {number} w */
export function share(w) {
  if (Number.isNaN(w)) return "–";
  const size = 100 * Math.abs(w), text = size === 0 ? "0" : size < 0.01 ? "< 0.01" : size < 1 ? String(Number(size.toPrecision(1))) : size < 10 ? size.toFixed(1) : size.toFixed(0);
  return `${w < 0 ? "−" : ""}${text} %`;
}
/** A change in percentage points, without their name. @param {number} w */
export const change = (w) => `${w > 0 ? "+" : ""}${share(w).replace(" %", "")}`;

/** The name of what is enlarged. @param {Translate} t @param {Chosen} chosen */
export function headName(t, { layer, head, heads, layers }) {
  if (layer === null) return t("Mean of all {n} heads", { n: number(layers * heads) });
  if (head === null) return t("Layer {layer}, mean of {n} heads", { layer: layer + 1, n: heads });
  return t("Layer {layer}, head {head}", { layer: layer + 1, head: head + 1 });
}

/** What a head does, in words. @param {Translate} t @param {{ kind: Kind, share: number }} found */
export function patternWords(t, { kind, share: of }) {
  const value = share(of);
  return {
    first: t("Looks mostly at the first token ({value} on average).", { value }),
    previous: t("Looks mostly at the token before ({value} on average).", { value }),
    self: t("Each token looks mostly at itself ({value} on average).", { value }),
    next: t("Looks mostly at the token after ({value} on average).", { value }),
    spread: t("Spreads its attention evenly."),
    mixed: t("Looks at different tokens from place to place."),
  }[kind];
}

/**
 * What is under the pointer, in words.
 * @param {Translate} t
 * @param {{ query: number | null, key: number | null, queries: (i: number) => string, keys: (i: number) => string, row: ArrayLike<number>, column: ArrayLike<number>, left: number | null, signed: boolean, pair: [before: number, now: number] | null }} seen  `pair`: both weights of a comparison
 */
export function readOut(t, { query, key, queries, keys, row, column, left, signed, pair }) {
  const list = (/** @type {ArrayLike<number>} */ weights, /** @type {(i: number) => string} */ name) =>
    strongest(weights, 3).filter(({ weight }, i) => i === 0 || Math.abs(weight) >= 0.005).map(({ index, weight }) => `${name(index)} ${signed ? change(weight) : share(weight)}`).join(t(", "));
  const hidden = left === null ? "" : left > 0 ? t("The first token is hidden; {value} of the attention is left and counts as all.", { value: share(left) }) : t("All its attention went to the first token, which is hidden.");
  if (query !== null && key !== null) {
    const w = row[key], names = { query: queries(query), key: keys(key) };
    if (Number.isNaN(w)) return hidden;
    if (signed) return t("From {query} to {key}: {before}, then {now} ({value} percentage points).", { ...names, before: share(pair?.[0] ?? NaN), now: share(pair?.[1] ?? NaN), value: change(w) });
    const rank = 1 + Array.from(row).filter((other) => other > w).length;
    return sentences(w > 0 ? t("{query} gives {key} {value} of its attention, rank {rank} of {n}.", { ...names, value: share(w), rank, n: row.length }) : t("{query} gives {key} no attention.", names), hidden);
  }
  if (query !== null) {
    const found = list(row, keys);
    if (signed) return found ? t("{query}: most changed to {list} (percentage points).", { query: queries(query), list: found }) : t("{query}: nothing has changed.", { query: queries(query) });
    return sentences(found ? t("{query} looks at {list}.", { query: queries(query), list: found }) : !hidden && t("{query} looks at nothing: its weights are all zero.", { query: queries(query) }), hidden);
  }
  if (key !== null) {
    const found = list(column, queries);
    if (signed) return found ? t("{key}: most changed from {list} (percentage points).", { key: keys(key), list: found }) : t("{key}: nothing has changed.", { key: keys(key) });
    return found ? t("{key} is looked at by {list}.", { key: keys(key), list: found }) : t("No token looks at {key}.", { key: keys(key) });
  }
  return t("Point at a token to see what it looks at; or select the map and press the arrow keys.");
}

/** A warning where rows are no shares of one whole; else "". @param {Translate} t @param {[number, number, number, number] | null} odd */
export function oddWords(t, odd) {
  if (!odd) return "";
  const [rows, n, least, most] = odd, values = { rows: number(rows), n: number(n), least, most };
  return sentences(least === most ? t("In {rows} of {n} rows the weights do not sum to 1, but to {least}.", values) : t("In {rows} of {n} rows the weights do not sum to 1, but to between {least} and {most}.", values), t("Was dropout on, or were tokens cut off?"));
}
