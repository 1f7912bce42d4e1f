// Pairs of sentences and what is said of them: no document needed.

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {{ sentences: string[], cosines: number[][] | null, words: number[][], word_lists: string[][], points: [number, number][], share: number, name: string, bytes: number | null, size: number | null, waits: boolean, unknown: number | null }} SentencesFound */
/** @typedef {{ i: number, j: number, encoder: number | null, words: number }} SentencePair */

/** @param {number} x */
export const cosineShort = (x) => (x < -0.004 ? `−${Math.abs(x).toFixed(2).replace(/^0/, "")}` : Math.abs(x).toFixed(2));

/** All pairs, by what is asked: the encoder's cosine, the words', or how far both are apart. @param {SentencesFound} now @param {string} by @returns {SentencePair[]} */
export function sentencePairs(now, by) {
  const pairs = now.sentences.flatMap((_, i) => now.sentences.slice(i + 1).map((__, k) => ({ i, j: i + 1 + k, encoder: now.cosines ? now.cosines[i][i + 1 + k] : null, words: now.words[i][i + 1 + k] })));
  const key = (/** @type {SentencePair} */ p) => (by === "words" || p.encoder === null ? p.words : by === "apart" ? Math.abs(p.encoder - p.words) : p.encoder);
  return pairs.sort((a, b) => key(b) - key(a) || a.i - b.i || a.j - b.j);
}

/** Words that stand in both, each once. @param {string[]} a @param {string[]} b */
export const inCommon = (a, b) => [...new Set(a)].filter((word) => b.includes(word));

/** @param {SentencesFound} now @param {string} encoder  the state of the encoder @param {string} title  its name @param {Translate} t */
export function sentenceWords(now, encoder, title, t) {
  const nearest = sentencePairs(now, "encoder")[0];
  if (!now.cosines) {
    const words = t("By their words {i} and {j} are nearest: cosine {words}.", { i: nearest.i + 1, j: nearest.j + 1, words: cosineShort(nearest.words) });
    return encoder === "loading" || encoder === "ready" ? `${words} ${t("{name} is being made ready …", { name: title })}` : words;
  }
  const apart = sentencePairs(now, "apart")[0];
  const told = [t("For {name} {i} and {j} are nearest: cosine {encoder}.", { name: title, i: nearest.i + 1, j: nearest.j + 1, encoder: cosineShort(nearest.encoder ?? 0) })];
  if (apart) told.push(t("Farthest from what the words say are {i} and {j}: {encoder} for {name}, {words} for the words.", { i: apart.i + 1, j: apart.j + 1, name: title, encoder: cosineShort(apart.encoder ?? 0), words: cosineShort(apart.words) }));
  return told.join(" ").replace(/([。！？]) /g, "$1");
}
