// The moving picture: glides from one step's points to the next, with labels, the lines to the neighbours and the way from the start.
import { number, reducedMotion, surface } from "./kit.js";
import { drawLabels, drawPoints, packedColour, pixels, pointColours, rgbOf } from "./embedding_map_draw.js";
import { WHOLE, between, placeLabels, reachOf } from "./embedding_map_logic.js";
import { ticks } from "./ticks.js";

/** @typedef {import("./embedding_map_logic.js").MapWindow} MapWindow */
/** @typedef {import("./embedding_map_store.js").Picture} Picture */
/** What is marked: `rows` are chosen or pointed at, `near` the neighbours, `found` what a search has found, `way` the chosen one's earlier places.
 * @typedef {{ rows: number[], near: number[], found: Set<number> | null, way: Float32Array, first: boolean, nameOf: (row: number) => string }} Marks */
const HEIGHT = 440, PAD = 16, GLIDE = 150, REDRAWN = 30; // CSS pixels; ms: of a move by hand, from one drawing to the next

/** @param {{ store: import("./embedding_map_store.js").EmbeddingStore, label: () => string, marks: () => Marks }} options */
export function movingMap({ store, label, marks }) {
  let part = /** @type {MapWindow} */ (WHOLE), now = /** @type {Float32Array} */ (new Float32Array()), first = /** @type {Float32Array} */ (new Float32Array()), from = now, to = now, firstFrom = first, firstTo = first, reach = /** @type {[number, number]} */ ([1, 1]), reachFrom = reach, reachTo = reach, top = 1;
  let began = 0, length = 0, came = 0, every = 120, generation = -1, timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  let screen = new Float32Array(), raster = /** @type {import("./embedding_map_draw.js").Pixels | null} */ (null), labels = new Map(), drawn = 0;
  let shades = /** @type {ReturnType<typeof pointColours> | null} */ (null), order = /** @type {number[]} */ ([]);
  const widths = new Map();

  /** A new picture. @param {Picture} picture @param {boolean} live  it came while the model trains */
  const show = (picture, live) => {
    const at = performance.now(), same = generation === store.about.generation && now.length === picture.now.length;
    if (!same) {
      generation = store.about.generation;
      now = picture.now.slice(); first = picture.first.slice(); screen = new Float32Array(now.length);
      reach = reachFrom = reachTo = reachOf(picture.now);
      from = to = now; firstFrom = firstTo = first;
      shades = null; labels.clear(); widths.clear(); part = WHOLE; length = 0;
      const { importance } = store.about;
      order = importance.length * 2 === now.length ? importance : Array.from({ length: now.length / 2 }, (_, i) => i);
    } else {
      if (live && at - came < 1500) every += 0.2 * (Math.max(60, at - came) - every);
      // From wherever the points are by now.
      from = now.slice(); firstFrom = first.slice(); reachFrom = reach;
      to = picture.now; firstTo = picture.first; reachTo = reachOf(picture.now);
      began = at;
      length = reducedMotion() ? 0 : live ? Math.min(400, 1.15 * every) : GLIDE;
    }
    came = at;
    made.invalidate();
  };
  const glide = () => {
    const share = length > 0 ? Math.min(1, (performance.now() - began) / length) : 1;
    if (to !== now) { between(from, to, share, now); between(firstFrom, firstTo, share, first); reach = /** @type {[number, number]} */ ([0, 1].map((i) => reachFrom[i] + (reachTo[i] - reachFrom[i]) * share)); }
    if (share === 1) { from = to = now; firstFrom = firstTo = first; reach = reachTo; }
    top = Math.max(...reach);
    return share < 1;
  };
  const frameOf = (/** @type {number} */ width, /** @type {number} */ height, /** @type {number} */ scale) => ({ cx: width / 2, cy: height / 2, half: top * Math.min((width / 2 - 2 * PAD * scale) / reach[0], (height / 2 - PAD * scale) / reach[1]) * part.zoom });
  const place = (/** @type {Float32Array} */ points, /** @type {{ cx: number, cy: number, half: number }} */ { cx, cy, half }, /** @type {Float32Array} */ into) => {
    for (let i = 0; i < points.length; i += 2) { into[i] = cx + (points[i] / top - part.x) * half; into[i + 1] = cy - (points[i + 1] / top - part.y) * half; }
    return into;
  };

  const made = surface({
    height: HEIGHT, label,
    draw: (g, width, height, colours) => {
      const moving = glide(), count = now.length / 2, u = colours.scale, ratio = g.getTransform().a, box = frameOf(width, height, u), marked = marks();
      made.canvas.dataset.drawn = String((drawn += 1));
      if (!count) return;
      place(now, box, screen);
      shades ??= pointColours(store.about.kind, store.values, count, rgbOf(colours.blue));
      const radius = (count > 1000 ? 2.4 : count > 200 ? 3.4 : 4.5) * u * Math.min(2, part.zoom ** 0.35), rim = packedColour(rgbOf(colours.muted)), ghost = packedColour(rgbOf(colours.ghost));
      raster = pixels(raster, made.canvas.width, made.canvas.height);
      const old = marked.first ? place(first, box, new Float32Array(first.length)) : null;
      if (old) drawPoints(raster, old, ratio, 1.3 * u, new Uint32Array(count).fill(ghost), order, ghost, () => 0.7);
      const bright = marked.found ?? (marked.near.length ? new Set([...marked.rows, ...marked.near]) : null);
      drawPoints(raster, screen, ratio, radius, shades.colours, order, rim, bright ? (row) => (bright.has(row) ? 1 : 0.4) : () => 1);
      g.putImageData(raster.image, 0, 0);

      g.globalCompositeOperation = "destination-over";
      if (old) trails(g, colours, old, [...marked.rows, ...marked.near, ...labels.keys()]);
      axes(g, width, height, colours, box);
      g.globalCompositeOperation = "source-over";
      if (marked.way.length > 4) wayOf(g, colours, place(marked.way, box, new Float32Array(marked.way.length)));
      lines(g, colours, marked, radius);

      const widthOf = (/** @type {number} */ row) => { if (!widths.has(row)) widths.set(row, g.measureText(marked.nameOf(row)).width + 4); return widths.get(row); };
      // What has a label keeps it while there is room, so that names do not flicker.
      const wanted = function* () { yield* marked.rows; yield* marked.near; if (marked.found) yield* marked.found; else { if (moving || performance.now() - came < 1000) yield* labels.keys(); yield* order; } };
      labels = placeLabels(wanted(), screen, widthOf, { left: 0, top: 0, right: width, bottom: height - 16 * u }, { height: 16 * u, gap: radius + 3 * u, most: Math.floor((width * height) / (8000 * u * u)), before: labels });
      drawLabels(g, colours, labels, screen, marked.nameOf, (row) => widths.get(row) ?? 0, 16 * u, radius + 3 * u, (row) => marked.rows.includes(row));
      if (moving) { clearTimeout(timer); timer = setTimeout(made.invalidate, REDRAWN); } else made.canvas.dataset.box = JSON.stringify({ ...box, x: part.x, y: part.y, top });
    },
  });

  /** @param {CanvasRenderingContext2D} g @param {import("./kit.js").Palette} colours @param {Float32Array} old @param {number[]} rows */
  const trails = (g, colours, old, rows) => {
    g.strokeStyle = colours.ghost;
    g.lineWidth = colours.scale;
    g.beginPath();
    for (const row of rows) { g.moveTo(old[2 * row], old[2 * row + 1]); g.lineTo(screen[2 * row], screen[2 * row + 1]); }
    g.stroke();
  };
  /** @param {CanvasRenderingContext2D} g @param {import("./kit.js").Palette} colours @param {Float32Array} way */
  const wayOf = (g, colours, way) => {
    g.strokeStyle = colours.orange;
    g.lineWidth = 1.5 * colours.scale;
    g.beginPath();
    for (let i = 0; i < way.length; i += 2) g.lineTo(way[i], way[i + 1]);
    g.stroke();
  };
  /** @param {CanvasRenderingContext2D} g @param {import("./kit.js").Palette} colours @param {Marks} marked @param {number} radius */
  const lines = (g, colours, { rows, near }, radius) => {
    g.strokeStyle = colours.ink;
    g.lineWidth = colours.scale;
    g.globalAlpha = 0.6;
    g.beginPath();
    for (const row of near) { g.moveTo(screen[2 * rows[0]], screen[2 * rows[0] + 1]); g.lineTo(screen[2 * row], screen[2 * row + 1]); }
    g.stroke();
    g.globalAlpha = 1;
    g.lineWidth = 2 * colours.scale;
    for (const row of rows) { g.beginPath(); g.arc(screen[2 * row], screen[2 * row + 1], radius + 3 * colours.scale, 0, 7); g.stroke(); }
  };
  /** Thin lines through the origin, and numbers along two edges. @param {CanvasRenderingContext2D} g @param {number} width @param {number} height @param {import("./kit.js").Palette} colours @param {{ cx: number, cy: number, half: number }} box */
  const axes = (g, width, height, colours, { cx, cy, half }) => {
    const toX = (/** @type {number} */ px) => ((px - cx) / half + part.x) * top, toPx = (/** @type {number} */ x) => cx + (x / top - part.x) * half, toPy = (/** @type {number} */ y) => cy - (y / top - part.y) * half, u = colours.scale;
    g.strokeStyle = colours.rule;
    g.fillStyle = colours.muted;
    g.lineWidth = 1;
    g.beginPath();
    g.moveTo(Math.round(toPx(0)) + 0.5, 0); g.lineTo(Math.round(toPx(0)) + 0.5, height);
    g.moveTo(0, Math.round(toPy(0)) + 0.5); g.lineTo(width, Math.round(toPy(0)) + 0.5);
    g.stroke();
    g.textAlign = "center";
    g.textBaseline = "bottom";
    for (const v of ticks(toX(30 * u), toX(width - 30 * u), 4)) g.fillText(number(v), toPx(v), height - 1);
  };

  return {
    node: made.node, canvas: made.canvas, show,
    /** Draws again. */
    look: made.invalidate,
    screen: () => screen,
    scale: () => shades,
    window: () => part,
    /** @param {MapWindow} window */
    move(window) { part = window; made.invalidate(); },
    /** A place on the canvas, in shares of the largest coordinate. @param {number} x @param {number} y */
    at(x, y) { const { cx, cy, half } = frameOf(made.canvas.clientWidth, made.canvas.clientHeight, made.canvas.clientHeight / HEIGHT); return { x: (x - cx) / half + part.x, y: -(y - cy) / half + part.y, half }; },
    /** A point in the same shares. @param {number} row */
    of: (row) => ({ x: now[2 * row] / top, y: now[2 * row + 1] / top }),
    points: () => now,
    restyle: () => { shades = null; widths.clear(); made.restyle(); },
    dispose: () => { clearTimeout(timer); made.dispose(); },
  };
}
