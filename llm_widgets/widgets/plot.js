// A small plot of lines and points with axes, on a canvas; places in it can be clicked and dragged.
import { number, surface } from "./kit.js";
import { logTicks, ticks } from "./ticks.js";

/** @typedef {import("./kit.js").Palette} Palette */
/** @typedef {"ink" | "muted" | "blue" | "orange" | "green" | "red" | "ghost"} Colour */
/** A line in data coordinates; a null breaks it.
 * @typedef {{ points: ([number, number | null])[], colour: Colour, width?: number, dash?: number[], name?: string }} Line */
/**
 * @typedef {object} Scene
 * @property {[number, number]} x  the horizontal axis, from and to
 * @property {[number, number]} y
 * @property {boolean} [log]  the vertical axis is logarithmic: y[0] must be above 0
 * @property {boolean} [whole]  the horizontal axis counts
 * @property {(x: number) => string} [xLabel]  how its values are written
 * @property {(y: number) => string} [yLabel]
 * @property {Line[]} [lines]
 * @property {{ x: number, y: number, colour: Colour, radius?: number, name?: string, hollow?: boolean }[]} [points]
 * @property {{ x?: number, y?: number, name?: string, colour?: Colour }[]} [rules]  thin lines across the plot, with their names
 * @property {{ from: number, to: number, colour: Colour }[]} [bands]  stripes from one x to another
 * @property {string} [xName]
 * @property {string} [yName]
 * @property {(g: CanvasRenderingContext2D, frame: Frame, colours: Palette) => void} [under]  draws below everything else
 */
/** Where data lie on the canvas, in CSS pixels.
 * @typedef {{ left: number, right: number, top: number, bottom: number, px: (x: number) => number, py: (y: number) => number, toX: (px: number) => number, toY: (py: number) => number }} Frame */

/** @param {number} width @param {number} height @param {number} scale @param {Scene} scene @returns {Frame} */
export function frameOf(width, height, scale, scene) {
  const left = 50 * scale, right = width - 12 * scale, top = (scene.yName ? 22 : 10) * scale, bottom = height - (scene.xName ? 38 : 22) * scale;
  const log = (/** @type {number} */ v) => (scene.log ? Math.log10(Math.max(v, Number.MIN_VALUE)) : v);
  const [x0, x1] = scene.x, y0 = log(scene.y[0]), y1 = log(scene.y[1]);
  const wide = x1 - x0 || 1, high = y1 - y0 || 1;
  return {
    left, right, top, bottom,
    px: (x) => left + ((right - left) * (x - x0)) / wide,
    py: (y) => bottom - ((bottom - top) * (log(y) - y0)) / high,
    toX: (px) => x0 + ((px - left) / Math.max(1, right - left)) * wide,
    toY: (py) => { const v = y0 + ((bottom - py) / Math.max(1, bottom - top)) * high; return scene.log ? 10 ** v : v; },
  };
}

/** At most so many of them, evenly spread. @param {number[]} values @param {number} most */
const thinned = (values, most) => { const every = Math.ceil(values.length / most); return values.filter((_, i) => i % every === 0); };
/** A label of a logarithmic axis: 1.00e-12 would be too wide for its margin, so this becomes 10⁻¹². @param {number} v */
export function powerLabel(v) {
  if (v >= 1e-4 && v < 1e6) return number(v);
  return asPower(v);
}
/** @param {number} v */
export function asPower(v) {
  const [digit, power] = v.toExponential(0).split("e");
  return `${digit === "1" ? "" : `${digit}·`}10${[...power.replace("+", "")].map((c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)]).join("")}`;
}
const crisp = (/** @type {number} */ v) => Math.round(v) + 0.5;

