// What happens in each step of the walks, in words; the numbers come from the kernel.
import { N, number, percent, sentences } from "./kit.js";
import { walkToken } from "./walk_heat.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {Record<string, any>} Found */

/** @type {Record<string, string>} */
const WALK_WORDS = {
  preprocessing: N("Each character becomes a token and each token an id: {V} different ones, one of them for what is unknown ({unknown} here). {B} windows of {T} tokens are drawn by chance; y is x one place further on, so each position has its answer. The documents remove capitals and punctuation; today's language models keep both, and so does this one."),
  initialisation: N("{parameters} numbers are drawn by chance: weights around 0 with a standard deviation of {deviation}, gains 1, biases 0, seed {seed}. The {count} numbers of {tensor} have the mean {mean} and the standard deviation {spread}. The model knows nothing yet."),
  embedding: N("Each id picks its row of the table token_embedding. Nothing is computed: the vector is looked up. {token} has the id {id}."),
  positions: N("A vector for the place is added to the vector of the token. Without it, attention could not tell the order of the tokens."),
  qkv: N("Each vector is normalised; three matrices then make its query, its key and its value: what it looks for, what it offers to be found by, what it hands on."),
  scores: N("The query of each position is multiplied with the key of each other: how well do they fit? Divided by √C, so that the numbers stay small."),
  mask: N("What comes later must not be seen, or the answer would be given away. Its scores become −∞: from here {allowed} positions can be looked at, {forbidden} cannot."),
  softmax: N("Softmax makes shares of the scores: each row sums to 1, and what was −∞ gets exactly 0."),
  mix: N("The values of all positions are mixed with these shares. The mix goes through W_o and is added to the vector that was there before: a residual connection, which the documents leave out."),
  feed_forward: N("Each position on its own: normalised, made into {F} hidden units, bent by GELU, brought back to {C} numbers, and added again. {zero} of the hidden units here are below 0, where GELU lets next to nothing through."),
  logits: N("Normalised once more; then one score for each of the {V} tokens that may come next. The highest here is that of {highest}."),
  probabilities: N("Softmax makes probabilities of the scores; they sum to 1. {token} gets {probability}. The likeliest: {top}."),
  loss: N("The cross-entropy: minus the logarithm of the probability of the token that really comes next, here {term}; the mean over {count} positions is {mean}. Whoever guesses blindly among {V} tokens gets ln {V} = {chance}."),
  backpropagation: N("The chain rule, from the loss back through each step: how much does the loss change with each number? For {cell} it says {gradient}. Moved a little both ways, the loss really changes by {difference} for each unit: the two agree to {digits} digits."),
  update: N("Each number takes a step against its gradient. {cell} goes from {before} to {after}. The same batch would now cost {loss_after} instead of {loss}. Then the next batch comes: forward, loss, back, update, again and again. The documents' chain ends here."),
  input: N("The text becomes ids. This model reads at most {T} tokens, so of {all} it reads the last {read}; {unknown} of them are unknown to it."),
  choice_greedy: N("Temperature 0 takes the likeliest token: {token}. It joins the input, and all begins again: this loop is what the documents leave out."),
  choice_drawn: N("At temperature {temperature} one token is drawn: {token}, whose probability was {before} and is {probability} after temperature and top-k. It joins the input, and all begins again: this loop is what the documents leave out."),
};

/** The facts of the text that is learned from. @param {Found} found @param {Translate} t @param {string} language */
function collectionWords(found, t, language) {
  const n = found.numbers, title = n.title[language] ?? n.title.en;
  if (!title) return n.used < n.whole
    ? t("Your own text: the first {used} of its {whole} characters are used, {distinct} different ones. SHA-256 {hash}…", { used: number(n.used), whole: number(n.whole), distinct: n.distinct, hash: n.sha256.slice(0, 12) })
    : t("Your own text: {used} characters, {distinct} different ones. SHA-256 {hash}…", { used: number(n.used), distinct: n.distinct, hash: n.sha256.slice(0, 12) });
  const values = { title, used: number(n.used), whole: number(n.whole), distinct: n.distinct, start: number(n.start + 1), end: number(n.start + n.used), hash: n.sha256.slice(0, 12), source: n.source.split(",")[0] };
  return sentences(t("{title}: of {whole} characters for training, those from {start} to {end} are used, {distinct} different ones.", values), n.licence === "public domain" ? t("Public domain.") : t("Licence: {licence}.", { licence: n.licence }), t("Source: {source}; SHA-256 {hash}…", values));
}

