// What the architecture explorer computes in the page: formulas with the sizes put in, and what they come to. No document is needed here.
import { N, number } from "./kit.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** A number, a size's letter, or a sign with its parts. @typedef {number | string | [sign: string, ...parts: any[]]} Formula */
/** @typedef {Record<string, number>} Sizes */
/** @typedef {{ id: string, kind: string, row: string, detail: string, step: string, shape: Formula[], parameters: Formula, flops: Formula, code: string, home: string[] }} PlannedPart */
/** @typedef {{ name: string, parts: PlannedPart[], count: Formula, column: number }} PlannedSection */
/**
 * What Python sends: nothing in it depends on a size.
 * @typedef {{ sections: PlannedSection[], edges: [string, string, string][], sizes: Record<string, [field: string, layer: number, otherwise: Formula | null]>, costs: Record<string, Formula>, bytes: Record<string, Sizes>, trainable: string[], fields: import("./designer_logic.js").Field[], multiples: Record<string, string>, program: string }} Found
 */
/** @typedef {{ batch_size: number, tokens: number, run_tokens: number, dtype: string }} Settings */

/** @param {Formula} formula @param {Sizes} sizes @returns {number} */
export function value(formula, sizes) {
  if (typeof formula === "number") return formula;
  if (typeof formula === "string") return sizes[formula];
  const [sign, ...parts] = formula, values = parts.map((part) => value(part, sizes));
  return values.reduce((a, b) => (sign === "+" ? a + b : sign === "*" ? a * b : a / b));
}

/** The numbers behind all letters. @param {Found} found @param {Record<string, any>} model @param {Settings} settings @returns {Sizes} */
export function environment(found, model, { batch_size, tokens, run_tokens, dtype }) {
  const sizes = /** @type {Sizes} */ ({});
  for (const [name, [field, layer, otherwise]] of Object.entries(found.sizes)) {
    const x = field ? (layer < 0 ? model[field] : model[field][layer]) : 0;
    sizes[name] = x || otherwise === null ? x : value(otherwise, sizes);
  }
  return { ...sizes, B: batch_size, P: Math.min(tokens || sizes.T, sizes.T), Z: run_tokens, ...found.bytes[dtype] };
}

/** The diagram with its numbers. @param {Found} found @param {Sizes} sizes @returns {import("./diagram_logic.js").Diagram} */
export const diagramOf = (found, sizes) => ({
  edges: found.edges,
  sections: found.sections.map((s) => ({
    name: s.name, column: s.column, count: value(s.count, sizes),
    parts: s.parts.map((p) => ({
      id: p.id, kind: p.kind, row: p.row, detail: p.detail, step: p.step, letters: p.shape.map((x) => written(x)).join(" × "),
      shape: p.shape.map((x) => value(x, sizes)), parameters: value(p.parameters, sizes),
    })),
  })),
});

/** All costs by name; null where this model or this type of numbers has none. @param {Found} found @param {Sizes} sizes @param {string} dtype @returns {Record<string, number | null>} */
export function costsOf(found, sizes, dtype) {
  const trains = found.trainable.includes(dtype);
  const known = /** @type {Record<string, number | null>} */ ({ cache: null, cached: null, uncached: null });
  for (const [name, formula] of Object.entries(found.costs)) known[name] = !trains && ["gradients", "optimizer", "activations"].includes(name) ? null : value(formula, sizes);
  known.training = trains ? ["weights", "gradients", "optimizer", "activations"].reduce((sum, name) => sum + Number(known[name]), 0) : null;
  known.inference = Number(known.weights) + Number(known.cache ?? 0);
  return known;
}

/** A part of the model with its section, by its id. @param {Found} found @param {string} id */
export function partOf(found, id) {
  for (const section of found.sections) { const part = section.parts.find((p) => p.id === id); if (part) return { part, section }; }
  return null;
}