/** @param {CanvasRenderingContext2D} g @param {number} width @param {number} height @param {Palette} colours @param {Scene} scene */
export function drawPlot(g, width, height, colours, scene) {
  const frame = frameOf(width, height, colours.scale, scene), { left, right, top, bottom, px, py } = frame, u = colours.scale;
  scene.under?.(g, frame, colours);
  for (const { from, to, colour } of scene.bands ?? []) {
    g.globalAlpha = 0.1;
    g.fillStyle = colours[colour];
    const a = Math.max(left, px(from)), b = Math.min(right, px(to));
    if (b > a) g.fillRect(a, top, b - a, bottom - top);
    g.globalAlpha = 1;
  }
  g.lineWidth = 1;
  g.fillStyle = colours.muted;
  g.textBaseline = "middle";
  g.textAlign = "right";
  for (const v of scene.log ? thinned(logTicks(scene.y[0], scene.y[1], 6), Math.max(2, Math.floor((bottom - top) / (22 * u)))) : ticks(scene.y[0], scene.y[1], Math.max(2, Math.floor((bottom - top) / (34 * u))))) {
    g.strokeStyle = v === 0 ? colours.ghost : colours.rule;
    if (!scene.under) { g.beginPath(); g.moveTo(left, crisp(py(v))); g.lineTo(right, crisp(py(v))); g.stroke(); }
    g.fillText(scene.yLabel?.(v) ?? (scene.log ? powerLabel(v) : number(v)), left - 6 * u, py(v));
  }
  g.textBaseline = "top";
  for (const v of ticks(scene.x[0], scene.x[1], Math.max(2, Math.floor((right - left) / (60 * u)))).filter((x) => !scene.whole || Number.isInteger(x))) {
    const label = scene.xLabel?.(v) ?? number(v), half = g.measureText(label).width / 2;
    g.textAlign = "center";
    g.fillText(label, Math.min(px(v), right + 10 * u - half), bottom + 5 * u);
    g.strokeStyle = v === 0 ? colours.ghost : colours.rule;
    if (!scene.under) { g.beginPath(); g.moveTo(crisp(px(v)), v === 0 ? top : bottom); g.lineTo(crisp(px(v)), bottom + 4 * u); g.stroke(); }
  }
  if (scene.xName) { g.textAlign = "right"; g.fillText(scene.xName, right, bottom + 21 * u); }
  if (scene.yName) { g.textAlign = "left"; g.fillText(scene.yName, 2 * u, 2 * u); }
  g.save();
  g.beginPath();
  g.rect(left - 7 * u, top - 7 * u, right - left + 14 * u, bottom - top + 14 * u); // a point on the edge shows whole
  g.clip();
  for (const rule of scene.rules ?? []) {
    g.strokeStyle = colours[rule.colour ?? "ghost"];
    g.lineWidth = 1.25 * u;
    g.beginPath();
    if (rule.x !== undefined) { g.moveTo(crisp(px(rule.x)), top); g.lineTo(crisp(px(rule.x)), bottom); }
    else if (rule.y !== undefined) { g.moveTo(left, crisp(py(rule.y))); g.lineTo(right, crisp(py(rule.y))); }
    g.stroke();
  }
  for (const line of scene.lines ?? []) {
    g.strokeStyle = colours[line.colour];
    g.lineWidth = (line.width ?? 2) * u;
    g.lineJoin = "round";
    g.setLineDash((line.dash ?? []).map((d) => d * u));
    g.beginPath();
    let on = false;
    for (const [x, y] of line.points) {
      if (y === null || !Number.isFinite(y)) { on = false; continue; }
      const at = Math.max(-1e5, Math.min(1e5, py(y)));
      if (on) g.lineTo(px(x), at); else g.moveTo(px(x), at);
      on = true;
    }
    g.stroke();
    g.setLineDash([]);
  }
  // Names of rules stand above the lines, with a rim of paper: a line through them could not be read.
  for (const rule of (scene.rules ?? []).filter(({ name }) => name)) {
    const name = rule.name ?? "", across = rule.x === undefined, x = across ? left + 4 * u : px(/** @type {number} */ (rule.x)) + 4 * u, y = across ? py(/** @type {number} */ (rule.y)) - 2 * u : top;
    g.textAlign = "left";
    g.textBaseline = across ? "bottom" : "top";
    g.lineWidth = 3 * u;
    g.strokeStyle = colours.paper;
    g.strokeText(name, x, y);
    g.fillStyle = colours.muted;
    g.fillText(name, x, y);
  }
  for (const point of scene.points ?? []) {
    g.beginPath();
    g.arc(px(point.x), py(point.y), (point.radius ?? 5) * u, 0, 2 * Math.PI);
    g.fillStyle = point.hollow ? colours.paper : colours[point.colour];
    g.fill();
    g.lineWidth = 2 * u;
    g.strokeStyle = point.hollow ? colours[point.colour] : colours.paper;
    g.stroke();
    if (point.name) {
      const room = g.measureText(point.name).width + 12 * u, before = px(point.x) + room > right;
      g.fillStyle = colours.ink;
      g.textAlign = before ? "right" : "left";
      g.textBaseline = "bottom";
      g.fillText(point.name, px(point.x) + (before ? -8 : 8) * u, py(point.y) - 4 * u);
    }
  }
  g.restore();
}

