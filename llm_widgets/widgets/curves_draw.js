// Draws one panel of the training curves, on the page's canvas or on the larger one of a picture file.
import { number } from "./kit.js";
import { envelope, thin } from "./curves_data.js";
import { logTicks, ticks, wholeTicks } from "./ticks.js";

/** @typedef {import("./kit.js").Palette} Palette */
/** @typedef {import("./curves_data.js").Series} Series */
/** @typedef {import("./curves_data.js").Span} Span */
/** @typedef {import("./curves_data.js").Epoch} Epoch */
/** An earlier run, its curve already thinned out.
 * @typedef {{ label: string, steps: Float32Array, loss: Float32Array, accuracy: Float32Array, epochs: Epoch[], stepsPerEpoch: number }} Ghost */
/**
 * All that one panel shows.
 * @typedef {object} Scene
 * @property {"loss" | "accuracy"} measure
 * @property {Series} series
 * @property {Ghost[]} ghosts  the oldest first
 * @property {{ name: string, value: number }[]} baselines
 * @property {{ step: number, label: string }[]} marks  where the learning rate was changed
 * @property {Span} span  the vertical axis
 * @property {number} end  the step at the right edge
 * @property {boolean} byEpoch
 * @property {boolean} log
 * @property {number | null} cursor  the step that is read out
 * @property {string} axis  what the horizontal axis counts
 * @property {string} empty  what to say where there is nothing yet
 */

/** Where the plot lies in a panel. @param {number} width @param {number} height @param {number} scale */
export function plotArea(width, height, scale) {
  return { left: 48 * scale, right: width - 10 * scale, top: 8 * scale, bottom: height - 36 * scale };
}

/** The step under a horizontal position. @param {number} x @param {number} width @param {number} scale @param {number} end */
export function stepAt(x, width, scale, end) {
  const { left, right } = plotArea(width, 0, scale);
  return Math.round(((x - left) / Math.max(1, right - left)) * end);
}

/** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height @param {Palette} colours @param {Scene} scene */
export function drawPanel(g, width, height, colours, scene) {
  const { left, right, top, bottom } = plotArea(width, height, colours.scale), { measure, series, span, end } = scene;
  const perEpoch = series.stepsPerEpoch, u = colours.scale;
  // In epochs, runs with other batch sizes lie above each other epoch by epoch.
  const x = (/** @type {number} */ step, own = perEpoch) => left + ((right - left) * (scene.byEpoch ? (step / own) * perEpoch : step)) / end;
  const place = (/** @type {number} */ v) => (scene.log ? Math.log10(Math.max(v, span.start)) - Math.log10(span.start) : v - span.start);
  const y = (/** @type {number} */ v) => bottom - ((bottom - top) * place(v)) / place(span.end);

  grid(g, { left, right, top, bottom }, colours, scene, x, y);
  g.save();
  g.beginPath();
  g.rect(left, top - 3 * u, right - left + 6 * u, bottom - top + 3 * u);
  g.clip();
  const labels = rules(g, { left, right }, colours, scene, y);
  marks(g, { top, bottom }, colours, scene, x);
  scene.ghosts.forEach((ghost, i) => {
    const values = scene.byEpoch ? ghost.epochs.map((e) => [e.step, e[measure]]) : Array.from(ghost.steps, (step, k) => [step, ghost[measure][k]]);
    g.globalAlpha = 0.45 + (0.5 * (i + 1)) / scene.ghosts.length; // the older, the fainter
    line(g, values.map(([step, v]) => [x(step, ghost.stepsPerEpoch), y(v)]), colours.ghost, 1.5 * u);
    const last = values.filter(([step, v]) => Number.isFinite(v) && x(step, ghost.stepsPerEpoch) <= right + 1).at(-1);
    if (last) labels.push({ text: ghost.label, x: x(last[0], ghost.stepsPerEpoch), y: y(last[1]) });
  });
  g.globalAlpha = 1;
  if (!scene.byEpoch) batches(g, Math.max(1, Math.round(right - left)), colours, scene, x, y);
  epochs(g, colours, scene, x, y);
  g.restore();
  words(g, { left, right, top, bottom }, colours, labels);
  if (scene.cursor !== null) cursor(g, { top, bottom }, colours, scene, x, y);
  if (!series.n && !scene.ghosts.length) hint(g, { left, right, ...freest([top, ...scene.baselines.map((b) => y(b.value)), bottom], 16 * u) }, colours, scene.empty);
}

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Box */
/** @typedef {(value: number, own?: number) => number} Scale */