/** A formula as text, with letters or with numbers. @param {Formula} formula @param {Sizes} [sizes] @returns {string} */
export function written(formula, sizes) {
  if (typeof formula === "number") return number(formula);
  if (typeof formula === "string") return sizes ? number(sizes[formula]) : formula;
  const [sign, ...parts] = formula;
  const words = parts.map((part) => (sign !== "+" && Array.isArray(part) && part[0] !== "*" ? `(${written(/** @type {Formula} */ (/** @type {unknown} */ (part)), sizes)})` : written(part, sizes)));
  return words.join(sign === "+" ? " + " : sign === "*" ? "·" : " / ");
}

const UNITS = ["", "k", "M", "G", "T"], RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** Operations for reading: "292 GFLOP", or with a power of ten where there is no common name. @param {number | null | undefined} x */
export function operations(x) {
  if (x === null || x === undefined || !Number.isFinite(x)) return "–";
  if (x < 1e15) {
    let i = 0;
    for (; x >= 1000 && i < UNITS.length - 1; i += 1) x /= 1000;
    return `${Number(x.toPrecision(3))} ${UNITS[i]}FLOP`;
  }
  const [digits, power] = x.toExponential(2).split("e+");
  return `${digits} × 10${[...power].map((d) => RAISED[Number(d)]).join("")} FLOP`;
}

/** Bytes of something, or a dash. @param {number | null} x @param {(x: number) => string} bytes */
export const orDash = (x, bytes) => (x === null || !Number.isFinite(x) ? "–" : bytes(x));

// --- what the documents' flowcharts name -------------------------------------------------------------------

/** @type {Record<string, string[]>} */
export const CHAINS = {
  en: [N("Input layer"), N("Embedding layer"), N("Hidden layers"), N("Output layer")],
  zh: [N("Embedding layer"), N("Self-attention layer"), N("Feed-forward network"), N("Output layer")],
};
const ATTENTION = ["query", "key", "value", "weights", "output"], FORWARD = ["up", "activation", "down"], POSITIONS = ["positions", "relative_bias", "rotary"];
const EMBEDDINGS = ["embedding", "Embedding", "token_types"], OUTPUTS = ["head", "logits", "pooler", "classes", "Dense"];

/** Which link of a document's chain names a part; −1: none does. @param {{ kind: string }} part @param {string} document */
export function linkOf({ kind }, document) {
  const chain = CHAINS[document];
  const at = (/** @type {string} */ name) => chain.indexOf(name);
  if (kind === "ids" || kind === "Input") return at("Input layer");
  if (EMBEDDINGS.includes(kind)) return at("Embedding layer");
  if (OUTPUTS.includes(kind)) return at("Output layer");
  if (ATTENTION.includes(kind)) return Math.max(at("Self-attention layer"), at("Hidden layers"));
  if (FORWARD.includes(kind)) return Math.max(at("Feed-forward network"), at("Hidden layers"));
  return kind.endsWith("LSTM") ? at("Hidden layers") : -1;
}

/**
 * What a document's chain leaves out of this model, with how often it is there.
 * @param {import("./diagram_logic.js").Diagram} diagram @param {string} document @returns {{ name: string, count: number }[]}
 */
export function leftOut(diagram, document) {
  const count = (/** @type {(kind: string) => boolean} */ which) => diagram.sections.reduce((sum, s) => sum + s.count * s.parts.filter((p) => which(p.kind)).length, 0);
  const blocks = diagram.sections.filter((s) => s.name === "block"), hides = document === "en" && blocks.length > 0;
  const scored = count((kind) => kind === "logits" || kind === "classes");
  return [
    { name: N("tokenization: from text to ids"), count: 1 },
    { name: N("positions"), count: count((kind) => POSITIONS.includes(kind)) },
    { name: N("self-attention, within the hidden layers"), count: hides ? count((kind) => kind === "weights") : 0 },
    { name: N("the feed-forward step, within the hidden layers"), count: hides ? count((kind) => kind === "down") : 0 },
    { name: N("residual connections"), count: count((kind) => kind === "add") },
    { name: N("normalization"), count: count((kind) => kind === "norm") },
    { name: N("the repetition of the block"), count: blocks.reduce((sum, s) => sum + s.count, 0) },
    { name: N("softmax: from scores to probabilities"), count: scored },
  ].filter((one) => one.count > 0);
}
