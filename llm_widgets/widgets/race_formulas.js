// Each optimizer's rule with the numbers of one update, its settings, and the paper that it comes from.
import { el, number } from "./kit.js";
import { frac, id, math, matrix, num, op, root, row, sub, sup } from "./formula.js";
import { numberField } from "./number_field.js";
import { RACERS, RACER_NAMES, updateOf } from "./race_logic.js";

/** @typedef {import("./race_logic.js").Racer} Racer */
/** @typedef {import("./race_logic.js").RacerName} RacerName */
/** @typedef {import("./race_logic.js").Point} Point */
/** @typedef {import("./formula.js").Part[]} Parts */

const RACE_PAPERS = { sgd: "Robbins & Monro 1951", momentum: "Polyak 1964", adam: "Kingma & Ba 2015" };
const RATE_SIGNS = /** @type {const} */ ({ sgd_rate: "η", momentum_rate: "η", adam_rate: "η", momentum: "μ", beta_1: "β₁", beta_2: "β₂" });
const RATES_OF = /** @type {Record<RacerName, (keyof typeof RATE_SIGNS)[]>} */ ({ sgd: ["sgd_rate"], momentum: ["momentum_rate", "momentum"], adam: ["adam_rate", "beta_1", "beta_2"] });

// Two digits where a number is so small or large that its power counts more.
const brief = (/** @type {number} */ x) => number(x, x && (Math.abs(x) < 1e-3 || Math.abs(x) >= 1e5) ? 2 : 3);
const columnOf = (/** @type {Point} */ v) => matrix(v.map((x) => [num(brief(x))]));
const flat = (/** @type {string} */ bracket) => { const made = op(bracket); made.setAttribute("stretchy", "false"); return made; };
const hat = (/** @type {string} */ letter) => id(`${letter}̂`);

/** The rule and its numbers, line by line. @param {RacerName} name @param {Racer} racer @param {number} at which update @param {(setting: string) => number} current @returns {Parts[]} */
function ruleLines(name, racer, at, current) {
  const before = racer.points[at], after = racer.points[at + 1], g = racer.gradients[at];
  // Each node stands in one place alone, so a sign that comes twice is made twice.
  const theta = () => id("θ"), eta = () => id("η"), arrow = () => op("←"), rate = () => num(number(current(`${name}_rate`)));
  if (name === "sgd") return [[theta(), arrow(), theta(), op("−"), eta(), op("·"), id("g")], [op("="), columnOf(before), op("−"), rate(), op("·"), columnOf(g), op("="), columnOf(after)]];
  if (name === "momentum") {
    const v = /** @type {Point[]} */ (racer.velocity), mu = current("momentum");
    return [
      [id("v"), arrow(), id("μ"), op("·"), id("v"), op("+"), id("g")], [op("="), num(number(mu)), op("·"), columnOf(v[at]), op("+"), columnOf(g), op("="), columnOf(v[at + 1])],
      [theta(), arrow(), theta(), op("−"), eta(), op("·"), id("v")], [op("="), columnOf(before), op("−"), rate(), op("·"), columnOf(v[at + 1]), op("="), columnOf(after)],
    ];
  }
  const { m, v, m_hat, v_hat } = /** @type {Required<Racer>} */ (racer), b1 = current("beta_1"), b2 = current("beta_2"), k = at + 1;
  const share = (/** @type {number} */ b) => number(Number((1 - b).toPrecision(12)));
  const mean = (/** @type {string} */ letter, /** @type {number} */ i, /** @type {import("./formula.js").Part} */ what) => [id(letter), arrow(), sub(id("β"), num(i)), op("·"), id(letter), op("+"), flat("("), num(1), op("−"), sub(id("β"), num(i)), flat(")"), op("·"), what];
  const right = (/** @type {string} */ letter, /** @type {number} */ b, /** @type {Point} */ to) => row(hat(letter), op("="), frac(id(letter), row(num(1), op("−"), sup(num(number(b, 4)), num(k)))), op("="), columnOf(to));
  const ratio = /** @type {Point} */ (m_hat[k].map((x, i) => x / (Math.sqrt(v_hat[k][i]) + 1e-8)));
  return [
    mean("m", 1, id("g")), [op("="), num(number(b1, 4)), op("·"), columnOf(m[at]), op("+"), num(share(b1)), op("·"), columnOf(g), op("="), columnOf(m[k])],
    mean("v", 2, sup(id("g"), num(2))), [op("="), num(number(b2, 4)), op("·"), columnOf(v[at]), op("+"), num(share(b2)), op("·"), columnOf(/** @type {Point} */ (g.map((x) => x * x))), op("="), columnOf(v[k])],
    [right("m", b1, m_hat[k])], [right("v", b2, v_hat[k])],
    [theta(), arrow(), theta(), op("−"), eta(), op("·"), frac(hat("m"), row(root(hat("v")), op("+"), id("ε")))], [op("="), columnOf(before), op("−"), rate(), op("·"), columnOf(ratio), op("="), columnOf(after)],
  ];
}

/** @param {import("./computed.js").Reach} reach */
export function raceCards({ t, set, current, refused }) {
  const cards = RACERS.map((name) => {
    const title = el("b", {}), where = el("span", { class: "lw-race-paper" }, RACE_PAPERS[name]), update = el("p", { class: "lw-caption" }), shown = el("div", { class: "lw-race-lines lw-scroll", tabindex: "0" });
    const fields = RATES_OF[name].map((setting) => numberField({ t, label: () => t("{sign} of {name}", { sign: RATE_SIGNS[setting], name: t(RACER_NAMES[name]) }), get: () => current(setting), set: (x) => set(setting, x), refused, low: setting.endsWith("rate") ? 1e-9 : 0, high: setting.endsWith("rate") ? 1e6 : 0.999999, step: setting.endsWith("rate") ? 0.01 : 0.05, role: setting }));
    const node = el("div", { class: `lw-race-card lw-race-${name}`, role: "group" },
      el("div", { class: "lw-race-head" }, el("span", { class: "lw-race-swatch", "aria-hidden": "true" }), title, where),
      el("div", { class: "lw-race-fields" }, ...RATES_OF[name].map((setting, i) => el("label", {}, el("span", {}, RATE_SIGNS[setting]), fields[i].node))), update, shown);
    return { name, node, title, update, shown, fields };
  });
  return {
    node: el("div", { class: "lw-race-cards" }, ...cards.map((card) => card.node)),
    relabel: () => cards.forEach((card) => {
      card.title.textContent = t(RACER_NAMES[card.name]);
      card.node.setAttribute("aria-label", t(RACER_NAMES[card.name]));
      card.shown.setAttribute("aria-label", t("The rule with its numbers"));
      card.fields.forEach((field) => field.relabel());
    }),
    paint(/** @type {Record<RacerName, Racer>} */ racers, /** @type {number} */ step) {
      for (const card of cards) {
        const racer = racers[card.name], at = updateOf(racer, step);
        card.fields.forEach((field) => field.paint());
        card.update.textContent = at < 0 ? t("No update: the numbers left their range at once.") : t("Update {n}: g is the gradient before it", { n: at + 1 });
        card.shown.replaceChildren(...(at < 0 ? [] : ruleLines(card.name, racer, at, current)).map((parts) => el("div", {}, math(parts))));
      }
    },
  };
}
