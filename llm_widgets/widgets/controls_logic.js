// What the run controls know without a document: which button does what in which state, and the sentences of the status line.
import { N, number, percent, sentences } from "./kit.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {{ state: string, epoch: number, epochs: number, batch: number, batches: number, step: number, loss: number | null, accuracy: number | null, val_loss: number | null, val_accuracy: number | null, ms_per_step: number | null, learning_rate: number | null, error: string | null }} Status */
/** @typedef {{ accuracy: number, baselines: [string, number][] }} Verdict */

/** The learning rates at which the slider stands: 1, 2 and 5 in each decade. */
export const RATES = [1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 1e-1, 2e-1, 5e-1, 1];

/** What the large button does now, and which others can be pressed. @param {string} state @param {number} step */
export function transport(state, step) {
  const active = state === "running" || state === "paused";
  const primary = state === "running" ? { action: "pause", label: N("Pause"), sign: "❚❚" }
    : state === "paused" ? { action: "resume", label: N("Resume"), sign: "▶" }
    : state === "idle" ? { action: "train", label: N("Train"), sign: "▶" }
    : { action: "train", label: N("Train again"), sign: "▶" };
  return { primary, step: state === "idle" || active, stop: active, reset: state !== "idle" || step > 0 };
}

/** What is done, 0 to 1: of the whole run, and of this epoch. @param {Partial<Status>} s */
export function progress(s) {
  const share = (/** @type {number} */ x) => Math.min(1, Math.max(0, x || 0));
  const inEpoch = share((s.batch ?? 0) / (s.batches ?? 0));
  const whole = s.state === "finished" ? 1 : share(((s.epoch ?? 1) - 1 + inEpoch) / (s.epochs ?? 0));
  return { whole: s.step ? whole : 0, epoch: s.step ? inEpoch : 0 };
}

/** "Epoch 2 of 10, batch 212 of 231, loss 0.43, …" @param {Partial<Status>} s @param {Translate} t */
export function position(s, t) {
  const parts = [t("Epoch {epoch} of {epochs}, batch {batch} of {batches}", { epoch: s.epoch, epochs: s.epochs, batch: s.batch, batches: s.batches })];
  if (known(s.loss)) parts.push(t("loss {loss}", { loss: fixed(s.loss, 3) }));
  if (known(s.accuracy)) parts.push(t("accuracy {accuracy}", { accuracy: fixed(s.accuracy, 3) }));
  if (known(s.ms_per_step)) parts.push(t("{ms} ms a step", { ms: number(s.ms_per_step, 2) }));
  return parts.join(t(", "));
}

/** The status line. @param {Partial<Status>} s @param {boolean} recorded @param {Translate} t */
export function sentence(s, recorded, t) {
  if (s.state === "running" && !s.step) return recorded ? t("The recording starts.") : t("Getting ready: the model is being built.");
  if (s.state === "running") return position(s, t);
  if (s.state === "paused") return s.step ? t("Paused. {position}", { position: position(s, t) }) : t("Paused before the first batch.");
  if (s.state === "finished") return recorded ? t("The recording has ended. {position}", { position: position(s, t) }) : t("Finished: {epochs} epochs, {steps} batches.", { epochs: s.epoch, steps: number(s.step) });
  if (s.state === "stopped") return s.step ? t("Stopped; the model keeps what it has learned. {position}", { position: position(s, t) }) : t("Stopped before the first batch.");
  if (s.state === "failed") return t("Training has failed.");
  return recorded ? t("A recording of a run: press Play.") : t("Ready. Press Train.");
}

/** The result against the baselines, in one or two sentences. @param {Verdict} v @param {Translate} t */
export function judged(v, t) {
  const result = t("Validation accuracy {accuracy}.", { accuracy: percent(v.accuracy) });
  if (!v.baselines.length) return result;
  const best = v.baselines.reduce((a, b) => (b[1] > a[1] ? b : a));
  const values = { name: t(best[0]), baseline: percent(best[1]), points: fixed(100 * Math.abs(v.accuracy - best[1]), 1) };
  if (v.accuracy > best[1]) return sentences(result, t("This beats the best baseline, {name} at {baseline}, by {points} percentage points.", values));
  if (v.accuracy === best[1]) return sentences(result, t("This equals the best baseline, {name} at {baseline}.", values));
  return sentences(result, t("This does not beat the best baseline, {name} at {baseline}: it is {points} percentage points below.", values));
}

const known = (/** @type {number | null | undefined} */ x) => x !== null && x !== undefined && !Number.isNaN(x);
/** Always the same number of digits: a line that changes ten times a second must not change its length. @param {number | null | undefined} x @param {number} digits */
const fixed = (x, digits) => (known(x) ? /** @type {number} */ (x).toFixed(digits) : "–");