function grid(/** @type {CanvasRenderingContext2D} */ g, /** @type {Box} */ box, /** @type {Palette} */ colours, /** @type {Scene} */ scene, /** @type {Scale} */ x, /** @type {Scale} */ y) {
  const { left, right, top, bottom } = box, u = colours.scale, { span, end, measure } = scene;
  g.lineWidth = 1;
  g.strokeStyle = colours.rule;
  g.fillStyle = colours.muted;
  g.textBaseline = "middle";
  g.textAlign = "right";
  for (const v of scene.log ? logTicks(span.start, span.end, 7) : ticks(span.start, span.end, 5)) {
    g.beginPath();
    g.moveTo(left, crisp(y(v)));
    g.lineTo(right, crisp(y(v)));
    g.stroke();
    g.fillText(measure === "accuracy" ? `${Math.round(100 * v)} %` : String(v), left - 6 * u, y(v));
  }
  g.textBaseline = "top";
  const room = Math.max(2, Math.floor((right - left) / (64 * u))), unit = scene.byEpoch ? scene.series.stepsPerEpoch : 1;
  for (const v of wholeTicks(0, end / unit, room)) {
    const text = number(v), half = g.measureText(text).width / 2;
    g.textAlign = "center";
    g.fillText(text, Math.min(x(v * unit), right + 8 * u - half), bottom + 5 * u);
    g.beginPath();
    g.moveTo(crisp(x(v * unit)), bottom);
    g.lineTo(crisp(x(v * unit)), bottom + 4 * u);
    g.stroke();
  }
  g.textAlign = "right";
  g.fillText(scene.axis, right, bottom + 20 * u);
  g.beginPath();
  g.moveTo(crisp(left), top);
  g.lineTo(crisp(left), bottom);
  g.stroke();
}
const crisp = (/** @type {number} */ v) => Math.round(v) + 0.5;

/** @typedef {{ text: string, x: number, y: number }} Label */
function rules(/** @type {CanvasRenderingContext2D} */ g, /** @type {{ left: number, right: number }} */ { left, right }, /** @type {Palette} */ colours, /** @type {Scene} */ scene, /** @type {Scale} */ y) {
  /** @type {Label[]} */
  const labels = [], lowest = Math.min(...scene.baselines.map((b) => b.value));
  for (const { name, value } of scene.baselines) {
    line(g, [[left, crisp(y(value))], [right, crisp(y(value))]], colours.ghost, 1.25 * colours.scale);
    // Curves begin at the lowest rule and end near the higher ones: names stand where they are not.
    labels.push({ text: name, x: value > lowest ? left : right, y: y(value) });
  }
  return labels;
}

function marks(/** @type {CanvasRenderingContext2D} */ g, /** @type {{ top: number, bottom: number }} */ { top, bottom }, /** @type {Palette} */ colours, /** @type {Scene} */ scene, /** @type {Scale} */ x) {
  g.fillStyle = colours.muted;
  g.textBaseline = "bottom";
  for (const { step, label } of scene.marks) {
    line(g, [[crisp(x(step)), top], [crisp(x(step)), bottom]], colours.muted, colours.scale, [1, 3]);
    g.textAlign = "left";
    g.fillText(label, x(step) + 3 * colours.scale, bottom - 2 * colours.scale);
  }
}

function batches(/** @type {CanvasRenderingContext2D} */ g, /** @type {number} */ columns, /** @type {Palette} */ colours, /** @type {Scene} */ scene, /** @type {Scale} */ x, /** @type {Scale} */ y) {
  const { series, measure, end } = scene, raw = series.columns[measure], u = colours.scale;
  const smooth = series.columns[measure === "loss" ? "smoothLoss" : "smoothAccuracy"];
  g.globalAlpha = 0.28;
  if (series.n <= 2 * columns) line(g, Array.from({ length: series.n }, (_, i) => [x(i + 1), y(raw[i])]), colours.blue, u);
  else {
    const spread = envelope(raw, series.n, end, columns), first = x(0);
    g.strokeStyle = colours.blue;
    g.lineWidth = 1;
    g.beginPath();
    for (let c = 0; c < columns; c += 1) {
      if (Number.isNaN(spread[2 * c])) continue;
      g.moveTo(first + c + 0.5, y(spread[2 * c]) + 0.5);
      g.lineTo(first + c + 0.5, y(spread[2 * c + 1]) - 0.5);
    }
    g.stroke();
  }
  g.globalAlpha = 1;
  line(g, thin(series.n, columns).map((i) => [x(i + 1), y(smooth[i])]), colours.blue, 2 * u);
  if (series.n && Number.isFinite(smooth[series.n - 1])) dot(g, x(series.n), y(smooth[series.n - 1]), 3 * u, colours.blue);
}

function epochs(/** @type {CanvasRenderingContext2D} */ g, /** @type {Palette} */ colours, /** @type {Scene} */ scene, /** @type {Scale} */ x, /** @type {Scale} */ y) {
  const u = colours.scale, { measure } = scene, records = scene.series.epochs;
  if (scene.byEpoch) {
    const trained = records.map((e) => [x(e.step), y(e[measure])]);
    line(g, trained, colours.blue, 2 * u);
    for (const [px, py] of trained) dot(g, px, py, 3.5 * u, colours.blue);
  }
  const validated = records.map((e) => [x(e.step), y(measure === "loss" ? e.val_loss : e.val_accuracy)]);
  line(g, validated, colours.orange, 2 * u, [6 * u, 4 * u]);
  for (const [px, py] of validated) dot(g, px, py, 4 * u, colours.orange, colours.paper);
}

