// The table as a strip of colours, and the rows that are taken from it, one under another.
import { surface } from "./kit.js";
import { rgba } from "./attention_colours.js";
import { lookupLayout, lookupToken, samePlaces, spreadLabels } from "./lookup_logic.js";

/** @typedef {import("./lookup_logic.js").Lookup} Lookup */
/** @typedef {{ now: Lookup, strip: Float32Array, ids: number[], chosen: number, column: number, pointed: number | null, words: { table: string, out: string }, label: string }} LookupScene  `pointed` is a row of the strip */
/** A place that is pointed at: a token's number, or one of the table. @typedef {{ place: number, column: number } | { strip: number, column: number }} LookupSpot */

/** Rows of numbers as a picture that is stretched where it is drawn. @param {Float32Array} values @param {number} columns @param {number} top */
function heatImage(values, columns, top) {
  const rows = values.length / columns, image = document.createElement("canvas");
  image.width = columns;
  image.height = rows;
  if (rows && columns) image.getContext("2d")?.putImageData(new ImageData(new Uint8ClampedArray(rgba(values, top, true)), columns, rows), 0, 0);
  return image;
}

/**
 * `spot` gets what the pointer is over (null: nothing), `pick` what was pressed, `keys` a key on the focused picture.
 * @param {{ scene: () => LookupScene | null, spot: (found: LookupSpot | null) => void, pick: (found: LookupSpot) => void, keys: (key: string) => boolean }} options
 */
