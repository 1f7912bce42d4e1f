// What a diagram knows without a document: the names of its boxes, a sentence for each, and what differs between two models.
import { N, sentences } from "./kit.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {{ id: string, kind: string, shape: (number | null)[], parameters: number, row: string, detail: string, step: string, letters?: string }} Part */
/** @typedef {{ sections: { name: string, parts: Part[], count: number, column: number }[], edges: [start: string, end: string, kind: string][] }} Diagram */

/** By kind, or kind and detail; the first that is there. @type {Record<string, string>} */
const NAMES = {
  ids: N("Token ids"), embedding: N("Token embedding"), "embedding shared": N("The same embedding"), token_types: N("Token types"),
  "positions learned": N("Learned positions"), "positions sinusoidal": N("Sinusoidal positions"), rotary: N("Rotary positions"), relative_bias: N("Relative bias"),
  "norm layer": N("Layer normalization"), "norm rms": N("RMS normalization"), query: N("Queries"), key: N("Keys"), value: N("Values"),
  "cross key": N("Keys of the encoder"), "cross value": N("Values of the encoder"), "cross weights": N("Attention to the encoder"),
  weights: N("Attention weights"), output: N("Heads joined"), add: N("added to what came in"), up: N("Feed-forward, wider"), down: N("Feed-forward, back"),
  "activation relu": N("ReLU"), "activation gelu": N("GELU"), "activation gelu_tanh": N("GELU (tanh)"), "activation swiglu": N("SwiGLU"),
  "logits tied": N("Logits, tied"), "logits own": N("Logits"), head: N("Dense and GELU"), pooler: N("Pooled"), classes: N("Classes"),
  Input: N("Token ids"), Embedding: N("Token embedding"), LSTM: N("LSTM"), "Bidirectional LSTM": N("Bidirectional LSTM"), Dropout: N("Dropout"), Dense: N("Probability"),
};

/** One sentence each. @type {Record<string, string>} */
const SENTENCES = {
  ids: N("the text as numbers, one id for each token."),
  embedding: N("each id takes its row of a learned table; so many numbers stand for the token from here on."),
  "embedding shared": N("the decoder takes its rows from the encoder's table, which is counted there."),
  token_types: N("a learned vector for the first or the second text is added to each token."),
  "positions learned": N("a learned vector for each place is added, so that the order is known."),
  "positions sinusoidal": N("a fixed pattern of waves for each place is added; nothing is learned."),
  rotary: N("queries and keys are turned by an angle that grows with the place, so that their product knows the distance."),
  relative_bias: N("a learned number for each group of distances is added to the scores of every block."),
  "norm layer": N("each token's numbers are brought to mean 0 and variance 1, then scaled by learned numbers."),
  "norm rms": N("each token's numbers are divided by their root mean square, then scaled by learned numbers."),
  query: N("what each token looks for, head by head."), key: N("what each token can be found by, head by head."), value: N("what each token hands on where it is looked at."),
  "key shared": N("what each token can be found by; several heads share one, which saves memory."),
  "value shared": N("what each token hands on; several heads share one, which saves memory."),
  "weights causal": N("each query meets each key, and softmax makes shares of it; later tokens are hidden."),
  "weights causal_padding": N("each query meets each key, and softmax makes shares of it; later tokens and padding are hidden."),
  "weights padding": N("each query meets each key, and softmax makes shares of it; padding is hidden."),
  "weights none": N("each query meets each key, and softmax makes shares of it; nothing is hidden."),
  output: N("what the heads have mixed, side by side, goes through one matrix."),
  add: N("the line around the step is the residual connection: what the step made is added to it."),
  up: N("each token by itself: a matrix makes it wider."), down: N("a second matrix brings each token back to the width."),
  "activation relu": N("negative numbers become 0."), "activation gelu": N("a ReLU with a soft bend."), "activation gelu_tanh": N("a ReLU with a soft bend, computed with tanh."),
  "activation swiglu": N("one half of the numbers, bent by SiLU, is multiplied with the other half."),
  "logits tied": N("one score for each token of the vocabulary: how well the numbers fit that token's row of the embedding table."),
  "logits own": N("one score for each token of the vocabulary, by a matrix of its own."),
  head: N("one more matrix and GELU, before hidden words are guessed."), pooler: N("the first token stands for the whole text."), classes: N("one score for each class."),
  Input: N("the text as numbers, one id for each token."), Embedding: N("each id takes its row of a learned table; so many numbers stand for the token from here on."),
  LSTM: N("it reads token after token and keeps a memory that four gates change."), "Bidirectional LSTM": N("it reads token after token from both ends, and keeps a memory that four gates change."),
  Dropout: N("in training some numbers are set to 0 at random."), Dense: N("one number, made a probability by the sigmoid function."),
};

/** @param {Part} part @param {Record<string, string>} of */
function found(part, of) {
  const detail = part.detail.split(" ")[0], cross = part.step === "cross" ? of[`cross ${part.kind}`] : undefined;
  return cross ?? of[`${part.kind} ${detail}`] ?? of[part.kind] ?? part.kind;
}

/** @param {Part} part @param {Translate} t */
export const named = (part, t) => t(found(part, NAMES));

/** @param {Part} part @param {Translate} t */
export const explained = (part, t) => sentences(t(found(part, SENTENCES)), part.detail.endsWith(" unscaled") && t("The scores are not divided by the root of the width."));

/** Which boxes differ between two models, and which are gone. @param {Diagram} before @param {Diagram} after */
export function changes(before, after) {
  const read = (/** @type {Diagram} */ d) => new Map(d.sections.flatMap((s) => s.parts.map((p) => [p.id, JSON.stringify([p, s.count])])));
  const old = read(before), now = read(after);
  return { changed: [...now.keys()].filter((id) => old.get(id) !== now.get(id)), gone: [...old.keys()].filter((id) => !now.has(id)) };
}

/** Boxes that are connected with one by more than their order. @param {Diagram} diagram @param {string} id */
export const linkedWith = (diagram, id) => new Set(diagram.edges.filter(([a, b, kind]) => kind !== "around" && (a === id || b === id)).map(([a, b]) => (a === id ? b : a)));

/** What must be drawn anew where it differs; sizes alone only change words. @param {Diagram} d */
export const structure = (d) => JSON.stringify([d.sections.map((s) => [s.name, s.column, s.parts.map((p) => [p.id, p.kind, p.detail, p.step, p.row, p.shape.length])]), d.edges]);