/**
 * The plot as an element. `scene` is asked at each drawing (null: nothing to draw yet); `press` and `drag` get data coordinates, and
 * `keys` gets a key that was pressed on the focused plot and says whether it used it.
 * @param {{ height: number, label: () => string, scene: () => Scene | null, press?: (x: number, y: number) => void, drag?: (x: number, y: number) => void, keys?: (key: string, fast: boolean) => boolean }} options
 */
export function plot({ height, label, scene, press, drag, keys }) {
  const made = surface({ height, label, draw: (g, width, h, colours) => { const now = scene(); if (now) drawPlot(g, width, h, colours, now); } });
  const { canvas } = made;
  const place = (/** @type {PointerEvent} */ e) => {
    const now = scene(), box = canvas.getBoundingClientRect();
    if (!now || !box.width) return null;
    const scale = Number(getComputedStyle(canvas).getPropertyValue("--lw-scale")) || 1, frame = frameOf(box.width, box.height, scale, now);
    const held = (/** @type {number} */ v, /** @type {number} */ low, /** @type {number} */ high) => Math.min(high, Math.max(low, v));
    return [held(frame.toX(e.clientX - box.left), ...now.x), held(frame.toY(e.clientY - box.top), ...now.y)];
  };
  if (press || drag) {
    canvas.style.cursor = "crosshair";
    canvas.style.touchAction = "none";
    let down = false;
    canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => {
      const at = e.button === 0 ? place(e) : null;
      if (!at) return;
      down = true;
      canvas.setPointerCapture(e.pointerId);
      (press ?? drag)?.(at[0], at[1]);
    });
    canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => { const at = down && drag ? place(e) : null; if (at) drag?.(at[0], at[1]); });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { down = false; });
  }
  if (keys) {
    canvas.setAttribute("role", "application");
    canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      if (e.key === "Escape") canvas.blur();
      else if (keys(e.key, e.shiftKey)) e.preventDefault();
    });
  }
  return made;
}

/** An axis that holds all values with a little room, and 0 where it is near. @param {(number | null)[]} values @param {number} [least]  its smallest length @returns {[number, number]} */
export function spanOf(values, least = 1e-6) {
  const real = /** @type {number[]} */ (values.filter((v) => v !== null && Number.isFinite(v)));
  let low = real.reduce((a, b) => Math.min(a, b), Infinity), high = real.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!real.length) return [0, 1];
  if (low > 0 && low < 0.5 * high) low = 0;
  if (high < 0 && high > 0.5 * low) high = 0;
  const room = Math.max(0.06 * (high - low), least / 2);
  return [low === 0 ? 0 : low - room, high === 0 ? 0 : high + room];
}
