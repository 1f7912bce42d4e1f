// What the activation explorer says in words, and the axes of its plots. No page needed.
import { N, number, sentences } from "./kit.js";
import { activationName } from "./function_names.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {[number | null, number | null, "dead" | "saturated"]} Zone */
/** @typedef {{ gradients: number[], activations: number[], dead: number[], overflow: number | null }} StackFound */
/** @typedef {{ low: number | null, high: number | null, mean: number, deviation: number, dead: number }} OutputFound */
/** @typedef {{ activation: string, at: Record<string, [number, number]>, z: number, zones: Zone[], outputs: Record<string, OutputFound>, stack: StackFound, chain: number[], slope: number }} ActivationFound */

const PLACES = /** @type {Record<string, string[]>} */ ({
  saturated: [N("saturated below z = {high}"), N("saturated above z = {low}"), N("flat from z = {low} to {high}"), N("saturated everywhere")],
  dead: [N("dead up to z = {high}"), N("dead from z = {low}"), N("dead from z = {low} to {high}"), N("dead everywhere")],
});
/** A place where the slope is next to nothing, in words. @param {Translate} t @param {Zone} zone */
export function zoneWords(t, [low, high, kind]) {
  const values = { low: number(low, 4), high: number(high, 4) };
  return t(PLACES[kind][low === null ? (high === null ? 3 : 0) : high === null ? 1 : 2], values);
}
/** @param {Translate} t @param {Zone[]} zones */
export const zonesWords = (t, zones) => (zones.length ? zones.map((zone) => zoneWords(t, zone)).join(t("; ")) : t("nowhere saturated or dead"));
/** Which of the places a point lies in. @param {Zone[]} zones @param {number} z */
export const zoneAt = (zones, z) => zones.find(([low, high]) => z >= (low ?? -Infinity) && z <= (high ?? Infinity))?.[2] ?? "";

/** @param {Translate} t @param {ActivationFound} found */
export function pointWords(t, { activation, at, z, zones }) {
  const [a, slope] = at[activation], values = { name: activationName(t, activation), z: number(z, 4), a: number(a, 4), slope: number(slope, 4) }, where = zoneAt(zones, z);
  return sentences(t("{name} makes {a} of z = {z}; the slope there is {slope}.", values), where === "dead" ? t("It is dead here: no gradient gets through.") : where === "saturated" && t("It is saturated here: hardly any gradient gets through."));
}

/** What has become of the gradient. @param {Translate} t @param {StackFound} stack */
export function stackWords(t, { gradients, dead, overflow }) {
  if (overflow !== null) return gradients.length ? t("On the way back the gradient left the numbers of a computer (above 1.8 × 10³⁰⁸) in layer {n}: it explodes.", { n: overflow }) : t("On the way forward the values left the numbers of a computer (above 1.8 × 10³⁰⁸) in layer {n}: the gain is far too large.", { n: overflow });
  const n = gradients.length - 1, left = gradients[n], values = { n, left: number(left), each: number(left ** (1 / n)) };
  const share = dead.reduce((sum, x) => sum + x, 0) / Math.max(1, dead.length);
  const gone = share > 0 && t("On average {share} of a layer's units are dead for an input.", { share: `${Math.round(100 * share)} %` });
  if (left === 0) return sentences(t("Nothing of the gradient reaches the input: it is exactly 0."), gone);
  if (left < 0.01) return sentences(t("The gradient vanishes: of norm 1 at the top, {left} is left after {n} layers, a factor of {each} each layer.", values), left < 6e-8 && t("Numbers of 16 bits (fp16) would call this 0."), gone);
  if (left > 100) return sentences(t("The gradient explodes: of norm 1 at the top, it has {left} after {n} layers, a factor of {each} each layer.", values), left > 65504 && t("Numbers of 16 bits (fp16) would call this infinite."), gone);
  return sentences(t("The gradient gets through: of norm 1 at the top, it has {left} after {n} layers, a factor of {each} each layer.", values), gone);
}

/** @param {Translate} t @param {ActivationFound} found */
export function chainWords(t, { chain, slope, z }) {
  const n = chain.length - 1;
  return t("A chain of {n} single units at z = {z}, each with weight 1: {slope} to the power of {n} is {product}.", { n, z: number(z, 4), slope: number(slope, 4), product: number(chain[n]) });
}

/** @param {Translate} t @param {OutputFound} output @param {boolean} standard  whether the inputs have mean 0 */
export function outputWords(t, { low, high, mean, deviation, dead }, standard) {
  const range = low === null && high === null ? t("any number") : high === null ? t("{low} and more", { low: number(low) }) : low === null ? t("up to {high}", { high: number(high) }) : t("{low} to {high}", { low: number(low), high: number(high) });
  const near = Math.abs(mean) < 1e-9, centre = near ? t("centred at 0") : t("not centred at 0");
  return [range, `${near ? "0" : number(mean)}${standard ? t(" ({centre})", { centre }) : ""}`, number(deviation), dead > 0 ? `${Math.round(100 * dead)} %` : "0 %"];
}

/** The vertical axis of the functions: where one of them has no end, the middle part. @param {number[][]} curves @returns {[number, number]} */
export function functionSpan(curves) {
  const values = curves.flat(), low = Math.min(...values), high = Math.max(...values);
  return high > 2 || low < -2 ? [-1.5, 3] : [Math.min(low, 0) - 0.1, Math.max(high, 1) + 0.1];
}
/** Whole powers of ten that hold all values above 0, and 0.01 to 10 at least. @param {(number | null)[]} values @returns {[number, number]} */
export function decades(values) {
  const real = /** @type {number[]} */ (values.filter((x) => x !== null && x > 0)), low = Math.min(0.01, ...real), high = Math.max(10, ...real);
  return [10 ** Math.max(-307, Math.floor(Math.log10(low))), 10 ** Math.min(308, Math.ceil(Math.log10(high) + 1e-9))];
}
