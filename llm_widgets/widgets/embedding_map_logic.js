// What an embedding map knows without a document: points from bytes, windows, labels that do not overlap, the next point in a direction.

/** @typedef {{ zoom: number, x: number, y: number }} MapWindow  `zoom` from 1 (all is seen); the middle, in shares of the largest coordinate */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} MapBox */

const LEVELS = 65535, MOST_ZOOM = 60;
export const WHOLE = { zoom: 1, x: 0, y: 0 };

/** Points [N × 2] from two bytes a coordinate, which stand for −top to top. @param {DataView | ArrayBuffer} data @param {number} top */
export function unpackPoints(data, top) {
  const view = data instanceof ArrayBuffer ? new DataView(data) : data, found = new Float32Array(view.byteLength / 2);
  for (let i = 0; i < found.length; i += 1) found[i] = (view.getUint16(2 * i, true) / LEVELS * 2 - 1) * top;
  return found;
}

/** How far the points reach along both axes. @param {Float32Array} points @returns {[number, number]} */
export function reachOf(points) {
  let x = 0, y = 0;
  for (let i = 0; i < points.length; i += 2) { x = Math.max(x, Math.abs(points[i])); y = Math.max(y, Math.abs(points[i + 1])); }
  return [roundedTop(x), roundedTop(y)];
}

/** The end of the axes: a power of 1.25, so that the picture seldom changes its scale while it grows. @param {number} most */
export const roundedTop = (most) => (most > 0 ? 1.25 ** Math.ceil(Math.log(most) / Math.log(1.25) - 1e-9) : 1);

/** Between two pictures. @param {Float32Array} from @param {Float32Array} to @param {number} share @param {Float32Array} into */
export function between(from, to, share, into) {
  for (let i = 0; i < into.length; i += 1) into[i] = from[i] + (to[i] - from[i]) * share;
  return into;
}

const held = (/** @type {number} */ x, /** @type {number} */ zoom) => { const most = 1 - 1 / zoom; return Math.max(-most, Math.min(most, x)) + 0; };
/** Zoomed by a factor about a place that stays where it is. @param {MapWindow} part @param {number} factor @param {number} x @param {number} y @returns {MapWindow} */
export function zoomedMap(part, factor, x = part.x, y = part.y) {
  const zoom = Math.max(1, Math.min(MOST_ZOOM, part.zoom * factor)), rest = part.zoom / zoom;
  return { zoom, x: held(x + (part.x - x) * rest, zoom), y: held(y + (part.y - y) * rest, zoom) };
}
/** Moved by shares of what is seen, not beyond the edges. @param {MapWindow} part @param {number} dx @param {number} dy @returns {MapWindow} */
export const movedMap = (part, dx, dy) => ({ ...part, x: held(part.x + dx / part.zoom, part.zoom), y: held(part.y + dy / part.zoom, part.zoom) });
/** Moved as little as is needed for a place to be seen. @param {MapWindow} part @param {number} x @param {number} y @returns {MapWindow} */
export function revealingMap(part, x, y) {
  const half = 0.9 / part.zoom, to = (/** @type {number} */ middle, /** @type {number} */ at) => held(at < middle - half ? at + half : at > middle + half ? at - half : middle, part.zoom);
  return { ...part, x: to(part.x, x), y: to(part.y, y) };
}

/** The row of the point nearest to a place, no farther than `reach`; −1 for none. @param {Float32Array} screen  [N × 2] @param {number} x @param {number} y @param {number} reach */
export function pointAt(screen, x, y, reach) {
  let found = -1, least = reach * reach;
  for (let i = 0; i < screen.length / 2; i += 1) {
    const dx = screen[2 * i] - x, dy = screen[2 * i + 1] - y, d = dx * dx + dy * dy;
    if (d <= least) { least = d; found = i; }
  }
  return found;
}

