// How the history figure is drawn: the plot of the frame, families by colour and shape, names, and the strip of what has no figure.
import { asPower, drawPlot, frameOf } from "./plot.js";
import { N } from "./kit.js";
import { placedNames } from "./history_logic.js";

/** @typedef {import("./history_logic.js").Point} Point */
/** @typedef {import("./kit.js").Palette} Palette */
/** A point on the canvas; in the strip where it has no figure. @typedef {{ point: Point, x: number, y: number, strip: boolean }} Place */

export const STRIP = 46; // below the plot
export const RADIUS = 5.5;
/** @type {Record<string, { name: string, colour: string, corners: number, turn: number }>} corners: 0 for a circle */
export const FAMILIES = {
  counts: { name: N("counted n-grams"), colour: "muted", corners: 0, turn: 0 },
  neural: { name: N("neural network before the Transformer"), colour: "green", corners: 4, turn: Math.PI / 4 },
  encoder: { name: N("encoder"), colour: "ink", corners: 3, turn: -Math.PI / 2 },
  "encoder-decoder": { name: N("encoder and decoder"), colour: "orange", corners: 4, turn: 0 },
  decoder: { name: N("decoder"), colour: "blue", corners: 3, turn: Math.PI / 2 },
  experts: { name: N("decoder with experts"), colour: "violet", corners: 6, turn: 0 },
};
// Between the light and the dark theme, 4 : 1 on both.
const VIOLET = "#b25fa3";
const colourOf = (/** @type {string} */ family, /** @type {Palette} */ colours) => { const name = FAMILIES[family].colour; return name === "violet" ? VIOLET : /** @type {any} */ (colours)[name]; };

/** The outline of a family's mark, as points around (0, 0); [] for a circle. @param {string} family @param {number} radius @returns {[number, number][]} */
export function outline(family, radius) {
  const { corners, turn } = FAMILIES[family], r = corners === 3 ? radius * 1.25 : corners === 4 ? radius * 1.15 : radius * 1.1;
  return Array.from({ length: corners }, (_, i) => [r * Math.cos(turn + (2 * Math.PI * i) / corners), r * Math.sin(turn + (2 * Math.PI * i) / corners)]);
}

/** @param {CanvasRenderingContext2D} g @param {Place} place @param {Palette} colours @param {boolean} chosen */
function mark(g, { point, x, y, strip }, colours, chosen) {
  const u = colours.scale, colour = colourOf(point.family, colours), corners = outline(point.family, RADIUS * u);
  g.beginPath();
  if (corners.length) corners.forEach(([a, b], i) => (i ? g.lineTo(x + a, y + b) : g.moveTo(x + a, y + b)));
  else g.arc(x, y, RADIUS * u, 0, 2 * Math.PI);
  g.closePath();
  g.fillStyle = strip ? colours.paper : colour;
  g.fill();
  g.lineWidth = (strip ? 2 : 1.5) * u;
  g.strokeStyle = strip ? colour : colours.paper;
  g.stroke();
  if (!point.mark && !chosen) return;
  g.beginPath();
  g.arc(x, y, (RADIUS + 4) * u, 0, 2 * Math.PI);
  g.lineWidth = (chosen ? 2.5 : 1.25) * u;
  g.strokeStyle = colours.ink;
  g.stroke();
}

/** The scene of the frame's plot for a span. @param {import("./history_logic.js").Span} span @param {string} yName @returns {import("./plot.js").Scene} */
export const sceneOf = ([from, to, low, high], yName) => ({ x: [from, to], y: [10 ** low, 10 ** high], log: true, whole: true, xLabel: String, yLabel: asPower, yName });

/** Where each point lies, on a canvas of this size. @param {Point[]} points @param {string} axis @param {import("./plot.js").Scene} scene @param {number} width @param {number} height @param {number} scale @returns {Place[]} */
export function placesOf(points, axis, scene, width, height, scale) {
  const frame = frameOf(width, height - STRIP * scale, scale, scene), [from, to] = scene.x, [low, high] = scene.y;
  return points.flatMap((point) => {
    const value = /** @type {number | null} */ (/** @type {any} */ (point)[axis]);
    if (point.year < from || point.year > to || (value && (value < low || value > high))) return [];
    return [{ point, x: frame.px(point.year), y: value ? frame.py(value) : height - (STRIP / 2 - 3) * scale, strip: !value }];
  });
}

/**
 * @param {CanvasRenderingContext2D} g @param {number} width @param {number} height @param {Palette} colours
 * @param {{ scene: import("./plot.js").Scene, places: Place[], chosen: string, stripName: string }} what
 */
export function drawHistory(g, width, height, colours, { scene, places, chosen, stripName }) {
  const u = colours.scale, above = height - STRIP * u, frame = frameOf(width, above, u, scene);
  drawPlot(g, width, above, colours, scene);
  g.fillStyle = colours.wash;
  g.fillRect(frame.left, above + 4 * u, frame.right - frame.left, STRIP * u - 4 * u);
  g.fillStyle = colours.muted;
  g.textBaseline = "top";
  g.textAlign = "left";
  g.fillText(stripName, frame.left + 4 * u, above + 6 * u);
  const drawn = [...places].sort((a, b) => Number(a.point.mark) - Number(b.point.mark) || Number(a.point.key === chosen) - Number(b.point.key === chosen));
  for (const place of drawn) mark(g, place, colours, place.point.key === chosen);
  const bold = `600 ${g.font}`, plain = g.font;
  const rank = (/** @type {Place} */ { point }) => (point.key === chosen ? 0 : point.mark ? 1 : point.parameters ? 2 : 3);
  const items = [...drawn].reverse().sort((a, b) => rank(a) - rank(b)).map((place) => { g.font = rank(place) < 2 ? bold : plain; return { ...place, radius: (rank(place) < 2 ? RADIUS + 5 : RADIUS + 1) * u, width: g.measureText(place.point.name).width }; });
  const bounds = (/** @type {boolean} */ strip) => ({ left: frame.left, right: width, top: strip ? above + 19 * u : frame.top - 6 * u, bottom: strip ? height : frame.bottom });
  const all = (/** @type {boolean} */ strip) => placedNames(items.filter((item) => item.strip === strip), 14 * u, (RADIUS + 1) * u, bounds(strip), items);
  g.textBaseline = "middle";
  for (const { point, left, top, bottom } of [...all(false), ...all(true)]) {
    g.font = point.key === chosen || point.mark ? bold : plain;
    g.fillStyle = colours.ink;
    g.fillText(point.name, left, (top + bottom) / 2);
  }
  g.font = plain;
}
