// What an optimizer race needs without a page: contour lines of a grid, paths cut at the edge, and the race in words.
import { N, number, sentences } from "./kit.js";
import { exact } from "./number_logic.js";

/** @typedef {import("./kit.js").Translate} Translate */
/** @typedef {[number, number]} Point */
/** @typedef {{ points: Point[], heights: number[], gradients: Point[], diverged: boolean, arrived: number | null, velocity?: Point[], m?: Point[], v?: Point[], m_hat?: Point[], v_hat?: Point[] }} Racer */
/** @typedef {"sgd" | "momentum" | "adam"} RacerName */
/** @typedef {{ surface: string, latex: string, domain: [Point, Point], minima: Point[], grid: number, levels: number[], racers: Record<RacerName, Racer> }} Race */

/** @type {RacerName[]} */
export const RACERS = ["sgd", "momentum", "adam"];
export const RACER_NAMES = { sgd: N("SGD"), momentum: N("Momentum"), adam: N("Adam") };
export const SURFACE_NAMES = { bowl: N("Bowl: as steep all round"), ravine: N("Ravine: 50 times as steep one way"), rippled: N("Rippled bowl: many hollows"), rosenbrock: N("Rosenbrock's bent valley"), saddle: N("Saddle: level, and no minimum"), beale: N("Beale: flat, with steep edges"), himmelblau: N("Himmelblau: four minima") };

/**
 * Where a grid crosses a level, as line segments in grid coordinates: marching squares.
 * @param {ArrayLike<number>} heights row by row @param {number} n points a side @param {number} level @returns {number[]} x0, y0, x1, y1, …
 */
export function contourSegments(heights, n, level) {
  const found = /** @type {number[]} */ ([]);
  const cut = (/** @type {number} */ a, /** @type {number} */ b) => (level - a) / (b - a);
  for (let y = 0; y < n - 1; y += 1) {
    for (let x = 0; x < n - 1; x += 1) {
      const a = heights[y * n + x], b = heights[y * n + x + 1], c = heights[(y + 1) * n + x + 1], d = heights[(y + 1) * n + x];
      const above = [a, b, c, d].map((h) => h >= level);
      if (above.every((v) => v === above[0])) continue;
      const edges = /** @type {Point[]} */ ([]);
      if (above[0] !== above[1]) edges.push([x + cut(a, b), y]);
      if (above[1] !== above[2]) edges.push([x + 1, y + cut(b, c)]);
      if (above[2] !== above[3]) edges.push([x + cut(d, c), y + 1]);
      if (above[3] !== above[0]) edges.push([x, y + cut(a, d)]);
      // A saddle within a cell: its middle decides which corners belong together.
      if (edges.length === 4 && (a + b + c + d) / 4 >= level === above[0]) found.push(...edges[0], ...edges[1], ...edges[2], ...edges[3]);
      else if (edges.length === 4) found.push(...edges[0], ...edges[3], ...edges[1], ...edges[2]);
      else found.push(...edges[0], ...edges[1]);
    }
  }
  return found;
}

/** How high a point stands among the levels, 0 to 1. @param {number} h @param {number[]} levels */
export function rank(h, levels) {
  let i = 0;
  while (i < levels.length && h >= levels[i]) i += 1;
  const low = levels[i - 1], high = levels[i];
  return (i + (low !== undefined && high !== undefined ? (h - low) / (high - low) : 0.5)) / (levels.length + 1);
}

/** A path as far as it can be drawn: a point that is far outside is put onto its line, a little outside. @param {Point[]} points @param {[Point, Point]} domain */
export function drawablePath(points, domain) {
  const wide = domain.map(([a, b]) => b - a), middle = domain.map(([a, b]) => (a + b) / 2);
  const far = (/** @type {Point} */ p) => Math.max(...p.map((v, i) => Math.abs(v - middle[i]) / wide[i]));
  const found = /** @type {Point[]} */ ([]);
  for (const point of points) {
    const before = found.at(-1);
    if (far(point) <= 3 || !before) { found.push(point); continue; }
    const share = 3 / far(point);
    found.push(/** @type {Point} */ (point.map((v, i) => before[i] + (v - before[i]) * share)));
    break; // the rest is out of sight
  }
  return found;
}

/** The axis of the heights: logarithmic where the lowest is 0. @param {Race} race @returns {{ log: boolean, y: Point }} */
export function heightAxis({ racers, minima }) {
  const all = RACERS.flatMap((name) => racers[name].heights), high = Math.max(...RACERS.map((name) => racers[name].heights[0]));
  if (!minima.length) return { log: false, y: [Math.max(-5, Math.min(...all)), Math.max(1, Math.min(high, 10))] };
  const least = Math.min(...all.filter((h) => h > 0)), most = Math.min(Math.max(...all), 1e4 * Math.max(high, 1));
  return { log: true, y: [Math.min(Math.max(least, 1e-10), high / 10 || 1e-10), Math.max(most, 1e-9)] };
}

/** The update that a step shows: the next one, at the end the last one. @param {Racer} racer @param {number} step */
export const updateOf = (racer, step) => Math.min(step, racer.gradients.length - 1);

/** The race so far, in words. @param {Race} race @param {number} step @param {number} steps @param {Point} start @param {Translate} t */
export function raceWords(race, step, steps, start, t) {
  if (step === 0) return t("Step 0 of {steps}, all at ({x}, {y}). Who will be first? Guess, then press Play.", { steps, x: exact(Number(start[0].toPrecision(4))), y: exact(Number(start[1].toPrecision(4))) });
  const name = (/** @type {RacerName} */ one) => t(RACER_NAMES[one]), saddle = !race.minima.length;
  const there = RACERS.filter((one) => (race.racers[one].arrived ?? Infinity) <= step).sort((a, b) => Number(race.racers[a].arrived) - Number(race.racers[b].arrived));
  const gone = RACERS.filter((one) => race.racers[one].diverged && race.racers[one].points.length - 1 <= step);
  const left = RACERS.filter((one) => !there.includes(one) && !gone.includes(one));
  const at = (/** @type {RacerName} */ one) => Number(race.racers[one].arrived);
  const first = there.length ? there.filter((one) => at(one) === at(there[0])) : [];
  const list = (/** @type {string[]} */ names) => names.join(t(", "));
  return sentences(
    t("Step {step} of {steps}.", { step, steps }),
    first.length ? (saddle ? t("First out of the saddle: {names}, after {n} steps.", { names: list(first.map(name)), n: at(first[0]) }) : t("First at a minimum: {names}, after {n} steps.", { names: list(first.map(name)), n: at(first[0]) })) : "",
    there.length > first.length ? t("Then {others}.", { others: list(there.slice(first.length).map((one) => t("{name} after {n}", { name: name(one), n: at(one) }))) }) : "",
    gone.length ? t("{names} diverged: each step is larger than the one before. A smaller learning rate helps.", { names: list(gone.map(name)) }) : "",
    left.length ? (step < steps ? t("On the way: {others}.", { others: list(left.map((one) => t("{name} at height {h}", { name: name(one), h: number(race.racers[one].heights[Math.min(step, race.racers[one].heights.length - 1)], 2) }))) }) : t("Not there after {steps} steps: {names}.", { steps, names: list(left.map(name)) })) : "",
  );
}
