// What activation functions and losses are called, in all widgets alike.
import { N } from "./kit.js";

/** @typedef {import("./kit.js").Translate} Translate */

export const ACTIVATION_NAMES = /** @type {Record<string, string>} */ ({ identity: N("identity"), sigmoid: N("sigmoid"), relu: N("ReLU"), tanh: N("tanh"), gelu: N("GELU"), gelu_tanh: N("GELU (by tanh)"), silu: N("SiLU") });
export const LOSS_NAMES = /** @type {Record<string, string>} */ ({
  half_squared_error: N("half the squared error"), mean_squared_error: N("mean squared error"), binary_cross_entropy: N("binary cross-entropy"),
  binary_cross_entropy_from_logits: N("binary cross-entropy from logits"), cross_entropy_from_logits: N("cross-entropy from logits"),
});
/** @param {Translate} t @param {string} name */
export const activationName = (t, name) => t(ACTIVATION_NAMES[name] ?? name);
/** @param {Translate} t @param {string} name */
export const lossName = (t, name) => t(LOSS_NAMES[name] ?? name);
