// What the neighbour explorer says: no document needed.
import { number } from "./kit.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {{ word: string, cosine: number, shared?: string[], given?: boolean }} NeighbourAnswer */
/** @typedef {{ missing?: { word: string, near: string[] }[], word?: string, count?: number | null, given?: string[], answers?: NeighbourAnswer[] }} NeighbourPart */
/** @typedef {{ waiting?: boolean, words: number, size: number, near: NeighbourPart, analogy: NeighbourPart, tries: [string, string, string][], live: boolean }} Neighbours */

/** @param {string} word */
export const neighbourName = (word) => visible(word) || "∅";
/** The angle that has this cosine, in degrees. @param {number} cosine */
export const degrees = (cosine) => (180 / Math.PI) * Math.acos(Math.max(-1, Math.min(1, cosine)));
/** @param {number} x */
export const cosineText = (x) => x.toFixed(2).replace("-", "−");

/** @param {NeighbourPart} part @param {Translate} t */
const unknown = (part, t) => t("Without a vector: {words}.", { words: (part.missing ?? []).map(({ word }) => `“${neighbourName(word)}”`).join(t(", ")) });

/** @param {Neighbours} now @param {boolean} include @param {Translate} t */
export function neighbourWords(now, include, t) {
  if (now.waiting) return t("The model is being made ready …");
  const { near, analogy } = now, told = [];
  const first = near.answers?.[0];
  told.push(first ? t("Nearest to “{word}” among {words} words: “{first}”, cosine {cosine}.", { word: neighbourName(near.word ?? ""), words: number(now.words), first: neighbourName(first.word), cosine: cosineText(first.cosine) }) : unknown(near, t));
  const best = analogy.answers?.[0];
  if (!best) told.push(unknown(analogy, t));
  else {
    const [a, b, c] = (analogy.given ?? []).map(neighbourName), values = { a, b, c, best: neighbourName(best.word), cosine: cosineText(best.cosine) };
    if (best.given) told.push(t("{b} − {a} + {c} lies nearest to “{best}”, one of the given words (cosine {cosine}): most analogies look like this when the given words may be answers.", values));
    else if (include) told.push(t("{b} − {a} + {c} lies nearest to “{best}” (cosine {cosine}), even though the given words may be answers.", values));
    else told.push(t("{b} − {a} + {c} lies nearest to “{best}” (cosine {cosine}); the three given words were left out.", values));
  }
  return told.join(" ").replace(/([。！？]) /g, "$1");
}
