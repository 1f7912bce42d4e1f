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

const packed = (/** @type {number[]} */ [r, g, b]) => ((b << 16) | (g << 8) | r) >>> 0;
/** "rgb(1, 2, 3)", as a canvas has it, or "color(srgb 0.1 0.2 0.3)". @param {string} text @returns {[number, number, number]} */
export function rgbOf(text) {
  const found = (text.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);
  return /** @type {[number, number, number]} */ (text.startsWith("color") ? found.map((v) => Math.round(255 * v)) : found);
}
/** The colour of each point, packed. @param {string} kind @param {Float32Array} values @param {number} count @param {[number, number, number]} plain */
export function pointColours(kind, values, count, plain) {
  const found = new Uint32Array(count).fill(packed(plain));
  let least = Infinity, most = 0;
  for (const v of values) { least = Math.min(least, v); most = Math.max(most, v); }
  for (let i = 0; i < values.length; i += 1) { const at = shadeOf(kind, values[i], least, most); found[i] = packed(kind === "polarity" ? diverging(at) : viridis(at)); }
  return { colours: found, least, most };
}

const discs = new Map();
/** A disc's pixels: places and shares of cover, its rim apart. @param {number} radius */
function disc(radius) {
  const key = Math.round(radius * 4) / 4;
  let found = discs.get(key);
  if (!found) {
    found = [];
    const reach = Math.ceil(key + 1);
    for (let dy = -reach; dy <= reach; dy += 1) for (let dx = -reach; dx <= reach; dx += 1) {
      const d = Math.hypot(dx, dy), cover = Math.max(0, Math.min(1, key + 0.5 - d));
      if (cover > 0) found.push([dx, dy, cover, d > key - 0.9]);
    }
    discs.set(key, found);
  }
  return /** @type {[number, number, number, boolean][]} */ (found);
}
/** Writes a disc with a rim; half-covered pixels do not wipe out what lies below. @param {Pixels} into @param {number} x @param {number} y @param {number} radius @param {number} fill  packed @param {number} rim @param {number} strength 0 to 1 */
export function stamp({ data, width, height }, x, y, radius, fill, rim, strength) {
  const cx = Math.round(x), cy = Math.round(y), size = Math.ceil(radius + 2);
  if (cx < -size || cy < -size || cx > width + size || cy > height + size) return;
  for (const [dx, dy, cover, edge] of disc(radius)) {
    const px = cx + dx, py = cy + dy;
    if (px < 0 || py < 0 || px >= width || py >= height) continue;
    const at = py * width + px, alpha = Math.round(255 * cover * strength);
    if (cover < 1 && data[at] >>> 24 >= alpha) continue;
    data[at] = ((alpha << 24) | (edge ? rim : fill)) >>> 0;
  }
}

/**
 * All points, the important ones on top. @param {Pixels} into @param {Float32Array} screen  in CSS pixels @param {number} ratio @param {number} radius in CSS pixels
 * @param {Uint32Array} colours @param {number[]} order  the most important first @param {number} rim @param {(row: number) => number} strengthOf
 */
export function drawPoints(into, screen, ratio, radius, colours, order, rim, strengthOf) {
  for (let i = order.length - 1; i >= 0; i -= 1) { const row = order[i]; stamp(into, screen[2 * row] * ratio, screen[2 * row + 1] * ratio, radius * ratio, colours[row], rim, strengthOf(row)); }
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
