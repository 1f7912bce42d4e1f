// One attention map on a canvas: a square a weight, queries down the side, keys along the top, what is pointed at framed.
import { rgba } from "./attention_colours.js";
import { inkOn } from "./colours.js";
import { pooled } from "./attention_data.js";

/** @typedef {import("./kit.js").Palette} Palette */
/** @typedef {import("./attention_window.js").Window} Window */
/**
 * @typedef {{ weights: Float32Array, top: number, signed: boolean, queries: string[], keys: string[], part: Window, query: number | null, key: number | null,
 *   words: { query: string, key: string } }} MapScene
 */
/** @typedef {{ left: number, top: number, cellW: number, cellH: number }} Box */

const ANGLE = (55 * Math.PI) / 180, LONGEST = 84;

/** A text cut to a width. @param {CanvasRenderingContext2D} g @param {string} text @param {number} room */
export function cut(g, text, room) {
  if (g.measureText(text).width <= room) return text;
  const signs = [...text];
  while (signs.length > 1 && g.measureText(`${signs.join("")}…`).width > room) signs.pop();
  return `${signs.join("")}…`;
}

/**
 * Where the squares lie. @param {CanvasRenderingContext2D} g @param {number} width @param {number} most  the greatest height
 * @param {Pick<MapScene, "queries" | "keys" | "part" | "words">} scene @param {Palette} colours @returns {Box & { height: number, longest: number }}
 */
export function boxOf(g, width, most, { queries, keys, part, words }, colours) {
  const u = colours.scale;
  g.font = `600 ${12 * u}px ${colours.font}`;
  const corner = Math.max(g.measureText(words.query).width, g.measureText(words.key).width);
  g.font = `${12 * u}px ${colours.code}`;
  const longest = Math.min(LONGEST * u, 0.26 * width), wide = (/** @type {string[]} */ list) => Math.min(longest, Math.max(16 * u, ...list.map((token) => g.measureText(token).width)));
  const names = keys.slice(part.k0, part.k0 + part.cols);
  const left = Math.max(corner + 10 * u, wide(queries.slice(part.q0, part.q0 + part.rows)) + 14 * u);
  const top = Math.max(42 * u, wide(names) * Math.sin(ANGLE) + 14 * u), right = Math.max(4 * u, wide(names.slice(-2)) * Math.cos(ANGLE) - 2 * u);
  const roomW = (width - left - right) / part.cols, roomH = (most - top - 4 * u) / part.rows, longish = part.rows > 2 * part.cols || part.cols > 2 * part.rows, size = Math.max(longish ? 16 * u : 0, Math.min(roomW, roomH));
  const snap = (/** @type {number} */ v) => (v >= 4 ? Math.floor(v * 2) / 2 : v);
  const cellW = snap(Math.min(roomW, size, 46 * u)), cellH = snap(Math.min(roomH, size, 46 * u));
  return { left, top, cellW, cellH, height: top + cellH * part.rows + 4 * u, longest };
}

/** Which square lies at a point; null outside. @param {Box} box @param {Window} part @param {number} x @param {number} y */
export function squareAt({ left, top, cellW, cellH }, part, x, y) {
  const k = Math.floor((x - left) / cellW), q = Math.floor((y - top) / cellH);
  const inRows = q >= 0 && q < part.rows, inCols = k >= 0 && k < part.cols;
  // The names count as their row or column.
  if (inRows && (inCols || (x < left && x >= 0))) return { query: part.q0 + q, key: inCols ? part.k0 + k : null };
  return inCols && y < top ? { query: null, key: part.k0 + k } : null;
}

const drawn = /** @type {WeakMap<object, { stamp: string, pixels: OffscreenCanvas }>} */ (new WeakMap());
/** The squares, a pixel each; those of the last time where only the pointer has moved. @param {MapScene} scene @param {number} h @param {number} w */
function squares({ weights, keys, part, top, signed }, h, w) {
  const stamp = JSON.stringify([part, top, signed, keys.length, h, w]), known = drawn.get(weights);
  if (known?.stamp === stamp) return known.pixels;
  const image = pooled(weights, keys.length, part, h, w), pixels = new OffscreenCanvas(image.wide, image.high);
  /** @type {OffscreenCanvasRenderingContext2D} */ (pixels.getContext("2d")).putImageData(new ImageData(/** @type {any} */ (rgba(image.values, top, signed)), image.wide, image.high), 0, 0);
  drawn.set(weights, { stamp, pixels });
  return pixels;
}

/** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height @param {Palette} colours @param {MapScene} scene */
export function drawMap(g, width, height, colours, scene) {
  const { part, keys, queries, signed } = scene, u = colours.scale, box = boxOf(g, width, height, scene, colours), { left, top, cellW, cellH } = box;
  const w = cellW * part.cols, h = cellH * part.rows, ratio = g.getTransform().a, pixels = squares(scene, h * ratio, w * ratio);
  g.fillStyle = colours.wash;
  g.fillRect(left, top, w, h);
  g.imageSmoothingEnabled = false;
  g.drawImage(pixels, left, top, w, h);
  g.strokeStyle = colours.ghost;
  g.lineWidth = 1;
  if (signed) g.strokeRect(left, top, w, h); // white on white paper
  if (Math.min(cellW, cellH) >= 12) lattice(g, box, part, signed ? colours.ghost : colours.paper);
  if (cellW >= 27 * u && cellH >= 16 * u) numbers(g, box, scene, u);
  frames(g, box, scene, colours);
  sideNames(g, box, scene, colours);
  topNames(g, box, scene, colours);
  g.font = `600 ${12 * u}px ${colours.font}`;
  g.textBaseline = "alphabetic";
  g.textAlign = "right";
  g.fillStyle = colours.blue;
  g.fillText(scene.words.query, left - 8 * u, top - 13 * u);
  g.fillStyle = colours.orange;
  g.fillText(scene.words.key, left - 8 * u, top - 30 * u);
  if (part.rows < queries.length || part.cols < keys.length) whereabouts(g, box, scene, colours);
  return box;
}

function lattice(/** @type {CanvasRenderingContext2D} */ g, /** @type {Box} */ { left, top, cellW, cellH }, /** @type {Window} */ part, /** @type {string} */ paper) {
  g.strokeStyle = paper;
  g.globalAlpha = 0.5;
  g.lineWidth = 1;
  g.beginPath();
  for (let k = 1; k < part.cols; k += 1) { g.moveTo(left + k * cellW, top); g.lineTo(left + k * cellW, top + part.rows * cellH); }
  for (let q = 1; q < part.rows; q += 1) { g.moveTo(left, top + q * cellH); g.lineTo(left + part.cols * cellW, top + q * cellH); }
  g.stroke();
  g.globalAlpha = 1;
}

// Per cent without the sign, in the squares that have room for it.
function numbers(/** @type {CanvasRenderingContext2D} */ g, /** @type {Box} */ { left, top, cellW, cellH }, /** @type {MapScene} */ { part, weights, keys, top: scale, signed }, /** @type {number} */ u) {
  g.textAlign = "center";
  g.textBaseline = "middle";
  const font = g.font;
  g.font = font.replace(/[\d.]+px/, `${12 * u}px`);
  for (let q = 0; q < part.rows; q += 1) for (let k = 0; k < part.cols; k += 1) {
    const value = weights[(part.q0 + q) * keys.length + part.k0 + k], percent = Math.round(100 * value);
    if (!percent) continue;
    g.fillStyle = inkOn(value, scale, signed);
    g.fillText(String(percent).replace("-", "−"), left + (k + 0.5) * cellW, top + (q + 0.5) * cellH + u);
  }
  g.font = font;
}