/** What happens in the step that is shown. @param {Found} found @param {Translate} t @param {string} language */
export function walkWords(found, t, language) {
  const n = found.numbers, name = found.name, vocabulary = found.vocabulary;
  const quoted = (/** @type {number} */ id) => `“${walkToken(vocabulary[id])}”`;
  if (name === "collection") return collectionWords(found, t, language);
  const stands = name === "input" && found.stands_in ? t("The prompt is empty; the first characters of its text stand in.") : "";
  const F = found.tensors[0]?.shape.at(-1), cell = n.index ? `${found.weight}[${n.index.join(", ")}]` : "";
  const values = {
    ...Object.fromEntries(Object.entries(n).map(([key, x]) => [key, typeof x === "number" ? number(x, 4) : x])),
    tensor: found.weight, cell, F, V: vocabulary.length,
    token: name === "embedding" ? quoted(found.x[found.position]) : n.token === undefined ? "" : quoted(n.token),
    highest: n.highest === undefined ? "" : quoted(n.highest),
    zero: percent(n.zero, 0), probability: percent(n.probability, n.probability < 0.01 ? 2 : 1), before: name === "choice" ? percent(n.before) : number(n.before, 6), after: number(n.after, 6),
    top: (n.top ?? []).slice(0, 3).map((/** @type {[number, number]} */ [id, p]) => `${quoted(id)} ${percent(p)}`).join(", "),
    gradient: number(n.gradient, 6), difference: number(n.difference, 6), digits: walkDigits(n.gradient, n.difference), loss: number(found.loss, 4), loss_after: number(n.loss_after, 4),
  };
  return sentences(t(WALK_WORDS[name === "choice" ? (n.temperature === 0 ? "choice_greedy" : "choice_drawn") : name], values), stands);
}

/** To how many digits two numbers agree; all that there are (15) where they are the same. @param {number} a @param {number} b */
export function walkDigits(a, b) {
  const size = Math.max(Math.abs(a), Math.abs(b)), gap = Math.abs(a - b);
  return gap === 0 ? 15 : Math.max(0, Math.min(15, Math.floor(-Math.log10(gap / size))));
}

/** @type {Record<string, string>} */
const WALK_AXES = { B: N("row of the batch"), T: N("position"), C: N("number of the vector"), F: N("hidden unit"), V: N("token of the vocabulary") };

/** One cell in words. @param {Found} tensor @param {number} r @param {number} c @param {string[] | null} rows @param {string[] | null} columns @param {(id: number) => string} token @param {Translate} t */
export function walkCellWords(tensor, r, c, rows, columns, token, t) {
  const x = tensor.values[r]?.[c], axes = tensor.axes.slice(-2);
  const name = (/** @type {string} */ axis, /** @type {number} */ i, /** @type {string[] | null} */ names) => `${t(WALK_AXES[axis] ?? "")} ${i}${names ? " “" + walkToken(names[i]) + "”" : ""}`;
  const alike = axes.length > 1 && axes[0] === axes[1] && !rows && !columns; // a square of weights: its axes go by row and column
  const where = alike ? t("row {r}, column {c}", { r, c }) : [tensor.shape.length > 1 ? name(axes[0], r, rows) : "", name(axes[axes.length - 1], c, columns)].filter(Boolean).join(", ");
  const value = tensor.kind === "ids" ? `${token(x)} = ${x}` : x === null ? "−∞" : number(x, 6);
  return `${where}: ${value}`;
}
