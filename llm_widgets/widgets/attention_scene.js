// What is drawn: the chosen head at the chosen steps, with or without its first key, and the ends of the colour scales.
import { changes, headOf, largest, pattern, roundTop, typicalMost, withoutFirst } from "./attention_data.js";
import { shown } from "./attention_text.js";

/** @typedef {import("./kit.js").Model} Model */
/** @typedef {import("./attention_store.js").Store} Store */
/** @typedef {{ weights: Float32Array, left: Float32Array | null }} Seen */
const TOO_MANY = 4_000_000; // weights, above which heads in the grid have names without words for what they do

/** @param {Model} model @param {Store} store */
export function scenes(model, store) {
  const cache = /** @type {Map<string, { bytes: Uint8Array, exact: Float32Array | undefined, seen: Seen }>} */ (new Map());
  let drawn = /** @type {number | null} */ (null), names = /** @type {{ of: unknown, queries: string[], keys: string[] }} */ ({ of: null, queries: [], keys: [] });
  const nearest = (/** @type {number | null} */ step) => { const { steps } = store.about; return step === null || !steps.length ? steps.at(-1) ?? null : steps.reduce((a, b) => (Math.abs(b - step) < Math.abs(a - step) ? b : a)); };
  const index = (/** @type {string} */ trait, /** @type {number} */ count) => { const i = /** @type {number | null} */ (model.get(trait)); return i !== null && i >= 0 && i < count ? i : null; };
  const hidden = () => Boolean(model.get("hide_first")) && store.about.shape[3] > 1;
  const place = () => {
    const [layers, heads] = store.about.shape, layer = index("layer", layers);
    return { layer, head: layer === null ? null : index("head", heads) };
  };
  /** A head at a step, or undefined while it is on its way. */
  const seen = (/** @type {number | null} */ step, /** @type {{ layer: number | null, head: number | null }} */ { layer, head }) => {
    if (step === null) return undefined;
    const bytes = store.bytes(step), exact = store.exact(step, layer, head), name = `${step}/${layer}/${head}/${hidden()}`, kept = cache.get(name);
    if (!bytes) return undefined;
    if (kept?.bytes === bytes && kept.exact === exact) return kept.seen;
    const weights = exact ?? headOf(bytes, store.about.shape, layer, head), found = hidden() ? withoutFirst(weights, store.about.shape[3]) : { weights, left: null };
    cache.set(name, { bytes, exact, seen: found });
    if (cache.size > 8) cache.delete(/** @type {string} */ (cache.keys().next().value));
    return found;
  };
  return {
    place, hidden, nearest,
    query: () => index("query", store.about.shape[2]),
    key: () => index("key", store.about.shape[3]),
    /** The tokens as the page shows them. */
    tokens() {
      if (names.of !== store.about.queries) names = { of: store.about.queries, queries: store.about.queries.map((token) => shown(token)), keys: store.about.keys.map((token) => shown(token)) };
      return names;
    },
    /** The steps that can be drawn now: what is on its way is asked for, and the last picture stays. */
    steps() {
      const wanted = nearest(model.get("step")), before = /** @type {number | null} */ (model.get("compare"));
      if (wanted !== null && store.bytes(wanted)) drawn = wanted;
      else if (drawn === null || !store.has(drawn)) drawn = null;
      const other = before === null || store.about.steps.length < 2 ? null : nearest(before);
      return { shown: drawn, other: other !== null && store.bytes(other) ? other : null, comparing: other !== null };
    },
    /** What the enlarged maps show. @param {{ shown: number | null, other: number | null }} at */
    enlarged({ shown: at, other }) {
      const now = seen(at, place()), before = seen(other, place());
      if (!now) return null;
      const change = before ? changes(before.weights, now.weights) : null, stretch = Boolean(model.get("stretch")), keys = store.about.shape[3];
      return {
        now, before, change,
        top: stretch ? roundTop(Math.max(typicalMost(now.weights, keys), before ? typicalMost(before.weights, keys) : 0)) : 1,
        changeTop: change ? roundTop(largest(change)) : 1,
      };
    },
    /** What one small map shows. @param {{ shown: number | null, other: number | null }} at @param {{ layer: number | null, head: number | null }} one */
    small({ shown: at, other }, one) {
      const { shape } = store.about, head = (/** @type {number} */ step) => {
        const weights = headOf(/** @type {Uint8Array} */ (store.bytes(step)), shape, one.layer, one.head);
        return hidden() ? withoutFirst(weights, shape[3]).weights : weights;
      };
      const now = head(/** @type {number} */ (at));
      if (other !== null) { const weights = changes(head(other), now); return { weights, now, top: roundTop(largest(weights)), signed: true }; }
      return { weights: now, now, top: model.get("stretch") ? roundTop(typicalMost(now, shape[3])) : 1, signed: false };
    },
    /** Whether what all heads do is quickly found. */
    quick: () => store.about.shape.reduce((a, b) => a * b, 1) <= TOO_MANY,
    /** What a head does. @param {Float32Array} weights */
    pattern(weights) {
      const { shape, queries, keys } = store.about;
      return pattern(weights, shape[3], queries.length === keys.length && queries.every((token, i) => token === keys[i]));
    },
  };
}