function frames(/** @type {CanvasRenderingContext2D} */ g, /** @type {Box} */ { left, top, cellW, cellH }, /** @type {MapScene} */ { part, query, key }, /** @type {Palette} */ colours) {
  const u = colours.scale, w = part.cols * cellW, h = part.rows * cellH;
  const frame = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ fw, /** @type {number} */ fh, /** @type {string} */ colour) => {
    g.lineWidth = 4 * u;
    g.strokeStyle = "#ffffff";
    g.strokeRect(x, y, fw, fh);
    g.lineWidth = 2 * u;
    g.strokeStyle = colour;
    g.strokeRect(x, y, fw, fh);
  };
  // A frame around a hair's breadth would hide it.
  const padW = Math.max(0, 6 * u - cellW) / 2, padH = Math.max(0, 6 * u - cellH) / 2;
  if (key !== null && key >= part.k0 && key < part.k0 + part.cols) frame(left + (key - part.k0) * cellW - padW, top, cellW + 2 * padW, h, colours.orange);
  if (query !== null && query >= part.q0 && query < part.q0 + part.rows) frame(left, top + (query - part.q0) * cellH - padH, w, cellH + 2 * padH, colours.blue);
}

function sideNames(/** @type {CanvasRenderingContext2D} */ g, /** @type {Box & { longest: number }} */ { left, top, cellH, longest }, /** @type {MapScene} */ { part, queries, query }, /** @type {Palette} */ colours) {
  const u = colours.scale, every = Math.ceil((13.5 * u) / cellH);
  const name = (/** @type {number} */ i, bold = false) => {
    const y = top + (i - part.q0 + 0.5) * cellH;
    g.font = `${bold ? 700 : 400} ${12 * u}px ${colours.code}`;
    const text = cut(g, queries[i], longest);
    if (bold) { const wide = g.measureText(text).width; g.fillStyle = colours.paper; g.fillRect(left - 9 * u - wide, y - 8 * u, wide + 4 * u, 16 * u); }
    g.fillStyle = colours.blue;
    g.fillText(text, left - 7 * u, y);
  };
  g.textAlign = "right";
  g.textBaseline = "middle";
  for (let i = part.q0; i < part.q0 + part.rows; i += every) if (query === null || Math.abs(i - query) * cellH >= 13.5 * u) name(i);
  if (query !== null && query >= part.q0 && query < part.q0 + part.rows) name(query, true);
}

function topNames(/** @type {CanvasRenderingContext2D} */ g, /** @type {Box & { longest: number }} */ { left, top, cellW, longest }, /** @type {MapScene} */ { part, keys, key }, /** @type {Palette} */ colours) {
  const u = colours.scale, every = Math.ceil((14.5 * u) / cellW);
  const name = (/** @type {number} */ i, bold = false) => {
    g.save();
    g.translate(left + (i - part.k0 + 0.5) * cellW, top - 6 * u);
    g.rotate(-ANGLE);
    g.font = `${bold ? 700 : 400} ${12 * u}px ${colours.code}`;
    const text = cut(g, keys[i], longest);
    if (bold) { g.fillStyle = colours.paper; g.fillRect(-2 * u, -8 * u, g.measureText(text).width + 4 * u, 16 * u); }
    g.fillStyle = colours.orange;
    g.fillText(text, 0, 0);
    g.restore();
  };
  g.textAlign = "left";
  g.textBaseline = "middle";
  for (let i = part.k0; i < part.k0 + part.cols; i += every) if (key === null || Math.abs(i - key) * cellW >= 14.5 * u) name(i);
  if (key !== null && key >= part.k0 && key < part.k0 + part.cols) name(key, true);
}

// Two thin bars that say which part of the map is seen.
function whereabouts(/** @type {CanvasRenderingContext2D} */ g, /** @type {Box} */ { left, top, cellW, cellH }, /** @type {MapScene} */ { part, queries, keys }, /** @type {Palette} */ colours) {
  const u = colours.scale, w = part.cols * cellW, h = part.rows * cellH;
  g.fillStyle = colours.rule;
  g.fillRect(left, top + h + u, w, 3 * u);
  g.fillRect(left - 5 * u, top, 3 * u, h);
  g.fillStyle = colours.orange;
  g.fillRect(left + (w * part.k0) / keys.length, top + h + u, Math.max(4 * u, (w * part.cols) / keys.length), 3 * u);
  g.fillStyle = colours.blue;
  g.fillRect(left - 5 * u, top + (h * part.q0) / queries.length, 3 * u, Math.max(4 * u, (h * part.rows) / queries.length));
}
