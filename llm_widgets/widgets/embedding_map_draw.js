// Points as pixels: thousands of discs a picture cost a canvas's own paths many times as much as writing their pixels does.
import { diverging, viridis } from "./colours.js";
import { labelBox, shadeOf } from "./embedding_map_logic.js";

/** @typedef {import("./kit.js").Palette} Palette */
/** @typedef {{ data: Uint32Array, width: number, height: number, image: ImageData }} Pixels */

/** An empty picture of device pixels, made anew only where the size has changed. @param {Pixels | null} before @param {number} width @param {number} height @returns {Pixels} */
export function pixels(before, width, height) {
  if (before?.width === width && before.height === height) { before.data.fill(0); return before; }
  const image = new ImageData(Math.max(1, width), Math.max(1, height));
  return { image, width, height, data: new Uint32Array(image.data.buffer) };
}

/** One number for red, green and blue. @param {number[]} colour */
export const packedColour = ([r, g, b]) => ((b << 16) | (g << 8) | r) >>> 0;
/** "rgb(1, 2, 3)", as a canvas has it, or "color(srgb 0.1 0.2 0.3)". @param {string} text @returns {[number, number, number]} */
export function rgbOf(text) {
  const found = (text.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);
  return /** @type {[number, number, number]} */ (text.startsWith("color") ? found.map((v) => Math.round(255 * v)) : found);
}
/** The colour of each point, packed. @param {string} kind @param {Float32Array} values @param {number} count @param {[number, number, number]} plain */
export function pointColours(kind, values, count, plain) {
  const found = new Uint32Array(count).fill(packedColour(plain));
  let least = Infinity, most = 0;
  for (const v of values) { least = Math.min(least, v); most = Math.max(most, v); }
  for (let i = 0; i < values.length; i += 1) { const at = shadeOf(kind, values[i], least, most); found[i] = packedColour(kind === "polarity" ? diverging(at) : viridis(at)); }
  return { colours: found, least, most };
}

const discs = new Map();
/** A disc's pixels as flat arrays: places, shares of cover in 255ths, and whether they are its rim. @param {number} radius */
function disc(radius) {
  const key = Math.round(radius * 4) / 4;
  let found = /** @type {{ x: Int16Array, y: Int16Array, cover: Uint8Array, rim: Uint8Array, reach: number } | undefined} */ (discs.get(key));
  if (!found) {
    const reach = Math.ceil(key + 1), all = /** @type {number[][]} */ ([]);
    for (let y = -reach; y <= reach; y += 1) for (let x = -reach; x <= reach; x += 1) {
      const d = Math.hypot(x, y), cover = Math.max(0, Math.min(1, key + 0.5 - d));
      if (cover > 0) all.push([x, y, Math.round(255 * cover), d > key - 0.9 ? 1 : 0]);
    }
    const column = (/** @type {number} */ i) => all.map((one) => one[i]);
    found = { x: Int16Array.from(column(0)), y: Int16Array.from(column(1)), cover: Uint8Array.from(column(2)), rim: Uint8Array.from(column(3)), reach };
    discs.set(key, found);
  }
  return found;
}

/**
 * Discs with a rim, the first of `order` on top; half-covered pixels do not wipe out what lies below. This runs some thirty times a second.
 * @param {Pixels} into @param {Float32Array} screen  in CSS pixels @param {number} ratio @param {number} radius in CSS pixels
 * @param {Uint32Array} colours  packed @param {number[]} order @param {number} rim  packed @param {(row: number) => number} strengthOf 0 to 1
 */
export function drawPoints({ data, width, height }, screen, ratio, radius, colours, order, rim, strengthOf) {
  const { x: dx, y: dy, cover, rim: edge, reach } = disc(radius * ratio), size = dx.length;
  for (let i = order.length - 1; i >= 0; i -= 1) {
    const row = order[i], x = Math.round(screen[2 * row] * ratio), y = Math.round(screen[2 * row + 1] * ratio), fill = colours[row], strength = strengthOf(row);
    if (x < -reach || y < -reach || x >= width + reach || y >= height + reach) continue;
    const inside = x >= reach && y >= reach && x < width - reach && y < height - reach;
    for (let j = 0; j < size; j += 1) {
      const px = x + dx[j], py = y + dy[j];
      if (!inside && (px < 0 || py < 0 || px >= width || py >= height)) continue;
      const at = py * width + px, alpha = (cover[j] * strength) | 0;
      if (cover[j] < 255 && data[at] >>> 24 >= alpha) continue;
      data[at] = ((alpha << 24) | (edge[j] ? rim : fill)) >>> 0;
    }
  }
}

/** Names beside their points, on a veil of paper. @param {CanvasRenderingContext2D} g @param {Palette} colours @param {Map<number, number>} placed @param {Float32Array} screen @param {(row: number) => string} nameOf @param {(row: number) => number} widthOf @param {number} height @param {number} gap @param {(row: number) => boolean} bold */
export function drawLabels(g, colours, placed, screen, nameOf, widthOf, height, gap, bold) {
  g.textAlign = "left";
  g.textBaseline = "middle";
  for (const [row, side] of placed) {
    const box = labelBox(screen[2 * row], screen[2 * row + 1], widthOf(row), height, gap, side);
    g.globalAlpha = 0.78;
    g.fillStyle = colours.paper;
    g.fillRect(box.left, box.top + 1, box.right - box.left, height - 2);
    g.globalAlpha = 1;
    g.fillStyle = colours.ink;
    g.fillText(nameOf(row), box.left + 2, box.top + height / 2 + 0.5);
    if (bold(row)) { g.fillRect(box.left + 2, box.bottom - 2, box.right - box.left - 4, 1); }
  }
}
