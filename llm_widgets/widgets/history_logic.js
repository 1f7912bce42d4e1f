// What the history figure computes: what is seen, what is near, where names fit, and numbers in words.

/** @typedef {"parameters" | "amount" | "flops"} Axis */
/** @typedef {{ key: string, name: string, date: string, year: number, organisation: string, family: string, parameters: number | null, active: number | null, amount: number | null, unit: string, flops: number | null, mark: boolean, undisclosed: boolean, new: string, source: string, second: string }} Point */
/** @typedef {{ as_of: string, whole: Record<Axis, number[]>, points: Point[] }} Found */
/** From year, to year, from power of ten, to power of ten. @typedef {[number, number, number, number]} Span */

export const NARROWEST = 0.25;

/** A sentence in its parts, each with whether it is in Latin letters: names of papers and places within Chinese. @param {string} text @returns {[string, boolean][]} */
export const runs = (text) => text.split(/([A-Za-z][^\u3000-\u303f\u3400-\u9fff\uff00-\uffef]*)/).map((part, i) => /** @type {[string, boolean]} */ ([part, i % 2 === 1])).filter(([part]) => part);

/** Enlarged `factor` times around a place (in years and powers of ten), but never beyond the whole. @param {Span} span @param {number} factor @param {[number, number]} at @param {Span} whole @returns {Span} */
export function zoomed(span, factor, [x, y], whole) {
  const part = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ at, /** @type {number} */ most) => {
    const width = Math.min(most, Math.max(NARROWEST * 2, (high - low) / factor)), share = (at - low) / (high - low || 1);
    return [at - share * width, at + (1 - share) * width];
  };
  const [a, b] = part(span[0], span[1], x, whole[1] - whole[0]), [c, d] = part(span[2], span[3], y, whole[3] - whole[2]);
  return heldIn([a, b, c, d], whole);
}

/** Moved, so far that something of the whole stays in sight. @param {Span} span @param {number} dx @param {number} dy @param {Span} whole @returns {Span} */
export const panned = (span, dx, dy, whole) => heldIn([span[0] + dx, span[1] + dx, span[2] + dy, span[3] + dy], whole);

/** @param {Span} span @param {Span} whole @returns {Span} */
function heldIn([a, b, c, d], whole) {
  const shift = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ first, /** @type {number} */ last) => (high - low >= last - first ? first - low + (last - first - high + low) / 2 : Math.max(0, first - low) + Math.min(0, last - high));
  const x = shift(a, b, whole[0], whole[1]), y = shift(c, d, whole[2], whole[3]);
  return [a + x, b + x, c + y, d + y];
}

/** The same width around a year and a value that must be seen; unchanged where they are. @param {Span} span @param {number} year @param {number | null} value @param {Span} whole @returns {Span} */
export function showing(span, year, value, whole) {
  const need = (/** @type {number} */ low, /** @type {number} */ high, /** @type {number} */ at) => { const room = 0.06 * (high - low); return at < low + room ? at - low - room : at > high - room ? at - high + room : 0; };
  return panned(span, need(span[0], span[1], year), value ? need(span[2], span[3], Math.log10(value)) : 0, whole);
}

/** The nearest of some places, if it is near enough. @template {{ x: number, y: number }} T @param {T[]} places @param {number} x @param {number} y @param {number} reach @returns {T | null} */
export function nearest(places, x, y, reach) {
  let best = null, least = reach;
  for (const place of places) { const away = Math.hypot(place.x - x, place.y - y); if (away <= least) { best = place; least = away; } }
  return best;
}

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Box */
const meet = (/** @type {Box} */ a, /** @type {Box} */ b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/**
 * Where names stand beside their points: the first ones first, none over another, over a point, or over the edge; what has no place has no name.
 * @template {{ x: number, y: number, width: number, radius?: number }} T
 * @param {T[]} items  in the order of their rank; @param {number} height of a line @param {number} radius of a point that has none of its own @param {Box} bounds @param {{ x: number, y: number, radius?: number }[]} [points]  all that are drawn
 * @returns {(T & Box)[]}
 */
export function placedNames(items, height, radius, bounds, points = items) {
  const dots = points.map(({ x, y, radius: r = radius }) => ({ left: x - r, right: x + r, top: y - r, bottom: y + r })), placed = /** @type {(T & Box)[]} */ ([]);
  for (const item of items) {
    const { x, y, width } = item, gap = (item.radius ?? radius) + 2, half = height / 2;
    const places = [[x + gap, y - half], [x - gap - width, y - half], [x - width / 2, y - gap - height + 2], [x - width / 2, y + gap - 2], [x + gap - 4, y - gap - half], [x + gap - 4, y + gap - half], [x - gap - width + 4, y - gap - half], [x - gap - width + 4, y + gap - half]];
    for (const [left, top] of places) {
      const box = { left, top, right: left + width, bottom: top + height };
      if (left < bounds.left || box.right > bounds.right || top < bounds.top || box.bottom > bounds.bottom) continue;
      if (placed.some((other) => meet(box, other)) || dots.some((dot) => meet(box, dot))) continue;
      placed.push({ ...item, ...box });
      break;
    }
  }
  return placed;
}

/** Three digits of a number. @param {number} x */
const three = (x) => String(Number(x.toPrecision(3)));

/** A large number as one says it: English counts in thousands of thousands, Chinese in tens of thousands. @param {import("./kit.js").Translate} t @param {number} x @param {boolean} chinese */
export function large(t, x, chinese) {
  if (x >= 1e12) return t("{n} trillion", { n: three(x / 1e12) });
  if (chinese && x >= 1e8) return t("{n} hundred million", { n: three(x / 1e8) });
  if (chinese && x >= 1e4) return t("{n} ten thousand", { n: three(x / 1e4) });
  if (x >= 1e9) return t("{n} billion", { n: three(x / 1e9) });
  if (x >= 1e6) return t("{n} million", { n: three(x / 1e6) });
  return x.toLocaleString("en");
}

/** 3.15e23 as digits and power, for a formula. @param {number} x @returns {[string, string]} */
export function powers(x) {
  const [digits, power] = x.toExponential(2).split("e");
  return [String(Number(digits)), power.replace("+", "").replace("-", "−")];
}