/** The nearest point in a direction: what lies aside counts double, and what lies more aside than ahead not at all. @param {Float32Array} screen @param {number} from @param {number} dx @param {number} dy */
export function pointBeyond(screen, from, dx, dy) {
  let found = -1, least = Infinity;
  for (let i = 0; i < screen.length / 2; i += 1) {
    const x = screen[2 * i] - screen[2 * from], y = screen[2 * i + 1] - screen[2 * from + 1];
    const ahead = x * dx + y * dy, aside = Math.abs(x * dy - y * dx), cost = ahead + 2 * aside;
    if (i !== from && ahead > 0.5 && aside <= ahead && cost < least) { least = cost; found = i; }
  }
  return found;
}

const apart = (/** @type {MapBox} */ a, /** @type {MapBox} */ b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
/**
 * Labels, each beside its point, none over another and none outside: first come, first served; four places are tried for each.
 * @param {Iterable<number>} rows  the most important first @param {Float32Array} screen @param {(row: number) => number} widthOf @param {MapBox} area
 * @param {{ height: number, gap: number, most: number, before?: Map<number, number> }} options  `before`: which place each had, kept if it can be
 * @returns {Map<number, number>} row → place: 0 right, 1 left, 2 above, 3 below
 */
export function placeLabels(rows, screen, widthOf, area, { height, gap, most, before = new Map() }) {
  const taken = /** @type {MapBox[]} */ ([]), placed = new Map();
  let left = 12 * most; // of many points that lie close together, few have room
  for (const row of rows) {
    if (placed.size >= most || !left--) break;
    const x = screen[2 * row], y = screen[2 * row + 1];
    if (placed.has(row) || x < area.left || x > area.right || y < area.top || y > area.bottom) continue;
    const width = widthOf(row), last = before.get(row);
    for (const side of last === undefined ? [0, 1, 2, 3] : [last, 0, 1, 2, 3]) {
      const box = labelBox(x, y, width, height, gap, side);
      if (box.left < area.left || box.right > area.right || box.top < area.top || box.bottom > area.bottom || !taken.every((one) => apart(one, box))) continue;
      taken.push(box);
      placed.set(row, side);
      break;
    }
  }
  return placed;
}
/** @param {number} x @param {number} y @param {number} width @param {number} height @param {number} gap @param {number} side @returns {MapBox} */
export function labelBox(x, y, width, height, gap, side) {
  const left = side === 0 ? x + gap : side === 1 ? x - gap - width : x - width / 2, top = side === 2 ? y - gap - height : side === 3 ? y + gap : y - height / 2;
  return { left, top, right: left + width, bottom: top + height };
}

/** The rows whose names hold what was typed: the same, then those that begin with it, then the others. @param {string[]} names @param {string} typed */
export function matches(names, typed) {
  const wanted = typed.normalize("NFC").toLowerCase().trim();
  if (!wanted) return [];
  const rank = (/** @type {string} */ name) => { const n = name.normalize("NFC").toLowerCase().trim(), at = n.indexOf(wanted); return at < 0 ? -1 : n === wanted ? 0 : at === 0 ? 1 : 2; };
  return names.map((name, row) => ({ row, rank: rank(name) })).filter((one) => one.rank >= 0).sort((a, b) => a.rank - b.rank || a.row - b.row).map((one) => one.row);
}

/** Where on its scale a value's colour lies: −1 … 1 for shares of positive texts, 0 … 1 for counts. @param {string} kind @param {number} value @param {number} least @param {number} most */
export const shadeOf = (kind, value, least, most) => (kind === "polarity" ? Math.max(-1, Math.min(1, (value - 0.5) / POLARITY)) : most > least ? Math.log(Math.max(1, value) / Math.max(1, least)) / Math.log(Math.max(1, most) / Math.max(1, least)) : 0.5);
export const POLARITY = 0.4; // from white to full colour: 0.1 and 0.9 are the ends of the scale
