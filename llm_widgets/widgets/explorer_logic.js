// What the next-token explorer knows without a document: scales, where the tree's nodes lie, and what is said.
import { number, sentences } from "./kit.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {[rank: number, token: string, id: number, logit: number, raw: number, after: number]} Row */
/** @typedef {{ rows: Row[], others: [number, number, number], kept: number, count: number, chosen: number, before: number, draw: number | null, entropy: [number, number], log_probability: number | null, written: number }} Bars */
/** @typedef {[number: number, parent: number, text: string, given: boolean, on: boolean, logP: number | null]} Branch */
/** @typedef {[parent: number, text: string, score: number, logP: number, kept: boolean, ended: boolean]} Weighed */
/** @typedef {{ kind: "branches", nodes: Branch[], here: number } | { kind: "beams", root: string, levels: Weighed[][], best: number[], viewed: number[], over: boolean }} Tree */
/** @typedef {{ version: number, text: string, tokens: [number | null, string, boolean, boolean][], ids: number[], given: number, hidden: number, unread: number, here: number, ended: boolean, can_back: boolean, tree: Tree }} Path */
/** @typedef {{ key: string, parent: number, column: number, row: number, text: string, note: string, kind: string, here: boolean, act: any }} Spot */

/** The right end of the bars' scale: the first of a few round shares that holds all. @param {number[]} shares */
export const scaleTop = (shares) => [0.05, 0.1, 0.25, 0.5, 1].find((top) => Math.max(...shares, 0) <= top) ?? 1;

/** A share for reading, always about as wide. @param {number} p */
export function share(p) {
  const x = 100 * p;
  return `${x === 0 ? "0" : x < 0.01 ? "< 0.01" : x < 1 ? x.toFixed(2) : x < 99.95 ? x.toFixed(1) : "100"} %`;
}

/** A token as a reader sees it. @param {string} token */
export const shown = (token) => visible(token) || "∅";
/** A token for a sentence. @param {string} token @param {Translate} t */
export const quoted = (token, t) => t("“{token}”", { token: fit(shown(token), 24) });
/** Signs that take the room of two. @param {string} sign */
const wide = (sign) => /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/u.test(sign);

/** How many places of a code font a text takes. @param {string} text */
export const cellsOf = (text) => Array.from(new Intl.Segmenter().segment(text), (s) => (wide(s.segment) ? 2 : 1)).reduce((/** @type {number} */ a, b) => a + b, 0);

/** A text cut to so many places of a code font. @param {string} text @param {number} room */
export function fit(text, room) {
  let used = 0, kept = "";
  for (const sign of Array.from(new Intl.Segmenter().segment(text), (s) => s.segment)) {
    const width = wide(sign) ? 2 : 1;
    if (used + width > room) {
      const signs = Array.from(new Intl.Segmenter().segment(kept), (s) => s.segment);
      while (signs.length && used + 1 > room) used -= wide(/** @type {string} */ (signs.pop())) ? 2 : 1;
      return `${signs.join("")}…`;
    }
    used += width;
    kept += sign;
  }
  return kept;
}

/** The pieces of the line from 0 to 1 that a random number falls on: the rows' shares, then that of all others. @param {Bars} bars */
export function segments({ rows, others, chosen, before }) {
  let at = 0;
  const found = [];
  for (const [rank, token, id, , , after] of rows) {
    if (id === chosen && rank > rows.length) break; // it lies among the others
    if (after > 0) found.push({ token, start: at, width: after, chosen: id === chosen });
    at += after;
  }
  const last = rows[rows.length - 1];
  const apart = last && last[2] === chosen && last[0] > rows.length;
  if (apart) found.push({ token: last[1], start: before, width: last[5], chosen: true });
  if (others[2] + (apart ? last[5] : 0) > 1e-9) found.push({ token: "", start: at, width: Math.max(0, 1 - at), chosen: false });
  return found;
}

/**
 * Where the nodes of the tree lie: columns are places in the text. Branches keep their row, and new ones lie under them; beams lie in the order
 * of their scores, so that the best is on top.
 * @param {Tree} tree @param {Translate} t @returns {Spot[]}
 */
export function layout(tree, t) {
  return tree.kind === "beams" ? beams(tree, t) : branches(tree, t);
}

/** @param {Extract<Tree, { kind: "branches" }>} tree @param {Translate} t @returns {Spot[]} */
function branches({ nodes, here }, t) {
  /** @type {Spot[]} */ const spots = [];
  const columns = nodes.map(() => 0);
  nodes.forEach(([, parent], i) => { if (parent >= 0) columns[i] = columns[parent] + 1; });
  let rows = 1;
  const first = new Set(); // nodes that have a child already: it goes on in their row
  // Each node comes before its children, and a branch before the next one: so rows grow downwards.
  nodes.forEach(([id, parent, text, given, on], i) => {
    const column = columns[i], row = parent < 0 ? 0 : first.has(parent) ? rows++ : spots[parent].row;
    first.add(parent);
    const kind = `${given ? "given" : "taken"}${on ? " on" : ""}`;
    spots.push({ key: `n${id}`, parent, column, row, text: parent < 0 && !text ? t("start") : shown(text), note: "", kind, here: i === here, act: { what: "jump", node: id } });
  });
  return spots;
}

