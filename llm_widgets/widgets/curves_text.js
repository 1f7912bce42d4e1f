// What the training curves say in words: the status line, the read-out, the names of earlier runs.
import { N, number, percent } from "./kit.js";
import { epochAt } from "./curves_data.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {import("./curves_data.js").Series} Series */
/** @typedef {{ name: { en: string, zh: string }, accuracy: number }} Baseline */
/**
 * What the page knows of a run besides its curve.
 * @typedef {{ state: string, epochs: number, ms: number | null, error: string | null, series: Series, baselines: Baseline[] }} Watched
 */

const CHANGES = {
  lstm_units: N("{value} units"), embedding_dim: N("embedding {value}"), vocabulary_size: N("vocabulary {value}"), dropout: N("dropout {value}"),
  sequence_length: N("length {value}"), learning_rate: N("rate {value}"), batch_size: N("batches of {value}"), seed: N("seed {value}"),
  d_model: N("width {value}"), num_layers: N("{value} layers"), num_heads: N("{value} heads"), max_length: N("length {value}"),
};
/** What was chosen, by field and choice; others are not named. @type {Record<string, Record<string, string>>} */
const CHOICES = {
  mask: { causal: N("causal mask"), causal_padding: N("causal mask"), padding: N("no causal mask"), none: N("no mask") },
  position: { learned: N("learned positions"), sinusoidal: N("sinusoidal positions"), rotary: N("rotary positions"), relative: N("relative positions"), none: N("no positions") },
  unit: { words: N("words"), characters: N("characters"), segments: N("segmented words"), bytes: N("bytes"), bpe: N("byte pairs (BPE)") },
};

/** A short name for an earlier run: what was different in it. @param {Translate} t @param {number} id @param {[string, any][]} changes */
export function ghostName(t, id, changes) {
  const names = changes.map(([field, value]) => {
    if (field === "bidirectional") return value ? t("both directions") : t("one direction");
    if (CHOICES[field]) return CHOICES[field][value] ? t(CHOICES[field][value]) : String(value);
    const message = CHANGES[/** @type {keyof typeof CHANGES} */ (field)];
    return message ? t(message, { value: Array.isArray(value) ? value.join(" → ") : typeof value === "number" ? number(value) : value }) : "";
  }).filter(Boolean);
  return names.length ? names.slice(0, 2).join(", ") : t("run {id}", { id });
}

/** Where in the run step `n` is. @param {number} n @param {number} perEpoch */
export function position(n, perEpoch) {
  const before = Math.max(0, n - 1);
  return { epoch: Math.floor(before / perEpoch) + 1, batch: (before % perEpoch) + 1 };
}

/** The status line, and its tone. @param {Translate} t @param {Watched} run @param {string} language @returns {[string, string]} */
export function statusWords(t, run, language) {
  const { series } = run, n = series.n, last = series.epochs.at(-1), { epoch, batch } = position(n, series.stepsPerEpoch);
  const where = { batch: number(batch), batches: number(series.stepsPerEpoch), epoch, epochs: run.epochs, loss: number(series.columns.smoothLoss[n - 1]) };
  if (run.state === "failed") return [run.error || t("The training failed."), "bad"];
  if (run.state === "running" && !n) return [t("The model is being built …"), ""];
  if (run.state === "running" && run.ms) return [t("Batch {batch} of {batches} in epoch {epoch} of {epochs}, loss {loss}, {ms} ms a step", { ...where, ms: number(run.ms, 2) }), ""];
  if (run.state === "running") return [t("Batch {batch} of {batches} in epoch {epoch} of {epochs}, loss {loss}", where), ""];
  if (run.state === "paused") return [n ? t("Paused at batch {batch} of {batches} in epoch {epoch} of {epochs}, loss {loss}", where) : t("Paused before the first batch"), ""];
  if (run.state === "stopped") return [n ? t("Stopped at batch {batch} of {batches} in epoch {epoch} of {epochs}; what was learned so far can be used.", where) : t("Stopped before the first batch"), ""];
  if (run.state === "finished") return [[t("Finished."), last ? t("Validation accuracy {accuracy} after epoch {epoch}.", { accuracy: percent(last.val_accuracy), epoch: last.epoch }) : "", against(t, run, language)].filter(Boolean).join(language === "zh" ? "" : " "), ""];
  return [t("Press Train to see the loss fall."), ""];
}

/** The newest validation accuracy beside the best baseline; empty where either is missing. @param {Translate} t @param {Watched} run @param {string} language */
export function against(t, run, language) {
  const last = run.series.epochs.at(-1), best = [...run.baselines].sort((a, b) => b.accuracy - a.accuracy)[0];
  if (!last || !best || !Number.isFinite(last.val_accuracy)) return "";
  return compared(t, last.val_accuracy, best.accuracy, best.name[language === "zh" ? "zh" : "en"]);
}

/** How the network stands to a baseline, in points of accuracy. @param {Translate} t @param {number} network @param {number} baseline @param {string} name */
export function compared(t, network, baseline, name) {
  // What is shown as equal is called equal.
  const points = Number((100 * (network - baseline)).toFixed(1)), values = { points: Math.abs(points).toFixed(1), name, accuracy: percent(baseline) };
  if (points > 0) return t("The network is {points} points above {name} ({accuracy}).", values);
  if (points < 0) return t("The network is {points} points below {name} ({accuracy}).", values);
  return t("The network is level with {name} ({accuracy}).", values);
}

/** What is under the cursor. @param {Translate} t @param {Series} series @param {number} step @param {boolean} byEpoch */
export function readOut(t, series, step, byEpoch) {
  const record = epochAt(series.epochs, step), { columns } = series, parts = [];
  if (byEpoch) {
    if (!record) return t("No epoch has ended yet.");
    parts.push(t("Epoch {epoch}: training loss {loss}, accuracy {accuracy}", { epoch: record.epoch, loss: number(record.loss), accuracy: percent(record.accuracy) }));
  } else {
    const i = Math.min(step, series.n) - 1;
    parts.push(t("Step {step}, epoch {epoch}: loss {loss} (mean {mean}), accuracy {accuracy} (mean {share})", {
      step: number(i + 1), epoch: position(i + 1, series.stepsPerEpoch).epoch, loss: number(columns.loss[i]), mean: number(columns.smoothLoss[i]),
      accuracy: percent(columns.accuracy[i]), share: percent(columns.smoothAccuracy[i]),
    }));
  }
  if (record) parts.push(t("validation after epoch {epoch}: loss {loss}, accuracy {accuracy}", { epoch: record.epoch, loss: number(record.val_loss), accuracy: percent(record.val_accuracy) }));
  return parts.join(" · ");
}