export function lookupDrawing({ scene, spot, pick, keys }) {
  let kept = /** @type {{ of: unknown, image: HTMLCanvasElement } | null} */ (null);
  const made = surface({
    height: (width, colours) => Math.round(lookupLayout(width, colours.scale, scene()?.now.tokens.length ?? 0).height),
    label: () => scene()?.label ?? "",
    draw: (g, width, height, colours) => { const now = scene(); if (now) draw(g, width, colours, now); },
  });
  const { canvas } = made;
  canvas.classList.add("lw-lookup-canvas");

  /** @param {CanvasRenderingContext2D} g @param {number} width @param {import("./kit.js").Palette} colours @param {LookupScene} all */
  function draw(g, width, colours, { now, strip: values, ids, chosen, column, pointed, words }) {
    const u = colours.scale, { strip, out, line, labels, wide } = lookupLayout(width, u, now.tokens.length), [V, C] = now.size, T = now.tokens.length;
    g.imageSmoothingEnabled = false;
    g.textBaseline = "middle";
    g.fillStyle = colours.muted;
    g.textAlign = "left";
    g.fillText(words.table, strip.x, strip.y - 13 * u, strip.w);
    g.fillText(words.out, wide ? out.x - labels : 4 * u, out.y - 13 * u, wide ? out.w + labels : width - 8 * u);
    if (kept?.of !== values) kept = { of: values, image: heatImage(values, C, now.top) };
    if (kept.image.height) g.drawImage(kept.image, strip.x, strip.y, strip.w, strip.h);
    g.strokeStyle = colours.rule;
    g.strokeRect(strip.x - 0.5, strip.y - 0.5, strip.w + 1, strip.h + 1);
    const level = (/** @type {number} */ id) => strip.y + (strip.h * (id + 0.5)) / V, thick = Math.max(3 * u, strip.h / V);
    const same = new Set(T ? samePlaces(now, chosen) : []), unique = [...new Set(now.ids.filter((id) => id >= 0))].sort((a, b) => a - b);
    const spread = spreadLabels(unique.map(level), 13 * u, strip.y + 6 * u, strip.y + strip.h - 6 * u);
    unique.forEach((id, i) => {
      const on = id === now.ids[chosen], y = level(id);
      g.strokeStyle = on ? colours.orange : colours.ink;
      g.lineWidth = (on ? 2 : 1) * u;
      g.strokeRect(strip.x - 1, y - thick / 2, strip.w + 2, thick);
      if (!spread && !on) return;
      const at = spread ? spread[i] : y;
      g.beginPath();
      g.moveTo(strip.x - 2 * u, y);
      g.lineTo(strip.x - 10 * u, at);
      g.stroke();
      g.fillStyle = on ? colours.orange : colours.ink;
      g.textAlign = "right";
      g.fillText(String(id), strip.x - 12 * u, at, strip.x - 12 * u);
    });
    if (T) {
      const image = heatImage(Float32Array.from(now.rows.flat()), C, now.top);
      g.drawImage(image, out.x, out.y, out.w, line * T);
    }
    now.ids.forEach((id, i) => {
      const y = out.y + line * (i + 0.5), on = same.has(i) || i === chosen;
      g.fillStyle = g.strokeStyle = on ? colours.orange : colours.ink;
      g.textAlign = "right";
      g.fillText(id < 0 ? "–" : String(id), out.x - 6 * u, y, 46 * u);
      g.textAlign = "left";
      g.save();
      g.beginPath();
      g.rect(out.x - labels + 4 * u, y - line / 2, labels - 52 * u, line);
      g.clip();
      g.font = `${13 * u}px ${colours.code}`;
      g.fillText(lookupToken(now.tokens[i]), out.x - labels + 6 * u, y);
      g.restore();
      g.strokeStyle = colours.paper;
      g.lineWidth = 1;
      g.strokeRect(out.x, out.y + line * i, out.w, line);
      if (!wide || id < 0) return;
      const from = strip.x + strip.w + 2 * u, to = out.x - labels, half = (from + to) / 2;
      g.strokeStyle = on ? colours.orange : colours.ghost;
      g.globalAlpha = on ? 1 : 0.55;
      g.lineWidth = (on ? 2 : 1) * u;
      g.beginPath();
      g.moveTo(from, level(id));
      g.bezierCurveTo(half, level(id), half, y, to, y);
      g.stroke();
      g.globalAlpha = 1;
    });
    if (!T) return;
    g.lineWidth = 2 * u;
    g.strokeStyle = colours.orange;
    g.strokeRect(out.x, out.y + line * chosen, out.w, line);
    const cell = (/** @type {import("./lookup_logic.js").Box} */ box, /** @type {number} */ y, /** @type {number} */ high) => {
      const w = Math.max(box.w / C, 4 * u), x = box.x + (box.w * (column + 0.5)) / C - w / 2;
      g.lineWidth = 3 * u;
      g.strokeStyle = colours.paper;
      g.strokeRect(x, y, w, high);
      g.lineWidth = 1.5 * u;
      g.strokeStyle = colours.ink;
      g.strokeRect(x, y, w, high);
    };
    cell(out, out.y + line * chosen, line);
    if (pointed !== null) cell(strip, level(ids[pointed]) - thick / 2, thick);
  }

  /** @param {PointerEvent} e @returns {LookupSpot | null} */
  function place(e) {
    const all = scene(), box = canvas.getBoundingClientRect();
    if (!all || !box.width) return null;
    const scale = Number(getComputedStyle(canvas).getPropertyValue("--lw-scale")) || 1, { strip, out, line, labels } = lookupLayout(box.width, scale, all.now.tokens.length);
    const x = e.clientX - box.left, y = e.clientY - box.top, [V, C] = all.now.size;
    const column = (/** @type {import("./lookup_logic.js").Box} */ b) => Math.max(0, Math.min(C - 1, Math.floor(((x - b.x) / b.w) * C)));
    const at = Math.floor((y - out.y) / line);
    if (at >= 0 && at < all.now.tokens.length && x >= out.x - labels && x <= out.x + out.w) return { place: at, column: x < out.x ? all.column : column(out) };
    if (x < strip.x || x > strip.x + strip.w || y < strip.y || y > strip.y + strip.h) return null;
    const id = Math.min(V - 1, Math.floor(((y - strip.y) / strip.h) * V));
    // The row that is drawn there: of a long table not each one is.
    return { strip: Math.min(all.ids.length - 1, Math.round((id / Math.max(1, V - 1)) * (all.ids.length - 1))), column: column(strip) };
  }
  canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ e) => spot(place(e)));
  canvas.addEventListener("pointerleave", () => spot(null));
  canvas.addEventListener("pointerdown", (/** @type {PointerEvent} */ e) => { const at = e.button === 0 ? place(e) : null; if (at) pick(at); });
  canvas.setAttribute("role", "application");
  canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape") canvas.blur();
    else if (keys(e.key)) e.preventDefault();
  });
  return made;
}