function cursor(/** @type {CanvasRenderingContext2D} */ g, /** @type {{ top: number, bottom: number }} */ { top, bottom }, /** @type {Palette} */ colours, /** @type {Scene} */ scene, /** @type {Scale} */ x, /** @type {Scale} */ y) {
  const { series, measure } = scene, step = /** @type {number} */ (scene.cursor);
  line(g, [[crisp(x(step)), top], [crisp(x(step)), bottom]], colours.ink, 1);
  const value = series.columns[measure === "loss" ? "smoothLoss" : "smoothAccuracy"][step - 1];
  if (!scene.byEpoch && step <= series.n && Number.isFinite(value)) dot(g, x(step), y(value), 4.5 * colours.scale, colours.blue, colours.paper);
}

// Names of lines, right-aligned at their ends, moved apart where they would lie on each other, with paper behind them.
function words(/** @type {CanvasRenderingContext2D} */ g, /** @type {Box} */ box, /** @type {Palette} */ colours, /** @type {Label[]} */ labels) {
  const line = 15 * colours.scale, wide = (/** @type {Label} */ l) => g.measureText(l.text).width;
  const placed = /** @type {{ left: number, right: number, y: number }[]} */ ([]);
  g.textAlign = "right";
  g.textBaseline = "bottom";
  for (const label of labels) {
    const right = Math.min(box.right, Math.max(label.x, box.left + wide(label) + 4)), left = right - wide(label);
    const free = (/** @type {number} */ y) => y - line >= box.top - 2 && y <= box.bottom && !placed.some((p) => p.left < right && left < p.right && Math.abs(p.y - y) < line);
    const near = label.y - 3 * colours.scale;
    const y = [0, 1, -1, 2, -2, 3, -3, 4, -4].map((k) => near + k * line).find(free);
    if (y === undefined) continue; // it is in the legend as well
    placed.push({ left, right, y });
    written(g, label.text, right, y, colours, colours.muted);
  }
}

// Paper behind the letters, so that lines do not run through them.
function written(/** @type {CanvasRenderingContext2D} */ g, /** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y, /** @type {Palette} */ colours, /** @type {string} */ colour) {
  g.lineJoin = "round";
  g.lineWidth = 4 * colours.scale;
  g.strokeStyle = colours.paper;
  g.strokeText(text, x, y);
  g.fillStyle = colour;
  g.fillText(text, x, y);
}

/** The widest stripe between lines; the name of a line stands on it. @param {number[]} lines @param {number} name */
export function freest(lines, name) {
  const sorted = [...lines].sort((a, b) => a - b), stripes = sorted.slice(1).map((line, i) => ({ top: sorted[i], bottom: line - (i + 2 < sorted.length ? name : 0) }));
  return stripes.reduce((best, one) => (one.bottom - one.top > best.bottom - best.top ? one : best));
}

function hint(/** @type {CanvasRenderingContext2D} */ g, /** @type {Box} */ box, /** @type {Palette} */ colours, /** @type {string} */ text) {
  g.textAlign = "center";
  g.textBaseline = "middle";
  const middle = (box.left + box.right) / 2, room = box.right - box.left - 16, rows = [""];
  for (const piece of text.match(/[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+\s*/g) ?? []) {
    if (rows[rows.length - 1] && g.measureText((rows[rows.length - 1] + piece).trim()).width > room) rows.push("");
    rows[rows.length - 1] += piece;
  }
  rows.forEach((row, i) => written(g, row.trim(), middle, (box.top + box.bottom) / 2 + (i - (rows.length - 1) / 2) * 18 * colours.scale, colours, colours.ink));
}

/** A polyline; a value that is not finite breaks it. @param {CanvasRenderingContext2D} g @param {number[][]} points @param {string} colour @param {number} width @param {number[]} [dash] */
export function line(g, points, colour, width, dash = []) {
  g.strokeStyle = colour;
  g.lineWidth = width;
  g.lineJoin = "round";
  g.setLineDash(dash);
  g.beginPath();
  let open = false;
  for (const [px, py] of points) {
    if (!Number.isFinite(py)) { open = false; continue; }
    if (open) g.lineTo(px, py); else g.moveTo(px, py);
    open = true;
  }
  g.stroke();
  g.setLineDash([]);
}

/** @param {CanvasRenderingContext2D} g @param {number} px @param {number} py @param {number} radius @param {string} colour @param {string} [fill] */
export function dot(g, px, py, radius, colour, fill = colour) {
  if (!Number.isFinite(py)) return;
  g.beginPath();
  g.arc(px, py, radius, 0, 2 * Math.PI);
  g.fillStyle = fill;
  g.fill();
  g.strokeStyle = colour;
  g.lineWidth = Math.max(1, radius / 2);
  g.stroke();
}