/** @param {Extract<Tree, { kind: "beams" }>} tree @param {Translate} t @returns {Spot[]} */
function beams({ root, levels, best, viewed, over }, t) {
  /** @type {Spot[]} */ const spots = [{ key: "root", parent: -1, column: 0, row: 0, text: root ? shown(root) : t("start"), note: "", kind: "given on", here: !viewed.length, act: null }];
  let first = 0;
  levels.forEach((level, step) => {
    const start = spots.length;
    level.forEach(([parent, text, score, , kept, ended], place) => {
      const won = over && best.length === step + 1 && best[step] === place;
      const kind = [kept ? "kept" : "dropped", ended && "ended", best[step] === place && "on", won && "won"].filter(Boolean).join(" ");
      spots.push({ key: `${step}.${place}`, parent: step ? first + parent : 0, column: step + 1, row: place, text: `${won ? "★ " : ""}${shown(text)}`, note: minus(score, 2), kind, here: viewed.length === step + 1 && viewed[step] === place, act: { what: "view", step, place } });
    });
    first = start;
  });
  return spots;
}

/** A number with its sign, always so many decimals. @param {number} x @param {number} digits */
export const minus = (x, digits) => x.toFixed(digits).replace("-", "−");

/** What a bar says to somebody who does not see it. @param {Row} row @param {boolean} cut @param {Translate} t */
export function rowName([rank, token, , , raw, after], cut, t) {
  const values = { rank: number(rank), token: quoted(token, t), raw: share(raw), after: share(after) };
  return cut ? t("{rank}: {token}, the model gives it {raw}; cut by the settings. Enter takes it all the same.", values) : t("{rank}: {token}, {after}; the model gives it {raw}. Enter takes it.", values);
}

/** How undecided the model is. @param {Bars} bars @param {Translate} t */
export function undecided({ entropy }, t) {
  const [raw, after] = entropy, values = { bits: raw.toFixed(2), n: (2 ** raw).toFixed(1) };
  const own = t("Entropy {bits} bits: as undecided as among {n} equally likely tokens (perplexity).", values);
  return Math.abs(after - raw) < 0.005 ? own : sentences(own, t("With the settings: {bits} bits, {n} tokens.", { bits: after.toFixed(2), n: (2 ** after).toFixed(1) }));
}

/** How the next token is chosen. @param {string} strategy @param {Bars} bars @param {number} temperature @param {Translate} t */
export function choosing(strategy, bars, temperature, t) {
  const token = quoted(bars.rows.find((row) => row[2] === bars.chosen)?.[1] ?? "", t);
  if (strategy === "beam") return t("Each step tries all tokens after each beam and keeps the texts with the highest scores.");
  if (strategy === "greedy") return t("Always the likeliest: {token}. Chance has no say.", { token });
  if (temperature === 0) return t("Temperature 0: always the likeliest, {token}. Chance has no say.", { token });
  return sentences(t("The draw {x} falls on {token}.", { x: (bars.draw ?? 0).toFixed(3), token }), bars.kept < bars.count && t("The settings leave {kept} of {n} tokens.", { kept: number(bars.kept), n: number(bars.count) }));
}

/** The log-probability of what was written. @param {Bars} bars @param {Translate} t */
export function worth({ written, log_probability: logP }, t) {
  if (!written) return t("Nothing written yet after the prompt.");
  const n = written === 1 ? t("1 token written") : t("{n} tokens written", { n: number(written) });
  return logP === null ? n : `${n}${t(", ")}${t("log-probability {x} ({each} a token)", { x: minus(logP, 2), each: minus(logP / written, 2) })}`;
}

/** The search in words. @param {Extract<Tree, { kind: "beams" }>} tree @param {number} length @param {Translate} t */
export function searching({ levels, best, over }, length, t) {
  const weighed = levels[best.length - 1]?.[best[best.length - 1]];
  if (!weighed) return "";
  const words = levels.slice(0, best.length).map((level, i) => shown(level[best[i]][1])).join(""), values = { text: t("“{token}”", { token: words }), score: minus(weighed[2], 2), n: levels.length, of: length };
  return over ? t("The search has ended. Winner: {text}, score {score}. Step goes on from there.", values) : t("Step {n} of {of}: the best beam is {text}, score {score}.", values);
}

/** The same in Python. @param {string} prompt @param {Record<string, any>} settings @param {number[]} ids */
export function python(prompt, settings, ids) {
  const value = (/** @type {any} */ x) => (x === null ? "None" : JSON.stringify(x));
  const given = Object.entries(settings).map(([name, x]) => `${name}=${value(x)}`).join(", ");
  const lines = [`explorer = lw.TokenExplorer(source, ${JSON.stringify(prompt)}, ${given})`];
  if (ids.length) lines.push(`for token in [${ids.join(", ")}]:`, "    explorer.take(token)");
  return `${[...lines, "explorer"].join("\n")}\n`;
}
