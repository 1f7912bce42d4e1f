// What an embedding map says in words.
import { number, percent, sentences } from "./kit.js";
import { visible } from "./visible.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./embedding_map_store.js").MapAbout} MapAbout */
const LONGEST = 28; // characters of a label

/** A name as it stands in the map. @param {string} name */
export const shortName = (name) => { const seen = [...visible(name)]; return seen.length > LONGEST ? `${seen.slice(0, LONGEST - 1).join("")}…` : seen.join(""); };

/** A point: its name, how often it occurs and in which texts. @param {Translate} t @param {MapAbout} about @param {Float32Array} values @param {number} row */
export function pointWords(t, about, values, row) {
  const name = visible(about.names[row]);
  if (about.kind === "polarity") return t("“{name}” stands in {texts} texts, {share} of them positive.", { name, texts: number(about.texts[row]), share: percent(values[row]) });
  if (about.kind === "count") return t("“{name}” occurs {count} times in the training text.", { name, count: number(about.count[row]) });
  return t("“{name}”.", { name });
}

/** The nearest neighbour. @param {Translate} t @param {MapAbout} about @param {{ rows: number[], cosines: number[] } | null} near */
export const nearestWords = (t, about, near) => (near?.rows.length ? t("Nearest: “{name}”, cosine {cosine}.", { name: visible(about.names[near.rows[0]]), cosine: near.cosines[0].toFixed(2) }) : "");

/** The whole map. @param {Translate} t @param {MapAbout} about @param {{ share: number, step: number | undefined, trained: boolean }} what */
export function mapWords(t, about, { share, step, trained }) {
  const count = about.names.length;
  return sentences(
    about.total > count ? t("{count} of {total} tokens.", { count: number(count), total: number(about.total) }) : t("{count} points.", { count: number(count) }),
    trained && (step ? t("Step {step}.", { step: number(step) }) : t("At the start: no step has been trained.")),
    about.dims > 2 ? t("The plane holds {share} of the variance; the rest of the {dims} dimensions cannot be seen here.", { share: percent(share), dims: number(about.dims) }) : t("The plane holds {share} of the variance.", { share: percent(share) }),
  );
}

/** Why there is no map. @param {Translate} t @param {string} why */
export function waitingWords(t, why) {
  if (why === "recorded") return t("This is a recording: it keeps curves and verdicts, but no vectors. Train a model of your own to see its embeddings move.");
  if (why === "empty") return t("There is no point to show.");
  return t("The vectors are being read …");
}

/** What the colours stand for, with the ends of their scale. @param {Translate} t @param {string} kind @param {number} least @param {number} most */
export function legendWords(t, kind, least, most) {
  if (kind === "polarity") return { name: t("positive texts among those with the word"), low: "≤ 10 %", high: "≥ 90 %" };
  return { name: t("occurrences in the training text, logarithmic"), low: number(least), high: number(most) };
}
