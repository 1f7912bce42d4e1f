// What the lookup says, and where its parts lie: no document needed.
import { number } from "./kit.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Translate} Translate */
/**
 * @typedef {{ waiting?: boolean, name: string, size: [number, number], tokens: string[], ids: number[], known: boolean[], count: number, table_rows: number[][], rows: number[][], places: number[][] | null, apart: number, top: number, live: boolean }} Lookup
 */
/** @typedef {{ x: number, y: number, w: number, h: number }} Box */
/** @typedef {{ strip: Box, out: Box, line: number, labels: number, height: number, wide: boolean }} LookupLayout */

export const LOOKUP_ROWS = 24;

/** A token as a reader sees it, in quotation marks. @param {string} token */
export const lookupToken = (token) => visible(token) || "∅";

/** Where the table and the rows taken from it are drawn. @param {number} width @param {number} u  the size of everything @param {number} tokens @returns {LookupLayout} */
export function lookupLayout(width, u, tokens) {
  const wide = width >= 620 * u, line = 18 * u, labels = 112 * u, head = 24 * u, left = 46 * u;
  if (wide) {
    const strip = { x: left, y: head, w: 0.34 * width, h: LOOKUP_ROWS * line }, from = strip.x + strip.w + 0.08 * width + labels;
    return { strip, out: { x: from, y: head, w: width - from - 4 * u, h: LOOKUP_ROWS * line }, line, labels, height: head + LOOKUP_ROWS * line + 4 * u, wide };
  }
  // In steps, so that not every letter that is typed moves what lies below.
  const strip = { x: left, y: head, w: width - left - 4 * u, h: 150 * u }, y = head + strip.h + 30 * u, rows = Math.max(8, 8 * Math.ceil(tokens / 8));
  return { strip, out: { x: labels, y, w: width - labels - 4 * u, h: rows * line }, line, labels, height: y + rows * line + 4 * u, wide };
}

/**
 * Heights of labels that do not cover each other: each as near as can be to its own place.
 * @param {number[]} at  ascending @param {number} gap @param {number} low @param {number} high @returns {number[] | null} null where there is no room for all
 */
export function spreadLabels(at, gap, low, high) {
  if ((at.length - 1) * gap > high - low) return null;
  const found = at.map((y) => Math.max(low, Math.min(high, y)));
  for (let i = 1; i < found.length; i += 1) found[i] = Math.max(found[i], found[i - 1] + gap);
  for (let i = found.length - 1, most = high; i >= 0; i -= 1, most = found[i + 1] - gap) found[i] = Math.min(found[i], most);
  return found;
}

/** @param {number[]} a @param {number[]} b */
export function cosine(a, b) {
  let dot = 0, one = 0, other = 0;
  a.forEach((x, i) => { dot += x * b[i]; one += x * x; other += b[i] * b[i]; });
  return one && other ? dot / Math.sqrt(one * other) : 0;
}

/** The places, counted from 0, at which the token of a place stands. @param {Lookup} now @param {number} at */
export const samePlaces = (now, at) => now.ids.flatMap((id, i) => (id >= 0 && id === now.ids[at] ? [i] : []));

/** The status in words. @param {Lookup} now @param {number} chosen @param {boolean} positions @param {Translate} t */
export function lookupWords(now, chosen, positions, t) {
  if (now.waiting) return t("The model is being made ready …");
  const [V, C] = now.size, n = now.tokens.length, told = [];
  if (!n) return t("Type a text: without tokens no rows are taken from the table of {rows} rows with {size} numbers each.", { rows: number(V), size: C });
  told.push(now.count > n ? t("The first {n} of {count} tokens take their rows of {size} numbers each from the {rows} rows of the table.", { n, count: now.count, size: C, rows: number(V) }) : t("{n} tokens take {n} rows of {size} numbers each from the {rows} rows of the table.", { n, size: C, rows: number(V) }));
  const token = lookupToken(now.tokens[chosen]), places = samePlaces(now, chosen), id = now.ids[chosen];
  if (id < 0) told.push(t("“{token}” is not in the table: nothing is known of it.", { token }));
  else if (!now.known[chosen]) told.push(t("“{token}” is not in the vocabulary: it takes row {id}, which all unknown tokens share.", { token, id }));
  else if (places.length < 2) told.push(t("“{token}” has id {id} and takes row {id}.", { token, id }));
  else {
    const at = places.map((i) => i + 1).join(t(", "));
    if (!positions) told.push(t("“{token}” stands at places {at}: the same row {id} each time, number for number.", { token, at, id }));
    else {
      const cosines = places.slice(1).map((i) => cosine(now.rows[places[0]], now.rows[i]));
      told.push(t("“{token}” stands at places {at}: with the place added, its rows are no longer the same; their cosine is {cosine}.", { token, at, cosine: number(Math.min(...cosines), 3) }));
    }
  }
  return told.join(" ").replace(/([。！？]) /g, "$1");
}

/** What one number is. @param {Lookup} now @param {number} place @param {number} column @param {boolean} positions @param {Translate} t */
export function lookupCell(now, place, column, positions, t) {
  const values = { token: lookupToken(now.tokens[place]), place: place + 1, id: now.ids[place], column: column + 1, size: now.size[1], value: number(now.table_rows[place][column], 4) };
  if (now.ids[place] < 0) return t("“{token}” at place {place} takes no row.", values);
  if (positions && now.places?.[place]) return t("“{token}” at place {place}, number {column} of {size}: {value} from row {id}, {position} for the place, together {sum}", { ...values, position: number(now.places[place][column], 4), sum: number(now.rows[place][column], 4) });
  return t("“{token}” at place {place}, number {column} of {size}: {value}, copied from row {id}", values);
}
