// The part of a map that is looked at: whole, or zoomed in and moved about.

/** @typedef {{ q0: number, k0: number, rows: number, cols: number }} Window */

const LEAST = 6; // tokens on an axis

/** The whole map. @param {number} queries @param {number} keys @returns {Window} */
export const whole = (queries, keys) => ({ q0: 0, k0: 0, rows: queries, cols: keys });
/** Whether all is seen. @param {Window} part @param {number} queries @param {number} keys */
export const isWhole = (part, queries, keys) => part.rows === queries && part.cols === keys;

const within = (/** @type {number} */ start, /** @type {number} */ size, /** @type {number} */ count) => Math.max(0, Math.min(Math.round(start), count - size));

/** Moved by rows and columns, not beyond the edges. @param {Window} part @param {number} rows @param {number} cols @param {number} queries @param {number} keys @returns {Window} */
export const moved = (part, rows, cols, queries, keys) => ({ ...part, q0: within(part.q0 + rows, part.rows, queries), k0: within(part.k0 + cols, part.cols, keys) });

/**
 * Zoomed by a factor (above 1: nearer), with one cell staying where it is.
 * @param {Window} part @param {number} factor @param {number} query @param {number} key @param {number} queries @param {number} keys @returns {Window}
 */
export function zoomed(part, factor, query, key, queries, keys) {
  const size = (/** @type {number} */ now, /** @type {number} */ count) => Math.max(Math.min(LEAST, count), Math.min(count, Math.round(now / factor)));
  const rows = size(part.rows, queries), cols = size(part.cols, keys);
  return {
    rows, cols,
    q0: within(query - ((query - part.q0) * rows) / part.rows, rows, queries),
    k0: within(key - ((key - part.k0) * cols) / part.cols, cols, keys),
  };
}

/** Moved as little as is needed for a query and a key (null: any) to be seen. @param {Window} part @param {number | null} query @param {number | null} key @param {number} queries @param {number} keys */
export function revealing(part, query, key, queries, keys) {
  const by = (/** @type {number | null} */ i, /** @type {number} */ start, /** @type {number} */ size) => (i === null ? 0 : i < start ? i - start : i >= start + size ? i - start - size + 1 : 0);
  return moved(part, by(query, part.q0, part.rows), by(key, part.k0, part.cols), queries, keys);
}

/**
 * Which of `count` tokens a list with room for `room` shows: all, else the chosen ones in their order, else those around one.
 * @param {number} count @param {number} room @param {number[] | null} chosen @param {number} around
 */
export function listed(count, room, chosen, around) {
  if (count <= room) return Array.from({ length: count }, (_, i) => i);
  if (chosen?.length) return chosen.slice(0, room).sort((a, b) => a - b);
  const start = within(around - Math.floor(room / 2), room, count);
  return Array.from({ length: room }, (_, i) => start + i);
}
